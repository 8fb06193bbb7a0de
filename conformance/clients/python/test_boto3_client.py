"""boto3's low-level client: table life, items, paging, transactions, errors as boto3 maps them."""
import zlib

import boto3
import botocore.config
import pytest
from conftest import create_music, settings

ITEM = {"Artist": {"S": "Ñandú"}, "SongTitle": {"S": "Été 🎵"}, "Year": {"N": "1998"}, "Tags": {"SS": ["b", "a"]},
        "Raw": {"B": b"\x00\xff"}, "Live": {"BOOL": True}, "Gone": {"NULL": True},
        "More": {"M": {"list": {"L": [{"N": "1.5"}, {"S": ""}]}}}}
KEY = {"Artist": {"S": "Ñandú"}, "SongTitle": {"S": "Été 🎵"}}


def sorted_sets(item):
    return {name: {"SS": sorted(value["SS"])} if "SS" in value else value for name, value in item.items()}


def test_a_table_lives_and_dies(client, account):
    create_music(client)
    table = client.describe_table(TableName="Music")["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["TableArn"] == f"arn:aws:dynamodb:us-east-1:{account}:table/Music"
    assert table["ItemCount"] == 0 and table["TableSizeBytes"] == 0
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0
    assert client.list_tables()["TableNames"] == ["Music"]
    with pytest.raises(client.exceptions.ResourceInUseException) as caught:
        create_music(client)
    assert caught.value.response["Error"]["Message"] == "Table already exists: Music"
    assert client.delete_table(TableName="Music")["TableDescription"]["TableStatus"] == "DELETING"
    client.get_waiter("table_not_exists").wait(TableName="Music", WaiterConfig={"Delay": 1})
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_table(TableName="Music")
    assert caught.value.response["Error"]["Message"] == "Requested resource not found: Table: Music not found"


def test_items_keep_every_type(client, music):
    client.put_item(TableName=music, Item=ITEM)
    answer = client.get_item(TableName=music, Key=KEY, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    assert sorted_sets(answer["Item"]) == sorted_sets(ITEM)
    assert answer["ConsumedCapacity"] == {"TableName": "Music", "CapacityUnits": 1.0}
    assert "Item" not in client.get_item(TableName=music, Key={**KEY, "SongTitle": {"S": "x"}})


def test_update_and_delete_return_what_was_asked_for(client, music):
    client.put_item(TableName=music, Item=ITEM)
    answer = client.update_item(
        TableName=music, Key=KEY, ReturnValues="UPDATED_NEW",
        UpdateExpression="SET #y = #y + :one, More.#l[2] = :x ADD Plays :one REMOVE Gone",
        ExpressionAttributeNames={"#y": "Year", "#l": "list"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":x": {"S": "third"}})
    assert answer["Attributes"] == {"Year": {"N": "1999"}, "Plays": {"N": "1"},
                                    "More": {"M": {"list": {"L": [{"S": "third"}]}}}}
    old = client.delete_item(TableName=music, Key=KEY, ReturnValues="ALL_OLD")["Attributes"]
    assert "Gone" not in old and old["Year"] == {"N": "1999"}


def test_failed_conditions_carry_the_item(client, music):
    client.put_item(TableName=music, Item=ITEM)
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as caught:
        client.put_item(TableName=music, Item=KEY, ConditionExpression="attribute_not_exists(Artist)",
                        ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert caught.value.response["Error"]["Message"] == "The conditional request failed"
    assert caught.value.response["Item"]["Year"] == {"N": "1998"}
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_paginators_walk_query_scan_and_tables(client, music):
    for first in range(0, 75, 25):
        client.batch_write_item(RequestItems={music: [
            {"PutRequest": {"Item": {"Artist": {"S": f"a{n % 3}"}, "SongTitle": {"S": f"{n:03}"}, "n": {"N": str(n)}}}}
            for n in range(first, first + 25)]})
    pages = list(client.get_paginator("query").paginate(
        TableName=music, KeyConditionExpression="Artist = :a", ExpressionAttributeValues={":a": {"S": "a1"}},
        ScanIndexForward=False, PaginationConfig={"PageSize": 4}))
    titles = [item["SongTitle"]["S"] for page in pages for item in page["Items"]]
    assert titles == [f"{n:03}" for n in range(73, 0, -3)] and len(pages) >= 7
    scanned = [item["n"]["N"] for page in client.get_paginator("scan").paginate(
        TableName=music, PaginationConfig={"PageSize": 7}) for item in page["Items"]]
    assert sorted(map(int, scanned)) == list(range(75))
    segments = [item["n"]["N"] for segment in range(4) for page in client.get_paginator("scan").paginate(
        TableName=music, Segment=segment, TotalSegments=4) for item in page["Items"]]
    assert sorted(segments) == sorted(scanned)
    for n in range(5):
        client.create_table(TableName=f"table{n}", BillingMode="PAY_PER_REQUEST",
                            AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "N"}],
                            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])
    names = [name for page in client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
             for name in page["TableNames"]]
    assert names == ["Music", "table0", "table1", "table2", "table3", "table4"]


