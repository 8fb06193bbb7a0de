#!/usr/bin/env python3
"""Benches over HTTP: CPU time of the server process per operation, side by side with its peers.

Every round measures each server in turn (interleaved), so that a noisy neighbour hits all of them; the table
gives medians over the rounds and the ratio to each peer. Footprint figures (start-up, memory, binary) follow.

Parts (--only NAME, several by commas): cpu, throttle, faults, scaling, footprint, instructions, syscalls, micro,
streams, fixtures. Whatever ran, the last table has one line for each goal, and whether it is met. --quick: short
measurements, one round, fewer connections and rows: to see that all works, not to be quoted.

Peers are optional: dynoxide is found on PATH (cargo install dynoxide-rs), DynamoDB Local in the folder of its jars
(--dynamodb-local DIR or DYNAMODB_LOCAL_DIR; Maven software.amazon.dynamodb:DynamoDBLocal:3.3.1).
"""
import argparse
import contextlib
import json
import os
import platform
import re
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
    def __init__(self, name, command, cwd=None, log=subprocess.DEVNULL, probe=None):
        self.name, self.port = name, free_port()
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [word.replace("{port}", str(self.port)) for word in command], cwd=cwd,
            stdout=subprocess.DEVNULL, stderr=log)
        while True:
            try:
                (probe or (lambda port: post(port, "ListTables", {})))(self.port)
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
        # strace keeps the signal to itself: the server is its child.
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            pids = [int(pid) for pid in children.read().split()]
        for pid in pids or [self.process.pid]:
            os.kill(pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Bench:
    def __init__(self, options):
        self.options = options
        self.goals = []  # rows of the last table
        self.binary = os.path.join(options.build, "understudy")
        self.load = os.path.join(options.build, "bench", "understudy_load")

    def understudy(self, *flags, under=(), log=subprocess.DEVNULL):
        return Server("understudy", [*under, self.binary, "serve", "--port", "{port}", *flags], log=log)

    def program(self, name):
        path = os.path.join(self.options.build, "bench", name)
        if not os.path.exists(path):
            say("")
            print(f"(no {name}: google-benchmark was not found when CMake was configured)", flush=True)
            return None
        return path

    def goal(self, what, measured, unit, goal, at_least=False, why_not=""):
        """One line of the last table: `measured` may be `goal` at most, or must be it at least."""
        met = measured >= goal if at_least else measured <= goal
        number = f"{measured:,.0f}" if abs(measured) >= 1000 else f"{measured:.2f}"
        self.goals.append([what, f"{number} {unit}".strip(), f"{'≥' if at_least else '≤'} {goal:,} {unit}".strip(),
                           "yes" if met else "NO" + why_not])

    def medians(self, servers, scenarios, connections=(1, 16), load=lambda scenario: [], rounds=None, seconds=None):
        """Median CPU time per operation of each (scenario, connections, server), measured in turn."""
        samples = {}
        rounds = rounds or self.options.rounds
        for number in range(rounds):
            for count in connections:
                for scenario in scenarios:
                    for server in servers:
                        say(f"round {number + 1}/{rounds}: {scenario}, {count} connection(s), "
                            f"{server.name} …")
                        with placed(server, one_core=count == 1):
                            [result] = self.measure(server, "--run", scenario, "--connections", str(count),
                                                    "--seconds", str(seconds or self.options.seconds),
                                                    *load(scenario))
                        samples.setdefault((scenario, count, server.name), []).append(result["cpu_us"])
        say("")
        return {place: statistics.median(values) for place, values in samples.items()}

    def floor(self):
        """A server that only reads the request and sends as many bytes as ours: what the kernel takes here."""
        return Server("floor", [os.path.join(self.options.build, "bench", "understudy_null_server"), "{port}"],
                      probe=lambda port: socket.create_connection(("127.0.0.1", port)).close())

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
        answer_bytes = {scenario: self.measure(servers[0], "--run", scenario, "--requests", "1")[0]["answer_bytes"]
                        for scenario in GOALS}
        servers.append(self.floor())
        medians = self.medians(servers, GOALS, load=lambda scenario: ["--answer-bytes", str(answer_bytes[scenario])])
        for server in servers:
            server.stop()
        names = [server.name for server in servers]
        rows = []
        for scenario, (title, *goals) in GOALS.items():
            for connections in (1, 16):
                ours = medians[scenario, connections, "understudy"]
                row = [title, str(connections), f"{medians[scenario, connections, 'floor']:,.1f}", f"{ours:,.1f}"]
                for name, goal in zip(("dynoxide", "DynamoDB Local"), goals):
                    if name in names:
                        theirs = medians[scenario, connections, name]
                        row += [f"{theirs:,.0f}", f"{theirs / ours:.1f}x", f"{goal}x"]
                        of_floor = theirs / medians[scenario, connections, "floor"]
                        self.goal(f"{title}, {connections} connection(s): times less CPU than {name}",
                                  theirs / ours, "x", goal, at_least=True,
                                  why_not=f": out of reach here, the floor has {of_floor:.1f}x"
                                  if of_floor < goal else "")
                rows.append(row)
        head = ["operation", "connections", "floor µs", "µs"]
        for name in ("dynoxide", "DynamoDB Local"):
            if name in names:
                head += [name + " µs", "ratio", "goal"]
        print_table("Server CPU time per operation (user + system), 1 KB items, 10,000 items in partitions of 20",
                    head, rows)
        print("\nfloor: a server that reads the request, looks at nothing and sends as many bytes")

    def compare(self, title, plain, changed, limit_percent):
        """GetItem and PutItem on two servers of ours; what the second loses of the first's throughput."""
        plain.name, changed.name = "plain", "changed"
        for server in (plain, changed):
            self.measure(server, "--fill")
        # A few per cent are looked for, less than one measurement differs from the next: many short ones.
        rounds, seconds = (1, 0.15) if self.options.quick else (8 * self.options.rounds, 0.15)
        medians = self.medians((plain, changed), ("get", "put"), rounds=rounds, seconds=seconds)
        rows = []
        for scenario in ("get", "put"):
            for connections in (1, 16):
                before, after = (medians[scenario, connections, name] for name in ("plain", "changed"))
                rows.append([GOALS[scenario][0], str(connections), f"{before:.2f}", f"{after:.2f}",
                             f"{after / before - 1:+.1%}"])
                self.goal(f"{GOALS[scenario][0]}, {connections} connection(s): throughput lost, {title}",
                          (1 - before / after) * 100, "%", limit_percent)
        for server in (plain, changed):
            server.stop()
        print_table(f"Server CPU time per operation {title}",
                    ["operation", "connections", "without, µs", "with, µs", "change"], rows)

    def throttle(self):
        """What looking at capacity costs where nothing is refused."""
        room = {"table_read_quota": 10_000_000, "table_write_quota": 10_000_000,
                "on_demand_initial_read_units": 10_000_000, "on_demand_initial_write_units": 10_000_000,
                "partition_read_units": 1_000_000, "partition_write_units": 1_000_000}
        with scenario_file({"knobs": room}) as file:
            self.compare("with --throttle on", self.understudy(),
                         self.understudy("--throttle", "--scenario", file.name), 10)

    def faults(self):
        """What rules cost that are asked about every request and match none."""
        matches = [lambda n: {"table": f"other{n}"}, lambda n: {"table": f"other{n}-*"},
                   lambda n: {"key": {"pk": f"nobody{n}*"}}, lambda n: {"tenant": f"9{n}*"},
                   lambda n: {"header": {"x-canary": f"yes{n}"}}]
        rules = [{"id": f"rule-{n}", "match": matches[n % len(matches)](n), "do": {"error": 500}} for n in range(100)]
        with scenario_file({"faults": rules}) as file:
            self.compare("with 100 fault rules none of which matches", self.understudy(),
                         self.understudy("--scenario", file.name), 15)

    def scaling(self):
        rows = []
        samples = {}
        servers = {}
        most = 100_000 if self.options.quick else 1_000_000
        for items in (1_000, most):
            say(f"filling {items:,} items …")
            servers[items] = self.understudy()
            self.measure(servers[items], "--fill", "--items", str(items))
        for _ in range(self.options.rounds):
            for items, server in servers.items():
                with placed(server, one_core=True):
                    [result] = self.measure(server, "--run", "get", "--items", str(items))
                samples.setdefault(items, []).append(result["cpu_us"])
        small, large = (statistics.median(samples[items]) for items in (1_000, most))
        self.goal("GetItem at 1,000,000 items / at 1,000", large / small, "x", 1.5)
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
                with placed(server, one_core=True):
                    [result] = self.measure(server, "--run", "query", "--items", str(items),
                                            "--partition-items", str(items))
                samples.setdefault(items, []).append(result["cpu_us"])
        small, large = (statistics.median(samples[items]) for items in (100, 100_000))
        self.goal("Query of 20 in a partition of 100,000 / of 100", large / small, "x", 1.1)
        rows.append(["Query of 20 in a partition of 100,000 / of 100", f"{large:.2f} / {small:.2f} µs",
                     f"{large / small:.2f}x", "≈ 1x"])
        for server in servers.values():
            server.stop()
        measured = {}
        servers = {threads: self.understudy("--threads", str(threads)) for threads in (1, 2)}
        for server in servers.values():
            self.measure(server, "--fill")
        for _ in range(self.options.rounds):
            for ahead in (1, 4, 8):
                for threads, server in servers.items():
                    [result] = self.measure(server, "--run", "get", "--connections", "16", "--ahead", str(ahead))
                    measured.setdefault((ahead, threads), []).append(result)
        for server in servers.values():
            server.stop()
        # The client shares the two cores: the more it sends at once, the less of them it takes.
        for ahead in (1, 4, 8):
            one, two = (statistics.median(result["per_second"] for result in measured[ahead, threads])
                        for threads in (1, 2))
            server_us, client_us = (statistics.median(result[key] for result in measured[ahead, 2])
                                    for key in ("cpu_us", "client_us"))
            what = f"GetItems per second, 16 connections, {ahead} at a time: 2 threads / 1"
            rows.append([what, f"{two:,.0f} / {one:,.0f} (µs: {server_us:.1f}, client {client_us:.1f})",
                         f"{two / one:.2f}x", "≥ 1.3x" if ahead == 8 else "-"])
        self.goal(what, two / one, "x", 1.3, at_least=True)
        say("")
        print_table("Scaling", ["what", "measured", "ratio", "goal"], rows)

    def footprint(self):
        starts = []
        for _ in range(max(5, self.options.rounds)):
            server = self.understudy()
            starts.append(server.start_ms)
            idle = server.rss_kb()
            server.stop()
        self.goal("start to first answered ListTables", statistics.median(starts), "ms", 5)
        self.goal("idle RSS", idle / 1024, "MB", 5)
        for item_bytes, limit in ((1024, 1382), (276, 607)):
            say(f"filling 100,000 items of {item_bytes} bytes …")
            server = self.understudy()
            self.measure(server, "--fill", "--items", "100000", "--item-bytes", str(item_bytes))
            each = (server.rss_kb() - idle) * 1024 / 100_000
            self.goal(f"RSS per {item_bytes}-byte item at 100,000", each, "B", limit)
            server.stop()
        with tempfile.NamedTemporaryFile() as stripped:
            subprocess.run(["strip", "-o", stripped.name, self.binary], check=True)
            self.goal("stripped binary", os.path.getsize(stripped.name) / 2**20, "MB", 8)

    def count(self, under, scenario, pattern, requests):
        """What a tool that the server runs under counts for one request: the difference of two runs."""
        totals = []
        for factor in (1, 3):
            with tempfile.NamedTemporaryFile("w+") as log:
                server = self.understudy("--threads", "1", under=[word.replace("{log}", log.name) for word in under],
                                         log=log)
                self.measure(server, "--fill", "--items", "1000")
                self.measure(server, "--run", scenario, "--items", "1000", "--requests", str(requests * factor))
                server.stop()
                log.seek(0)
                totals.append(sum(int(number) for number in re.findall(pattern, log.read(), re.MULTILINE)))
        return (totals[1] - totals[0]) / (2 * requests)

    def instructions(self):
        """User instructions per request, which repeat nearly exactly: of the server, and in-process."""
        if not shutil.which("valgrind"):
            print("(no valgrind: instructions are not counted)", flush=True)
            return
        under = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        for scenario, limit in (("get", 20_000), ("put", 32_000), ("query", 85_000)):
            say(f"counting the server's instructions: {scenario} …")
            self.goal(f"{GOALS[scenario][0]}: user instructions of the server per request",
                      self.count(under, scenario, r"Collected : (\d+)", 300), "", limit)
        loop = os.path.join(self.options.build, "bench", "understudy_request_loop")
        rows = []
        for variant in ("plain", "throttle", "rules"):
            for scenario in GOALS if variant == "plain" and not self.options.quick else ("get", "put"):
                say(f"counting in-process instructions: {scenario}, {variant} …")
                many = 8 if scenario in ("scan", "filter") else 128
                counts = []
                for requests in (many, 3 * many):
                    text = subprocess.run([*under, loop, scenario, str(requests), variant], check=True,
                                          stderr=subprocess.PIPE, text=True).stderr
                    counts.append(int(re.search(r"Collected : (\d+)", text)[1]))
                rows.append([GOALS[scenario][0], variant, f"{(counts[1] - counts[0]) / (2 * many):,.0f}"])
        say("")
        print_table("Instructions per request in-process (Engine::handle)", ["operation", "with", "instructions"], rows)

    def syscalls(self):
        if not shutil.which("strace"):
            print("(no strace: system calls are not counted)", flush=True)
            return
        for scenario in ("get", "put"):
            say(f"counting system calls: {scenario} …")
            calls = self.count(["strace", "-f", "-c", "-U", "calls,name", "-o", "{log}"], scenario,
                               r"^\s*(\d+)\s+(?!total)\w+$", 300)
            # To a tenth: what the sweep calls now and then is in it.
            self.goal(f"{GOALS[scenario][0]}: system calls of the server per request", round(calls, 1), "", 3)

    def micro(self):
        program = self.program("understudy_engine_bench")
        if program is None:
            return
        say("measuring in-process …")
        flags = ["--benchmark_format=json"] + (["--benchmark_min_time=0.05"] if self.options.quick else [])
        results = json.loads(subprocess.run([program, *flags], check=True, stdout=subprocess.PIPE).stdout)
        times = {row["name"]: row["cpu_time"] / (1 if row["time_unit"] == "s" else 1000)
                 for row in results["benchmarks"]}
        for name, what, limit in (("handle/get", "in-process GetItem, JSON to JSON", 1.5),
                                  ("handle/put", "in-process PutItem, JSON to JSON", 3),
                                  ("typed_get", "in-process GetItem, typed", 0.7)):
            self.goal(what, times[name], "µs", limit)
        [drill] = (time for name, time in times.items() if name.startswith("drill_of_a_day"))
        self.goal("drill of 24 h and 1,000,000 requests", drill, "s", 60)
        say("")
        print_table("In-process (Engine::handle)", ["what", "µs"],
                    [[name, f"{time:,.2f}"] for name, time in times.items() if not name.startswith("drill")])

    def streams(self):
        say("measuring streams …")
        program = os.path.join(self.options.build, "bench", "understudy_streams_bench")
        text = subprocess.run([program, *(["50"] if self.options.quick else [])], check=True, stdout=subprocess.PIPE,
                              text=True).stdout
        say("")
        print("\nStreams\n\n" + text, flush=True)
        for what, pattern, unit, limit in (
                ("PutItem: throughput lost to a stream", r"([-\d.]+) % of throughput", "%", 15),
                ("commit to record readable by GetRecords, median", r"GetRecords.* median ([\d.]+) ms", "ms", 1),
                ("commit to frame of 1 client, median", r"frame of 1 client.*? median ([\d.]+) ms", "ms", 5),
                ("change to frames of 1,000 clients, worst", r"frame of 1000 client.*? worst ([\d.]+) ms", "ms", 250)):
            self.goal(what, float(re.search(pattern, text)[1]), unit, limit)

    def fixtures(self):
        say("measuring fixtures …")
        text = subprocess.run([os.path.join(self.options.build, "bench", "understudy_fixture_bench")], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        say("")
        print("\nFixtures\n\n" + text, flush=True)
        self.goal("EmulatorFixture: set-up and tear-down, median",
                  float(re.search(r"^EmulatorFixture.*?([\d.]+) us$", text, re.MULTILINE)[1]) / 1000, "ms", 1)


@contextlib.contextmanager
def placed(server, one_core):
    """Keeps server and client on one core meanwhile. With one connection they never run at the same time; on two
    cores a virtual machine's price for waking an idle core, up to three times the request's, hides the servers."""
    everywhere = os.sched_getaffinity(0)

    def place(cores):
        os.sched_setaffinity(0, cores)  # and the client with it, which is started here
        for thread in os.listdir(f"/proc/{server.process.pid}/task"):
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread), cores)

    place({max(everywhere)} if one_core else everywhere)
    try:
        yield
    finally:
        place(everywhere)


def scenario_file(document):
    file = tempfile.NamedTemporaryFile("w", suffix=".json")
    json.dump(document, file)
    file.flush()
    return file


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
    parts = {"cpu": Bench.cpu_table, "throttle": Bench.throttle, "faults": Bench.faults, "scaling": Bench.scaling,
             "footprint": Bench.footprint, "instructions": Bench.instructions, "syscalls": Bench.syscalls,
             "micro": Bench.micro, "streams": Bench.streams, "fixtures": Bench.fixtures}
    parser.add_argument("--only", metavar="NAME,…", help="these parts: " + ", ".join(parts))
    parser.add_argument("--quick", action="store_true", help="one short round, to see that all works")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else list(parts)
    unknown = sorted(set(wanted) - set(parts))
    if unknown:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(parts)}")
    if options.quick:
        options.rounds, options.seconds = 1, 0.15
    bench = Bench(options)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, {options.rounds} round(s), "
          f"load {os.getloadavg()[0]:.1f}")
    for name in wanted:
        parts[name](bench)
    say("")
    print_table("Goals", ["what", "measured", "goal", "met"], bench.goals)


if __name__ == "__main__":
    main()
