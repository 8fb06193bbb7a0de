#!/usr/bin/env python3
"""Runs the heavier clients (all of CLIENTS by default), each against a server of its own.

    UNDERSTUDY_BINARY=build/release/understudy run.py [NAME…]
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build" / "clients"
BINARY = os.environ.get("UNDERSTUDY_BINARY", str(HERE.parents[1] / "build/release/understudy"))


def npm(name):
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json", "client.mjs"):
        (folder / file).write_bytes((HERE / name / file).read_bytes())
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
    return ["node", "client.mjs"], folder


def maven(name):
    command = ["mvn", "-q", "-B", f"-DbuildDirectory={BUILD / name}"]
    subprocess.run([*command, "compile"], cwd=HERE / name, check=True)
    return [*command, "exec:java"], HERE / name


def go(name):
    program = BUILD / f"{name}-client"
    BUILD.mkdir(parents=True, exist_ok=True)
    subprocess.run(["go", "build", "-o", str(program), "."], cwd=HERE / name, check=True)
    return [str(program)], HERE / name


def venv(name):
    folder = BUILD / name
    if not (folder / "bin").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "-q", "--disable-pip-version-check", "-r",
                        str(HERE / name / "requirements.txt")], check=True)
    return [str(folder / "bin/python"), "client.py"], HERE / name


def toggles(_name):
    """The feature toggle stack: Python handlers under awslambdaric, wscat. Starts a server itself."""
    folder = BUILD / "toggles"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "toggles" / "requirements.txt").read_bytes() + (HERE / "toggles" / "package.json").read_bytes()
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_bytes() != wanted:
        (folder / "package.json").write_bytes((HERE / "toggles" / "package.json").read_bytes())
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
        subprocess.run(["python3", "-m", "venv", "--clear", str(folder / "venv")], check=True)
        subprocess.run([str(folder / "venv/bin/pip"), "install", "-q", "--disable-pip-version-check", "-r",
                        str(HERE / "toggles" / "requirements.txt")], check=True)
        stamp.write_bytes(wanted)
    return [str(folder / "venv/bin/python"), str(HERE / "toggles" / "client.py"), os.path.abspath(BINARY),
            str(folder / "node_modules/.bin/wscat")], folder


CLIENTS = {"js": npm, "java": maven, "go": go, "toggles": toggles,
           "config_store": venv, "ld_node": npm, "ld_go": go, "ld_java": maven}


def run(name, make):
    print(f"-- {name}", flush=True)
    command, folder = make(name)
    with tempfile.TemporaryDirectory() as temporary:
        ready = pathlib.Path(temporary) / "ready.json"
        with open(pathlib.Path(temporary) / "server.txt", "w", encoding="utf-8") as output:
            server = subprocess.Popen([BINARY, "serve", "--port", "0", "--ready-file", str(ready)],
                                      stdout=output, stderr=output)
        try:
            for _ in range(500):
                if ready.exists() and ready.stat().st_size:
                    break
                time.sleep(0.02)
            url = json.loads(ready.read_text())["url"]
            environment = dict(os.environ, AWS_ENDPOINT_URL_DYNAMODB=url, AWS_REGION="us-east-1",
                               AWS_ACCESS_KEY_ID="fake", AWS_SECRET_ACCESS_KEY="fake")
            done = subprocess.run(command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=300, check=False)
        finally:
            server.terminate()
            server.wait(timeout=10)
    print(done.stdout, flush=True)
    counts = re.findall(r"^(\d+) passed, (\d+) failed$", done.stdout, re.MULTILINE)
    good, bad = map(int, counts[-1]) if counts else (0, 1)
    if done.returncode != 0 and bad == 0:
        bad = 1
    return good, bad


def main():
    names = sys.argv[1:] or list(CLIENTS)
    if unknown := [name for name in names if name not in CLIENTS]:
        sys.exit(f"no client {unknown[0]}; there are {', '.join(CLIENTS)}")
    results = [run(name, CLIENTS[name]) for name in names]
    good, bad = (sum(column) for column in zip(*results))
    print(f"{good} passed, {bad} failed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
