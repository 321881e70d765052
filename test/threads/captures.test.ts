/**
 * Captures over HTTP, in a server with routers: what one router writes is in the capture that another one has begun,
 * and the private target takes signatures and answers errors as DynamoDB's does.
 */
import { afterEach, expect, test } from "vitest";
import type { RunningServer, ServerSettings } from "../../src/server/index.ts";
import {
  captureCalls,
  type CaptureJson,
  ordersTable,
  type SendCapture,
  withIndex,
} from "../../src/testing/captured-table.ts";
import { followedCopy } from "../../src/testing/followed-copy.ts";
import {
  callOk,
  type Connection,
  headersOf,
  connectionsToAll,
  openConnection,
  startThreaded,
} from "./threaded-server.ts";

let server: RunningServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(changes: Partial<ServerSettings> = {}): Promise<RunningServer> {
  server = await startThreaded(changes);
  return server;
}

const target = (operation: string): Readonly<Record<string, string>> => ({
  ...headersOf(operation),
  "x-amz-target": `Stator_20261121.${operation}`,
});

function sendOver(connection: Connection): SendCapture {
  return async (service, operation, json) => {
    const headers = service === "Stator" ? target(operation) : headersOf(operation);
    const { status, body, text } = await connection.post(headers, JSON.stringify(json));
    return status === 200 ? body : text;
  };
}

test.each([
  ["without an index", 1, {}],
  ["with an index", 2, withIndex],
])("a copy that follows the changes of both routers misses none, %s", async (_what, seed, table) => {
  const connections = [...(await connectionsToAll(await start(), 2)).values()].flat();
  const [copier, ...writers] = connections.map((connection) => captureCalls(sendOver(connection)));
  if (copier === undefined) throw new Error("connections are missing");
  await copier.ok("CreateTable", ordersTable(table));
  const { copied, there, logged } = await followedCopy({ writers, copier, seed, writesEach: 60 });
  expect(copied).toEqual(there);
  expect(logged).toBeGreaterThan(0);
});

test("the target is asked as DynamoDB's is", async () => {
  const connection = openConnection(await start());
  const json = (body: CaptureJson): string => JSON.stringify(body);
  await callOk(connection, "CreateTable", ordersTable());
  const capture = { TableName: "Orders", CaptureId: "copy-1" };
  const begun = await connection.post(target("BeginCapture"), json(capture));
  expect(begun).toMatchObject({ status: 200, body: { Positions: [{ Shard: 0, Position: 0 }, {}, {}, {}] } });
  const { authorization: _none, ...unsigned } = target("BeginCapture");
  expect(await connection.post(unsigned, json(capture))).toMatchObject({
    status: 400,
    body: { __type: "com.amazon.coral.service#MissingAuthenticationTokenException" },
  });
  expect(await connection.post(target("ReadCapture"), json({ ...capture, Positions: 1 }))).toMatchObject({
    status: 400,
    body: { __type: "com.amazon.coral.service#SerializationException" },
  });
  expect(await connection.post(target("GetItem"), json(capture))).toMatchObject({
    status: 400,
    body: { __type: "com.amazon.coral.service#UnknownOperationException" },
  });
  expect(await connection.post(headersOf("BeginCapture"), json(capture))).toMatchObject({
    status: 400,
    body: { __type: "com.amazon.coral.service#UnknownOperationException" },
  });
  expect(await connection.post(target("EndCapture"), json(capture))).toMatchObject({ status: 200, body: {} });
  connection.close();
});
