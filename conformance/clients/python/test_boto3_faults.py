"""Each kind of fault as boto3 meets it: error class, retries, broken connections and checksums.

Most requests carry their own fault in x-understudy-fault (--allow-fault-header); rules of a file
(--scenario) show counting over several requests.
"""
import json
import pathlib
import re
import time

import boto3
import botocore.config
import botocore.exceptions
import botocore.session
import pytest

from conftest import Server, settings

TABLE = dict(TableName="tab", BillingMode="PAY_PER_REQUEST",
             AttributeDefinitions=[dict(AttributeName="pk", AttributeType="S")],
             KeySchema=[dict(AttributeName="pk", KeyType="HASH")])
REASONS = [f"{where}{what}{cause}Exceeded" for where in ("Table", "Index") for what in ("Read", "Write")
           for cause in ("ProvisionedThroughput", "KeyRangeThroughput", "MaxOnDemandThroughput", "AccountLimit")]

# Every exception of the emulator's table, and which of them boto3 has a class for.
EXCEPTIONS = re.findall(r"^UNDERSTUDY_ERROR\((\w+)", pathlib.Path("emulator/service/error_table.inc").read_text(), re.M)
MODELLED = set(botocore.session.get_session().get_service_model("dynamodb").shape_names)


@pytest.fixture(scope="module")
def fault_server(tmp_path_factory):
    stack = tmp_path_factory.mktemp("faults") / "stack.yaml"
    stack.write_text("Functions:\n  - {FunctionName: idle, RuntimePort: 0}\n")
    running = Server(stack.parent, "--allow-fault-header", "--stack", str(stack))
    yield running
    running.stop()


class Faulty:
    """A boto3 client whose requests carry a fault, and that counts what goes over the wire."""

    def __init__(self, server, account, attempts=1, mode="standard", **config):
        self.fault, self.sent, self.fault_attempts = None, 0, None
        self.client = boto3.client("dynamodb", **settings(server.url, account, config=botocore.config.Config(
            retries=dict(total_max_attempts=attempts, mode=mode), **config)))
        self.client.meta.events.register("before-send.dynamodb", self.send)

    def send(self, request, **_):
        self.sent += 1
        if self.fault is not None and (self.fault_attempts is None or self.sent <= self.fault_attempts):
            request.headers["x-understudy-fault"] = json.dumps(self.fault)

    def call(self, fault, operation, attempts=None, **arguments):
        """One operation with that fault on its first `attempts` requests (all by default)."""
        self.fault, self.sent, self.fault_attempts = fault, 0, attempts
        try:
            return getattr(self.client, operation)(**arguments)
        finally:
            self.fault = None

    def put(self, fault, attempts=None, pk="a"):
        return self.call(fault, "put_item", attempts, TableName="tab", Item={"pk": {"S": pk}})

    def get(self, fault=None, attempts=None, pk="a"):
        return self.call(fault, "get_item", attempts, TableName="tab", Key={"pk": {"S": pk}})


@pytest.fixture
def faulty(fault_server, account):
    client = Faulty(fault_server, account)
    client.client.create_table(**TABLE)
    return client


@pytest.fixture
def retrying(fault_server, account, faulty):
    return Faulty(fault_server, account, attempts=3)


def error(raised):
    return raised.value.response["Error"], raised.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_each_exception_is_its_class(faulty, name):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        faulty.put({"error": {"name": name, "message": "by rule"}})
    told, status = error(raised)
    assert told == {"Code": name, "Message": "by rule"}
    assert status == (500 if name == "InternalServerError" else 503 if name == "ServiceUnavailable" else 400)
    modelled = getattr(faulty.client.exceptions, name, None) if name in MODELLED else None
    assert modelled is None or isinstance(raised.value, modelled)


