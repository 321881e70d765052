// An end over HTTP against a server that behaves, and against one that does not.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { crc32, systemClock, type Clock } from "../../src/base/index.ts";
import { type CallOutcome, type End, type EndRequest, httpEnd } from "../../src/copy/index.ts";
import { startServer } from "../../src/server/index.ts";
import { testServerSettings } from "../../src/testing/index.ts";

const credential = { accessKeyId: "AKID", secretAccessKey: "secret" };
const never = new AbortController().signal;
let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
});

function endAt(url: string, more: { readonly secretAccessKey?: string; readonly clock?: Clock } = {}): End {
  const { clock = systemClock(), ...secrets } = more;
  const end = httpEnd({
    url: new URL(url),
    region: "us-east-1",
    credential: { ...credential, ...secrets },
    clock,
    connectionsMax: 2,
  });
  closing.unshift(() => end.close());
  return end;
}

function request(operation: string, input: EndRequest["input"]): EndRequest {
  return { service: "DynamoDB", operation, input };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serverThat(answer: Answer): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function outcomeOf(answer: Answer): Promise<CallOutcome> {
  return endAt(await serverThat(answer)).call(request("ListTables", {}), never);
}

test("a server that verifies signatures answers, and refuses a wrong secret", async () => {
  const outcome = await startServer({
    ...testServerSettings,
    auth: { mode: "signed", credentials: new Map([["AKID", credential]]) },
  });
  if (outcome.kind !== "started") throw new Error(outcome.message);
  const { server } = outcome;
  closing.push(() => server.close());
  expect(await endAt(server.endpoint).call(request("ListTables", { Limit: 1 }), never)).toMatchObject({
    kind: "answer",
    body: { TableNames: [] },
  });
  const wrong = endAt(server.endpoint, { secretAccessKey: "wrong" });
  expect(await wrong.call(request("ListTables", {}), never)).toMatchObject({
    kind: "refused",
    error: "InvalidSignatureException",
    retryable: false,
  });
  expect(
    await endAt(server.endpoint).call(request("DescribeTable", { TableName: "None" }), never),
  ).toMatchObject({
    kind: "refused",
    error: "ResourceNotFoundException",
    message: expect.stringContaining("None"),
  });
});

test("an answer is taken when its checksum is right, and lost when it is not", async () => {
  const body = '{"TableNames":["é"]}';
  const answered = (checksum: number): Promise<CallOutcome> =>
    outcomeOf((_, response) => response.writeHead(200, { "x-amz-crc32": String(checksum) }).end(body));
  const right = crc32(Buffer.from(body));
  expect(await answered(right)).toEqual({ kind: "answer", body: { TableNames: ["é"] }, sizeBytes: 21 });
  expect(await answered(right + 1)).toMatchObject({ kind: "lost" });
});

test.each([
  [404, "<html>", { error: "HTTP 404", retryable: false }],
  [200, "<html>", { error: "HTTP 200", retryable: false }],
  [301, "", { error: "HTTP 301", retryable: false }],
  [503, "busy", { error: "HTTP 503", retryable: true }],
  [500, '{"__type":"a.b#InternalServerError"}', { error: "InternalServerError", retryable: true }],
  [
    400,
    '{"__type":"com.amazon.coral.availability#ThrottlingException","Message":"slow"}',
    { error: "ThrottlingException", message: "slow", retryable: true },
  ],
])("status %i with %s is a refusal", async (status, body, expected) => {
  const outcome = await outcomeOf((_, response) => response.writeHead(status).end(body));
  expect(outcome).toMatchObject({ kind: "refused", ...expected });
});

test("connections that end, in an answer or before it, are answers lost", async () => {
  expect(await outcomeOf((request) => request.socket.destroy())).toMatchObject({ kind: "lost" });
  const half = await outcomeOf((request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => request.socket.destroy());
  });
  expect(half).toMatchObject({ kind: "lost" });
  expect(await endAt("http://127.0.0.1:1").call(request("ListTables", {}), never)).toMatchObject({
    kind: "lost",
    reason: expect.stringContaining("ECONNREFUSED"),
  });
});

test("a server that never answers is given up after a time, or when the copy is to stop", async () => {
  const url = await serverThat(() => undefined);
  const hurried: Clock = {
    ...systemClock(),
    schedule: (delayMs, task) => systemClock().schedule(delayMs === 60_000 ? 0 : delayMs, task),
  };
  expect(await endAt(url, { clock: hurried }).call(request("ListTables", {}), never)).toEqual({
    kind: "lost",
    reason: "no answer within 60 s",
  });
  const stopping = new AbortController();
  const asked = endAt(url).call(request("ListTables", {}), stopping.signal);
  stopping.abort(new Error("enough"));
  expect(await asked).toMatchObject({ kind: "lost" });
});

test.each([
  ["DynamoDB", "DynamoDB_20120810.ListTables"],
  ["DynamoDBStreams", "DynamoDBStreams_20120810.ListTables"],
  ["Stator", "Stator_20261121.ListTables"],
] as const)("an operation of %s is asked for as %s", async (service, target) => {
  const url = await serverThat(({ headers }, response) => {
    response.end(JSON.stringify({ target: headers["x-amz-target"] }));
  });
  expect(await endAt(url).call({ service, operation: "ListTables", input: {} }, never)).toMatchObject({
    body: { target },
  });
});
