"""--strict-auth: the services beside DynamoDB hold signatures against the keys, too, and refuse in their own words."""
import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import Server

CALLS = {
    "dynamodb": lambda client: client.list_tables(),
    "dynamodbstreams": lambda client: client.list_streams(),
    "lambda": lambda client: client.list_functions(),
    "sqs": lambda client: client.list_queues(),
    "application-autoscaling": lambda client: client.describe_scalable_targets(ServiceNamespace="dynamodb"),
    "cloudwatch": lambda client: client.list_metrics(Namespace="AWS/DynamoDB"),
}
OF_QUERY = {"sqs", "cloudwatch"}  # These keep the names of the query protocol.


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strict")
    stack = folder / "stack.yaml"
    stack.write_text("Functions:\n  - {FunctionName: f, Url: 'http://127.0.0.1:9/f'}\n")
    running = Server(folder, "--metrics", "--strict-auth", "--credential", "AKIDEXAMPLE:secret", "--stack", str(stack))
    yield running
    running.stop()


def call(strict, service, key="AKIDEXAMPLE", secret="secret"):
    client = boto3.client(service, endpoint_url=strict.url, region_name="us-east-1", aws_access_key_id=key,
                          aws_secret_access_key=secret, config=botocore.config.Config(retries={"total_max_attempts": 1}))
    return CALLS[service](client)


def refusal(strict, service, **credentials):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(strict, service, **credentials)
    return error.value.response


@pytest.mark.parametrize("service", CALLS)
def test_the_right_key_is_let_in(strict, service):
    assert call(strict, service)["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("service", CALLS)
def test_an_unknown_key_is_refused(strict, service):
    response = refusal(strict, service, key="AKIDUNKNOWN")
    wanted = "InvalidClientTokenId" if service in OF_QUERY else "UnrecognizedClientException"
    assert response["Error"]["Code"] == wanted
    assert response["Error"]["Message"] == "The security token included in the request is invalid."
    dynamodb_like = service.startswith("dynamodb") or service == "application-autoscaling"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == (400 if dynamodb_like else 403)


@pytest.mark.parametrize("service", CALLS)
def test_a_wrong_secret_is_refused(strict, service):
    wanted = "SignatureDoesNotMatch" if service in OF_QUERY else "InvalidSignatureException"
    assert refusal(strict, service, secret="guessed")["Error"]["Code"] == wanted


def test_a_path_is_encoded_before_it_is_signed(strict):
    client = boto3.client("lambda", endpoint_url=strict.url, region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE",
                          aws_secret_access_key="secret")
    arn = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST"
    assert client.get_function(FunctionName=arn)["Configuration"]["FunctionName"] == "f"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(FunctionName="f:7")