def test_exceptions_have_words_of_their_own(faulty):
    with pytest.raises(faulty.client.exceptions.RequestLimitExceeded) as raised:
        faulty.put({"error": "RequestLimitExceeded"})
    assert error(raised)[0]["Message"].startswith("Throughput exceeds the current throughput limit")


def test_503_is_retried_and_goes_away(retrying):
    retrying.put({"error": 503}, attempts=2)
    assert retrying.sent == 3
    assert retrying.get()["Item"]


def test_500_after_the_commit_leaves_the_item(faulty):
    with pytest.raises(faulty.client.exceptions.InternalServerError):
        faulty.put({"do": {"error": 500}, "phase": "after_commit"})
    assert faulty.get()["Item"] == {"pk": {"S": "a"}}


def test_500_before_the_commit_leaves_nothing(faulty):
    with pytest.raises(faulty.client.exceptions.InternalServerError):
        faulty.put({"error": 500})
    assert "Item" not in faulty.get()


@pytest.mark.parametrize("reason", REASONS)
def test_each_throttling_reason(faulty, reason):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        if "Write" in reason:
            faulty.put({"throttle": reason})
        elif "Table" in reason:
            faulty.get({"throttle": reason})
        else:
            faulty.call({"do": {"throttle": reason}, "phase": "on_arrival"}, "scan", TableName="tab", IndexName="by_g")
    response = raised.value.response
    reasons = response.get("ThrottlingReasons") or response.get("throttlingReasons")
    assert reasons[0]["reason"] == reason
    assert ":table/tab" in reasons[0]["resource"]
    assert ("/index/" in reasons[0]["resource"]) == reason.startswith("Index")


def test_a_throttle_is_retried(retrying):
    retrying.put({"throttle": "TableWriteProvisionedThroughputExceeded"}, attempts=1)
    assert retrying.sent == 2


def test_partial_batches_come_back(faulty):
    requests = [{"PutRequest": {"Item": {"pk": {"S": f"i{n}"}}}} for n in range(6)]
    answer = faulty.call({"partial": {"count": 4}}, "batch_write_item", RequestItems={"tab": requests})
    assert answer["UnprocessedItems"]["tab"] == requests[:4]
    assert faulty.client.scan(TableName="tab")["Count"] == 2
    answer = faulty.call({"partial": {"key": {"pk": "i5"}}}, "batch_get_item",
                         RequestItems={"tab": {"Keys": [{"pk": {"S": f"i{n}"}} for n in range(6)]}})
    assert answer["UnprocessedKeys"]["tab"]["Keys"] == [{"pk": {"S": "i5"}}]


def test_the_batch_writer_sends_unprocessed_items_again(tmp_path, account):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("faults:\n- {id: half, when: {count: 3}, do: {partial: {share: 0.5}}}\n")
    server = Server(tmp_path, "--scenario", str(scenario))
    table = boto3.resource("dynamodb", **settings(server.url, account)).create_table(**TABLE)
    with table.batch_writer() as batch:
        for n in range(60):
            batch.put_item(Item={"pk": str(n)})
    assert table.scan()["Count"] == 60
    server.stop()


def test_cancellation_reasons_by_position(faulty):
    items = [{"Put": {"TableName": "tab", "Item": {"pk": {"S": str(n)}}}} for n in range(3)]
    with pytest.raises(faulty.client.exceptions.TransactionCanceledException) as raised:
        faulty.call({"cancel": ["None", "ConditionalCheckFailed"]}, "transact_write_items", TransactItems=items)
    assert [r["Code"] for r in raised.value.response["CancellationReasons"]] == [
        "None", "ConditionalCheckFailed", "None"]
    assert "[None, ConditionalCheckFailed, None]" in error(raised)[0]["Message"]


def test_conflicts(faulty):
    with pytest.raises(faulty.client.exceptions.TransactionConflictException):
        faulty.put({"conflict": True})
    with pytest.raises(faulty.client.exceptions.TransactionCanceledException) as raised:
        faulty.call({"conflict": True}, "transact_get_items",
                    TransactItems=[{"Get": {"TableName": "tab", "Key": {"pk": {"S": "a"}}}}])
    assert raised.value.response["CancellationReasons"][0]["Code"] == "TransactionConflict"


