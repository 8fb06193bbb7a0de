"""Faults as boto3 meets them: exceptions, throttles, parts of batches, capacity, stale reads, and
rules that count over several requests.

Most requests carry their own fault in x-understudy-fault (--allow-fault-header); other rules come
from a file (--scenario). Delays and broken connections: test_boto3_fault_delivery.py; streams:
test_boto3_fault_streams.py; queues, functions and the like: test_boto3_fault_services.py.
"""
import json
import pathlib
import re

import boto3
import botocore.exceptions
import botocore.session
import pytest

from conftest import Server, settings
from fault_clients import TABLE, Faulty, error, fault_server, faulty, retrying

REASONS = [f"{where}{what}{cause}Exceeded" for where in ("Table", "Index") for what in ("Read", "Write")
           for cause in ("ProvisionedThroughput", "KeyRangeThroughput", "MaxOnDemandThroughput", "AccountLimit")]

# Every exception of the emulator's table, and which of them boto3 has a class for.
EXCEPTIONS = re.findall(r"^UNDERSTUDY_ERROR\((\w+)", pathlib.Path("emulator/service/error_table.inc").read_text(), re.M)
MODELLED = set(botocore.session.get_session().get_service_model("dynamodb").shape_names)


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


def test_a_bad_scenario_stops_the_start(tmp_path):
    scenario = tmp_path / "faults.yaml"
    scenario.write_text("faults:\n- id: a\n  do: {error: Nope}\n")
    with pytest.raises(AssertionError, match=r"faults.yaml:3: member 'faults\[0\].do.error': there is no exception"):
        Server(tmp_path, "--scenario", str(scenario))
