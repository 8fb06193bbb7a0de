"""Replicas that lag, a leader that is gone, transactions that take time: what boto3 meets of them (section E)."""
import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import Server, settings
from test_admin_api import admin

KEYS = dict(AttributeDefinitions=[dict(AttributeName="pk", AttributeType="S")],
            KeySchema=[dict(AttributeName="pk", KeyType="HASH")])
INDEX = dict(IndexName="by_g", KeySchema=[dict(AttributeName="g", KeyType="HASH")],
             Projection=dict(ProjectionType="ALL"))


@pytest.fixture
def start(tmp_path, account):
    """Starts a server whose clock stands still; returns it with a client that does not retry."""
    servers = []

    def started(*flags):
        servers.append(Server(tmp_path, "--clock", "frozen", *flags))
        client = boto3.client("dynamodb", **settings(servers[0].url, account, config=botocore.config.Config(
            retries=dict(total_max_attempts=1))))
        return servers[0], client

    yield started
    for server in servers:
        server.stop()


def make_table(client, **more):
    client.create_table(TableName="tab", BillingMode="PAY_PER_REQUEST", **{**KEYS, **more})


def put(client, key, **attributes):
    client.put_item(TableName="tab", Item={"pk": {"S": key}, **attributes})


def get(client, key, **more):
    return client.get_item(TableName="tab", Key={"pk": {"S": key}}, **more)


def replica(answer):
    """Who answered, and how many microseconds it is behind."""
    name, behind = answer["ResponseMetadata"]["HTTPHeaders"]["x-understudy-replica"].split("; behind-us=")
    return name, int(behind)


def test_eventual_reads_are_stale_for_a_while_and_say_who_answered(start):
    server, client = start("--replicas", "--knob", "replica_lag=slow")
    make_table(client)
    put(client, "a")
    admin(server, "POST", "/_admin/clock/advance", {"by": "2s"})
    put(client, "a", v={"N": "2"})
    admin(server, "POST", "/_admin/clock/advance", {"by": "1ms"})
    seen = {}
    for _ in range(60):
        answer = get(client, "a")
        seen.setdefault(replica(answer)[0], set()).add(("v" in answer["Item"], replica(answer)[1] > 0))
    assert set(seen) == {"leader", "follower-1", "follower-2"}
    assert seen["leader"] == {(True, False)}
    assert seen["follower-1"] == {(False, True)} or seen["follower-2"] == {(False, True)}
    assert replica(get(client, "a", ConsistentRead=True)) == ("leader", 0)
    admin(server, "POST", "/_admin/clock/advance", {"by": "2s"})
    assert all("v" in get(client, "a")["Item"] for _ in range(20))
    admin(server, "PUT", "/_admin/knobs", {"replica_header": 0})
    assert "x-understudy-replica" not in get(client, "a")["ResponseMetadata"]["HTTPHeaders"]


def test_a_global_index_hears_of_a_write_later(start):
    server, client = start("--replicas", "--knob", "gsi_lag=slow", "--knob", "eventual_reads=always_fresh")
    make_table(client, AttributeDefinitions=[*KEYS["AttributeDefinitions"], dict(AttributeName="g", AttributeType="S")],
               GlobalSecondaryIndexes=[INDEX])
    put(client, "a", g={"S": "x"})

    def found():
        return client.query(TableName="tab", IndexName="by_g", KeyConditionExpression="g = :g",
                            ExpressionAttributeValues={":g": {"S": "x"}})["Count"]

    assert (found(), "Item" in get(client, "a")) == (0, True)
    admin(server, "POST", "/_admin/clock/advance", {"by": "1s"})
    assert found() == 1


def test_without_their_leader_tables_answer_eventual_reads_only(start, account):
    server, client = start("--replicas", "--knob", "replica_lag=off")
    make_table(client)
    put(client, "a")
    outage = {"tenant": account, "table": "tab", "replica": "leader", "for": "10s"}
    assert admin(server, "POST", "/_admin/capacity/outage", outage)[0] == 200
    assert get(client, "a")["Item"]
    for refused in (lambda: get(client, "a", ConsistentRead=True), lambda: put(client, "b")):
        with pytest.raises(client.exceptions.InternalServerError):
            refused()
    admin(server, "POST", "/_admin/clock/advance", {"by": "10s"})
    put(client, "b")
    assert get(client, "b", ConsistentRead=True)["Item"]


def test_a_follower_that_was_gone_catches_up(start, account):
    server, client = start("--replicas", "--knob", "replica_lag=off", "--knob", "eventual_reads=always_stale")
    make_table(client)
    for follower in ("follower-1", "follower-2"):
        admin(server, "POST", "/_admin/capacity/outage",
              {"tenant": account, "table": "tab", "replica": follower, "for": "10s"})
    put(client, "a")
    assert replica(get(client, "a"))[0] == "leader"
    admin(server, "POST", "/_admin/clock/advance", {"by": "10s"})
    assert replica(get(client, "a")) == ("follower-1", 0)


def test_transactions_that_take_time_meet_each_other(start):
    server, client = start("--knob", "transaction_ms=500")
    make_table(client)
    write = dict(TransactItems=[{"Put": {"TableName": "tab", "Item": {"pk": {"S": "a"}}}}])
    # Its own answer waits for the virtual half second, which passes here by the machine's clock.
    client.transact_write_items(**write, ClientRequestToken="one")
    with pytest.raises(client.exceptions.TransactionConflictException):
        put(client, "a")
    for conflicting in (lambda: client.transact_write_items(**write),
                        lambda: client.transact_get_items(
                            TransactItems=[{"Get": {"TableName": "tab", "Key": {"pk": {"S": "a"}}}}])):
        with pytest.raises(client.exceptions.TransactionCanceledException) as canceled:
            conflicting()
        assert [reason["Code"] for reason in canceled.value.response["CancellationReasons"]] == ["TransactionConflict"]
    with pytest.raises(client.exceptions.TransactionInProgressException):
        client.transact_write_items(**write, ClientRequestToken="one")
    assert get(client, "a")["Item"], "a plain read meets nothing"
    admin(server, "POST", "/_admin/clock/advance", {"by": "500ms"})
    put(client, "a")
    client.transact_write_items(**write, ClientRequestToken="one")