def test_latency_is_waited_for(faulty):
    began = time.monotonic()
    faulty.put({"latency": "300ms"})
    assert 0.3 <= time.monotonic() - began < 3


@pytest.mark.parametrize("latency, least, most", [
    ("20ms", 0.02 * 20, 2),
    ({"uniform": ["10ms", "30ms"]}, 0.01 * 20, 2),
    ({"lognormal": {"median": "20ms", "p99": "40ms"}}, 0.01 * 20, 2),
    ({"exponential": {"mean": "20ms"}}, 0.004 * 20, 3),
    ({"percentiles": {"p0": "10ms", "p50": "15ms", "p100": "40ms"}}, 0.01 * 20, 2)])
def test_each_distribution_of_latencies(tmp_path, account, latency, least, most):
    scenario = tmp_path / "faults.json"
    scenario.write_text(json.dumps({"faults": [
        {"id": "slow", "match": {"operations": "PutItem"}, "do": {"latency": latency}}]}))
    server = Server(tmp_path, "--scenario", str(scenario))
    client = Faulty(server, account)
    client.client.create_table(**TABLE)
    took = []
    for _ in range(20):
        began = time.monotonic()
        client.put(None)
        took.append(time.monotonic() - began)
    assert least <= sum(took) < most + 20 * 0.1
    server.stop()


def test_latency_beyond_the_read_timeout(fault_server, account, faulty):
    hasty = Faulty(fault_server, account, read_timeout=0.2)
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        hasty.put({"latency": "5s"})
    assert faulty.get()["Item"], "it was done all the same"


def test_a_hang_is_a_read_timeout(fault_server, account, faulty):
    hasty = Faulty(fault_server, account, read_timeout=0.2)
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        hasty.put({"transport": {"hang": "1min"}})
    assert "Item" not in faulty.get()


def test_a_hang_ends_in_a_reset(faulty):
    with pytest.raises((botocore.exceptions.ConnectionClosedError, botocore.exceptions.EndpointConnectionError)):
        faulty.put({"transport": {"hang": "100ms"}})


def test_a_reset_before_the_commit(faulty):
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        faulty.put({"transport": "reset"})
    assert "Item" not in faulty.get()


def test_a_reset_after_the_commit_loses_the_answer_only(faulty, retrying):
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        faulty.put({"do": {"transport": "reset"}, "phase": "after_commit"})
    assert faulty.get()["Item"]
    # What conditional writes must live with: the retry of a lost success fails.
    with pytest.raises(retrying.client.exceptions.ConditionalCheckFailedException):
        retrying.call({"do": {"transport": "reset"}, "phase": "after_commit"}, "put_item", 1, TableName="tab",
                      Item={"pk": {"S": "new"}}, ConditionExpression="attribute_not_exists(pk)")
    assert retrying.sent == 2


def test_a_reset_is_retried(retrying):
    retrying.put({"transport": "reset"}, attempts=2)
    assert retrying.sent == 3


def test_a_truncated_answer_is_noticed_by_its_checksum(faulty, retrying):
    faulty.put(None)
    assert retrying.get({"transport": {"truncate": 5}}, attempts=1)["Item"]
    assert retrying.sent == 2
    # Without a retry boto3's standard mode takes the half answer for an empty one.
    assert "Item" not in faulty.get({"transport": {"truncate": 5}})


def test_a_dribbled_answer_arrives_whole(faulty):
    faulty.put(None)
    began = time.monotonic()
    assert faulty.get({"transport": {"dribble": {"bytes": 40, "every": "20ms"}}})["Item"] == {"pk": {"S": "a"}}
    assert time.monotonic() - began > 0.1