def test_a_paginator_ends_where_nothing_can_follow(client):
    client.create_table(TableName="single", BillingMode="PAY_PER_REQUEST",
                        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])
    client.put_item(TableName="single", Item={"p": {"S": "a"}})
    pages = list(client.get_paginator("query").paginate(
        TableName="single", KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"S": "a"}},
        PaginationConfig={"PageSize": 1}))
    assert [page["Count"] for page in pages] == [1]


def test_a_paginator_ends_at_a_bound(client, music):
    for title in "123":
        client.put_item(TableName=music, Item={"Artist": {"S": "a"}, "SongTitle": {"S": title}})
    for condition, backwards in (("<= :b", False), ("BETWEEN :a AND :b", False), (">= :b", True)):
        values = {":p": {"S": "a"}, ":b": {"S": "2"}, **({":a": {"S": "1"}} if ":a" in condition else {})}
        pages = client.get_paginator("query").paginate(
            TableName=music, KeyConditionExpression=f"Artist = :p AND SongTitle {condition}",
            ExpressionAttributeValues=values, ScanIndexForward=not backwards, PaginationConfig={"PageSize": 1})
        assert sum(page["Count"] for page in pages) == 2, condition


def test_batches_read_what_they_wrote(client, music):
    keys = [{"Artist": {"S": "a"}, "SongTitle": {"S": str(n)}} for n in range(10)]
    answer = client.batch_write_item(RequestItems={music: [{"PutRequest": {"Item": key}} for key in keys]})
    assert answer["UnprocessedItems"] == {}
    answer = client.batch_get_item(RequestItems={music: {"Keys": keys}}, ReturnConsumedCapacity="TOTAL")
    assert sorted(item["SongTitle"]["S"] for item in answer["Responses"][music]) == sorted(map(str, range(10)))
    assert answer["UnprocessedKeys"] == {}
    assert answer["ConsumedCapacity"] == [{"TableName": "Music", "CapacityUnits": 5.0}]


def test_transactions_hold_or_say_why_not(client, music):
    def put(title, **more):
        return {"Put": {"TableName": music, "Item": {"Artist": {"S": "a"}, "SongTitle": {"S": title}}, **more}}

    token = "0123456789-token"
    client.transact_write_items(TransactItems=[put("1"), put("2")], ClientRequestToken=token)
    client.transact_write_items(TransactItems=[put("1"), put("2")], ClientRequestToken=token)
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.transact_write_items(TransactItems=[put("1"), put("3")], ClientRequestToken=token)
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=[
            put("3"), put("1", ConditionExpression="attribute_not_exists(Artist)",
                          ReturnValuesOnConditionCheckFailure="ALL_OLD")])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"]["SongTitle"] == {"S": "1"}
    assert caught.value.response["Error"]["Message"] == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]")
    answer = client.transact_get_items(TransactItems=[
        {"Get": {"TableName": music, "Key": {"Artist": {"S": "a"}, "SongTitle": {"S": title}}}} for title in "123"])
    assert [response.get("Item", {}).get("SongTitle") for response in answer["Responses"]] == [{"S": "1"}, {"S": "2"}, None]


