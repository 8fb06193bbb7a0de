"""What the client tests share: a server of their own, started from the binary that users start."""
import itertools
import json
import os
import pathlib
import subprocess
import time

import boto3
import botocore.config
import pytest

BINARY = os.environ.get("UNDERSTUDY_BINARY", "build/release/understudy")
_numbers = itertools.count()


class Server:
    """A running understudy on a port of its own; stop() and start() keep the port."""

    def __init__(self, folder, *flags):
        self.ready_file = pathlib.Path(folder) / "ready.json"
        self.flags = flags
        self.port = 0
        self.start()

    def start(self):
        self.ready_file.unlink(missing_ok=True)
        self.output = self.ready_file.with_name("output.txt")
        with open(self.output, "w", encoding="utf-8") as output:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--port", str(self.port), "--ready-file", str(self.ready_file), *self.flags],
                stdout=output, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 10
        while not (self.ready_file.exists() and self.ready_file.stat().st_size):
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, "not ready after 10 s"
            time.sleep(0.01)
        ready = json.loads(self.ready_file.read_text())
        self.url, self.port = ready["url"], ready["port"]
        assert ready["pid"] == self.process.pid

    def stop(self):
        """Ends it as a service manager would; returns the exit code and what it printed."""
        self.process.terminate()
        return self.process.wait(timeout=10), self.output.read_text()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture
def own_server(tmp_path):
    """A server for one test, which may stop and start it."""
    running = Server(tmp_path)
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def account():
    """A 12-digit access key: a tenant of its own for one test."""
    return str(200_000_000_000 + next(_numbers))


def settings(url, account, **more):
    return dict(endpoint_url=url, region_name="us-east-1", aws_access_key_id=account,
                aws_secret_access_key="secret", **more)


@pytest.fixture
def client(server, account):
    return boto3.client("dynamodb", **settings(server.url, account))


@pytest.fixture
def resource(server, account):
    return boto3.resource("dynamodb", **settings(server.url, account))


@pytest.fixture
def streams(server, account):
    return boto3.client("dynamodbstreams", **settings(server.url, account))


@pytest.fixture
def client_without_validation(server, account):
    config = botocore.config.Config(parameter_validation=False, retries={"max_attempts": 0})
    return boto3.client("dynamodb", **settings(server.url, account, config=config))


def create_music(client, **more):
    client.create_table(
        TableName="Music", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "Artist", "AttributeType": "S"},
                              {"AttributeName": "SongTitle", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "Artist", "KeyType": "HASH"},
                   {"AttributeName": "SongTitle", "KeyType": "RANGE"}], **more)
    client.get_waiter("table_exists").wait(TableName="Music", WaiterConfig={"Delay": 1})


@pytest.fixture
def music(client):
    create_music(client)
    return "Music"