def test_a_gateway_error_without_json(faulty, retrying):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        faulty.put({"transport": {"raw": {"status": 502, "body": "<html>Bad Gateway</html>"}}})
    assert error(raised)[1] == 502
    retrying.put({"transport": "raw"}, attempts=1)
    assert retrying.sent == 2


@pytest.mark.parametrize("mode", ["standard", "legacy"])
def test_a_wrong_checksum_is_retried(fault_server, account, faulty, mode):
    client = Faulty(fault_server, account, attempts=3, mode=mode)
    client.put(None)
    assert client.get({"transport": "wrong_crc32"}, attempts=1)["Item"]
    assert client.sent == 2


def test_a_wrong_checksum_to_the_end(fault_server, account, faulty):
    client = Faulty(fault_server, account, attempts=3, mode="legacy")
    with pytest.raises(botocore.exceptions.ChecksumError):
        client.put({"transport": "wrong_crc32"})
    assert client.sent == 3


def test_retry_after_is_obeyed(retrying):
    began = time.monotonic()
    retrying.put({"error": 503, "retry_after": "900ms"}, attempts=1)
    assert retrying.sent == 2
    assert time.monotonic() - began >= 0.9


def test_a_fault_that_is_none_is_told(faulty):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        faulty.put({"eror": 500})
    assert error(raised)[0] == {
        "Code": "ValidationException",
        "Message": "x-understudy-fault:1: member 'eror': unknown member (did you mean 'error'?)"}


def test_the_header_means_nothing_unless_allowed(server, account):
    client = Faulty(server, account)
    client.client.create_table(**TABLE)
    client.put({"error": 500})


def test_rules_count_over_requests(tmp_path, account):
    scenario = tmp_path / "faults.json"
    scenario.write_text(json.dumps({"faults": [
        {"id": "third", "match": {"operations": ["PutItem"], "table": "t*"}, "when": {"every": 3},
         "do": {"throttle": "TableWriteProvisionedThroughputExceeded"}}]}))
    server = Server(tmp_path, "--scenario", str(scenario))
    client = Faulty(server, account)
    client.client.create_table(**TABLE)
    outcomes = ""
    for _ in range(7):
        try:
            client.put(None)
            outcomes += "."
        except client.client.exceptions.ProvisionedThroughputExceededException:
            outcomes += "x"
    assert outcomes == "..x..x."
    server.stop()


def test_a_fault_that_never_fired_shows_in_the_exit_code(tmp_path):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("- {id: never, do: {error: 500}, expect: {hits: {min: 1}}}\n")
    code, output = Server(tmp_path, "--scenario", str(scenario)).stop()
    assert code == 1
    assert "rule 'never' hit 0 of 0 matching requests, expected at least 1" in output


def test_a_drained_burst_throttles(tmp_path, account):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("- {id: drain, match: {operations: GetItem}, do: {capacity: {override: {write: 0}}}}\n"
                        "- {id: empty, match: {operations: GetItem}, phase: after_commit, do: {capacity: drain_burst}}\n")
    server = Server(tmp_path, "--throttle", "--clock", "frozen", "--scenario", str(scenario))
    client = Faulty(server, account)
    client.client.create_table(**{**TABLE, "BillingMode": "PROVISIONED",
                                  "ProvisionedThroughput": dict(ReadCapacityUnits=10, WriteCapacityUnits=10)})
    client.put(None)
    client.get()
    with pytest.raises(client.client.exceptions.ProvisionedThroughputExceededException):
        client.put(None)
    server.stop()


