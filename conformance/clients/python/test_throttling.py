"""Clients that meet --throttle: who gives up, who gets through, and what the journal tells of it."""
import json
import time
import types

import boto3
import botocore.config
import botocore.endpoint
import botocore.exceptions
import pytest

from conftest import Server, settings

SCALE = 60


@pytest.fixture
def throttled(tmp_path):
    running = Server(tmp_path, "--throttle", "--time-scale", str(SCALE), "--log-level", "debug", "--log-format",
                     "json")
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def slept(monkeypatch):
    """Seconds that botocore meant to sleep; it sleeps as much shorter as the server's time runs faster."""
    seconds = []

    def sleep(delay):
        seconds.append(delay)
        time.sleep(delay / SCALE)

    monkeypatch.setattr(botocore.endpoint, "time", types.SimpleNamespace(sleep=sleep, time=time.time))
    return seconds


def client_with(server, account, retries):
    return boto3.client("dynamodb", **settings(server.url, account, config=botocore.config.Config(retries=retries)))


def create_table(client, units):
    client.create_table(
        TableName="orders", AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": units, "WriteCapacityUnits": units})


def hammer(client):
    """One write of 250 units leaves the table of 5 units a second in debt for 49 seconds."""
    client.put_item(TableName="orders", Item={"id": {"S": "bulk"}, "load": {"S": "x" * 255_900}})


def refused_attempts(server):
    _, output = server.stop()
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("operation") == "PutItem" and line.get("status") == 400]


def test_legacy_retries_give_up_after_their_delays(throttled, account, slept):
    legacy = client_with(throttled, account, {"mode": "legacy", "total_max_attempts": 10})
    create_table(legacy, 5)
    hammer(legacy)
    with pytest.raises(legacy.exceptions.ProvisionedThroughputExceededException) as caught:
        legacy.put_item(TableName="orders", Item={"id": {"S": "one"}})
    assert caught.value.response["ThrottlingReasons"] == [
        {"reason": "TableWriteProvisionedThroughputExceeded",
         "resource": f"arn:aws:dynamodb:us-east-1:{account}:table/orders"}]
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 9
    assert slept == pytest.approx([0.05 * 2 ** attempt for attempt in range(9)])
    assert sum(slept) == pytest.approx(25.55)

    attempts = refused_attempts(throttled)
    assert len(attempts) == 10
    balances = []
    for attempt in attempts:
        assert attempt["error"] == "ProvisionedThroughputExceededException"
        [refused] = attempt["refused"]
        assert refused["reason"] == "TableWriteProvisionedThroughputExceeded"
        assert (refused["table"], refused["bucket"]) == ("orders", "throughput")
        balances.append(refused["balance"])
    assert balances == sorted(balances), "the debt is being repaid"
    assert balances[0] < -200 and balances[-1] <= 0


def test_the_default_of_ten_attempts_is_what_dynamodb_clients_have(throttled, account, slept):
    default = client_with(throttled, account, {"mode": "legacy"})
    create_table(default, 5)
    hammer(default)
    with pytest.raises(default.exceptions.ProvisionedThroughputExceededException):
        default.put_item(TableName="orders", Item={"id": {"S": "one"}})
    assert sum(slept) == pytest.approx(25.55)


def test_exponential_backoff_with_jitter_completes(throttled, account, slept):
    patient = client_with(throttled, account, {"mode": "standard", "max_attempts": 20})
    create_table(patient, 5)
    hammer(patient)
    patient.put_item(TableName="orders", Item={"id": {"S": "one"}})
    assert sum(slept) > 25.55, "it waited longer than the legacy client"
    assert patient.get_item(TableName="orders", Key={"id": {"S": "one"}}, ConsistentRead=True)["Item"]


def test_a_batch_writer_sends_again_what_was_unprocessed(throttled, account, slept):
    resource = boto3.resource("dynamodb", **settings(throttled.url, account))
    create_table(resource.meta.client, 5)
    with resource.Table("orders").batch_writer() as writer:
        for number in range(60):
            writer.put_item({"id": str(number)})
    assert resource.Table("orders").scan(ConsistentRead=True)["Count"] == 60


def test_transactions_and_on_demand_maxima_are_refused_in_their_own_ways(throttled, account, slept):
    client = client_with(throttled, account, {"mode": "standard", "max_attempts": 1})
    client.create_table(
        TableName="orders", AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
        OnDemandThroughput={"MaxWriteRequestUnits": 1})
    hammer(client)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client.put_item(TableName="orders", Item={"id": {"S": "one"}})
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert caught.value.response["throttlingReasons"][0]["reason"] == "TableWriteMaxOnDemandThroughputExceeded"
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=[{"Put": {"TableName": "orders", "Item": {"id": {"S": "one"}}}}])
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == ["ThrottlingError"]
