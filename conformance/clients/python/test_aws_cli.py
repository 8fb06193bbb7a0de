"""The AWS CLI as README shows it, and its error exit."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

AWS = pathlib.Path(sys.executable).parent / "aws"


@pytest.fixture
def aws(server, account, tmp_path):
    def run(*arguments, status=0):
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ENDPOINT_URL_DYNAMODB": server.url,
                       "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1",
                       "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": ""}
        done = subprocess.run([sys.executable, str(AWS), "dynamodb", *arguments, "--output", "json"], env=environment, text=True,
                              capture_output=True, timeout=60, check=False)
        assert done.returncode == status, done.stderr
        return done.stderr if status else json.loads(done.stdout or "{}")
    return run


def test_create_put_query(aws):
    table = aws("create-table", "--table-name", "Music", "--billing-mode", "PAY_PER_REQUEST",
                "--attribute-definitions", "AttributeName=Artist,AttributeType=S", "AttributeName=Song,AttributeType=S",
                "--key-schema", "AttributeName=Artist,KeyType=HASH", "AttributeName=Song,KeyType=RANGE")
    assert table["TableDescription"]["TableName"] == "Music"
    aws("wait", "table-exists", "--table-name", "Music")
    aws("put-item", "--table-name", "Music", "--item", '{"Artist": {"S": "Nina"}, "Song": {"S": "Feeling"}, "Year": {"N": "1965"}}')
    found = aws("query", "--table-name", "Music", "--key-condition-expression", "Artist = :a",
                "--expression-attribute-values", '{":a": {"S": "Nina"}}')
    assert found["Items"] == [{"Artist": {"S": "Nina"}, "Song": {"S": "Feeling"}, "Year": {"N": "1965"}}]
    assert found["Count"] == 1 and found["ScannedCount"] == 1


def test_errors_reach_the_shell(aws):
    message = aws("get-item", "--table-name", "Absent", "--key", '{"p": {"S": "x"}}', status=255)  # Version 1; version 2 says 254.
    assert "(ResourceNotFoundException) when calling the GetItem operation: Requested resource not found" in message


def test_paging_follows_by_itself(aws):
    aws("create-table", "--table-name", "Numbers", "--billing-mode", "PAY_PER_REQUEST", "--attribute-definitions",
        "AttributeName=p,AttributeType=N", "--key-schema", "AttributeName=p,KeyType=HASH")
    puts = [{"PutRequest": {"Item": {"p": {"N": str(n)}}}} for n in range(20)]
    aws("batch-write-item", "--request-items", json.dumps({"Numbers": puts}))
    assert len(aws("scan", "--table-name", "Numbers", "--page-size", "3")["Items"]) == 20
