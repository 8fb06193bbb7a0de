"""Streams by boto3: polling, and walking shards parent first as the Kinesis adapter does."""
import contextlib
import json
import time
import urllib.request

import boto3
import pytest
from conftest import Server, settings

KEYS = {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.fixture
def streams(server, account):
    return boto3.client("dynamodbstreams", **settings(server.url, account))


def all_shards(streams, arn):
    shards, more = [], {}
    while True:
        page = streams.describe_stream(StreamArn=arn, Limit=2, **more)["StreamDescription"]
        shards += page["Shards"]
        if "LastEvaluatedShardId" not in page:
            return shards
        more = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}


def read_shard(streams, arn, shard):
    """All records there are now, and whether the shard is at its end."""
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records = []
    while iterator:
        page = streams.get_records(ShardIterator=iterator, Limit=10)
        records += page["Records"]
        iterator = page.get("NextShardIterator")
        if not page["Records"] and iterator:
            return records, False
    return records, True


def walk(streams, arn):
    """Every record, a shard only after its parent is read to its end."""
    records, finished = [], set()
    waiting = {shard["ShardId"]: shard for shard in all_shards(streams, arn)}
    while ready := [shard for shard in waiting.values()
                    if shard.get("ParentShardId") not in waiting and
                    (shard.get("ParentShardId") in finished or "ParentShardId" not in shard)]:
        for shard in ready:
            found, ended = read_shard(streams, arn, shard["ShardId"])
            records += found
            del waiting[shard["ShardId"]]
            if ended:
                finished.add(shard["ShardId"])
    assert not waiting
    return records


def test_a_poller_sees_each_change_once(client, streams):
    arn = client.create_table(TableName="polled", BillingMode="PAY_PER_REQUEST", StreamSpecification=STREAM,
                              **KEYS)["TableDescription"]["LatestStreamArn"]
    iterators = [streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST")
                 ["ShardIterator"] for shard in all_shards(streams, arn)]
    assert len(iterators) == 4
    seen = []
    for n in range(30):
        client.put_item(TableName="polled", Item={"pk": {"S": str(n % 7)}, "n": {"N": str(n)}})
        for i, iterator in enumerate(iterators):
            page = streams.get_records(ShardIterator=iterator)
            seen += page["Records"]
            iterators[i] = page["NextShardIterator"]
    assert [int(record["dynamodb"]["NewImage"]["n"]["N"]) for record in seen] == list(range(30))
    assert [record["eventName"] for record in seen] == ["INSERT"] * 7 + ["MODIFY"] * 23
    assert len({record["eventID"] for record in seen}) == 30
    assert all(record["dynamodb"]["ApproximateCreationDateTime"].microsecond == 0 for record in seen)


