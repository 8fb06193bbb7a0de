#!/usr/bin/env python3
"""Runs the commands that README.md shows in its ```console blocks and compares what they print.

    readme_test.py UNDERSTUDY-BINARY

Each `$ command` of a block must print the lines under it. All blocks run in one shell, in order, against a
server started here; its address stands in for http://127.0.0.1:8000. (The C++ block is compiled and run as
the test binary readme_test.)
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
MARK = "@@ next command @@"


def commands():
    """(command, output shown) of every console block."""
    for block in re.findall(r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def main():
    shown = list(commands())
    with tempfile.TemporaryDirectory() as folder:
        ready = pathlib.Path(folder) / "ready.json"
        with open(pathlib.Path(folder) / "server.txt", "w", encoding="utf-8") as log:
            server = subprocess.Popen([sys.argv[1], "serve", "--port", "0", "--ready-file", str(ready)],
                                      stdout=log, stderr=log)
        try:
            for _ in range(500):
                if ready.exists() and ready.stat().st_size:
                    break
                time.sleep(0.02)
            url = json.loads(ready.read_text())["url"]
            script = "".join(f"{command} 2>&1\necho '{MARK}'\n" for command, _ in shown)
            done = subprocess.run(["bash", "-c", script.replace("http://127.0.0.1:8000", url)], text=True,
                                  stdout=subprocess.PIPE, timeout=120, check=False,
                                  env={"PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}", "HOME": folder})
        finally:
            server.terminate()
            server.wait(timeout=10)
    printed = done.stdout.split(MARK + "\n")
    failed = 0
    for (command, expected), got in zip(shown, printed):
        same = expected.strip() == got.strip()
        failed += not same
        print(f"{'ok    ' if same else 'FAILED'} $ {command[:100]}")
        if not same:
            print(f"  README says:\n{expected}  it prints:\n{got}")
    print(f"{len(shown) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not shown else 0)


if __name__ == "__main__":
    main()
