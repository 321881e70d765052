/** The server in several threads: every router answers as if it were the only one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../../src/server/index.ts";
import {
  callOk,
  type Connection,
  connectionsToAll,
  oneToEach,
  openConnection,
  startThreaded,
  storeThreads,
  tableNamed,
  threadCounts,
  watchThreads,
} from "./threaded-server.ts";

let server: RunningServer;
let first: Connection;
let second: Connection;

beforeAll(async () => {
  server = await startThreaded();
  [first, second] = await oneToEach(server);
});

afterAll(async () => {
  await server.close();
});

test("what one router was answered the other reads at once, both ways", async () => {
  await callOk(first, "CreateTable", tableNamed("Items"));
  for (let round = 1; round <= 20; round += 1) {
    const [writing, reading] = round % 2 === 0 ? [first, second] : [second, first];
    const Key = { pk: { S: "one" } };
    await callOk(writing, "UpdateItem", {
      TableName: "Items",
      Key,
      UpdateExpression: "ADD n :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
    });
    const { Item } = await callOk(reading, "GetItem", { TableName: "Items", Key, ConsistentRead: true });
    expect(Item).toEqual({ ...Key, n: { N: `${round}` } });
  }
});

test("updates of one item through many connections to all routers are all counted", async () => {
  await callOk(first, "CreateTable", tableNamed("Counter"));
  const all = [...(await connectionsToAll(server, 4)).values()].flat();
  const update = {
    TableName: "Counter",
    Key: { pk: { S: "n" } },
    UpdateExpression: "ADD n :one",
    ExpressionAttributeValues: { ":one": { N: "1" } },
    ReturnValues: "UPDATED_NEW",
  };
  const seen = await Promise.all(
    all.map(async (connection) => {
      const own: number[] = [];
      for (let round = 0; round < 25; round += 1) {
        const { Attributes } = await callOk(connection, "UpdateItem", update);
        own.push(Number((Attributes as { readonly n: { readonly N: string } }).n.N));
      }
      return own;
    }),
  );
  for (const own of seen) expect(own).toEqual(own.toSorted((a, b) => a - b));
  expect(seen.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  for (const connection of all) connection.close();
});

test("batches, queries and scans of one router see what came through the other", async () => {
  await callOk(first, "CreateTable", tableNamed("Pages"));
  const items = Array.from({ length: 100 }, (_, index) => ({ pk: { S: `k${index}` }, n: { N: `${index}` } }));
  for (let start = 0; start < items.length; start += 25) {
    const puts = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    const writing = start % 50 === 0 ? first : second;
    expect(await callOk(writing, "BatchWriteItem", { RequestItems: { Pages: puts } })).toEqual({
      UnprocessedItems: {},
    });
  }
  for (const connection of [first, second]) {
    const { Count } = await callOk(connection, "Scan", { TableName: "Pages", ConsistentRead: true });
    expect(Count).toBe(100);
    const query = { KeyConditionExpression: "pk = :k", ExpressionAttributeValues: { ":k": { S: "k77" } } };
    expect((await callOk(connection, "Query", { TableName: "Pages", ...query }))["Items"]).toEqual([
      items[77],
    ]);
  }
});

describe("tables", () => {
  test("made through one router are there for the other at once", async () => {
    for (let round = 0; round < 10; round += 1) {
      const [making, using] = round % 2 === 0 ? [first, second] : [second, first];
      const TableName = `Made-${round}`;
      // Asked for before it was there: a router must not remember that.
      expect((await using.call("DescribeTable", { TableName })).status).toBe(400);
      await callOk(making, "CreateTable", tableNamed(TableName));
      await callOk(using, "PutItem", { TableName, Item: { pk: { S: "1" } } });
      expect((await callOk(using, "DescribeTable", { TableName }))["Table"]).toMatchObject({
        TableName,
        TableStatus: "ACTIVE",
      });
      expect((await using.call("CreateTable", tableNamed(TableName))).body).toMatchObject({
        __type: "com.amazonaws.dynamodb.v20120810#ResourceInUseException",
      });
    }
  });

  test("changed through one router are changed for the other at once", async () => {
    const TableName = "Changed";
    await callOk(first, "CreateTable", tableNamed(TableName));
    for (let round = 0; round < 10; round += 1) {
      const [changing, using] = round % 2 === 0 ? [first, second] : [second, first];
      const DeletionProtectionEnabled = round % 2 === 0;
      await callOk(changing, "UpdateTable", { TableName, DeletionProtectionEnabled });
      const { Table } = await callOk(using, "DescribeTable", { TableName });
      expect(Table).toMatchObject({ DeletionProtectionEnabled });
      await callOk(using, "PutItem", { TableName, Item: { pk: { S: "1" } } });
    }
  });

  test("deleted through one router are gone for the other at once, and a new one of that name is empty", async () => {
    const TableName = "Deleted";
    for (let round = 0; round < 6; round += 1) {
      const [deleting, using] = round % 2 === 0 ? [first, second] : [second, first];
      await callOk(using, "CreateTable", tableNamed(TableName));
      await callOk(using, "PutItem", { TableName, Item: { pk: { S: "1" } } });
      await callOk(deleting, "DeleteTable", { TableName });
      const missing = { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" };
      const Key = { pk: { S: "1" } };
      expect((await using.call("GetItem", { TableName, Key })).body).toMatchObject(missing);
      expect((await using.call("PutItem", { TableName, Item: Key })).body).toMatchObject(missing);
      await callOk(deleting, "CreateTable", tableNamed(TableName));
      expect(await callOk(using, "GetItem", { TableName, Key, ConsistentRead: true })).toEqual({});
      await callOk(deleting, "DeleteTable", { TableName });
    }
  });

  test("are tagged for all", async () => {
    const { TableDescription } = await callOk(first, "CreateTable", tableNamed("Tagged"));
    const ResourceArn = (TableDescription as { readonly TableArn: string }).TableArn;
    const Tags = [{ Key: "team", Value: "a" }];
    await callOk(first, "TagResource", { ResourceArn, Tags });
    expect(await callOk(second, "ListTagsOfResource", { ResourceArn })).toEqual({ Tags });
  });

  test("200 made at once through all routers are all there for each", { timeout: 30_000 }, async () => {
    const all = [...(await connectionsToAll(server, 8)).values()].flat();
    const names = Array.from({ length: 200 }, (_, index) => `Many-${String(index).padStart(3, "0")}`);
    const waiting = [...names];
    await Promise.all(
      all.map(async (connection) => {
        for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
          await callOk(connection, "CreateTable", tableNamed(name));
      }),
    );
    for (const connection of [first, second]) {
      const listed = (await listTables(connection)).filter((name) => name.startsWith("Many-"));
      expect(listed).toEqual(names);
    }
    await Promise.all(
      all.map((connection, index) =>
        callOk(connection, "PutItem", { TableName: names[index * 7], Item: { pk: { S: "1" } } }),
      ),
    );
    for (const connection of all) connection.close();
  });
});

test("the counts of the threads add up to what was asked", async () => {
  const before = await threadCounts(first);
  for (let index = 0; index < 5; index += 1) await callOk(first, "ListTables", {});
  for (let index = 0; index < 3; index += 1) await callOk(second, "ListTables", {});
  const after = await threadCounts(first);
  const grown = after.map(({ name, answered }, index) => [name, answered - (before[index]?.answered ?? 0)]);
  // One of those of the first router was the first look itself.
  const idle = ["main", ...storeThreads].map((name) => [name, 0]);
  expect(grown).toEqual([...idle, ["router 1", 6], ["router 2", 3]]);
});

test("a server leaves no thread behind, however many routers it has", { timeout: 20_000 }, async () => {
  const threads = watchThreads();
  try {
    for (const routers of [1, 3]) {
      const own = await startThreaded({ routers });
      expect(threads.running()).toBe(routers + storeThreads.length);
      const connection = openConnection(own);
      await callOk(connection, "CreateTable", tableNamed("Any"));
      await Promise.all([own.close(), own.close(), own[Symbol.asyncDispose]()]);
      expect(threads.running()).toBe(0);
      connection.close();
    }
  } finally {
    threads.stop();
  }
});

async function listTables(connection: Connection): Promise<readonly string[]> {
  const names: string[] = [];
  let ExclusiveStartTableName: unknown;
  do {
    const page = await callOk(connection, "ListTables", { ExclusiveStartTableName });
    names.push(...(page["TableNames"] as readonly string[]));
    ExclusiveStartTableName = page["LastEvaluatedTableName"];
  } while (ExclusiveStartTableName !== undefined);
  return names;
}
