#!/usr/bin/env python3
"""Runs Scylla's Alternator tests (test/alternator of a scylladb checkout) against an endpoint.

    run.py CHECKOUT (--url URL | --binary build/release/understudy) [--report FILE] [pytest arguments]

None of Scylla's code is part of this project; the checkout is the user's. Prints a table per file and one
line per failure; exits 1 when less than --at-least per cent (97) of the tests pass.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
# Files whose every test speaks to Scylla itself (CQL, REST API, tablets, audit tables).
SCYLLA_FILES = {"audit", "cql_rbac", "cql_schema", "logs", "scylla", "service_levels", "streams_tablets",
                "system_tables", "tablets", "tracing"}
INI = "[pytest]\nmarkers =\nfilterwarnings =\n    ignore\n"


def start_server(binary):
    ready = pathlib.Path(tempfile.mkdtemp()) / "ready.json"
    server = subprocess.Popen([binary, "serve", "--port", "0", "--ready-file", str(ready),
                               # As AWS does, so that signatures are verified all the way.
                               "--strict-auth", "--credential", "fake:fake", "--credential", "cassandra:fake",
                               "--log-level", "error"],
                              stdout=subprocess.DEVNULL, stderr=sys.stderr)
    for _ in range(200):
        if ready.exists() and ready.stat().st_size:
            return server, json.loads(ready.read_text())["url"]
        if server.poll() is not None:
            sys.exit(f"{binary} ended with {server.returncode}")
        time.sleep(0.05)
    sys.exit(f"{binary} is not ready after 10 s")


def run_file(checkout, file, url, results, extra):
    environment = dict(
        os.environ, AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID="fake", AWS_SECRET_ACCESS_KEY="fake",
        AWS_DEFAULT_REGION="us-east-1", AWS_REGION="us-east-1", SCYLLA_TEST_RUNNER="runpy",
        ALTERNATOR_RESULTS=str(results), PYTHONPATH=f"{HERE}:{checkout}", AWS_CONFIG_FILE="/nonexistent",
        AWS_SHARED_CREDENTIALS_FILE="/nonexistent")
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as ini:
        ini.write(INI)
        ini.flush()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "alternator_plugin", "-p", "no:cacheprovider",
                   "-c", ini.name, "--rootdir", str(checkout), "--confcutdir", str(checkout / "test/alternator"),
                   "--import-mode=importlib", "--tb=short", "--runxfail", "--aws", *extra, str(file)]
        log = subprocess.run(command, cwd=checkout, env=environment, text=True, errors="replace",
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=1800, check=False)
    return log.returncode, log.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=pathlib.Path)
    parser.add_argument("--url")
    parser.add_argument("--binary")
    parser.add_argument("--files", nargs="*", help="names without test_ and .py")
    parser.add_argument("--report", help="write the failures here, as JSON lines")
    parser.add_argument("--at-least", type=float, default=97.0)
    options, extra = parser.parse_known_args()
    checkout = options.checkout.resolve()
    files = sorted((checkout / "test/alternator").glob("test_*.py"))
    files = [file for file in files if file.stem.removeprefix("test_") not in SCYLLA_FILES]
    if options.files:
        files = [file for file in files if file.stem.removeprefix("test_") in options.files]
    if not files:
        sys.exit(f"no tests under {checkout}/test/alternator")
    server = None
    url = options.url
    if not url:
        server, url = start_server(options.binary)
    totals = collections.Counter()
    failures = []
    try:
        for file in files:
            with tempfile.NamedTemporaryFile("r") as results:
                status, log = run_file(checkout, file, url, results.name, extra)
                rows = [json.loads(line) for line in results]
            outcomes = {}
            for row in rows:  # A failing teardown outweighs a passed call.
                if outcomes.get(row["test"], {}).get("outcome") != "failed":
                    outcomes[row["test"]] = row
            counts = collections.Counter(row["outcome"] for row in outcomes.values())
            if status not in (0, 1, 5):
                counts["failed"] += 1
                failures.append({"test": file.name, "outcome": "failed", "why": log[-1500:]})
            failures += [row for row in outcomes.values() if row["outcome"] == "failed"]
            totals += counts
            print(f"{file.stem.removeprefix('test_'):32} {counts['passed']:5} passed {counts['failed']:5} failed "
                  f"{counts['skipped']:5} skipped {counts['scylla']:5} Scylla's own", flush=True)
            if server and server.poll() is not None:
                print(f"the server ended with {server.returncode}")
                server, url = start_server(options.binary)
    finally:
        if server:
            server.terminate()
            server.wait(timeout=10)
    for row in failures:
        print(f"FAILED {row['test'].removeprefix('test/alternator/')}: {row['why'].splitlines()[0] if row['why'] else ''}")
    if options.report:
        pathlib.Path(options.report).write_text("".join(json.dumps(row) + "\n" for row in failures))
    counted = totals["passed"] + totals["failed"]
    share = 100.0 * totals["passed"] / counted if counted else 0.0
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped "
          f"({share:.1f} % of those that a real DynamoDB passes)")
    sys.exit(0 if share >= options.at_least else 1)


if __name__ == "__main__":
    main()
