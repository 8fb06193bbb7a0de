"""Answers that come late, broken or not at all, as boto3 meets them: time-outs, resets, checksums."""
import json
import time

import botocore.exceptions
import pytest

from conftest import Server
from fault_clients import TABLE, Faulty, error, fault_server, faulty, retrying


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
