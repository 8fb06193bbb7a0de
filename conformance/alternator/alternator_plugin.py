"""Pytest plugin that points Scylla's Alternator tests at an endpoint that claims to be DynamoDB.

The tests know two kinds of servers: Scylla, and AWS (`--aws`, recognised by host name). Understudy must
pass what AWS passes, so here every endpoint counts as AWS. Modules that only serve Scylla's own test
infrastructure are replaced by empty ones. Tests marked xfail (Scylla fails them, DynamoDB passes them)
must pass; tests that need Scylla, or that DynamoDB itself is known to fail, are left out.
Results go to the file named by ALTERNATOR_RESULTS, one JSON object per line.
"""
import json
import os
import signal
import sys
import types

import pytest

SCYLLA_ONLY = {"scylla_only", "dynamodb_bug", "cql", "rest_api", "has_tablets", "skip_tablets"}
# Tests that ask for what is Alternator's own, though no fixture or mark says so.
ALTERNATORS_OWN = {
    "test_gsi_composite_base_pk_ck_as_range": "expects Alternator to drop the third range key",
    "test_gsi_composite_keyconditions_blocked": "expects a message that names Alternator",
    "test_put_and_get_toplevel_v_manual_request": "the type FLOAT32VECTOR is Alternator's",
}
TEST_SECONDS_MAX = int(os.environ.get("ALTERNATOR_TEST_SECONDS", "60"))


def _stub(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


class _Roles:
    """Scylla's table of roles as its tests read it: any role's secret is "fake"."""

    def __init__(self, *args, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False

    def connect(self):
        return self

    def execute(self, statement):
        return [types.SimpleNamespace(salted_hash="fake")]


class _Anything:
    def __getattr__(self, name):
        return _Anything()

    def __call__(self, *args, **kwargs):
        return _Anything()


def _skip(reason="", **_):
    pytest.skip(reason)


@pytest.fixture(scope="session")
def host():
    return None


_stub("allure", dynamic=_Anything())
_stub("test.conftest", dynamic_scope=lambda: "session")
_stub("test.cqlpy", __path__=[])
_stub("test.cqlpy.conftest", host=host)
_stub("test.cqlpy.util", config_value_context=_Anything())
_stub("test.pylib", __path__=[])
_stub("test.pylib.skip_types", skip_env=_skip, skip_bug=_skip)
_stub("test.pylib.driver_utils", safe_driver_shutdown=_Anything())
_stub("test.pylib.connect_options", add_host_option=lambda parser: parser.addoption("--host", default="localhost"))
_stub("cassandra", __path__=[])
_stub("cassandra.auth", PlainTextAuthProvider=_Anything())
_stub("cassandra.cluster", Cluster=_Roles, NoHostAvailable=RuntimeError, ConsistencyLevel=_Anything(),
      ExecutionProfile=_Anything(), EXEC_PROFILE_DEFAULT=None)
_stub("cassandra.policies", RoundRobinPolicy=_Anything())

import test.alternator.util as util  # noqa: E402  (after the stand-ins it needs)

util.is_aws = lambda dynamodb: True


def pytest_configure(config):
    for marker in ("veryslow", "skip_env", "skip_bug", "skip_mode"):
        config.addinivalue_line("markers", f"{marker}: of Alternator's own runner")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    kept, left_out = [], []
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        own = names & SCYLLA_ONLY or item.name.partition("[")[0] in ALTERNATORS_OWN
        (left_out if own else kept).append(item)
    for item in kept:
        for mark in item.iter_markers("skip_env"):
            item.add_marker(pytest.mark.skip(reason=str(mark.kwargs.get("reason", ""))))
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)
    for item in left_out:
        _record(item.nodeid, "scylla", "")


def _record(nodeid, outcome, why):
    with open(os.environ["ALTERNATOR_RESULTS"], "a", encoding="utf-8") as out:
        out.write(json.dumps({"test": nodeid, "outcome": outcome, "why": why}) + "\n")


def _expired(signum, frame):
    raise TimeoutError(f"still running after {TEST_SECONDS_MAX} s")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    signal.signal(signal.SIGALRM, _expired)
    signal.alarm(TEST_SECONDS_MAX)
    yield
    signal.alarm(0)


def pytest_runtest_logreport(report):
    why = ""
    if report.failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        why = f"{' '.join(crash.message.split())[:600]} ({os.path.basename(crash.path)}:{crash.lineno})" if crash else str(report.longrepr)[-700:]
    elif report.skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if report.when == "call" or (report.when == "setup" and not report.passed) or (report.when == "teardown" and report.failed):
        _record(report.nodeid, report.outcome, why)
