"""The stack of fixtures/systems/feature_toggles: handlers under AWS's runtime client, a watching client, boto3 for changes."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import boto3
import pytest
import requests

from conftest import Server, settings

SYSTEM = pathlib.Path(__file__).resolve().parents[3] / "fixtures/systems/feature_toggles"


@pytest.fixture
def stack(tmp_path, monkeypatch):
    """The stack on free ports; its functions are run by this Python."""
    copy = tmp_path / "stack"
    shutil.copytree(SYSTEM, copy)
    file = copy / "stack.yaml"
    text = file.read_text().replace("Port: 8080", "Port: 0").replace("TlsPort: 8443", "TlsPort: 0")
    file.write_text(text.replace("Page: page.html", f"Page: page.html\n    CaFile: {tmp_path}/ca.pem"))
    monkeypatch.setenv("PATH", f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}")
    server = Server(tmp_path, "--stack", str(file))
    yield server
    server.stop()


def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_change_reaches_every_client(stack, tmp_path):
    url = re.search(r"ws://\S+", stack.output.read_text()).group(0)
    seen = [tmp_path / "one.txt", tmp_path / "two.txt"]
    clients = []
    for file in seen:
        with open(file, "w", encoding="utf-8") as output:
            clients.append(subprocess.Popen([sys.executable, str(SYSTEM / "watch.py"), url, "--messages", "3"], stdout=output))
    until(lambda: all(file.read_text().count("\n") == 2 for file in seen))
    database = boto3.resource("dynamodb", **settings(stack.url, "any"))
    toggles = database.Table("feature_toggle_values")
    toggles.update_item(Key={"featureId": "new-checkout"}, UpdateExpression="SET isActive = :on",
                        ExpressionAttributeValues={":on": True})
    toggles.delete_item(Key={"featureId": "new-checkout"})
    for client in clients:
        assert client.wait(timeout=30) == 0
    for file in seen:
        assert file.read_text().splitlines() == [
            "dark-mode (Dark mode) is on", "new-checkout (New checkout) is off", "new-checkout (New checkout) is on",
            "new-checkout is gone"]
    # Who leaves takes its row along.
    until(lambda: not database.Table("feature_toggle_connections").scan()["Items"])


def test_the_page_is_served(stack):
    url = re.search(r"ws://\S+", stack.output.read_text()).group(0)
    page = requests.get(url.replace("ws://", "http://").replace("/prod", "/"), timeout=10)
    assert page.status_code == 200 and "WebSocket" in page.text
