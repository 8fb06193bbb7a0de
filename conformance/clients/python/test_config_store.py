"""The package dynamodb-config-store 0.3.0 on boto 2.49, unmodified: what it should do, and the seeded store."""
import pathlib
import subprocess
import sys

from conftest import Server

ROOT = pathlib.Path(__file__).resolve().parents[3]
SYSTEM = ROOT / "fixtures/systems/config_store"


def run(program, url):
    done = subprocess.run([sys.executable, str(program), url], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_package_does_what_it_should(server):
    assert run(ROOT / "conformance/clients/config_store/client.py", server.url) == "10 passed, 0 failed\n"


def test_the_seeded_store_is_read_and_changed(tmp_path):
    server = Server(tmp_path, "--seed-data", str(SYSTEM / "seed"))
    try:
        shown = run(SYSTEM / "show.py", server.url).splitlines()
    finally:
        server.stop()
    assert "prod db host=db-cluster.com, port=27017" in shown
    assert shown[-1] == "test external-port is now 4001"
