"""What the boto3 tests share: one client and one resource for the server under test, tables, comparisons."""

import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["STATOR_ENDPOINT"]
OPTIONS = {
    "endpoint_url": ENDPOINT,
    "region_name": "us-east-1",
    "aws_access_key_id": "local",
    "aws_secret_access_key": "local",
    # One attempt: a retried fault would look like success.
    "config": Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=20),
}
client = boto3.client("dynamodb", **OPTIONS)
resource = boto3.resource("dynamodb", **OPTIONS)
tests = []


def test(function):
    tests.append(function)
    return function


def make_table(name, sort_type=None, partition_type="S"):
    definitions = [{"AttributeName": "pk", "AttributeType": partition_type}]
    schema = [{"AttributeName": "pk", "KeyType": "HASH"}]
    if sort_type is not None:
        definitions.append({"AttributeName": "sk", "AttributeType": sort_type})
        schema.append({"AttributeName": "sk", "KeyType": "RANGE"})
    client.create_table(
        TableName=name,
        AttributeDefinitions=definitions,
        KeySchema=schema,
        BillingMode="PAY_PER_REQUEST",
    )
    wait("table_exists", name)
    return resource.Table(name)


def wait(waiter, name):
    client.get_waiter(waiter).wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})


def expect(actual, wanted):
    if actual != wanted:
        raise AssertionError(f"expected {wanted!r}, got {actual!r}"[:4000])


def expect_error(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        expect(error.response["Error"]["Code"], code)
        return error.response
    raise AssertionError(f"expected {code}, but the call succeeded")


def expect_message(code, message, call, **arguments):
    expect(expect_error(code, call, **arguments)["Error"]["Message"], message)