def test_a_pinned_partition_is_narrow_while_others_are_not(tmp_path, account):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("- {id: pin, match: {operations: GetItem}, when: {count: 1}, do: {capacity: pin_hot_partition}}\n")
    server = Server(tmp_path, "--throttle", "--clock", "frozen", "--scenario", str(scenario))
    client = Faulty(server, account)
    client.client.create_table(**TABLE)
    client.put(None, pk="hot")
    client.get(pk="hot")  # From here on its partition takes 100 units a second.

    def refused(keys):
        count = 0
        for key in keys:
            try:
                client.put(None, pk=key)
            except botocore.exceptions.ClientError as raised:
                [reason] = raised.response["throttlingReasons"]
                assert reason["reason"] == "TableWriteKeyRangeThroughputExceeded"
                count += 1
        return count

    assert refused(["hot"] * 150) == 50
    assert refused([f"k{n}" for n in range(300)]) < 150
    server.stop()


def test_a_stale_read_sees_the_version_before(faulty):
    for version in ("1", "2"):
        faulty.client.put_item(TableName="tab", Item={"pk": {"S": "a"}, "v": {"N": version}})
    stale = {"stale": True}

    def versions(operation, **arguments):
        answer = faulty.call(stale, operation, TableName="tab", **arguments)
        return [item["v"]["N"] for item in answer.get("Items", [answer.get("Item")])]

    assert versions("get_item", Key={"pk": {"S": "a"}}) == ["1"]
    assert versions("get_item", Key={"pk": {"S": "a"}}, ConsistentRead=True) == ["2"]
    assert versions("scan") == ["1"]
    assert versions("query", KeyConditionExpression="pk = :a", ExpressionAttributeValues={":a": {"S": "a"}}) == ["1"]
    answer = faulty.call(stale, "batch_get_item", RequestItems={"tab": {"Keys": [{"pk": {"S": "a"}}]}})
    assert answer["Responses"]["tab"][0]["v"]["N"] == "1"
    assert "Item" not in faulty.get({"stale": "1h"}), "an hour ago there was none"
    assert faulty.get()["Item"]["v"]["N"] == "2"
    answer = faulty.get({"stale": True})
    told = answer["ResponseMetadata"]["HTTPHeaders"]["x-understudy-replica"]
    assert told.startswith("stale-by-rule; behind-us=")


def test_a_stale_read_of_an_index(tmp_path, account):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("- {id: old, match: {operations: Query, index: by_v}, do: {stale: true}}\n")
    server = Server(tmp_path, "--scenario", str(scenario))
    client = boto3.client("dynamodb", **settings(server.url, account))
    client.create_table(TableName="tab", BillingMode="PAY_PER_REQUEST", KeySchema=TABLE["KeySchema"],
                        AttributeDefinitions=[*TABLE["AttributeDefinitions"], dict(AttributeName="v", AttributeType="S")],
                        GlobalSecondaryIndexes=[dict(IndexName="by_v", Projection=dict(ProjectionType="ALL"),
                                                     KeySchema=[dict(AttributeName="v", KeyType="HASH")])])

    def found(value):
        return client.query(TableName="tab", IndexName="by_v", KeyConditionExpression="v = :v",
                            ExpressionAttributeValues={":v": {"S": value}})["Count"]

    for value in ("one", "two"):
        client.put_item(TableName="tab", Item={"pk": {"S": "a"}, "v": {"S": value}})
    assert (found("one"), found("two")) == (1, 0), "the index has not heard of the move"
    server.stop()


