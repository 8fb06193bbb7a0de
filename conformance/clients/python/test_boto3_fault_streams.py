"""Faults of streams as boto3 meets them: delays, duplicates, iterators and shards."""
import json

import boto3
import botocore.config
import pytest

from conftest import settings
from fault_clients import TABLE, fault_server


class Streamed:
    """A table with a stream, and a boto3 client of streams whose requests carry a fault."""

    def __init__(self, server, account):
        self.tables = boto3.client("dynamodb", **settings(server.url, account))
        self.arn = self.tables.create_table(**TABLE, StreamSpecification=dict(
            StreamEnabled=True, StreamViewType="KEYS_ONLY"))["TableDescription"]["LatestStreamArn"]
        self.client = boto3.client("dynamodbstreams", **settings(server.url, account, config=botocore.config.Config(
            retries=dict(total_max_attempts=1))))
        self.fault = None
        self.client.meta.events.register("before-send.dynamodb-streams", self.send)
        self.tables.put_item(TableName="tab", Item={"pk": {"S": "a"}})

    def send(self, request, **_):
        if self.fault is not None:
            request.headers["x-understudy-fault"] = json.dumps({"stream": self.fault})

    def call(self, fault, operation, **arguments):
        self.fault = fault
        try:
            return getattr(self.client, operation)(**arguments)
        finally:
            self.fault = None

    def shards(self, fault=None):
        return self.call(fault, "describe_stream", StreamArn=self.arn)["StreamDescription"]["Shards"]

    def iterator(self, fault=None, shard=None):
        """Of the shard that has the record, at its beginning."""
        for candidate in [shard] if shard else self.shards():
            found = self.call(fault, "get_shard_iterator", StreamArn=self.arn, ShardId=candidate["ShardId"],
                              ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            if fault or shard or self.records(found):
                return found
        raise AssertionError("no record in any shard")

    def records(self, iterator, fault=None):
        return self.call(fault, "get_records", ShardIterator=iterator)["Records"]


@pytest.fixture
def streamed(fault_server, account):
    return Streamed(fault_server, account)


def test_a_stream_delays(streamed):
    iterator = streamed.iterator()
    answer = streamed.call({"delay": "1min"}, "get_records", ShardIterator=iterator)
    assert answer["Records"] == []
    assert len(streamed.records(answer["NextShardIterator"])) == 1, "nothing is lost"


def test_a_stream_duplicates(streamed):
    records = streamed.records(streamed.iterator(), {"duplicate": 2})
    assert len(records) == 3 and len({record["eventID"] for record in records}) == 1


def test_a_stream_expires_iterators(streamed):
    iterator = streamed.iterator()
    with pytest.raises(streamed.client.exceptions.ExpiredIteratorException):
        streamed.records(iterator, "expire_iterator")
    old = streamed.iterator("expire_iterator")
    with pytest.raises(streamed.client.exceptions.ExpiredIteratorException):
        streamed.records(old)
    assert streamed.records(iterator)


def test_a_stream_trims(streamed):
    iterator = streamed.iterator()
    with pytest.raises(streamed.client.exceptions.TrimmedDataAccessException):
        streamed.records(iterator, "trim")
    assert streamed.records(streamed.iterator(shard=streamed.shards()[0])) == []


def test_a_stream_splits(streamed):
    iterator = streamed.iterator()
    before = streamed.shards()
    answer = streamed.call("split", "get_records", ShardIterator=iterator)
    assert len(answer["Records"]) == 1
    assert "NextShardIterator" not in answer, "the shard has ended"
    after = streamed.shards()
    closed = [shard for shard in after if "EndingSequenceNumber" in shard["SequenceNumberRange"]]
    children = [shard for shard in after if shard.get("ParentShardId") == closed[0]["ShardId"]]
    assert (len(after), len(closed), len(children)) == (len(before) + 2, 1, 2)
    assert len(streamed.shards("split")) == len(after) + 2 * (len(after) - 1)