def test_the_kinesis_adapters_walk_keeps_the_order_of_keys(tmp_path):
    """Partitions double as throughput rises; their shards close and go on in children."""
    with contextlib.ExitStack() as stack:
        running = Server(tmp_path, "--throttle")
        stack.callback(running.stop)
        client = boto3.client("dynamodb", **settings(running.url, "any"))
        streams = boto3.client("dynamodbstreams", **settings(running.url, "any"))
        arn = client.create_table(TableName="split", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 500},
                                  StreamSpecification=STREAM, **KEYS)["TableDescription"]["LatestStreamArn"]
        for n in range(60):
            client.update_item(TableName="split", Key={"pk": {"S": str(n % 6)}}, UpdateExpression="ADD n :one",
                               ExpressionAttributeValues={":one": {"N": "1"}})
            if n in (20, 40):
                client.update_table(TableName="split", ProvisionedThroughput={
                    "ReadCapacityUnits": 5, "WriteCapacityUnits": 80 * n})
        shards = all_shards(streams, arn)
        assert len(shards) > 3
        assert sum("EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in shards) >= 2
        reached = {}
        records = walk(streams, arn)
        for record in records:
            key = record["dynamodb"]["Keys"]["pk"]["S"]
            n = int(record["dynamodb"]["NewImage"]["n"]["N"])
            assert n == reached.get(key, 0) + 1
            reached[key] = n
        assert len(records) == 60


def test_the_walk_goes_on_in_children_as_shards_roll_over(own_server):
    """Ten hours: two generations of children behind each of the first shards."""
    client = boto3.client("dynamodb", **settings(own_server.url, "any"))
    streams = boto3.client("dynamodbstreams", **settings(own_server.url, "any"))
    arn = client.create_table(TableName="aged", BillingMode="PAY_PER_REQUEST", StreamSpecification=STREAM,
                              **KEYS)["TableDescription"]["LatestStreamArn"]
    for n in range(40):
        client.put_item(TableName="aged", Item={"pk": {"S": str(n % 5)}, "n": {"N": str(n)}})
        urllib.request.urlopen(urllib.request.Request(f"{own_server.url}/_admin/clock/advance", method="POST",
                                                      data=json.dumps({"by": 900}).encode()), timeout=10).close()
    shards = all_shards(streams, arn)
    assert len(shards) == 12
    assert {shard.get("ParentShardId") for shard in shards} <= {None, *(shard["ShardId"] for shard in shards)}
    records = walk(streams, arn)
    for key in range(5):
        assert [int(record["dynamodb"]["NewImage"]["n"]["N"]) for record in records
                if record["dynamodb"]["Keys"]["pk"]["S"] == str(key)] == list(range(key, 40, 5))


def test_errors_have_their_classes(client, streams):
    arn = client.create_table(TableName="wrong", BillingMode="PAY_PER_REQUEST", StreamSpecification=STREAM,
                              **KEYS)["TableDescription"]["LatestStreamArn"]
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.describe_stream(StreamArn=arn[:-1] + "x")
    with pytest.raises(streams.exceptions.ClientError, match="Invalid ShardIterator"):
        streams.get_records(ShardIterator="made up")
    shard = all_shards(streams, arn)[0]
    with pytest.raises(streams.exceptions.TrimmedDataAccessException):
        streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="AT_SEQUENCE_NUMBER",
                                   SequenceNumber="0" * 21)


def test_records_beyond_the_memory_budget_are_trimmed(tmp_path):
    """Many times the budget goes through: the oldest records are gone, the youngest are there, and the server lives."""
    with contextlib.ExitStack() as stack:
        running = Server(tmp_path, "--stream-memory", "1MB")
        stack.callback(running.stop)
        client = boto3.client("dynamodb", **settings(running.url, "any"))
        streams = boto3.client("dynamodbstreams", **settings(running.url, "any"))
        arn = client.create_table(TableName="large", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
                                  StreamSpecification=STREAM, **KEYS)["TableDescription"]["LatestStreamArn"]
        shard = all_shards(streams, arn)[0]["ShardId"]
        from_start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        for n in range(60):
            client.put_item(TableName="large", Item={"pk": {"S": str(n)}, "text": {"S": "x" * 100_000}})
            if n == 0:
                first = streams.get_records(ShardIterator=from_start["ShardIterator"])["Records"][0]
        number = first["dynamodb"]["SequenceNumber"]
        with pytest.raises(streams.exceptions.TrimmedDataAccessException):
            streams.get_records(ShardIterator=from_start["ShardIterator"])
        for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            with pytest.raises(streams.exceptions.TrimmedDataAccessException):
                streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind, SequenceNumber=number)
        kept = [int(record["dynamodb"]["Keys"]["pk"]["S"]) for record in walk(streams, arn)]
        assert kept == list(range(kept[0], 60)) and 5 <= len(kept) <= 11


def test_a_record_is_read_at_once(client, streams):
    arn = client.create_table(TableName="quick", BillingMode="PAY_PER_REQUEST", StreamSpecification=STREAM,
                              **KEYS)["TableDescription"]["LatestStreamArn"]
    before = time.time()
    client.put_item(TableName="quick", Item={"pk": {"S": "a"}})
    records = walk(streams, arn)
    assert len(records) == 1
    assert before - 1 <= records[0]["dynamodb"]["ApproximateCreationDateTime"].timestamp() <= time.time()
