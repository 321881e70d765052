// What people write for an end.
import { expect, test } from "vitest";
import { readEndAddress, streamsUrl } from "./end-address.ts";

test.each([
  ["data", { kind: "folder", path: "data" }],
  ["./aws", { kind: "folder", path: "./aws" }],
  ["C:\\data", { kind: "folder", path: "C:\\data" }],
  ["postgres://h/db", { kind: "postgres", url: "postgres://h/db" }],
  ["postgresql://h/db", { kind: "postgres", url: "postgresql://h/db" }],
  [
    "ftp://h/",
    { kind: "issue", message: "'ftp://h/' is neither a folder nor an address that stator copy knows" },
  ],
  ["aws:nowhere", { kind: "issue", message: "'aws:nowhere' names no region" }],
  ["http://", { kind: "issue", message: "'http://' is no URL" }],
  [
    "https://me:secret@h/",
    { kind: "issue", message: "a URL of an end is scheme, host, port and path; 'https://h' comes with more" },
  ],
])("%s", (text, expected) => {
  expect(readEndAddress(text)).toEqual(expected);
});

test.each([
  ["http://localhost:8000", "http://localhost:8000/", undefined],
  ["https://proxy/dynamo", "https://proxy/dynamo", undefined],
  ["aws:eu-west-1", "https://dynamodb.eu-west-1.amazonaws.com/", "eu-west-1"],
  ["aws:cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn/", "cn-north-1"],
  ["aws:us-gov-west-1", "https://dynamodb.us-gov-west-1.amazonaws.com/", "us-gov-west-1"],
  ["https://dynamodb.us-east-2.amazonaws.com", "https://dynamodb.us-east-2.amazonaws.com/", "us-east-2"],
  [
    "https://dynamodb-fips.us-east-2.amazonaws.com",
    "https://dynamodb-fips.us-east-2.amazonaws.com/",
    "us-east-2",
  ],
  [
    "https://123456789012.ddb.us-east-2.amazonaws.com",
    "https://123456789012.ddb.us-east-2.amazonaws.com/",
    "us-east-2",
  ],
  [
    "https://dynamodb.us-east-2.amazonaws.com.evil.org",
    "https://dynamodb.us-east-2.amazonaws.com.evil.org/",
    undefined,
  ],
])("%s is %s", (text, href, awsRegion) => {
  const address = readEndAddress(text);
  expect(address.kind === "http" ? [address.url.href, address.awsRegion] : address).toEqual([
    href,
    awsRegion,
  ]);
});

test.each([
  ["https://dynamodb.eu-west-1.amazonaws.com/", "https://streams.dynamodb.eu-west-1.amazonaws.com/"],
  ["https://dynamodb.cn-north-1.amazonaws.com.cn/", "https://streams.dynamodb.cn-north-1.amazonaws.com.cn/"],
  [
    "https://dynamodb-fips.us-east-2.amazonaws.com/",
    "https://streams.dynamodb-fips.us-east-2.amazonaws.com/",
  ],
  ["https://123456789012.ddb.us-east-2.amazonaws.com/", "https://streams.dynamodb.us-east-2.amazonaws.com/"],
  ["https://dynamodb.us-east-2.api.aws/", "https://streams-dynamodb.us-east-2.api.aws/"],
  ["http://localhost:8000/", "http://localhost:8000/"],
])("streams of %s are read at %s", (tables, streams) => {
  expect(streamsUrl(new URL(tables)).href).toBe(streams);
});
