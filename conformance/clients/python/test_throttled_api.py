"""fixtures/systems/throttled_api: the service itself against a server that throttles."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

from conftest import Server

PROGRAM = pathlib.Path(__file__).resolve().parents[3] / "fixtures/systems/throttled_api/throttled_api.py"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("throttled"), "--throttle")
    environment = {**os.environ, "AWS_ENDPOINT_URL": server.url, "AWS_REGION": "us-east-1",
                   "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}

    def run_one(*arguments):
        done = subprocess.run([sys.executable, str(PROGRAM), *arguments], env=environment, text=True,
                              stdout=subprocess.PIPE, timeout=60, check=True)
        return done.stdout

    run_one("setup")
    yield run_one
    server.stop()


def test_retries_hide_a_small_spike(run):
    told = json.loads(run("load", "retries", "--writes", "18"))
    assert told["accepted"] == 18, told
    assert told["retries"] > 5, told


def test_the_queue_accepts_at_once_and_loses_nothing(run):
    told = json.loads(run("load", "queue", "--writes", "18"))
    assert told["accepted"] == 18 and told["retries"] == 0, told
    assert told["seconds"] < 3, told
    assert json.loads(run("consume", "--until-empty"))["written"] == 18


def test_jitter_gives_up_in_time_or_not_at_all(run):
    told = json.loads(run("load", "jitter", "--writes", "12"))
    assert told["accepted"] + told["given_up"] == 12 and told["failed"] == 0, told
    assert told["accepted"] >= 10, told
