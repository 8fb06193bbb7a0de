#!/usr/bin/env python3
"""LaunchDarkly's own tests of their DynamoDB stores, against the emulator.

    UNDERSTUDY_BINARY=build/release/understudy launchdarkly_suites.py python=DIR go=DIR java=DIR

DIR are your checkouts of github.com/launchdarkly/python-server-sdk, go-server-sdk-dynamodb and java-server-sdk-dynamodb; any may be
left out. They stay as they are: the suites run in copies under build/clients/launchdarkly, in which only the endpoint's port is another
(and for Java a pom.xml beside build.gradle: the oldest SDK of LaunchDarkly's that the store supports, a current one of AWS's).
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "clients" / "launchdarkly"
BINARY = os.environ.get("UNDERSTUDY_BINARY", str(ROOT / "build/release/understudy"))
ENDPOINT = "http://localhost:8000"


def copy_of(name, checkout, url, suffix):
    folder = BUILD / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(checkout, folder, ignore=shutil.ignore_patterns(".git"))
    for file in folder.rglob(f"*{suffix}"):
        text = file.read_text(encoding="utf-8")
        if ENDPOINT in text:
            file.write_text(text.replace(ENDPOINT, url), encoding="utf-8")
    return folder


def run_python(checkout, url):
    folder = copy_of("python", checkout, url, ".py")
    environment = BUILD / "venv"
    if not environment.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        subprocess.run([str(environment / "bin/pip"), "install", "-q", f"{folder}[dynamodb]", "pytest", "mock"], check=True)
        subprocess.run([str(environment / "bin/pip"), "uninstall", "-q", "-y", "launchdarkly-server-sdk"], check=True)
    done = subprocess.run([str(environment / "bin/python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=",
                           "ldclient/testing/integrations/test_dynamodb.py"],
                          cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    print(done.stdout)
    numbers = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout.splitlines()[-1])}
    return numbers.get("passed", 0), numbers.get("failed", 0) + numbers.get("error", 0) + (done.returncode not in (0, 1))


def run_go(checkout, url):
    folder = copy_of("go", checkout, url, "_test.go")
    done = subprocess.run(["go", "test", "-count=1", "-json", "./..."], cwd=folder, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    outcomes = []
    for line in done.stdout.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            print(line)
            continue
        if "Test" in event and event["Action"] in ("pass", "fail"):
            outcomes.append(event["Action"])
            if event["Action"] == "fail":
                print("FAILED", event["Test"])
        elif event["Action"] == "output" and "FAIL" in event.get("Output", ""):
            print(event["Output"], end="")
    return outcomes.count("pass"), outcomes.count("fail") + (1 if done.returncode and "fail" not in outcomes else 0)


JAVA_DEPENDENCIES = (
    ("com.launchdarkly", "launchdarkly-java-server-sdk", "6.0.0", ""),
    ("com.launchdarkly", "launchdarkly-java-server-sdk", "6.0.0", "test"),
    ("software.amazon.awssdk", "dynamodb", "2.31.50", ""),
    ("org.hamcrest", "hamcrest-all", "1.3", ""),
    ("junit", "junit", "4.12", ""),
    ("com.google.guava", "guava", "28.2-jre", ""),
    ("com.google.code.gson", "gson", "2.7", ""),
)


def run_java(checkout, url):
    folder = copy_of("java", checkout, url, ".java")
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
        + (f"<classifier>{classifier}</classifier>" if classifier else "") + "</dependency>"
        for group, artifact, version, classifier in JAVA_DEPENDENCIES)
    (folder / "pom.xml").write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>understudy</groupId>'
        "<artifactId>launchdarkly-java-suite</artifactId><version>1</version><properties>"
        "<maven.compiler.source>11</maven.compiler.source><maven.compiler.target>11</maven.compiler.target>"
        "<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>"
        f"<dependencies>{dependencies}</dependencies></project>", encoding="utf-8")
    done = subprocess.run(["mvn", "-B", "test"], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    tests = failed = 0
    for report in (folder / "target" / "surefire-reports").glob("*.txt"):
        ran, failures, errors = re.search(r"Tests run: (\d+), Failures: (\d+), Errors: (\d+)", report.read_text()).groups()
        tests, failed = tests + int(ran), failed + int(failures) + int(errors)
    if done.returncode or not tests:
        print(done.stdout[-8000:])
        failed = failed or 1
    return max(0, tests - failed), failed


def main():
    suites = {"python": run_python, "go": run_go, "java": run_java}
    wanted = dict(argument.split("=", 1) for argument in sys.argv[1:] if "=" in argument)
    if not wanted or set(wanted) - set(suites):
        sys.exit(__doc__)
    good = bad = 0
    with tempfile.TemporaryDirectory() as temporary:
        ready = pathlib.Path(temporary) / "ready.json"
        with open(pathlib.Path(temporary) / "server.txt", "w", encoding="utf-8") as output:
            server = subprocess.Popen([BINARY, "serve", "--port", "0", "--ready-file", str(ready)], stdout=output, stderr=output)
        try:
            while not (ready.exists() and ready.stat().st_size):
                time.sleep(0.02)
            url = json.loads(ready.read_text())["url"]
            for name, checkout in wanted.items():
                print(f"-- {name}", flush=True)
                passed, failed = suites[name](checkout, url)
                print(f"{name}: {passed} passed, {failed} failed", flush=True)
                good, bad = good + passed, bad + failed
        finally:
            server.terminate()
            server.wait(timeout=10)
    print(f"{good} passed, {bad} failed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