def test_indexes_are_queried_and_described(client):
    create_music(client)
    client.update_table(
        TableName="Music", AttributeDefinitions=[{"AttributeName": "Genre", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": {
            "IndexName": "ByGenre", "KeySchema": [{"AttributeName": "Genre", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}}])
    client.put_item(TableName="Music", Item={**ITEM, "Genre": {"S": "jazz"}})
    answer = client.query(TableName="Music", IndexName="ByGenre", KeyConditionExpression="Genre = :g",
                          ExpressionAttributeValues={":g": {"S": "jazz"}})
    assert answer["Items"] == [{**KEY, "Genre": {"S": "jazz"}}]
    index = client.describe_table(TableName="Music")["Table"]["GlobalSecondaryIndexes"][0]
    assert index["IndexStatus"] == "ACTIVE" and index["ItemCount"] == 1


def test_bad_requests_are_validation_errors(client_without_validation):
    client = client_without_validation
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.put_item(TableName="Music")
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"] == ("1 validation error detected: Value null at 'item' failed to satisfy constraint: "
                                "Member must not be null")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.get_item(TableName="Music", Key={"Artist": {"S": 5}})
    assert caught.value.response["Error"]["Code"] == "SerializationException"


def test_limits_and_tags(client, music, account):
    arn = f"arn:aws:dynamodb:us-east-1:{account}:table/Music"
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "env", "Value": "test"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["env"])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert client.describe_limits()["AccountMaxReadCapacityUnits"] > 0
    client.update_time_to_live(TableName=music, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
    assert client.describe_time_to_live(TableName=music)["TimeToLiveDescription"]["AttributeName"] == "ttl"
    assert client.describe_endpoints()["Endpoints"]


def test_every_answer_has_request_id_and_checksum(client, music):
    bodies = []
    client.meta.events.register("response-received.dynamodb.*",
                                lambda **args: bodies.append(args["response_dict"]))
    answer = client.put_item(TableName=music, Item=ITEM)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-crc32"] == str(zlib.crc32(b"{}"))
    assert len(answer["ResponseMetadata"]["RequestId"]) == 52
    assert headers["server"] == "Server" and headers["content-type"] == "application/x-amz-json-1.0"
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.put_item(TableName="Absent", Item=ITEM)
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert "x-amz-crc32" in headers and "x-amzn-requestid" in headers


def test_accounts_and_the_rest_are_apart(server, client, music):
    other = boto3.client("dynamodb", **settings(server.url, "999999999999"))
    assert other.list_tables()["TableNames"] == []
    shared = [boto3.client("dynamodb", **{**settings(server.url, key), "region_name": region})
              for key, region in (("AKIDEXAMPLE", "us-east-1"), ("other", "eu-west-2"))]
    create_music(shared[0])
    assert shared[1].list_tables()["TableNames"] == ["Music"]
    shared[1].delete_table(TableName="Music")


def test_clients_retry_until_the_server_is_back(own_server, account):
    config = botocore.config.Config(retries={"mode": "standard", "max_attempts": 10}, connect_timeout=1)
    client = boto3.client("dynamodb", **settings(own_server.url, account, config=config))
    create_music(client)
    own_server.stop()
    attempts = []

    def revive(**_):
        attempts.append(1)
        if len(attempts) == 2:
            own_server.start()

    client.meta.events.register("before-send.dynamodb.ListTables", revive)
    assert client.list_tables()["TableNames"] == []  # In memory: gone with the old process.
    assert len(attempts) >= 2


def test_a_stopped_server_is_a_connection_error(own_server, account):
    config = botocore.config.Config(retries={"max_attempts": 0}, connect_timeout=1)
    client = boto3.client("dynamodb", **settings(own_server.url, account, config=config))
    client.list_tables()
    status, _ = own_server.stop()
    assert status == 0
    with pytest.raises((botocore.exceptions.EndpointConnectionError, botocore.exceptions.ConnectionClosedError)):
        client.list_tables()
