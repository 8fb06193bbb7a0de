"""boto3's own SQS client and resource against the queues on the emulator's port.

Texts and codes are those that LocalStack's tests recorded at the service (LS in the comments of emulator/queue).
"""

import hashlib
import threading
import time
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def endpoint(server):
    return server.url


@pytest.fixture(scope="module")
def sqs(endpoint):
    return boto3.client(
        "sqs",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def queue(sqs):
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex}")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def error_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]


def test_queue_url_is_reachable(sqs, endpoint, queue):
    assert queue.startswith(endpoint.rstrip("/") + "/000000000000/q-")
    name = queue.rsplit("/", 1)[1]
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == queue
    assert queue in sqs.list_queues(QueueNamePrefix=name[:10])["QueueUrls"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert arn == f"arn:aws:sqs:eu-west-1:000000000000:{name}"


def test_send_receive_delete(sqs, queue):
    sent = sqs.send_message(
        QueueUrl=queue,
        MessageBody="grüß dich",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "greeting"},
            "size": {"DataType": "Number.int", "StringValue": "9"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x00\x01\xff"},
        },
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}},
    )
    assert sent["MD5OfMessageBody"] == hashlib.md5("grüß dich".encode()).hexdigest()
    message = sqs.receive_message(
        QueueUrl=queue, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"], MaxNumberOfMessages=10
    )["Messages"][0]
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["MessageAttributes"]["raw"]["BinaryValue"] == b"\x00\x01\xff"
    assert message["MessageAttributes"]["size"] == {"DataType": "Number.int", "StringValue": "9"}
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert message["Attributes"]["AWSTraceHeader"].startswith("Root=1-")
    assert abs(int(message["Attributes"]["SentTimestamp"]) / 1000 - time.time()) < 60
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"
    assert (counts["VisibilityTimeout"], counts["MaximumMessageSize"]) == ("30", "1048576")


def test_md5_of_attributes_as_recorded_at_the_service(sqs, queue):
    attributes = {"timestamp": {"DataType": "Number", "StringValue": "1493147359900"}}
    sent = sqs.send_message(QueueUrl=queue, MessageBody="test", MessageAttributes=attributes)
    assert sent["MD5OfMessageAttributes"] == "235c5c510d26fb653d073faed50ae77c"
    hello = {name: {"DataType": "String", "StringValue": value}
             for name, value in {"Hello": "There", "General": "Kenobi", "Help.Me": "Me"}.items()}
    sent = sqs.send_message(QueueUrl=queue, MessageBody="msg", MessageAttributes=hello)
    assert sent["MD5OfMessageAttributes"] == "4c360f3fdafd970e05fae2f149d997f5"
    for names, expected in [
        (["Hello", "General"], "fca026605781cb4126a1e9044df24232"),
        (["Hel.*"], "83fee93c1bcd8b9a5a923ffacdc636c7"),
        (["Hello", "absent"], "a311262e065454b75da111d535b8dacd"),
        ([".*"], "4c360f3fdafd970e05fae2f149d997f5"),
        (["absent"], None),
    ]:
        received = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=names)["Messages"]
        message = next(one for one in received if one["Body"] == "msg")
        assert message.get("MD5OfMessageAttributes") == expected, names


def test_batches(sqs, queue):
    entries = [{"Id": f"m{i}", "MessageBody": f"body {i}"} for i in range(10)]
    sent = sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    assert [one["Id"] for one in sent["Successful"]] == [f"m{i}" for i in range(10)]
    assert "Failed" not in sent
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert sorted(one["Body"] for one in received) == sorted(one["MessageBody"] for one in entries)
    handles = [{"Id": f"r{i}", "ReceiptHandle": one["ReceiptHandle"]} for i, one in enumerate(received)]
    changed = sqs.change_message_visibility_batch(
        QueueUrl=queue, Entries=[{**one, "VisibilityTimeout": 60} for one in handles])
    assert len(changed["Successful"]) == 10
    handles[9]["ReceiptHandle"] = "nonsense"
    deleted = sqs.delete_message_batch(QueueUrl=queue, Entries=handles)
    assert len(deleted["Successful"]) == 9
    assert deleted["Failed"][0] == {
        "Id": "r9", "SenderFault": True, "Code": "ReceiptHandleIsInvalid",
        "Message": 'The input receipt handle "nonsense" is not a valid receipt handle.'}


def test_a_long_poll_ends_with_the_message(sqs, queue):
    threading.Timer(0.5, lambda: sqs.send_message(QueueUrl=queue, MessageBody="late")).start()
    began = time.monotonic()
    messages = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
    assert messages[0]["Body"] == "late"
    assert 0.4 < time.monotonic() - began < 5


def test_a_long_poll_for_nothing_ends_in_time(sqs, queue):
    began = time.monotonic()
    assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)
    assert 0.9 < time.monotonic() - began < 5


def test_visibility_timeout_brings_a_message_back(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="again")
    first = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=1)["Messages"][0]
    second = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5, AttributeNames=["All"])["Messages"][0]
    assert second["MessageId"] == first["MessageId"]
    assert second["ReceiptHandle"] != first["ReceiptHandle"]
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=second["ReceiptHandle"], VisibilityTimeout=0)
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["MessageId"] == first["MessageId"]


