"""A boto3 client whose requests carry faults, the table it is tried on, and a server that allows it.

A test module imports the fixtures that its tests name, and those that these name.
"""
import json

import boto3
import botocore.config
import pytest

from conftest import Server, settings

TABLE = dict(TableName="tab", BillingMode="PAY_PER_REQUEST",
             AttributeDefinitions=[dict(AttributeName="pk", AttributeType="S")],
             KeySchema=[dict(AttributeName="pk", KeyType="HASH")])


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


@pytest.fixture(scope="module")
def fault_server(tmp_path_factory):
    stack = tmp_path_factory.mktemp("faults") / "stack.yaml"
    stack.write_text("Functions:\n  - {FunctionName: idle, RuntimePort: 0}\n")
    running = Server(stack.parent, "--allow-fault-header", "--stack", str(stack))
    yield running
    running.stop()


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
