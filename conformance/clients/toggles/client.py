"""The feature toggle stack as its users have it: handlers under AWS's runtime client, wscat on a
terminal, boto3 for the changes. Prints a transcript and, last, "N passed, M failed".

    client.py BINARY WSCAT        run by ../run.py, with awslambdaric importable by this python
"""
import contextlib
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import boto3

ROOT = pathlib.Path(__file__).resolve().parents[3]
STACK = ROOT / "fixtures/systems/feature_toggles"
PATIENCE = 30
results = []


def check(what, good):
    results.append(bool(good))
    print(f"{'ok  ' if good else 'FAIL'} {what}", flush=True)


class Wscat:
    """wscat on a terminal of its own: elsewhere it prints nothing."""

    def __init__(self, program, url, *flags):
        self.shown = ""
        self.transcript = []
        master, slave = pty.openpty()
        self.terminal = master
        self.process = subprocess.Popen([program, "--no-color", "-c", url, *flags], stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True)
        os.close(slave)
        print(f"$ wscat -c {url} {' '.join(flags)}", flush=True)

    def until(self, pattern):
        """What the pattern's group matches, or None when it does not come."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = re.search(pattern, self.shown)
            if found:
                self.shown = self.shown[found.end():]
                self.transcript.append(found.group(0).strip())
                print(self.transcript[-1], flush=True)
                return found.group(1) if found.groups() else found.group(0)
            ended = self.process.poll() is not None  # Asked first: what it said last is still to be read.
            before = len(self.shown)
            if select.select([self.terminal], [], [], 0.2)[0]:
                with contextlib.suppress(OSError):
                    piece = os.read(self.terminal, 65536).decode(errors="replace")
                    self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", piece).replace("\r", "\n")
            if ended and len(self.shown) == before:
                return None
        return None

    def message(self):
        text = self.until(r"< ([\[{].*)\n")
        return json.loads(text) if text else None

    def message_about(self, feature, removed=False):
        """The next message about that feature; changes of others may still be on their way."""
        while (message := self.message()) is not None:
            if message["featureId"]["S"] == feature and ("isRemoved" in message) == removed:
                return message
        return None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.terminal)


class Server:
    def __init__(self, binary, folder):
        copy = pathlib.Path(folder) / "feature_toggles"
        shutil.copytree(STACK, copy)
        stack = copy / "stack.yaml"
        text = stack.read_text().replace("Port: 8080", "Port: 0").replace("TlsPort: 8443", "TlsPort: 0")
        stack.write_text(text.replace("Page: page.html", f"Page: page.html\n    CaFile: {folder}/ca.pem"))
        self.output = pathlib.Path(folder) / "output.txt"
        environment = dict(os.environ, PATH=f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}")
        ready = pathlib.Path(folder) / "ready.json"
        with open(self.output, "w", encoding="utf-8") as output:
            self.process = subprocess.Popen(
                [binary, "serve", "--port", "0", "--ready-file", str(ready), "--stack", str(stack)],
                stdout=output, stderr=output, env=environment)
        deadline = time.monotonic() + PATIENCE
        while not (ready.exists() and ready.stat().st_size):
            assert self.process.poll() is None and time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)
        self.url = json.loads(ready.read_text())["url"]
        printed = self.output.read_text()
        self.plain = re.search(r"ws://\S+", printed).group(0)
        self.tls = re.search(r"wss://\S+", printed).group(0)
        self.ca = re.search(r"authority: ([^)]+)\)", printed).group(1)

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=20)


def rows_of(table, wanted):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        rows = table.scan()["Items"]
        if len(rows) == wanted:
            return rows
        time.sleep(0.1)
    return table.scan()["Items"]


def readme_transcript():
    """What the README says that a client sees, without the command."""
    block = re.search(r"```\n\$ wscat[^\n]*\n(.*?)```", (STACK / "README.md").read_text(), re.DOTALL)
    return block.group(1).splitlines()


def drive(wscat, server, url, flags):
    """The article's steps, as in the README, over one scheme: connect, change, delete, leave. Returns what was seen."""
    dynamodb = boto3.resource("dynamodb", endpoint_url=server.url, region_name="us-east-1",
                              aws_access_key_id="any", aws_secret_access_key="any")
    toggles = dynamodb.Table("feature_toggle_values")
    connections = dynamodb.Table("feature_toggle_connections")
    scheme = url.split(":")[0]
    client = Wscat(wscat, url, *flags)
    check(f"{scheme}: connected", client.until(r"Connected"))
    state = client.message()
    check(f"{scheme}: the newcomer gets the full state", isinstance(state, list) and
          {"featureId": {"S": "dark-mode"}, "featureName": {"S": "Dark mode"}, "isActive": {"BOOL": True}} in state
          and len(state) == 2)
    rows = rows_of(connections, 1)
    check(f"{scheme}: its row names its endpoint",
          len(rows) == 1 and rows[0]["connectionEndpoint"].startswith("https://localhost:"))
    toggles.update_item(Key={"featureId": "new-checkout"}, UpdateExpression="SET isActive = :on",
                        ExpressionAttributeValues={":on": True})
    check(f"{scheme}: a change comes as that item", client.message_about("new-checkout") ==
          {"featureId": {"S": "new-checkout"}, "featureName": {"S": "New checkout"}, "isActive": {"BOOL": True}})
    toggles.delete_item(Key={"featureId": "new-checkout"})
    check(f"{scheme}: a deletion comes as isRemoved", client.message_about("new-checkout", removed=True) ==
          {"isRemoved": "true", "featureId": {"S": "new-checkout"}})
    client.kill()
    check(f"{scheme}: the row of a client that left is gone", rows_of(connections, 0) == [])
    toggles.put_item(Item={"featureId": "new-checkout", "featureName": "New checkout", "isActive": False})
    return client.transcript


def main():
    binary, wscat = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(binary, folder)
        try:
            check("a client sees what the README says",
                  drive(wscat, server, server.tls, ["--ca", server.ca]) == readme_transcript())
            drive(wscat, server, server.plain, [])
            stranger = Wscat(wscat, server.plain.replace("/prod", "/test"))
            check("another stage is refused", stranger.until(r"Unexpected server response: 403"))
            stranger.kill()
        finally:
            code = server.stop()
        check("the server ends as asked", code == 0)
        if not all(results):
            print(server.output.read_text())
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")


if __name__ == "__main__":
    main()
