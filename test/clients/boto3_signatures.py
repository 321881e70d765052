"""Signatures made by botocore against a Stator in mode signed: good ones pass, and one changed character in any
signed part makes them fail.

Finds the server through STATOR_ENDPOINT and the one key it knows through STATOR_ACCESS_KEY_ID and
STATOR_SECRET_ACCESS_KEY. Ends with "N passed, N failed".
"""

import hashlib
import http.client
import json
import os
import sys
import urllib.parse

import boto3
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

sys.dont_write_bytecode = True

ENDPOINT = os.environ["STATOR_ENDPOINT"]
KEY = os.environ["STATOR_ACCESS_KEY_ID"]
SECRET = os.environ["STATOR_SECRET_ACCESS_KEY"]
HOST = urllib.parse.urlsplit(ENDPOINT).netloc
BODY = b'{"Limit":10}'
results = {True: 0, False: 0}


def report(name, good, detail=""):
    results[good] += 1
    print(f"{'ok    ' if good else 'FAILED'} {name}{'' if good else ': ' + str(detail)}")


def signed(auth=SigV4Auth, secret=SECRET, body=BODY):
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.ListTables",
        "X-Amz-Custom": "one",
    }
    request = AWSRequest(method="POST", url=f"{ENDPOINT}/", data=body, headers=headers)
    auth(Credentials(KEY, secret), "dynamodb", "us-east-1").add_auth(request)
    return request.prepare()


def send(prepared, body=BODY, headers=None, path=None):
    url = urllib.parse.urlsplit(prepared.url)
    connection = http.client.HTTPConnection(HOST, timeout=10)
    # The length is that of the body sent here, which a presigned request was not made with.
    names = [name for name in prepared.headers if name.lower() != "content-length"]
    all_headers = {name: text(prepared.headers[name]) for name in names}
    all_headers.update(headers or {})
    connection.request("POST", path or f"{url.path}?{url.query}".rstrip("?"), body=body, headers=all_headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    name = json.loads(content).get("__type", "").split("#")[-1] if content else ""
    return answer.status, name


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def other(character):
    return "0" if character != "0" else "1"


def changed(value, index):
    return value[:index] + other(value[index]) + value[index + 1 :]


def expect_refused(name, answer, errors=("InvalidSignatureException",)):
    report(name, answer[0] == 400 and answer[1] in errors, answer)


def clients():
    options = {"endpoint_url": ENDPOINT, "region_name": "us-east-1", "aws_access_key_id": KEY}
    good = boto3.client("dynamodb", aws_secret_access_key=SECRET, **options)
    report("a client with the key", good.list_tables()["TableNames"] == [])
    for name, key, secret, error in [
        ("a client with another secret", KEY, SECRET + "x", "InvalidSignatureException"),
        ("a client with another key", "AKIDNOBODYKNOWS", SECRET, "UnrecognizedClientException"),
    ]:
        client = boto3.client("dynamodb", **{**options, "aws_access_key_id": key}, aws_secret_access_key=secret)
        try:
            client.list_tables()
            report(name, False, "it passed")
        except ClientError as failure:
            report(name, failure.response["Error"]["Code"] == error, failure)


def header_signature():
    report("a signed request", send(signed())[0] == 200, send(signed()))
    prepared = signed()
    authorization = text(prepared.headers["Authorization"])
    start = authorization.index("Signature=") + len("Signature=")
    for index in (start, start + 31, len(authorization) - 1):
        expect_refused(
            f"one character of the signature, {index - start}",
            send(prepared, headers={"Authorization": changed(authorization, index)}),
        )
    expect_refused("one byte of the body", send(prepared, body=BODY.replace(b"10", b"11")))
    expect_refused("a signed header", send(prepared, headers={"X-Amz-Custom": "onf"}))
    target = {"X-Amz-Target": "DynamoDB_20120810.DescribeLimits"}
    expect_refused("the target", send(prepared, headers=target))
    date = text(prepared.headers["X-Amz-Date"])
    second = changed(date, len(date) - 2)
    expect_refused("one digit of the date", send(prepared, headers={"X-Amz-Date": second}))
    expect_refused("the path", send(prepared, path="/x"))
    expect_refused("a query", send(prepared, path="/?a=b"))
    key = authorization.replace(KEY, changed(KEY, len(KEY) - 1))
    expect_refused(
        "one character of the key", send(prepared, headers={"Authorization": key}), ("UnrecognizedClientException",)
    )
    region = authorization.replace("us-east-1", "us-east-2")
    expect_refused("the region", send(prepared, headers={"Authorization": region}))


def presigned():
    class Presigner(SigV4QueryAuth):
        def __init__(self, credentials, service, region):
            super().__init__(credentials, service, region, expires=60)

        # botocore would move a body into the query; the body of an API call stays where it is, and is signed.
        def payload(self, request):
            return hashlib.sha256(BODY).hexdigest()

    prepared = signed(auth=Presigner, body=None)
    report("a presigned request", send(prepared)[0] == 200, send(prepared))
    url = prepared.url
    for part in ("X-Amz-Signature=", "X-Amz-Date=", "X-Amz-Expires="):
        start = url.index(part) + len(part)
        path = changed(url, start + 7 if part == "X-Amz-Date=" else start)[len(ENDPOINT) :]
        # A changed day no longer fits the credential's scope, which has the same error name.
        expect_refused(f"one character of {part[:-1]}", send(prepared, path=path))
    expect_refused("one byte of a presigned body", send(prepared, body=BODY.replace(b"10", b"11")))


clients()
header_signature()
presigned()
print(f"{results[True]} passed, {results[False]} failed")
sys.exit(1 if results[False] else 0)