class Streamed:
    """A table with a stream, and a boto3 client of streams whose requests carry a fault."""

    def __init__(self, server, account):
        self.tables = boto3.client("dynamodb", **settings(server.url, account))
        self.arn = self.tables.create_table(**TABLE, StreamSpecification=dict(
            StreamEnabled=True, StreamViewType="KEYS_ONLY"))["TableDescription"]["LatestStreamArn"]
        self.client = boto3.client("dynamodbstreams", **settings(server.url, account, config=botocore.config.Config(
            retries=dict(total_max_attempts=1))))
        self.fault = None
        self.client.meta.events.register("before-send.dynamodb-streams", self.send)
        self.tables.put_item(TableName="tab", Item={"pk": {"S": "a"}})

    def send(self, request, **_):
        if self.fault is not None:
            request.headers["x-understudy-fault"] = json.dumps({"stream": self.fault})

    def call(self, fault, operation, **arguments):
        self.fault = fault
        try:
            return getattr(self.client, operation)(**arguments)
        finally:
            self.fault = None

    def shards(self, fault=None):
        return self.call(fault, "describe_stream", StreamArn=self.arn)["StreamDescription"]["Shards"]

    def iterator(self, fault=None, shard=None):
        """Of the shard that has the record, at its beginning."""
        for candidate in [shard] if shard else self.shards():
            found = self.call(fault, "get_shard_iterator", StreamArn=self.arn, ShardId=candidate["ShardId"],
                              ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            if fault or shard or self.records(found):
                return found
        raise AssertionError("no record in any shard")

    def records(self, iterator, fault=None):
        return self.call(fault, "get_records", ShardIterator=iterator)["Records"]


@pytest.fixture
def streamed(fault_server, account):
    return Streamed(fault_server, account)


def test_a_stream_delays(streamed):
    iterator = streamed.iterator()
    answer = streamed.call({"delay": "1min"}, "get_records", ShardIterator=iterator)
    assert answer["Records"] == []
    assert len(streamed.records(answer["NextShardIterator"])) == 1, "nothing is lost"


def test_a_stream_duplicates(streamed):
    records = streamed.records(streamed.iterator(), {"duplicate": 2})
    assert len(records) == 3 and len({record["eventID"] for record in records}) == 1


def test_a_stream_expires_iterators(streamed):
    iterator = streamed.iterator()
    with pytest.raises(streamed.client.exceptions.ExpiredIteratorException):
        streamed.records(iterator, "expire_iterator")
    old = streamed.iterator("expire_iterator")
    with pytest.raises(streamed.client.exceptions.ExpiredIteratorException):
        streamed.records(old)
    assert streamed.records(iterator)


def test_a_stream_trims(streamed):
    iterator = streamed.iterator()
    with pytest.raises(streamed.client.exceptions.TrimmedDataAccessException):
        streamed.records(iterator, "trim")
    assert streamed.records(streamed.iterator(shard=streamed.shards()[0])) == []


def test_a_stream_splits(streamed):
    iterator = streamed.iterator()
    before = streamed.shards()
    answer = streamed.call("split", "get_records", ShardIterator=iterator)
    assert len(answer["Records"]) == 1
    assert "NextShardIterator" not in answer, "the shard has ended"
    after = streamed.shards()
    closed = [shard for shard in after if "EndingSequenceNumber" in shard["SequenceNumberRange"]]
    children = [shard for shard in after if shard.get("ParentShardId") == closed[0]["ShardId"]]
    assert (len(after), len(closed), len(children)) == (len(before) + 2, 1, 2)
    assert len(streamed.shards("split")) == len(after) + 2 * (len(after) - 1)


def test_a_dry_run_counts_and_does_nothing(tmp_path, account):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("- {id: dry, match: {operations: PutItem}, do: {error: 500}, dry_run: true,\n"
                        "   expect: {hits: {min: 1, max: 1}}}\n")
    server = Server(tmp_path, "--scenario", str(scenario))
    client = Faulty(server, account)
    client.client.create_table(**TABLE)
    client.put(None)
    code, output = server.stop()
    assert (code, "rule 'dry'" in output) == (0, False)


def side_client(server, account, service, fault):
    client = boto3.client(service, **settings(server.url, account, config=botocore.config.Config(
        retries=dict(total_max_attempts=1))))

    def send(request, **_):
        if fault is not None:
            request.headers["x-understudy-fault"] = json.dumps(fault)

    client.meta.events.register("before-send", send)
    return client


@pytest.mark.parametrize("service, call, name, status", [
    ("sqs", lambda c: c.list_queues(), "OverLimit", 403),
    ("application-autoscaling", lambda c: c.describe_scalable_targets(ServiceNamespace="dynamodb"),
     "ConcurrentUpdateException", 400),
    ("cloudwatch", lambda c: c.list_metrics(Namespace="AWS/DynamoDB"), "InternalServiceFault", 500),
    ("lambda", lambda c: c.list_functions(), "TooManyRequestsException", 429)])
def test_the_services_beside_dynamodb_meet_errors(fault_server, account, service, call, name, status):
    call(side_client(fault_server, account, service, None))
    for fault, code in [({"error": {"name": name, "message": "by rule"}}, name), ({"error": 503}, "ServiceUnavailable")]:
        with pytest.raises(botocore.exceptions.ClientError) as raised:
            call(side_client(fault_server, account, service, fault))
        assert error(raised)[0]["Code"] in (code, "InternalServiceError")
        assert error(raised)[1] == (503 if fault == {"error": 503} else status)


@pytest.mark.parametrize("service, call", [
    ("sqs", lambda c: c.list_queues()),
    ("application-autoscaling", lambda c: c.describe_scalable_targets(ServiceNamespace="dynamodb")),
    ("cloudwatch", lambda c: c.list_metrics(Namespace="AWS/DynamoDB")),
    ("lambda", lambda c: c.list_functions())])
def test_the_services_beside_dynamodb_are_slow_and_lost(fault_server, account, service, call):
    began = time.monotonic()
    call(side_client(fault_server, account, service, {"latency": "200ms"}))
    assert time.monotonic() - began >= 0.2
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        call(side_client(fault_server, account, service, {"transport": "reset"}))


def test_a_lost_answer_of_a_queue_was_carried_out(fault_server, account):
    sound = side_client(fault_server, account, "sqs", None)
    url = sound.create_queue(QueueName="work")["QueueUrl"]
    lost = side_client(fault_server, account, "sqs", {"do": {"transport": "reset"}, "phase": "after_commit"})
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        lost.send_message(QueueUrl=url, MessageBody="hello")
    assert sound.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_a_long_poll_is_slow_and_lost(fault_server, account):
    sound = side_client(fault_server, account, "sqs", None)
    url = sound.create_queue(QueueName="polled")["QueueUrl"]
    slow = side_client(fault_server, account, "sqs", {"latency": "300ms"})
    began = time.monotonic()
    assert "Messages" not in slow.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    assert time.monotonic() - began >= 1.3
    sound.send_message(QueueUrl=url, MessageBody="hello", DelaySeconds=1)
    lost = side_client(fault_server, account, "sqs", {"do": {"error": "OverLimit"}, "phase": "after_commit"})
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        lost.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert error(raised)[0]["Code"] == "OverLimit"
    assert "Messages" not in sound.receive_message(QueueUrl=url), "it was taken, though nobody got it"


def test_a_rule_names_an_operation_of_another_service(tmp_path, account):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("- {id: one, match: {operations: ReceiveMessage, table: work}, when: {count: 1}, do: {error: OverLimit}}\n"
                        "- {id: dynamodb-only, do: {error: 500}}\n")
    server = Server(tmp_path, "--scenario", str(scenario))
    client = side_client(server, account, "sqs", None)
    work, rest = (client.create_queue(QueueName=name)["QueueUrl"] for name in ("work", "rest"))
    client.receive_message(QueueUrl=rest)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        client.receive_message(QueueUrl=work)
    assert error(raised)[0]["Code"] == "OverLimit"
    client.receive_message(QueueUrl=work)
    server.stop()


def test_a_bad_scenario_stops_the_start(tmp_path):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("faults:\n- id: a\n  do: {error: Nope}\n")
    with pytest.raises(AssertionError, match=r"faults.yaml:3: member 'faults\[0\].do.error': there is no exception"):
        Server(tmp_path, "--scenario", str(scenario))
