/** The order of checks, row by row: what is asked for, the exact status and the exact body. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  bodyText,
  type HeaderChanges,
  openAuthorization,
  wireFixture,
  wireRequest,
} from "../../test/wire/wire-fixture.ts";
import { crc32 } from "../base/index.ts";
import type { WireRequest } from "./types.ts";

interface Row {
  readonly name: string;
  readonly body?: string | Uint8Array;
  readonly headers?: HeaderChanges;
  readonly rest?: Partial<WireRequest>;
  readonly status: number;
  readonly answer: string;
}

const xml = "<UnknownOperationException/>\n";
const serialization = '{"__type":"com.amazon.coral.service#SerializationException"}';
const unknown = '{"__type":"com.amazon.coral.service#UnknownOperationException"}';
const missingToken =
  '{"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",' +
  '"message":"Request is missing Authentication Token"}';
const ok = '{"Echo":{}}';
const noSignature = { authorization: undefined };
const badTarget = { "x-amz-target": "DynamoDB_20120810.Nothing" };

const transportRows: readonly Row[] = [
  {
    name: "GET / is healthy",
    body: "",
    rest: { method: "GET" },
    status: 200,
    answer: "healthy: dynamodb.us-east-1.amazonaws.com ",
  },
  {
    name: "GET / with a query is healthy",
    body: "",
    rest: { method: "GET", url: "/?a=b" },
    status: 200,
    answer: "healthy: dynamodb.us-east-1.amazonaws.com ",
  },
  { name: "GET elsewhere", rest: { method: "GET", url: "/tables" }, status: 404, answer: xml },
  { name: "PUT", rest: { method: "PUT" }, status: 404, answer: xml },
  { name: "HEAD", rest: { method: "HEAD" }, status: 404, answer: xml },
  {
    name: "OPTIONS while cross-origin answers are off",
    rest: { method: "OPTIONS" },
    status: 404,
    answer: xml,
  },
  { name: "a foreign content type", headers: { "content-type": "text/plain" }, status: 404, answer: xml },
  { name: "a body without content type", headers: { "content-type": undefined }, status: 404, answer: xml },
  {
    name: "a content type before bad JSON",
    body: "{",
    headers: { "content-type": "application/x-amz-json-1.1" },
    status: 404,
    answer: xml,
  },
  { name: "a body over the limit", body: " ".repeat(100_001), status: 413, answer: "" },
  {
    name: "a body over the limit before its content type",
    body: " ".repeat(100_001),
    headers: { "content-type": "text/plain" },
    status: 413,
    answer: "",
  },
  { name: "a body the listener gave up on", body: "", rest: { bodyTooLarge: true }, status: 413, answer: "" },
  {
    name: "a packed body over the limit",
    body: gzipSync(Buffer.alloc(200_000, 0x20)),
    headers: { "content-encoding": "gzip" },
    status: 413,
    answer: "",
  },
  {
    name: "a packed body that is no gzip",
    body: "{}",
    headers: { "content-encoding": "gzip" },
    status: 400,
    answer: serialization,
  },
  {
    name: "a packed body",
    body: gzipSync("{}"),
    headers: { "content-encoding": "GZIP" },
    status: 200,
    answer: ok,
  },
];

const jsonRows: readonly Row[] = [
  { name: "application/json", headers: { "content-type": "application/json" }, status: 200, answer: ok },
  {
    name: "a content type with parameters",
    headers: { "content-type": "Application/JSON; charset=utf-8" },
    status: 200,
    answer: ok,
  },
  { name: "bad JSON", body: "{", status: 400, answer: serialization },
  { name: "blanks only", body: "  ", status: 400, answer: serialization },
  {
    name: "a byte order mark",
    body: Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d),
    status: 400,
    answer: serialization,
  },
  {
    name: "text that is not UTF-8",
    body: Uint8Array.of(0x22, 0xff, 0x22),
    status: 400,
    answer: serialization,
  },
  {
    name: "half a surrogate pair in UTF-8",
    body: Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22),
    status: 400,
    answer: serialization,
  },
  { name: "very deep JSON", body: "[".repeat(99_000), status: 400, answer: serialization },
  { name: "bad JSON before a bad target", body: "{", headers: badTarget, status: 400, answer: serialization },
  {
    name: "bad JSON before a missing signature",
    body: "{",
    headers: noSignature,
    status: 400,
    answer: serialization,
  },
  { name: "no target", headers: { "x-amz-target": undefined }, status: 400, answer: unknown },
  { name: "an unknown operation", headers: badTarget, status: 400, answer: unknown },
  {
    name: "a wrong version",
    headers: { "x-amz-target": "DynamoDB_20111205.ListTables" },
    status: 400,
    answer: unknown,
  },
  {
    name: "a target in the wrong case",
    headers: { "x-amz-target": "DynamoDB_20120810.listTables" },
    status: 400,
    answer: unknown,
  },
  { name: "a target without a dot", headers: { "x-amz-target": "ListTables" }, status: 400, answer: unknown },
  {
    name: "an operation of the other service",
    headers: { "x-amz-target": "DynamoDBStreams_20120810.ListTables" },
    status: 400,
    answer: unknown,
  },
  {
    name: "an unknown operation before a missing signature",
    headers: { ...badTarget, ...noSignature },
    status: 400,
    answer: unknown,
  },
  {
    name: "an unknown operation before an empty body",
    body: "",
    headers: badTarget,
    status: 400,
    answer: unknown,
  },
  {
    name: "an empty body of any content type gets to the target",
    body: "",
    headers: { "content-type": "text/plain", ...badTarget },
    status: 400,
    answer: unknown,
  },
  { name: "no signature", headers: noSignature, status: 400, answer: missingToken },
  {
    name: "a missing signature before an empty body",
    body: "",
    headers: noSignature,
    status: 400,
    answer: missingToken,
  },
  { name: "an empty body", body: "", status: 400, answer: serialization },
  {
    name: "a streams operation",
    headers: { "x-amz-target": "DynamoDBStreams_20120810.ListStreams" },
    status: 200,
    answer: ok,
  },
  { name: "JSON that is no object goes to the dispatcher", body: "[1]", status: 200, answer: '{"Echo":[1]}' },
  {
    name: "an error of the dispatcher",
    headers: { "x-amz-target": "DynamoDB_20120810.GetItem" },
    status: 400,
    answer: '{"__type":"com.amazon.coral.validate#ValidationException","message":"é: no such thing"}',
  },
  {
    name: "a fault inside, without its details",
    headers: { "x-amz-target": "DynamoDB_20120810.PutItem" },
    status: 500,
    answer:
      '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}',
  },
  {
    name: "bytes as answer",
    headers: { "x-amz-target": "DynamoDB_20120810.Query" },
    status: 200,
    answer: '{"Count":0}',
  },
  {
    name: "an empty answer",
    headers: { "x-amz-target": "DynamoDB_20120810.TagResource" },
    status: 200,
    answer: "",
  },
];

describe("order of checks", () => {
  it.each([...transportRows, ...jsonRows])("$name: $status", async (row) => {
    const { wire } = wireFixture();
    const response = await wire.handle(wireRequest(row.body, row.headers, row.rest));
    expect({ status: response.status, body: bodyText(response) }).toEqual({
      status: row.status,
      body: row.answer,
    });
  });

  it.each([...transportRows, ...jsonRows])(
    "$name: no dispatch unless everything before it passed",
    async (row) => {
      const { wire, calls } = wireFixture();
      await wire.handle(wireRequest(row.body, row.headers, row.rest));
      const reachesDispatch =
        row.status === 500 || row.answer === ok || /Echo|Count|no such/.test(row.answer);
      const empty = row.name === "an empty answer";
      expect(calls.length).toBe(reachesDispatch || empty ? 1 : 0);
    },
  );
});

describe("headers of answers", () => {
  it("has DynamoDB's headers, the checksum over the bytes sent", async () => {
    const { wire } = wireFixture();
    const response = await wire.handle(wireRequest('{"Text":"é"}'));
    expect(response.headers).toEqual({
      Server: "Server",
      Date: "Sat, 21 Nov 2026 06:31:00 GMT",
      "Content-Type": "application/x-amz-json-1.0",
      "Content-Length": `${Buffer.byteLength('{"Echo":{"Text":"é"}}')}`,
      "x-amzn-RequestId": expect.stringMatching(/^[A-Z0-9]{52}$/),
      "x-amz-crc32": `${crc32(response.body)}`,
    });
  });

  it("answers in the content type of the request", async () => {
    const { wire } = wireFixture();
    const response = await wire.handle(wireRequest("{", { "content-type": "application/json;a=b" }));
    expect(response.headers["Content-Type"]).toBe("application/json");
  });

  it("has the known checksum of the 404 body", async () => {
    const { wire } = wireFixture();
    const response = await wire.handle(wireRequest("", {}, { method: "GET", url: "/x" }));
    expect(response.headers["x-amz-crc32"]).toBe(`${crc32(Buffer.from(xml))}`);
    expect(response.headers["Content-Length"]).toBe("29");
  });

  it("sends no length with 413, so that the answer is chunked", async () => {
    const { wire } = wireFixture();
    const response = await wire.handle(wireRequest("", {}, { bodyTooLarge: true }));
    expect(Object.keys(response.headers)).not.toContain("Content-Length");
  });

  it("gives each request another id", async () => {
    const { wire } = wireFixture();
    const ids = new Set<string | undefined>();
    for (let index = 0; index < 100; index++) {
      const { headers } = await wire.handle(wireRequest());
      ids.add(headers["x-amzn-RequestId"]);
    }
    expect(ids.size).toBe(100);
  });

  it("hands the request id and the namespace to the dispatcher", async () => {
    const { wire, calls } = wireFixture();
    const response = await wire.handle(wireRequest('{"__proto__":1}', { authorization: openAuthorization }));
    expect(calls[0]).toEqual({
      service: "DynamoDB",
      operation: "ListTables",
      json: JSON.parse('{"__proto__":1}'),
      namespace: { region: "eu-west-1", account: "000000000000" },
      requestId: response.headers["x-amzn-RequestId"],
    });
  });
});
