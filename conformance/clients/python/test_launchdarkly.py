"""LaunchDarkly's Python SDK with its DynamoDB feature store, unmodified: the flags live in the emulator."""
import boto3
import ldclient
import pytest
from conftest import settings
from ldclient.config import Config
from ldclient.feature_store import CacheConfig
from ldclient.integrations import DynamoDB
from ldclient.versioned_data_kind import FEATURES, SEGMENTS


def flag(key, version, on=True, **more):
    return {"key": key, "version": version, "on": on, "variations": [True, False], "fallthrough": {"variation": 0},
            "offVariation": 1, "salt": "x", **more}


@pytest.fixture
def store(server, account, client):
    client.create_table(TableName="flags", BillingMode="PROVISIONED",
                        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                        AttributeDefinitions=[{"AttributeName": "namespace", "AttributeType": "S"},
                                              {"AttributeName": "key", "AttributeType": "S"}],
                        KeySchema=[{"AttributeName": "namespace", "KeyType": "HASH"},
                                   {"AttributeName": "key", "KeyType": "RANGE"}])
    return DynamoDB.new_feature_store("flags", prefix="env", dynamodb_opts=settings(server.url, account),
                                      caching=CacheConfig.disabled())


def read(store, kind, key):
    return store.get(kind, key, lambda item: item)


def test_init_get_and_all(store):
    assert not store.initialized
    store.init({FEATURES: {f"f{n}": flag(f"f{n}", 1) for n in range(60)}, SEGMENTS: {"s": {"key": "s", "version": 1}}})
    assert store.initialized
    assert read(store, FEATURES, "f7")["version"] == 1
    assert read(store, FEATURES, "absent") is None
    assert len(store.all(FEATURES, lambda items: items)) == 60
    # A second init replaces everything: what is gone must be gone.
    store.init({FEATURES: {"only": flag("only", 1)}, SEGMENTS: {}})
    assert list(store.all(FEATURES, lambda items: items)) == ["only"]


def test_upserts_win_by_version_alone(store):
    store.init({FEATURES: {"f": flag("f", 10)}, SEGMENTS: {}})
    store.upsert(FEATURES, flag("f", 9, on=False))
    assert read(store, FEATURES, "f")["on"] is True
    store.upsert(FEATURES, flag("f", 11, on=False))
    assert read(store, FEATURES, "f")["on"] is False
    store.upsert(FEATURES, flag("new", 1))
    assert read(store, FEATURES, "new")["version"] == 1
    store.delete(FEATURES, "f", 12)
    assert read(store, FEATURES, "f") is None
    store.upsert(FEATURES, flag("f", 12))
    assert read(store, FEATURES, "f") is None


def test_the_client_evaluates_flags_from_the_store(store):
    store.init({FEATURES: {"dark": flag("dark", 1), "off": flag("off", 1, on=False)}, SEGMENTS: {}})
    client = ldclient.LDClient(Config("sdk-key", feature_store=store, use_ldd=True, send_events=False), start_wait=5)
    try:
        context = ldclient.Context.create("user")
        assert client.variation("dark", context, False) is True
        assert client.variation("off", context, True) is False
        assert client.variation("absent", context, "default") == "default"
    finally:
        client.close()


def test_a_large_flag_set_comes_in_pages(store):
    store.init({FEATURES: {f"f{n}": flag(f"f{n}", 1, text="x" * 300_000) for n in range(8)}, SEGMENTS: {}})
    assert len(store.all(FEATURES, lambda items: items)) == 8