def test_dead_letters(sqs, queue):
    dead = sqs.create_queue(QueueName=f"dead-{uuid.uuid4().hex}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(
        QueueUrl=queue,
        Attributes={"RedrivePolicy": f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": "1"}}', "VisibilityTimeout": "0"},
    )
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [queue]
    sqs.send_message(QueueUrl=queue, MessageBody="poison")
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "poison"
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    message = sqs.receive_message(QueueUrl=dead, AttributeNames=["All"])["Messages"][0]
    assert message["Attributes"]["DeadLetterQueueSourceArn"].endswith(queue.rsplit("/", 1)[1])
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"
    sqs.delete_queue(QueueUrl=dead)


def test_fifo(sqs):
    url = sqs.create_queue(QueueName=f"f-{uuid.uuid4().hex}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    for i in range(3):
        sent = sqs.send_message(QueueUrl=url, MessageBody=f"b{i}", MessageGroupId="g", MessageDeduplicationId=f"d{i}")
        assert len(sent["SequenceNumber"]) == 20
    again = sqs.send_message(QueueUrl=url, MessageBody="b2", MessageGroupId="g", MessageDeduplicationId="d2")
    assert again["MessageId"] == sent["MessageId"]
    first = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    assert [one["Body"] for one in first] == ["b0"]
    assert first[0]["Attributes"]["MessageGroupId"] == "g"
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first[0]["ReceiptHandle"])
    assert [one["Body"] for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]] == ["b1", "b2"]
    error = error_of(sqs.send_message, QueueUrl=url, MessageBody="x", MessageGroupId="g")
    assert error["Message"] == (
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
    error = error_of(sqs.send_message, QueueUrl=url, MessageBody="x", MessageDeduplicationId="x")
    assert (error["Code"], error["Message"]) == ("MissingParameter", "The request must contain the parameter MessageGroupId.")
    sqs.delete_queue(QueueUrl=url)


def test_errors_in_the_codes_of_the_older_protocol(sqs, queue, endpoint):
    error = error_of(sqs.send_message, QueueUrl=f"{endpoint}/000000000000/absent", MessageBody="x")
    assert (error["Code"], error["Message"], error["Type"], error["QueryErrorCode"]) == (
        "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", "Sender", "QueueDoesNotExist")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="absent")
    error = error_of(sqs.receive_message, QueueUrl=queue, MaxNumberOfMessages=11)
    assert (error["Code"], error["Message"]) == (
        "InvalidParameterValue",
        "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.")
    error = error_of(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=21)
    assert error["Message"] == "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."
    error = error_of(sqs.send_message, QueueUrl=queue, MessageBody="")
    assert (error["Code"], error["Message"]) == ("MissingParameter", "The request must contain the parameter MessageBody.")
    error = error_of(sqs.send_message, QueueUrl=queue, MessageBody="a" * 1048577)
    assert error["Message"] == "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."
    error = error_of(sqs.send_message_batch, QueueUrl=queue, Entries=[{"Id": str(i), "MessageBody": "a"} for i in range(20)])
    assert (error["Code"], error["Message"]) == (
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent 20.")
    error = error_of(sqs.send_message_batch, QueueUrl=queue, Entries=[{"Id": "a:b", "MessageBody": "a"}])
    assert error["Code"] == "AWS.SimpleQueueService.InvalidBatchEntryId"
    error = error_of(sqs.send_message, QueueUrl=queue, MessageBody="x", DelaySeconds=901)
    assert error["Code"] == "InvalidParameterValue"
    error = error_of(sqs.set_queue_attributes, QueueUrl=queue, Attributes={"FifoQueue": "true"})
    assert (error["Code"], error["Message"]) == ("InvalidAttributeName", "Unknown Attribute FifoQueue.")
    error = error_of(sqs.set_queue_attributes, QueueUrl=queue, Attributes={"RedrivePolicy": '{"deadLetterTargetArn": "dummy", "maxReceiveCount": 42}'})
    assert error["Message"] == (
        'Value {"deadLetterTargetArn": "dummy", "maxReceiveCount": 42} for parameter RedrivePolicy is invalid. '
        "Reason: Invalid value for deadLetterTargetArn.")


def test_a_queue_is_created_once(sqs, queue):
    name = queue.rsplit("/", 1)[1]
    assert sqs.create_queue(QueueName=name)["QueueUrl"] == queue
    assert sqs.create_queue(QueueName=name, Attributes={"DelaySeconds": "0"})["QueueUrl"] == queue
    error = error_of(sqs.create_queue, QueueName=name, Attributes={"DelaySeconds": "2"})
    assert (error["Code"], error["QueryErrorCode"]) == ("QueueAlreadyExists", "QueueNameExists")
    assert error["Message"] == "A queue already exists with the same name and a different value for attribute DelaySeconds"


def test_tags_purge_and_pages(sqs, queue):
    sqs.tag_queue(QueueUrl=queue, Tags={"team": "a", "env": "b"})
    sqs.untag_queue(QueueUrl=queue, TagKeys=["env"])
    assert sqs.list_queue_tags(QueueUrl=queue)["Tags"] == {"team": "a"}
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    sqs.purge_queue(QueueUrl=queue)
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    prefix = f"p-{uuid.uuid4().hex}"
    urls = [sqs.create_queue(QueueName=f"{prefix}-{i}")["QueueUrl"] for i in range(5)]
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix, PaginationConfig={"PageSize": 2})
    listed = [page["QueueUrls"] for page in pages]
    assert listed == [urls[0:2], urls[2:4], urls[4:5]]
    for url in urls:
        sqs.delete_queue(QueueUrl=url)


def test_resource(endpoint):
    resource = boto3.resource(
        "sqs", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
    queue = resource.create_queue(QueueName=f"r-{uuid.uuid4().hex}", Attributes={"DelaySeconds": "0"})
    queue.send_message(MessageBody="boto3", MessageAttributes={"Author": {"StringValue": "Daniel", "DataType": "String"}})
    for message in queue.receive_messages(MessageAttributeNames=["Author"]):
        assert message.body == "boto3"
        assert message.message_attributes["Author"]["StringValue"] == "Daniel"
        message.delete()
    queue.delete()
