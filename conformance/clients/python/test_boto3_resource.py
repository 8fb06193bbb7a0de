"""boto3's resource layer: Table objects, conditions, batch writers, decimals."""
from decimal import Decimal

import pytest
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary


@pytest.fixture
def table(resource):
    made = resource.create_table(
        TableName="events", BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        AttributeDefinitions=[{"AttributeName": "device", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "N"},
                              {"AttributeName": "kind", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "device", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        LocalSecondaryIndexes=[{"IndexName": "by_kind", "Projection": {"ProjectionType": "ALL"},
                                "KeySchema": [{"AttributeName": "device", "KeyType": "HASH"},
                                              {"AttributeName": "kind", "KeyType": "RANGE"}]}])
    made.wait_until_exists()
    return made


def test_values_come_back_as_they_went(table):
    item = {"device": "d", "at": Decimal("1"), "n": Decimal("-1.2345678901234567890123456789012345678E-10"),
            "text": "ünï", "raw": Binary(b"\x00\x01"), "yes": True, "nothing": None, "names": {"x", "y"},
            "numbers": {Decimal("1"), Decimal("2.5")}, "list": [Decimal("1"), "a", {"deep": []}], "empty": ""}
    table.put_item(Item=item)
    assert table.get_item(Key={"device": "d", "at": 1})["Item"] == item


def test_batch_writer_fills_and_scan_finds(table):
    with table.batch_writer(overwrite_by_pkeys=["device", "at"]) as batch:
        for n in range(120):
            batch.put_item(Item={"device": f"d{n % 2}", "at": n, "kind": "odd" if n % 2 else "even"})
        batch.put_item(Item={"device": "d0", "at": 0, "kind": "again"})
    assert table.scan(Select="COUNT")["Count"] == 120
    found = table.scan(FilterExpression=Attr("at").between(10, 14) & Attr("kind").begins_with("o"))
    assert sorted(int(item["at"]) for item in found["Items"]) == [11, 13]


def test_queries_by_key_and_by_index(table):
    for n in range(6):
        table.put_item(Item={"device": "d", "at": n, "kind": f"k{5 - n}", "value": n * n})
    answer = table.query(KeyConditionExpression=Key("device").eq("d") & Key("at").gt(2), FilterExpression=Attr("value").gt(10))
    assert [int(item["at"]) for item in answer["Items"]] == [4, 5] and answer["ScannedCount"] == 3
    answer = table.query(IndexName="by_kind", KeyConditionExpression=Key("device").eq("d") & Key("kind").begins_with("k"),
                         Limit=2)
    assert [item["kind"] for item in answer["Items"]] == ["k0", "k1"] and "LastEvaluatedKey" in answer
    answer = table.query(IndexName="by_kind", ExclusiveStartKey=answer["LastEvaluatedKey"],
                         KeyConditionExpression=Key("device").eq("d"))
    assert [item["kind"] for item in answer["Items"]] == ["k2", "k3", "k4", "k5"]


def test_conditions_guard_updates(table, resource):
    table.put_item(Item={"device": "d", "at": 1, "version": 1})
    table.update_item(Key={"device": "d", "at": 1}, UpdateExpression="SET version = :new",
                      ConditionExpression=Attr("version").eq(1), ExpressionAttributeValues={":new": 2})
    with pytest.raises(resource.meta.client.exceptions.ConditionalCheckFailedException):
        table.delete_item(Key={"device": "d", "at": 1}, ConditionExpression=Attr("version").eq(1))
    assert table.get_item(Key={"device": "d", "at": 1})["Item"]["version"] == 2


def test_legacy_parameters_work(table):
    table.put_item(Item={"device": "d", "at": 1, "n": 5}, Expected={"device": {"Exists": False}})
    table.update_item(Key={"device": "d", "at": 1}, AttributeUpdates={"n": {"Action": "ADD", "Value": 2}})
    answer = table.query(KeyConditions={"device": {"AttributeValueList": ["d"], "ComparisonOperator": "EQ"}},
                         QueryFilter={"n": {"AttributeValueList": [7], "ComparisonOperator": "EQ"}})
    assert answer["Count"] == 1
    # LaunchDarkly's stores send KeyConditions together with ProjectionExpression.
    answer = table.query(KeyConditions={"device": {"AttributeValueList": ["d"], "ComparisonOperator": "EQ"}},
                         ProjectionExpression="#n", ExpressionAttributeNames={"#n": "n"})
    assert answer["Items"] == [{"n": 7}]


def test_table_attributes_load(table, resource):
    table.put_item(Item={"device": "d", "at": 1})
    table.reload()
    assert table.table_status == "ACTIVE" and table.item_count == 1
    assert table.provisioned_throughput["WriteCapacityUnits"] == 1
    assert [one.name for one in resource.tables.all()] == ["events"]
    table.delete()
    table.wait_until_not_exists()
