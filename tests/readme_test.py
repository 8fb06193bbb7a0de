#!/usr/bin/env python3
"""Runs the commands that README files show in their ```console blocks and compares what they print.

    readme_test.py UNDERSTUDY-BINARY [README…]      (all README.md files that have such blocks)

A page is read as somebody would who types it into one shell at the repository's root: each `$ command` must print
the lines under it. `…` in a line stands for any text, a line of its own for any lines. A command that ends in `&`
is a server: the next one waits until its port accepts. A page that starts none gets one at http://127.0.0.1:8000.

Each page has a folder and ports of its own (8000, 8080, 8443 stand for free ones), so pages run side by side and
leave nothing behind. The virtual environment of `./dev test clients` and the binary's folder are on PATH. (The C++
blocks of /README.md are compiled and run as the test binary readme_test.)
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
MARK = "@@ next command @@"
PORTS = ("8000", "8080", "8443")
PAGE_TIMEOUT_S = 120


def pages():
    """README files with console blocks, but for what is built or downloaded."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in ("build", "node_modules")]
        page = pathlib.Path(folder) / "README.md"
        if "README.md" in files and "\n```console\n" in page.read_text(encoding="utf-8"):
            yield page


def commands(text):
    """(command, output shown) of every console block."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command = re.match(r"(?:.*\\\n)*.*\n", part).group(0)
            yield command.rstrip("\n"), part[len(command):]


def free_ports():
    """Ports nobody listens at. Held until all are known, lest two be the same."""
    sockets = [socket.socket() for _ in PORTS]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = dict(zip(PORTS, (str(one.getsockname()[1]) for one in sockets)))
    for one in sockets:
        one.close()
    return ports


def translated(text, ports):
    return re.sub(r"(?<!\d)(%s)(?!\d)" % "|".join(ports), lambda found: ports[found.group(1)], text)


def sandbox(folder, ports):
    """The repository as it is, with other ports in its stack files, and nothing that is written gets into it."""
    for entry in ROOT.iterdir():
        if entry.name in ("fixtures",):
            shutil.copytree(entry, folder / entry.name)
        elif entry.name != ".git":
            (folder / entry.name).symlink_to(entry)
    for stack in (folder / "fixtures").rglob("stack.yaml"):
        stack.write_text(translated(stack.read_text(encoding="utf-8"), ports), encoding="utf-8")


def script_of(shown, ports):
    lines = ["exec 2>&1"]
    if not any(command.endswith("&") for command, _ in shown):
        lines += [f"understudy serve --port {ports['8000']} >server.txt 2>&1 &", wait_for(ports["8000"])]
    for number, (command, _) in enumerate(shown):
        command = translated(command, ports)
        if command.endswith("&"):
            lines += [f"{command[:-1]} >server-{number}.txt 2>&1 &", wait_for(ports["8000"])]
        else:
            lines.append(command)
        lines.append(f"echo '{MARK}'")
    return "\n".join([*lines, "kill $(jobs -p) 2>/dev/null"]) + "\n"


def wait_for(port):
    """Ends the page where nobody comes to listen."""
    there = f"(: </dev/tcp/127.0.0.1/{port}) 2>/dev/null"
    return f"for _ in $(seq 500); do {there} && break; sleep 0.02; done; {there} || exit 1"


def fits(expected, got):
    """Whether the output is as shown: `…` stands for any text of a line, alone for any lines."""
    pattern = ""
    for line in expected.strip().split("\n"):
        pattern += r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line.rstrip()).replace("…", ".*") + r"\s*\n"
    return re.fullmatch(pattern, got.strip() + "\n") is not None


def run_page(page, binary):
    """(report, passed, failed) of a page."""
    shown = list(commands(page.read_text(encoding="utf-8")))
    ports = free_ports()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        sandbox(folder, ports)
        process = subprocess.Popen(
            ["bash", "-c", script_of(shown, ports)], text=True, stdout=subprocess.PIPE, cwd=folder, start_new_session=True,
            env={"PATH": f"{ROOT / '.venv/bin'}:{binary.parent}:{os.environ['PATH']}", "HOME": temporary, "LC_ALL": "C.UTF-8",
                 "PYTHONDONTWRITEBYTECODE": "1", "USER": "you", "UNDERSTUDY_PORT": ports["8000"]})
        try:
            output, _ = process.communicate(timeout=PAGE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            output = ""
        finally:
            # The servers that the page started are of the shell's own session.
            try:
                os.killpg(process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
            process.wait()
        servers = "".join(log.read_text(encoding="utf-8", errors="replace") for log in sorted(folder.glob("server*.txt")))
    for original, free in ports.items():
        output = output.replace(free, original)
    printed = output.split(MARK + "\n")
    report, failed = [f"-- {page.relative_to(ROOT)} ({time.monotonic() - began:.1f} s)"], 0
    for number, (command, expected) in enumerate(shown):
        got = printed[number] if number < len(printed) - 1 else "(it did not end)\n"
        same = fits(expected, got)
        failed += not same
        report.append(f"{'ok    ' if same else 'FAILED'} $ {command[:100]}")
        if not same:
            report.append(f"  README says:\n{expected}  it prints:\n{got}")
    if failed:
        report.append(f"  its servers said:\n{servers[-2000:]}")
    return "\n".join(report), len(shown) - failed, failed


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    wanted = [pathlib.Path(name).resolve() for name in sys.argv[2:]] or sorted(pages())
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for report, good, bad in pool.map(lambda page: run_page(page, binary), wanted):
            print(report, flush=True)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
