"""The Python package dynamodb-config-store 0.3.0 on boto 2.49, both unmodified, against a server.

    client.py [URL]      (else AWS_ENDPOINT_URL_DYNAMODB)
"""
import decimal
import os
import pathlib
import sys
import time
import traceback
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "fixtures/systems/config_store"))

# pylint: disable=wrong-import-position
import boto_today
from boto.dynamodb2.exceptions import ItemNotFound
from boto.dynamodb2.fields import HashKey
from boto.dynamodb2.table import Table
from boto.exception import JSONResponseError
from dynamodb_config_store import DynamoDBConfigStore
from dynamodb_config_store.exceptions import MisconfiguredSchemaException

URL = (sys.argv[1:] or [os.environ.get("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000")])[0]


def connect():
    return boto_today.connect(URL)


def fresh():
    return f"config-{uuid.uuid4().hex[:8]}"


def test_creates_the_table_with_one_unit_of_each():
    name = fresh()
    began = time.monotonic()
    DynamoDBConfigStore(connect(), name, "prod")
    assert time.monotonic() - began < 4, "the first look must find the table ACTIVE"
    table = connect().describe_table(name)["Table"]
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 1
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 1
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["_store", "_option"]
    DynamoDBConfigStore(connect(), name, "test")  # there already


def test_simple_store():
    store = DynamoDBConfigStore(connect(), fresh(), "prod")
    assert store.set("db", {"host": "db-cluster.com", "port": 27017, "tags": {"a", "b"}, "ratio": decimal.Decimal("0.1")})
    assert store.config.get("db") == {
        "host": "db-cluster.com", "port": 27017, "tags": {"a", "b"}, "ratio": decimal.Decimal("0.1")}
    assert store.config.get("db", keys=["port"]) == {"port": 27017}
    store.set("db", {"host": "other"})
    assert store.config.get("db") == {"host": "other"}
    store.set("unicode", {"text": "grüß 世界 \u0001"})
    assert sorted(store.config.get()) == ["db", "unicode"]
    assert store.config.get("unicode") == {"text": "grüß 世界 \u0001"}


def test_an_option_that_is_not_there():
    store = DynamoDBConfigStore(connect(), fresh(), "prod")
    try:
        store.config.get("absent")
    except ItemNotFound:
        return
    raise AssertionError("expected ItemNotFound")


def test_numbers_of_38_digits():
    store = DynamoDBConfigStore(connect(), fresh(), "prod")
    number = decimal.Decimal("12345678901234567890.123456789012345678")
    store.set("n", {"value": number})
    assert store.config.get("n")["value"] == number


def test_stores_of_one_table_do_not_see_each_other():
    name = fresh()
    prod, test = (DynamoDBConfigStore(connect(), name, store) for store in ("prod", "test"))
    prod.set("x", {"v": 1})
    test.set("x", {"v": 2})
    assert (prod.config.get("x"), test.config.get("x")) == ({"v": 1}, {"v": 2})


def test_many_options_come_in_pages():
    store = DynamoDBConfigStore(connect(), fresh(), "prod")
    for number in range(12):
        store.set(f"o{number}", {"text": "x" * 200_000})
    assert len(store.config.get()) == 12  # 2.4 MB: three pages


def test_time_based_store():
    name = fresh()
    writer = DynamoDBConfigStore(connect(), name, "prod")
    writer.set("limits", {"rate": 10})
    store = DynamoDBConfigStore(connect(), name, "prod", config_store="TimeBasedConfigStore",
                                config_store_kwargs={"update_interval": 0.2})
    assert store.config.limits == {"rate": 10}
    writer.set("limits", {"rate": 20})
    writer.set("more", {"on": True})
    deadline = time.monotonic() + 5
    while getattr(store.config, "more", None) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert store.config.limits == {"rate": 20}


def test_own_key_names_and_units():
    name = fresh()
    store = DynamoDBConfigStore(connect(), name, "prod", store_key="s", option_key="o", read_units=5, write_units=3)
    store.set("a", {"b": 1})
    assert store.config.get("a") == {"b": 1}
    units = connect().describe_table(name)["Table"]["ProvisionedThroughput"]
    assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (5, 3)


def test_a_table_of_another_key_is_refused():
    name = fresh()
    Table.create(name, schema=[HashKey("id")], connection=connect())
    try:
        DynamoDBConfigStore(connect(), name, "prod")
    except MisconfiguredSchemaException:
        return
    raise AssertionError("expected MisconfiguredSchemaException")


def test_errors_have_their_codes():
    try:
        connect().describe_table("absent-table")
    except JSONResponseError as error:
        assert error.error_code == "ResourceNotFoundException", error.error_code
        assert error.status == 400
        return
    raise AssertionError("expected an error")


def main():
    good = bad = 0
    for name, test in sorted(globals().items()):
        if not name.startswith("test_"):
            continue
        try:
            test()
            good += 1
        except Exception:  # pylint: disable=broad-except
            bad += 1
            print(f"FAILED {name}")
            traceback.print_exc(file=sys.stdout)
    print(f"{good} passed, {bad} failed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
