"""The admin API over HTTP beside boto3: time, snapshots, the journal, events, other emulators' paths."""
import http.client
import json
import subprocess
import urllib.error
import urllib.request

import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import BINARY, Server


@pytest.fixture
def frozen(tmp_path):
    running = Server(tmp_path, "--clock", "frozen:2026-01-15T12:00:00Z", "--journal-size", "100")
    yield running
    running.stop()


def admin(server, method, path, body=None, headers=None):
    request = urllib.request.Request(server.url + path, method=method, headers=headers or {},
                                     data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def dynamodb(server, **config):
    return boto3.client("dynamodb", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="a",
                        aws_secret_access_key="b", config=botocore.config.Config(**config))


def make_table(client, name="tab"):
    client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])


def put(client, key, **more):
    client.put_item(TableName="tab", Item={"p": {"S": key}, **more})


def keys(client):
    return sorted(item["p"]["S"] for item in client.scan(TableName="tab")["Items"])


def test_expired_items_go_when_time_is_advanced(frozen):
    client = dynamodb(frozen)
    make_table(client)
    client.update_time_to_live(TableName="tab",
                               TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
    noon = 1768478400
    put(client, "soon", until={"N": str(noon + 90)})
    put(client, "later", until={"N": str(noon + 7200)})
    assert admin(frozen, "POST", "/_admin/clock/advance", {"by": 91})[0] == 200
    assert keys(client) == ["later", "soon"]  # expired, not yet deleted
    status, clock = admin(frozen, "POST", "/_admin/clock/advance", {"by": "1min"})
    assert (status, clock["mode"], clock["now"]) == (200, "frozen", "2026-01-15T12:02:31.000000Z")
    assert keys(client) == ["later"]
    admin(frozen, "POST", "/_admin/clock/set", {"to": noon + 7201})
    assert admin(frozen, "DELETE", "/_aws/dynamodb/expired") == (200, {"ExpiredItems": 1})
    assert keys(client) == []


def test_streams_say_who_deleted_an_expired_item(frozen):
    client = dynamodb(frozen)
    make_table(client)
    arn = client.update_table(TableName="tab", StreamSpecification={
        "StreamEnabled": True, "StreamViewType": "OLD_IMAGE"})["TableDescription"]["LatestStreamArn"]
    client.update_time_to_live(TableName="tab",
                               TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
    put(client, "a", until={"N": "1768478401"})
    put(client, "b")
    client.delete_item(TableName="tab", Key={"p": {"S": "b"}})
    admin(frozen, "POST", "/_admin/clock/advance", {"by": "2min"})
    streams = boto3.client("dynamodbstreams", endpoint_url=frozen.url, region_name="us-east-1",
                           aws_access_key_id="a", aws_secret_access_key="b")
    removed = {}
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"],
                                              ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        for record in streams.get_records(ShardIterator=iterator)["Records"]:
            if record["eventName"] == "REMOVE":
                removed[record["dynamodb"]["Keys"]["p"]["S"]] = record.get("userIdentity")
    assert removed == {"a": {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}, "b": None}


def test_fault_rules_over_http(frozen):
    client = dynamodb(frozen, retries={"total_max_attempts": 1})
    make_table(client)
    rule = {"id": "puts", "match": {"operations": ["PutItem"]}, "when": {"count": 1},
            "do": {"error": "InternalServerError"}, "expect": {"hits": {"min": 1}}}
    status, rules = admin(frozen, "POST", "/_admin/faults", rule)
    assert (status, len(rules["unmet"])) == (200, 1)
    with pytest.raises(client.exceptions.InternalServerError):
        put(client, "a")
    put(client, "a")
    rules = admin(frozen, "GET", "/_admin/faults")[1]
    assert [(rule["id"], rule["hits"]) for rule in rules["rules"]] == [("puts", 1)]
    assert rules["unmet"] == []
    refused = admin(frozen, "GET", "/_admin/requests?rule=puts")[1]["requests"]
    assert [request["error"] for request in refused] == ["InternalServerError"]
    assert admin(frozen, "PUT", "/_admin/faults", [{"id": "x", "do": {"error": "NoSuchException"}}])[0] == 400
    assert [rule["id"] for rule in admin(frozen, "GET", "/_admin/faults")[1]["rules"]] == ["puts"]
    admin(frozen, "DELETE", "/_admin/faults")
    documents = [{"service": "dynamodb", "operation": "PutItem", "region": "us-east-1"}]
    assert admin(frozen, "POST", "/_localstack/chaos/faults", documents) == (200, documents)
    with pytest.raises(botocore.exceptions.ClientError) as failed:
        put(client, "b")
    assert failed.value.response["Error"]["Code"] == "ServiceUnavailable"
    assert admin(frozen, "DELETE", "/_localstack/chaos/faults", documents) == (200, [])
    put(client, "b")


def test_capacity_is_shown_and_steered(tmp_path):
    server = Server(tmp_path, "--clock", "frozen", "--throttle")
    try:
        client = dynamodb(server, retries={"total_max_attempts": 1})
        client.create_table(TableName="tab", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
                            AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])
        put(client, "hot")
        table = admin(server, "GET", "/_admin/capacity?table=tab")[1]["tables"][0]
        arm = table["arms"][0]
        assert (arm["write"]["rate"], arm["write"]["balance"]) == (5.0, 4.0)
        assert arm["hot_keys"][0]["key"] == "hot"
        assert admin(server, "PUT", "/_admin/capacity/balance",
                     {"table": "tab", "dimension": "write", "units": 1e6}) == (
            200, {"tenant": "default", "table": "tab", "dimension": "write", "units": 1500.0})
        assert admin(server, "PUT", "/_admin/capacity/balance",
                     {"table": "tab", "dimension": "write", "units": 0})[0] == 200
        with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
            put(client, "a")
        request = admin(server, "GET", "/_admin/requests?operation=PutItem&limit=1")[1]["requests"][0]
        assert request["refused"] == [{"table": "tab", "reason": "TableWriteProvisionedThroughputExceeded",
                                       "bucket": "throughput", "balance": 0.0}]
        admin(server, "POST", "/_admin/clock/advance", {"by": 1})
        put(client, "a")
        assert admin(server, "PUT", "/_admin/knobs", {"burst_seconds": 60, "nonsense": 1})[0] == 400
        assert admin(server, "PUT", "/_admin/capacity/balance",
                     {"table": "absent", "dimension": "write", "units": 0})[0] == 404
        assert admin(server, "PUT", "/_admin/capacity/refusing", {"refusing": False})[0] == 200
        for i in range(50):
            put(client, str(i))
    finally:
        server.stop()


def test_time_runs_faster(tmp_path):
    server = Server(tmp_path, "--time-scale", "1000", "--transitions", "30000")
    try:
        client = dynamodb(server)
        make_table(client)
        assert client.describe_table(TableName="tab")["Table"]["TableStatus"] == "CREATING"
        client.get_waiter("table_exists").wait(TableName="tab", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    finally:
        server.stop()


def test_snapshots_come_back(server):
    client = boto3.client("dynamodb", endpoint_url=server.url, region_name="us-east-1",
                          aws_access_key_id="310000000001", aws_secret_access_key="b")
    make_table(client)
    put(client, "a")
    tenant = "310000000001"
    assert admin(server, "POST", "/_admin/snapshots", {"name": "one", "tenant": tenant})[0] == 200
    put(client, "b")
    assert admin(server, "POST", "/_admin/snapshots/one/restore", {"tenant": tenant})[0] == 200
    assert keys(client) == ["a"]
    assert admin(server, "POST", "/_admin/reset", {"tenant": tenant})[0] == 200
    assert client.list_tables()["TableNames"] == []
    admin(server, "DELETE", f"/_admin/snapshots/one?tenant={tenant}")
    assert "one" not in str(admin(server, "GET", "/_admin/snapshots")[1])


def test_the_journal_shows_retries(frozen):
    client = dynamodb(frozen, retries={"mode": "standard", "total_max_attempts": 3})
    attempts = []

    # The first attempt's answer is made to look like a failure of the network.
    def lose_first(request, **_):
        if not attempts:
            attempts.append(request)
            frozen_connection = http.client.HTTPConnection("127.0.0.1", frozen.port)
            frozen_connection.request("POST", "/", request.body, dict(request.headers))
            frozen_connection.getresponse().read()
            raise botocore.exceptions.EndpointConnectionError(endpoint_url=frozen.url)

    client.meta.events.register("before-send.dynamodb.ListTables", lose_first)
    client.list_tables()
    requests = admin(frozen, "GET", "/_admin/requests?operation=ListTables")[1]["requests"]
    assert [request["sdk_request"] for request in requests] == ["attempt=1; max=3", "attempt=2; max=3"]
    assert len({request["invocation_id"] for request in requests}) == 1


def test_events_are_told_as_they_happen(frozen):
    client = dynamodb(frozen)
    make_table(client)
    listening = http.client.HTTPConnection("127.0.0.1", frozen.port, timeout=10)
    listening.request("GET", "/_admin/events?operation=PutItem")
    answer = listening.getresponse()
    assert answer.getheader("Content-Type") == "text/event-stream"
    put(client, "a")
    lines = []
    while not (lines and lines[-1].startswith("data: ")):
        lines.append(answer.readline().decode().rstrip("\n"))
    assert lines[:2] == ["retry: 1000", ""]
    assert lines[2] == "event: request"
    told = json.loads(lines[-1][len("data: "):])
    assert (told["operation"], told["table"], told["write_units"]) == ("PutItem", "tab", 1.0)
    admin(frozen, "POST", "/_admin/clock/advance", {"by": 5})
    assert any(answer.readline().startswith(b"event: clock") for _ in range(3))
    listening.close()


def test_refusals_name_the_field(frozen):
    for method, path, body, field in [
            ("POST", "/_admin/clock/advance", {"by": "soon"}, "by"),
            ("POST", "/_admin/clock/advance", {"by": 1, "twice": True}, "twice"),
            ("POST", "/_admin/clock/scale", {"rate": -1}, "rate"),
            ("POST", "/_admin/snapshots", {}, "name"),
            ("PUT", "/_admin/requests", {"size": "many"}, "size"),
            ("GET", "/_admin/requests?status=x", None, "status"),
            ("GET", "/_admin/tables?tenants=x", None, "tenants")]:
        status, answer = admin(frozen, method, path, body)
        assert status == 400, path
        assert answer["error"]["field"] == field, answer
        assert answer["error"]["reason"]


@pytest.mark.parametrize("rule, field", [
    ({"id": "b", "colour": "red", "do": {"error": 500}}, "[1].colour"),
    ({"id": "b", "match": {"operations": ["PutItm"]}, "do": {"error": 500}}, "[1].match.operations"),
    ({"id": "b", "match": {"service": "s3"}, "do": {"error": 500}}, "[1].match.service"),
    ({"id": "b", "do": {"error": "NoSuchException"}}, "[1].do.error"),
    ({"id": "b", "do": {"throttle": "TableThroughputExceeded"}}, "[1].do.throttle"),
    ({"id": "b", "do": {"cancel": ["NoSuchCode"]}}, "[1].do.cancel[0]"),
    ({"id": "b", "when": {"probability": 1.01}, "do": {"error": 500}}, "[1].when.probability"),
    ({"id": "b", "when": {"probability": -1}, "do": {"error": 500}}, "[1].when.probability"),
    ({"id": "a", "do": {"error": 500}}, "[1].id"),
    ({"id": "in-force", "do": {"error": 500}}, "id"),
    ({"id": "b", "when": {"window": {"from": "1min", "until": "30s"}}, "do": {"error": 500}}, "[1].when.window.until"),
    ({"id": "b", "when": {"window": {"from": "1h", "until": "2026-01-15T12:30:00Z"}}, "do": {"error": 500}},
     "when.window"),
    ({"id": "b"}, "[1].do"),
])
def test_bad_rules_are_refused_whole(frozen, rule, field):
    assert admin(frozen, "PUT", "/_admin/faults", [{"id": "in-force", "do": {"error": 503}}])[0] == 200
    status, answer = admin(frozen, "POST", "/_admin/faults", [{"id": "a", "do": {"error": 500}}, rule])
    assert (status, answer["error"]["field"]) == (400, field)
    assert answer["error"]["reason"]
    assert [rule["id"] for rule in admin(frozen, "GET", "/_admin/faults")[1]["rules"]] == ["in-force"]


def test_strangers_need_the_token(tmp_path):
    server = Server(tmp_path, "--host", "0.0.0.0", "--admin-token", "sesame")
    try:
        assert admin(server, "GET", "/_admin/clock")[0] == 401
        assert admin(server, "GET", "/_admin/clock", headers={"Authorization": "Bearer sesame"})[0] == 200
        assert admin(server, "GET", "/_localstack/health")[0] == 200
        assert dynamodb(server).list_tables()["TableNames"] == []
    finally:
        server.stop()


def test_the_admin_api_has_a_port_of_its_own(tmp_path):
    server = Server(tmp_path, "--host", "0.0.0.0", "--admin-port", "0")
    try:
        assert admin(server, "GET", "/_admin/clock")[0] == 403
        port = json.loads((tmp_path / "ready.json").read_text())["admin_port"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_admin/clock", timeout=10) as answer:
            assert json.load(answer)["mode"] == "real"
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", data=b"{}", timeout=10)
    finally:
        server.stop()


def test_every_path_is_described(frozen):
    described = admin(frozen, "GET", "/_admin/openapi.json")[1]
    assert described["openapi"].startswith("3.")
    assert {"/_admin/clock", "/_admin/requests", "/_admin/kinesis", "/_admin/snapshots", "/_aws/dynamodb/expired"} <= set(described["paths"])
    for path, calls in described["paths"].items():
        for method in calls:
            status, answer = admin(frozen, method.upper(), path.replace("{", "no-").replace("}", "")) \
                if method != "get" else (200, None)
            assert status != 405, (method, path, answer)


def test_a_recorded_day_is_replayed(tmp_path):
    record = tmp_path / "day.jsonl"
    server = Server(tmp_path, "--record", str(record), "--seed", "5", "--throttle")
    client = dynamodb(server, retries={"total_max_attempts": 1})
    client.create_table(TableName="tab", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
                        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])
    refused = 0
    for i in range(30):
        try:
            put(client, str(i), n={"N": str(i)})
        except client.exceptions.ProvisionedThroughputExceededException:
            refused += 1
    client.describe_table(TableName="tab")
    server.stop()
    assert refused > 0
    replay = subprocess.run([BINARY, "replay", str(record)], text=True, capture_output=True, check=False, timeout=60)
    assert (replay.returncode, replay.stderr) == (0, "")
    assert replay.stdout == "replayed 32 requests in this process: 32 the same, 0 differ\n"
    knobs = tmp_path / "knobs.yaml"
    knobs.write_text("initial_burst_seconds: 300\n")
    what_if = subprocess.run([BINARY, "replay", str(record), "--what-if", str(knobs)], text=True,
                             capture_output=True, check=True, timeout=60)
    row = [line.split() for line in what_if.stdout.splitlines() if line.startswith("PutItem")]
    assert row == [["PutItem", "30", str(refused), "0"]]
    knobs.write_text("provisioned_percent: 1000\n")
    what_if = subprocess.run([BINARY, "replay", str(record), "--what-if", str(knobs)], text=True,
                             capture_output=True, check=True, timeout=60)
    assert ["PutItem", "30", str(refused), "0"] in [line.split() for line in what_if.stdout.splitlines()]


def test_records_for_kinesis_can_be_read_and_forgotten(frozen):
    client = dynamodb(frozen)
    make_table(client)
    arn = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"
    client.enable_kinesis_streaming_destination(TableName="tab", StreamArn=arn)
    for n in range(3):
        put(client, str(n))
    records = admin(frozen, "GET", "/_admin/kinesis")[1]["records"]
    assert [record["data"]["dynamodb"]["Keys"]["p"]["S"] for record in records] == ["0", "1", "2"]
    assert all(record["streamArn"] == arn and record["data"]["tableName"] == "tab" for record in records)
    later = admin(frozen, "GET", f"/_admin/kinesis?after={records[0]['number']}&limit=1")[1]["records"]
    assert later == [records[1]]
    assert admin(frozen, "GET", "/_admin/kinesis?stream_arn=other")[1] == {"records": []}
    assert admin(frozen, "GET", "/_admin/kinesis?limit=many")[0] == 400
    assert admin(frozen, "DELETE", "/_admin/kinesis") == (200, {})
    assert admin(frozen, "GET", "/_admin/kinesis")[1] == {"records": []}
