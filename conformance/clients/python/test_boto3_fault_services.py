"""Faults of the services beside DynamoDB, as boto3 meets them: queues, functions, scaling, metrics."""
import json
import time

import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import Server, settings
from fault_clients import error, fault_server


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
