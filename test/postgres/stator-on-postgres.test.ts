// A whole Stator on a PostgreSQL store, and two of them on one: what one did the other sees, and what one leaves undone
// the other does. On PGlite, and as servers with threads where real servers run.
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/base/index.ts";
import { migrateStore, verifyData } from "../../src/server/index.ts";
import { inspectStore } from "../../src/testing/inspect-store.ts";
import { pgliteStartMsMax, sharedPglite } from "../../src/testing/pglite-driver.ts";
import { describePostgres } from "../../src/testing/postgres-servers/postgres-for-tests.ts";
import { startPostgres } from "../../src/testing/postgres-servers/postgres-server.ts";
import { sharedPostgres } from "../../src/testing/postgres-servers/shared-postgres.ts";
import {
  endStators,
  type Json,
  newStorage,
  openStator,
  postgresStorage,
  type Subject,
} from "./pglite-stators.ts";
import { callOk, oneToEach, openConnection, startThreaded } from "../threads/threaded-server.ts";

beforeAll(async () => {
  await sharedPglite();
}, pgliteStartMsMax);

afterEach(endStators);

const TableName = "Orders";
const pk = { AttributeName: "pk", AttributeType: "S" };
const group = { AttributeName: "group", AttributeType: "S" };
const byGroup = {
  IndexName: "byGroup",
  KeySchema: [{ AttributeName: "group", KeyType: "HASH" }],
  Projection: { ProjectionType: "ALL" },
};
const orders = {
  TableName,
  AttributeDefinitions: [pk, group],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [byGroup],
  BillingMode: "PAY_PER_REQUEST",
};
const item = (name: string): Json => ({ pk: { S: name }, group: { S: "g" } });
const inGroup = {
  TableName,
  IndexName: "byGroup",
  KeyConditionExpression: "#g = :g",
  ExpressionAttributeNames: { "#g": "group" },
  ExpressionAttributeValues: { ":g": { S: "g" } },
};

async function namesInGroup({ call }: Subject): Promise<readonly string[]> {
  const { Items } = (await call("Query", inGroup)) as { Items: readonly { pk: { S: string } }[] };
  return Items.map(({ pk: { S } }) => S).toSorted();
}

describe("one Stator", () => {
  test("makes its store, and keeps tables, items, transactions and indexes in it", async () => {
    const storage = await newStorage();
    const first = await openStator(storage);
    await first.call("CreateTable", orders);
    await first.call("PutItem", { TableName, Item: item("a") });
    await first.call("TransactWriteItems", {
      TransactItems: ["b", "c"].map((name) => ({ Put: { TableName, Item: item(name) } })),
      ClientRequestToken: "token",
    });
    await expect(
      first.call("PutItem", {
        TableName,
        Item: item("a"),
        ConditionExpression: "attribute_not_exists(pk)",
      }),
    ).rejects.toMatchObject({ code: "ConditionalCheckFailedException" });
    expect(await namesInGroup(first)).toEqual(["a", "b", "c"]);
    await first.close();

    const second = await openStator({ ...storage, create: false });
    expect(await second.call("GetItem", { TableName, Key: { pk: { S: "b" } } })).toEqual({
      Item: item("b"),
    });
    expect(await namesInGroup(second)).toEqual(["a", "b", "c"]);
    await inspectStore(second.core.services.engine);
    await second.close();
    expect(await verifyData(storage)).toEqual({ kind: "sound", tables: 1, items: 3 });
  });

  test("is refused where no store is and none is to be made, and opens what was migrated", async () => {
    const storage = await newStorage({ create: false });
    await expect(openStator(storage)).rejects.toThrow(/stator migrate/u);
    const made = { kind: "migrated", name: storage.store.name, from: 0, to: 1 };
    expect(await migrateStore(storage)).toEqual(made);
    expect(await migrateStore(storage)).toEqual({ ...made, from: 1 });
    const { call } = await openStator(storage);
    expect(await call("ListTables", {})).toEqual({ TableNames: [] });
  });
});

