"""boto3's lambda and apigatewaymanagementapi clients: functions behind an endpoint, event source mappings
and a WebSocket API, declared in a stack file."""
import base64
import http.server
import json
import os
import queue
import re
import socket
import subprocess
import threading
import time
import urllib.request

import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import Server, settings

STACK = """
Tables:
  - TableName: things
    AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]
    KeySchema: [{{AttributeName: id, KeyType: HASH}}]
    BillingMode: PAY_PER_REQUEST
    StreamSpecification: {{StreamEnabled: true, StreamViewType: NEW_AND_OLD_IMAGES}}
    Items:
      - {{id: {{S: first}}, n: {{N: "1"}}}}
Functions:
  - {{FunctionName: echo, Url: "{url}/echo", Description: Answers with its event}}
  - {{FunctionName: things-changed, Url: "{url}/things-changed"}}
WebSocketApis:
  - Name: chat
    Port: 0
    TlsPort: 0
    CaFile: {folder}/ca.pem
    Routes: {{$connect: echo, $default: echo}}
"""


class Functions(http.server.ThreadingHTTPServer):
    """The endpoints behind functions: what each was called with, and what it is to answer."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.events = queue.Queue()
        self.answers = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = self.path.strip("/")
        self.server.events.put((name, event))
        answer = self.server.answers.get(name, lambda event: {"statusCode": 200, "event": event})(event)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def functions():
    endpoint = Functions()
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    yield endpoint
    endpoint.shutdown()


@pytest.fixture(scope="module")
def stack_server(functions, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stack")
    stack = folder / "stack.yaml"
    stack.write_text(STACK.format(url=f"http://127.0.0.1:{functions.server_port}", folder=folder))
    running = Server(folder, "--stack", str(stack))
    printed = running.output.read_text()
    running.ws_port = int(re.search(r" ws://localhost:(\d+)/prod", printed).group(1))
    running.wss_port = int(re.search(r" wss://localhost:(\d+)/prod", printed).group(1))
    running.ca = str(folder / "ca.pem")
    yield running
    running.stop()


def client_of(stack_server, service, **more):
    return boto3.client(service, **settings(stack_server.url, "understudy", **more))


@pytest.fixture
def lambdas(stack_server):
    return client_of(stack_server, "lambda")


def test_functions_are_listed_and_described(lambdas):
    names = [function["FunctionName"] for function in lambdas.list_functions()["Functions"]]
    assert names == ["echo", "things-changed"]
    described = lambdas.get_function(FunctionName="echo")["Configuration"]
    assert described["Description"] == "Answers with its event"
    assert described["FunctionArn"] == "arn:aws:lambda:us-east-1:000000000000:function:echo"
    with pytest.raises(lambdas.exceptions.ResourceNotFoundException) as error:
        lambdas.get_function(FunctionName="absent")
    assert error.value.response["Error"]["Message"].startswith("Function not found: arn:aws:lambda:")


def test_invoke_returns_result_errors_and_log(lambdas, functions):
    answer = lambdas.invoke(FunctionName="echo", Payload=json.dumps({"a": 1}), LogType="Tail")
    assert answer["StatusCode"] == 200 and "FunctionError" not in answer
    assert json.load(answer["Payload"])["event"] == {"a": 1}
    assert "START RequestId" in base64.b64decode(answer["LogResult"]).decode()
    functions.answers["echo"] = lambda event: {"errorMessage": "no", "errorType": "ValueError"}
    answer = lambdas.invoke(FunctionName="echo", Payload="{}")
    assert answer["FunctionError"] == "Unhandled"
    assert json.load(answer["Payload"])["errorType"] == "ValueError"
    del functions.answers["echo"]
    assert lambdas.invoke(FunctionName="echo", InvocationType="Event", Payload="{}")["StatusCode"] == 202
    assert lambdas.invoke(FunctionName="echo", InvocationType="DryRun")["StatusCode"] == 204


def test_an_invocation_meets_fault_rules(stack_server, lambdas):
    def rules(method, *given):
        request = urllib.request.Request(stack_server.url + "/_admin/faults", method=method,
                                         data=json.dumps(given).encode() if given else None)
        urllib.request.urlopen(request, timeout=10).close()

    echo = {"operations": ["Invoke"], "table": "echo"}
    rules("POST", {"id": "other", "match": {**echo, "table": "things-changed"}, "do": {"error": "ServiceException"}},
          {"id": "slow", "match": echo, "do": {"latency": "300ms"}},
          {"id": "lost", "match": echo, "phase": "after_commit", "when": {"skip": 1},
           "do": {"error": "TooManyRequestsException"}})
    try:
        began = time.monotonic()
        assert json.load(lambdas.invoke(FunctionName="echo", Payload="{}")["Payload"])["event"] == {}
        assert time.monotonic() - began >= 0.3
        once = client_of(stack_server, "lambda", config=botocore.config.Config(retries=dict(total_max_attempts=1)))
        with pytest.raises(once.exceptions.TooManyRequestsException):
            once.invoke(FunctionName="echo", Payload="{}")
    finally:
        rules("DELETE")


def records_of(functions, name, wanted):
    records = []
    while len(records) < wanted:
        called, event = functions.events.get(timeout=20)
        if called == name:
            records += event["Records"]
    return records


def test_event_source_mapping_delivers_and_is_managed(stack_server, lambdas, functions):
    dynamodb = client_of(stack_server, "dynamodb")
    stream = dynamodb.describe_table(TableName="things")["Table"]["LatestStreamArn"]
    made = lambdas.create_event_source_mapping(
        FunctionName="things-changed", EventSourceArn=stream, StartingPosition="LATEST", BatchSize=10,
        FilterCriteria={"Filters": [{"Pattern": json.dumps({"eventName": ["INSERT", "MODIFY"]})}]})
    assert made["State"] == "Creating" and made["BatchSize"] == 10
    uuid = made["UUID"]
    dynamodb.put_item(TableName="things", Item={"id": {"S": "second"}, "n": {"N": "2"}})
    dynamodb.delete_item(TableName="things", Key={"id": {"S": "first"}})
    dynamodb.put_item(TableName="things", Item={"id": {"S": "second"}, "n": {"N": "3"}})
    records = records_of(functions, "things-changed", 2)
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY"]
    assert records[0]["eventSourceARN"] == stream and records[0]["eventSource"] == "aws:dynamodb"
    assert records[1]["dynamodb"]["OldImage"] == {"id": {"S": "second"}, "n": {"N": "2"}}
    assert records[1]["dynamodb"]["NewImage"] == {"id": {"S": "second"}, "n": {"N": "3"}}
    described = lambdas.get_event_source_mapping(UUID=uuid)
    assert described["State"] == "Enabled" and described["LastProcessingResult"] == "OK"
    assert lambdas.update_event_source_mapping(UUID=uuid, BatchSize=5)["BatchSize"] == 5
    with pytest.raises(lambdas.exceptions.ResourceConflictException):
        lambdas.create_event_source_mapping(FunctionName="things-changed", EventSourceArn=stream,
                                            StartingPosition="LATEST")
    assert [row["UUID"] for row in lambdas.list_event_source_mappings()["EventSourceMappings"]] == [uuid]
    assert lambdas.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"
    with pytest.raises(lambdas.exceptions.ResourceNotFoundException):
        lambdas.get_event_source_mapping(UUID=uuid)


def test_a_failing_batch_goes_to_a_queue(stack_server, lambdas, functions):
    dynamodb, sqs = client_of(stack_server, "dynamodb"), client_of(stack_server, "sqs")
    url = sqs.create_queue(QueueName="failures")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    stream = dynamodb.describe_table(TableName="things")["Table"]["LatestStreamArn"]
    functions.answers["things-changed"] = lambda event: {"errorMessage": "no", "errorType": "Poison"}
    made = lambdas.create_event_source_mapping(
        FunctionName="things-changed", EventSourceArn=stream, StartingPosition="LATEST", MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": arn}})
    dynamodb.put_item(TableName="things", Item={"id": {"S": "poison"}})
    received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    body = json.loads(received[0]["Body"])
    assert body["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert body["requestContext"]["approximateInvokeCount"] == 2
    assert body["DDBStreamBatchInfo"]["batchSize"] == 1 and body["DDBStreamBatchInfo"]["streamArn"] == stream
    lambdas.delete_event_source_mapping(UUID=made["UUID"])
    del functions.answers["things-changed"]


@pytest.mark.parametrize("kind", ["file", "http"])
def test_a_failing_batch_goes_to_a_file_or_an_endpoint(stack_server, lambdas, functions, tmp_path, kind):
    dynamodb = client_of(stack_server, "dynamodb")
    while not functions.events.empty():  # of the tests before
        functions.events.get()
    stream = dynamodb.describe_table(TableName="things")["Table"]["LatestStreamArn"]
    functions.answers["things-changed"] = lambda event: {"errorMessage": "no", "errorType": "Poison"}
    file = tmp_path / "failures.jsonl"
    made = lambdas.create_event_source_mapping(
        FunctionName="things-changed", EventSourceArn=stream, StartingPosition="LATEST", MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": f"file:{file}" if kind == "file" else
                                         f"http://127.0.0.1:{functions.server_port}/failures"}})
    dynamodb.put_item(TableName="things", Item={"id": {"S": f"poison for {kind}"}})
    name, body = "", None
    deadline = time.monotonic() + 20
    while kind == "http" and name != "failures":
        name, body = functions.events.get(timeout=20)
    while kind == "file" and body is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        body = json.loads(file.read_text()) if file.exists() and file.read_text().endswith("\n") else None
    assert body["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert body["requestContext"]["functionArn"].endswith(":function:things-changed")
    assert body["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert body["DDBStreamBatchInfo"]["batchSize"] == 1 and body["DDBStreamBatchInfo"]["streamArn"] == stream
    lambdas.delete_event_source_mapping(UUID=made["UUID"])
    del functions.answers["things-changed"]


def test_a_queue_is_consumed(stack_server, lambdas, functions):
    sqs = client_of(stack_server, "sqs")
    url = sqs.create_queue(QueueName="work")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    while not functions.events.empty():  # of the tests before
        functions.events.get()
    made = lambdas.create_event_source_mapping(FunctionName="things-changed", EventSourceArn=arn)
    assert made["BatchSize"] == 10
    sqs.send_message(QueueUrl=url, MessageBody="hello",
                     MessageAttributes={"kind": {"DataType": "String", "StringValue": "greeting"}})
    [record] = records_of(functions, "things-changed", 1)
    assert record["body"] == "hello" and record["eventSource"] == "aws:sqs" and record["eventSourceARN"] == arn
    assert record["messageAttributes"]["kind"]["stringValue"] == "greeting"
    deadline = time.monotonic() + 20
    left = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    while any(int(number) for number in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=left)["Attributes"].values()):
        assert time.monotonic() < deadline, "what was delivered is deleted"
        time.sleep(0.05)
    lambdas.delete_event_source_mapping(UUID=made["UUID"])


class WebSocket:
    """Just enough of a client."""

    def __init__(self, port, path="/prod"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\n"
                             "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def send(self, text):
        data = text.encode()
        assert len(data) < 126
        self.socket.sendall(bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data)

    def receive(self):
        first, length = self.file.read(2)
        if length == 126:
            length = int.from_bytes(self.file.read(2), "big")
        return first & 15, self.file.read(length)


def management_client(stack_server, url):
    return boto3.client("apigatewaymanagementapi", **settings(url, "understudy", verify=stack_server.ca))


def connect(stack_server, functions):
    client = WebSocket(stack_server.ws_port)
    assert client.status == 101
    while True:
        name, event = functions.events.get(timeout=20)
        if name == "echo" and event.get("requestContext", {}).get("eventType") == "CONNECT":
            return client, event["requestContext"]["connectionId"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_management_api_posts_describes_and_disconnects(stack_server, functions, scheme):
    port = stack_server.ws_port if scheme == "http" else stack_server.wss_port
    api = management_client(stack_server, f"{scheme}://localhost:{port}/prod")
    client, connection = connect(stack_server, functions)
    api.post_to_connection(ConnectionId=connection, Data=b'{"hello": 1}')
    assert client.receive() == (1, b'{"hello": 1}')
    described = api.get_connection(ConnectionId=connection)
    assert described["Identity"]["SourceIp"] == "127.0.0.1"
    assert abs(described["ConnectedAt"].timestamp() - time.time()) < 60
    with pytest.raises(api.exceptions.PayloadTooLargeException):
        api.post_to_connection(ConnectionId=connection, Data=b"x" * (128 * 1024 + 1))
    api.delete_connection(ConnectionId=connection)
    assert client.receive()[0] == 8
    with pytest.raises(api.exceptions.GoneException):
        api.post_to_connection(ConnectionId=connection, Data=b"late")
    with pytest.raises(api.exceptions.GoneException):
        api.get_connection(ConnectionId=connection)


def test_messages_reach_their_route(stack_server, functions):
    client, connection = connect(stack_server, functions)
    client.send('{"action": "anything"}')
    name, event = functions.events.get(timeout=20)
    assert name == "echo"
    assert event["body"] == '{"action": "anything"}' and event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["routeKey"] == "$default" and context["eventType"] == "MESSAGE"
    assert context["connectionId"] == connection and context["domainName"] == f"localhost:{stack_server.wss_port}"


@pytest.mark.parametrize("text, wrong", [
    ("Tables: [", "stack.yaml:1:"),
    ("Functions:\n  - FunctionName: f\n    Comand: [x]", "stack.yaml:3: member 'Functions[0].Comand'"),
    ("Functions:\n  - FunctionName: f", "stack.yaml:2: member 'Functions[0]': needs one of Command"),
    ("WebSocketApis:\n  - Port: 0\n    Routes: {$connect: nobody}", "no function 'nobody'"),
    ("Tables:\n  - TableName: t", "stack.yaml:2: member 'Tables[0]': ValidationException"),
])
def test_a_wrong_stack_is_told_with_file_line_and_member(tmp_path, text, wrong):
    stack = tmp_path / "stack.yaml"
    stack.write_text(text)
    done = subprocess.run([os.environ.get("UNDERSTUDY_BINARY", "build/release/understudy"), "serve", "--port", "0",
                           "--stack", str(stack)], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert wrong in done.stderr


def test_without_a_stack_there_is_no_lambda(server):
    lambdas = boto3.client("lambda", **settings(server.url, "understudy"))
    with pytest.raises(botocore.exceptions.ClientError):
        lambdas.list_functions()
