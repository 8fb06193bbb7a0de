#!/usr/bin/env python3
"""Benches over HTTP: CPU time of the server process per operation, side by side with its peers.

Every round measures each server in turn (interleaved), so that a noisy neighbour hits all of them; the table
gives medians over the rounds and the ratio to each peer. Footprint figures (start-up, memory, binary) follow.

Peers are optional: dynoxide is found on PATH (cargo install dynoxide-rs), DynamoDB Local in the folder of its jars
(--dynamodb-local DIR or DYNAMODB_LOCAL_DIR; Maven software.amazon.dynamodb:DynamoDBLocal:3.3.1).
"""
import argparse
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

GOALS = {  # scenario: (title, times less CPU than dynoxide, than DynamoDB Local)
    "get": ("GetItem", 8, 20),
    "put": ("PutItem", 14, 35),
    "update": ("UpdateItem (ADD 1)", 14, 35),
    "query": ("Query, 20 items", 15, 30),
    "scan": ("Scan, 1 MB page", 50, 250),
    "batch": ("BatchWriteItem, 25 items", 40, 75),
    "transact": ("TransactWriteItems, 10 items", 35, 120),
    "filter": ("Scan, 1 MB read, filter keeps 1 %", 60, 150),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def post(port, operation, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/", data=json.dumps(body).encode(),
        headers={"X-Amz-Target": "DynamoDB_20120810." + operation,
                 "Content-Type": "application/x-amz-json-1.0",
                 "X-Amz-Date": "20260101T000000Z",
                 "Authorization": "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/dynamodb/aws4_request, "
                                  "SignedHeaders=host, Signature=00"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


class Server:
    def __init__(self, name, command, cwd=None):
        self.name, self.port = name, free_port()
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [word.replace("{port}", str(self.port)) for word in command], cwd=cwd,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                post(self.port, "ListTables", {})
                break
            except urllib.error.HTTPError as error:  # an OSError, too, but an answer
                raise SystemExit(f"{name} refuses ListTables: {error.read().decode()}") from error
            except OSError:
                if self.process.poll() is not None or time.perf_counter() - started > 60:
                    raise SystemExit(f"{name} did not start")
                time.sleep(0.002)
        self.start_ms = (time.perf_counter() - started) * 1000

    def rss_kb(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Bench:
    def __init__(self, options):
        self.options = options
        self.binary = os.path.join(options.build, "understudy")
        self.load = os.path.join(options.build, "bench", "understudy_load")

    def understudy(self, *flags):
        return Server("understudy", [self.binary, "serve", "--port", "{port}", *flags])

    def peers(self):
        if shutil.which("dynoxide"):
            yield Server("dynoxide", ["dynoxide", "serve", "--port", "{port}", "--log", "quiet"])
        jars = self.options.dynamodb_local
        if jars and shutil.which("java"):
            yield Server("DynamoDB Local",
                         ["java", f"-Djava.library.path={jars}", "-cp", os.path.join(jars, "*"),
                          "software.amazon.dynamodb.services.local.main.ServerRunner", "-inMemory",
                          "-disableTelemetry", "-port", "{port}"], cwd=jars)

    def measure(self, server, *flags):
        lines = subprocess.run([self.load, "--port", str(server.port), "--pid", str(server.process.pid), *flags],
                               check=True, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in lines.splitlines()]

    def cpu_table(self):
        servers = [self.understudy(), *self.peers()]
        for server in servers:
            say(f"filling {server.name} …")
            self.measure(server, "--fill")
            if server.name == "DynamoDB Local":  # the JIT has had its say before anything counts
                self.measure(server, "--run", ",".join(GOALS), "--seconds", "2")
        samples = {}
        for number in range(self.options.rounds):
            for connections in (1, 16):
                for scenario in GOALS:
                    for server in servers:
                        say(f"round {number + 1}/{self.options.rounds}: {scenario}, "
                            f"{connections} connection(s), {server.name} …")
                        [result] = self.measure(server, "--run", scenario, "--connections", str(connections),
                                                "--seconds", str(self.options.seconds))
                        samples.setdefault((scenario, connections, server.name), []).append(result["cpu_us"])
        for server in servers:
            server.stop()
        say("")
        medians = {place: statistics.median(values) for place, values in samples.items()}
        names = [server.name for server in servers]
        rows = []
        for scenario, (title, *goals) in GOALS.items():
            for connections in (1, 16):
                ours = medians[scenario, connections, "understudy"]
                row = [title, str(connections), f"{ours:,.1f}"]
                for name, goal in zip(("dynoxide", "DynamoDB Local"), goals):
                    if name in names:
                        theirs = medians[scenario, connections, name]
                        row += [f"{theirs:,.0f}", f"{theirs / ours:.1f}x", f"{goal}x",
                                "yes" if theirs / ours >= goal else "NO"]
                rows.append(row)
        head = ["operation", "connections", "µs"]
        for name in ("dynoxide", "DynamoDB Local"):
            if name in names:
                head += [name + " µs", "ratio", "goal", "met"]
        print_table("Server CPU time per operation (user + system), 1 KB items, 10,000 items in partitions of 20",
                    head, rows)

    def faults(self):
        """What rules cost that are asked about every request and match none."""
        matches = [{"table": "other"}, {"table": "other-*"}, {"key": {"pk": "nobody*"}}, {"tenant": "9*"},
                   {"header": {"x-canary": "yes"}}]
        rules = [{"id": f"rule-{n}", "match": matches[n % len(matches)], "do": {"error": 500}} for n in range(100)]
        file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump({"faults": rules}, file)
        file.flush()
        servers = [self.understudy(), self.understudy("--scenario", file.name)]
        samples = {}
        for server in servers:
            self.measure(server, "--fill")
        for number in range(self.options.rounds):
            for connections in (1, 16):
                for scenario in ("get", "put"):
                    for rules_in_force, server in zip((0, 100), servers):
                        say(f"round {number + 1}/{self.options.rounds}: {scenario}, {connections} connection(s), "
                            f"{rules_in_force} rules …")
                        [result] = self.measure(server, "--run", scenario, "--connections", str(connections),
                                                "--seconds", str(self.options.seconds))
                        samples.setdefault((scenario, connections, rules_in_force), []).append(result["cpu_us"])
        for server in servers:
            server.stop()
        file.close()
        rows = []
        for scenario in ("get", "put"):
            for connections in (1, 16):
                none, many = (statistics.median(samples[scenario, connections, n]) for n in (0, 100))
                rows.append([scenario, str(connections), f"{none:.2f}", f"{many:.2f}", f"{many / none - 1:+.1%}"])
        print_table("Server CPU time per operation with fault rules none of which matches",
                    ["operation", "connections", "no rules, µs", "100 rules, µs", "change"], rows)

    def scaling(self):
        rows = []
        samples = {}
        servers = {}
        for items in (1_000, 1_000_000):
            say(f"filling {items:,} items …")
            servers[items] = self.understudy()
            self.measure(servers[items], "--fill", "--items", str(items))
        for _ in range(self.options.rounds):
            for items, server in servers.items():
                [result] = self.measure(server, "--run", "get", "--items", str(items))
                samples.setdefault(items, []).append(result["cpu_us"])
        small, large = (statistics.median(samples[items]) for items in (1_000, 1_000_000))
        rows.append(["GetItem at 1,000,000 items / at 1,000", f"{large:.2f} / {small:.2f} µs",
                     f"{large / small:.2f}x", "≤ 1.5x"])
        for server in servers.values():
            server.stop()
        samples, servers = {}, {}
        for items in (100, 100_000):
            say(f"filling a partition of {items:,} …")
            servers[items] = self.understudy()
            self.measure(servers[items], "--fill", "--items", str(items), "--partition-items", str(items))
        for _ in range(self.options.rounds):
            for items, server in servers.items():
                [result] = self.measure(server, "--run", "query", "--items", str(items), "--partition-items", str(items))
                samples.setdefault(items, []).append(result["cpu_us"])
        small, large = (statistics.median(samples[items]) for items in (100, 100_000))
        rows.append(["Query of 20 in a partition of 100,000 / of 100", f"{large:.2f} / {small:.2f} µs",
                     f"{large / small:.2f}x", "≈ 1x"])
        for server in servers.values():
            server.stop()
        rates = {}
        for threads in (1, 2):
            server = self.understudy("--threads", str(threads))
            self.measure(server, "--fill")
            for _ in range(self.options.rounds):
                [result] = self.measure(server, "--run", "get", "--connections", "16")
                rates.setdefault(threads, []).append(result["per_second"])
            server.stop()
        one, two = (statistics.median(rates[threads]) for threads in (1, 2))
        rows.append(["GetItems per second, 16 connections, 2 threads / 1", f"{two:,.0f} / {one:,.0f}",
                     f"{two / one:.2f}x", "≥ 1.3x"])
        say("")
        print_table("Scaling", ["what", "measured", "ratio", "goal"], rows)

    def footprint(self):
        starts = []
        for _ in range(max(5, self.options.rounds)):
            server = self.understudy()
            starts.append(server.start_ms)
            idle = server.rss_kb()
            server.stop()
        rows = [["start to first answered ListTables", f"{statistics.median(starts):.1f} ms", "≤ 5 ms"],
                ["idle RSS", f"{idle / 1024:.1f} MB", "≤ 5 MB"]]
        for item_bytes, limit in ((1024, "≤ 1,382 B"), (276, "≤ 607 B")):
            say(f"filling 100,000 items of {item_bytes} bytes …")
            server = self.understudy()
            self.measure(server, "--fill", "--items", "100000", "--item-bytes", str(item_bytes))
            each = (server.rss_kb() - idle) * 1024 / 100_000
            rows.append([f"RSS per {item_bytes}-byte item at 100,000", f"{each:,.0f} B", limit])
            server.stop()
        with tempfile.NamedTemporaryFile() as stripped:
            subprocess.run(["strip", "-o", stripped.name, self.binary], check=True)
            rows.append(["stripped binary", f"{os.path.getsize(stripped.name) / 2**20:.1f} MB", "≤ 8 MB"])
        say("")
        print_table("Footprint", ["what", "measured", "goal"], rows)


def say(text):
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K" + text)
        sys.stderr.flush()


def print_table(title, head, rows):
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    print(f"\n{title}\n")
    for row in [head, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="build folder with understudy and bench/understudy_load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.7, help="length of one measurement")
    parser.add_argument("--dynamodb-local", default=os.environ.get("DYNAMODB_LOCAL_DIR"), help="folder of its jars")
    parser.add_argument("--only", choices=["cpu", "faults", "scaling", "footprint", "micro", "fixtures", "streams"],
                        help="one part")
    options = parser.parse_args()
    bench = Bench(options)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, {options.rounds} rounds")
    for part, run in (("cpu", bench.cpu_table), ("faults", bench.faults), ("scaling", bench.scaling),
                      ("footprint", bench.footprint)):
        if options.only in (None, part):
            run()
    micro = os.path.join(options.build, "bench", "understudy_engine_bench")
    if options.only in (None, "micro") and os.path.exists(micro):
        subprocess.run([micro], check=True)
    fixtures = os.path.join(options.build, "bench", "understudy_fixture_bench")
    if options.only in (None, "fixtures"):
        print("\nFixtures\n", flush=True)
        subprocess.run([fixtures], check=True)
    streams = os.path.join(options.build, "bench", "understudy_streams_bench")
    if options.only in (None, "streams") and os.path.exists(streams):
        print("\nStreams\n", flush=True)
        subprocess.run([streams], check=True)


if __name__ == "__main__":
    main()