describe("two Stators on one store", () => {
  test("each sees the other's tables and items as soon as they are answered", async () => {
    const storage = await newStorage();
    const [one, two] = [await openStator(storage), await openStator(storage)];
    await one.call("CreateTable", orders);
    await two.call("PutItem", { TableName, Item: item("a") });
    expect(await one.call("GetItem", { TableName, Key: { pk: { S: "a" } }, ConsistentRead: true })).toEqual({
      Item: item("a"),
    });
    expect(await namesInGroup(one)).toEqual(["a"]);
    await expect(two.call("CreateTable", orders)).rejects.toMatchObject({ code: "ResourceInUseException" });
    await two.call("DeleteTable", { TableName });
    await expect(one.call("PutItem", { TableName, Item: item("b") })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  test("a token of a transaction counts on both, and so do page keys", async () => {
    const storage = await newStorage();
    const [one, two] = [await openStator(storage), await openStator(storage)];
    await one.call("CreateTable", orders);
    const add = {
      TransactItems: [
        {
          Update: {
            TableName,
            Key: { pk: { S: "count" } },
            UpdateExpression: "ADD n :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
          },
        },
      ],
      ClientRequestToken: "once",
    };
    await one.call("TransactWriteItems", add);
    await two.call("TransactWriteItems", add);
    expect(await two.call("GetItem", { TableName, Key: { pk: { S: "count" } } })).toEqual({
      Item: { pk: { S: "count" }, n: { N: "1" } },
    });
    await two.call("PutItem", { TableName, Item: item("other") });
    const page = await one.call("Scan", { TableName, Limit: 1 });
    const rest = await two.call("Scan", { TableName, ExclusiveStartKey: page["LastEvaluatedKey"] });
    expect([page["Count"], rest["Count"]]).toEqual([1, 1]);
  });

  test("an index that one adds is filled, and kept in step by whichever is there", async () => {
    const storage = await newStorage();
    const one = await openStator(storage);
    const { GlobalSecondaryIndexes: _later, ...plain } = orders;
    await one.call("CreateTable", { ...plain, AttributeDefinitions: [pk] });
    for (const name of ["a", "b"]) await one.call("PutItem", { TableName, Item: item(name) });
    const two = await openStator(storage);
    await two.call("UpdateTable", {
      TableName,
      AttributeDefinitions: [pk, group],
      GlobalSecondaryIndexUpdates: [{ Create: byGroup }],
    });
    await untilActive(one);
    await two.call("PutItem", { TableName, Item: item("c") });
    expect(await namesInGroup(one)).toEqual(["a", "b", "c"]);
    // Whoever had the index's cursors has given them back.
    await two.close();
    await one.call("PutItem", { TableName, Item: item("d") });
    expect(await namesInGroup(one)).toEqual(["a", "b", "c", "d"]);
  });
});

async function untilActive({ call }: Subject): Promise<void> {
  await until(async () => {
    const { Table } = (await call("DescribeTable", { TableName })) as {
      Table: { GlobalSecondaryIndexes?: readonly { IndexStatus: string }[] };
    };
    return Table.GlobalSecondaryIndexes?.[0]?.IndexStatus === "ACTIVE";
  });
}

/** Servers and their database start first. */
const serversMsMax = 60_000;

describePostgres("a server with two routers on a real server", (programs) => {
  test("answers through both as one, and two servers are one", { timeout: serversMsMax }, async () => {
    const { url } = await (await sharedPostgres(programs)).newDatabase();
    const storage = await postgresStorage(url);
    await using server = await startThreaded({ storage });
    await using other = await startThreaded({ storage, routers: 0 });
    const [first, second] = await oneToEach(server);
    const third = openConnection(other);
    await callOk(first, "CreateTable", orders);
    await callOk(second, "PutItem", { TableName, Item: item("a") });
    const wanted = { TableName, Key: { pk: { S: "a" } } };
    expect(await callOk(third, "GetItem", { ...wanted, ConsistentRead: true })).toEqual({ Item: item("a") });
    await callOk(third, "DeleteTable", { TableName });
    expect((await first.call("GetItem", wanted)).status).toBe(400);
    expect((await second.call("GetItem", wanted)).status).toBe(400);
    expect((await first.get("/_stator/ready")).status).toBe(200);
    third.close();
  });

  test(
    "says when the database is lost and when it is back, and goes on",
    { timeout: serversMsMax },
    async () => {
      await using database = await startPostgres(programs, { durable: false });
      const storage = await postgresStorage(database.url());
      const notes: string[] = [];
      await using server = await startThreaded({ storage, onNote: (line) => notes.push(line) });
      const connections = await oneToEach(server);
      await callOk(connections[0], "CreateTable", orders);
      await callOk(connections[0], "PutItem", { TableName, Item: item("a") });
      await database.kill();
      for (const connection of connections) {
        await untilStatus(() => connection.get("/_stator/ready"), 503);
        const put = await connection.call("PutItem", { TableName, Item: item("b") });
        expect([put.status, put.body["message"]]).toEqual([503, expect.stringContaining("Please retry")]);
        expect((await connection.get("/_stator/health")).status).toBe(200);
      }
      await database.start();
      for (const connection of connections) {
        await untilStatus(() => connection.get("/_stator/ready"), 200);
        await callOk(connection, "PutItem", { TableName, Item: item("b") });
      }
      // The main thread tells, when its own engine has found the database again.
      const told = (): readonly string[] => notes.filter((line) => line.includes("reached"));
      await until(async () => told().length > 1);
      expect(told()).toEqual([
        expect.stringMatching(/^the store cannot be reached: [^\n]+$/u),
        "the store is reached again",
      ]);
    },
  );
});

async function untilStatus(ask: () => Promise<{ readonly status: number }>, status: number): Promise<void> {
  await until(async () => (await ask()).status === status);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await done()) return;
    await systemClock().sleep(10);
  }
  throw new Error("it does not happen");
}
