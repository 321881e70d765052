// A whole Stator, and two of them, on a store that is spread over a cluster: what requests do is watched down to the
// statements, and each of them would have gone to one server.
import { afterEach, beforeAll, expect, test } from "vitest";
import type { PostgresStorage } from "../../src/server/index.ts";
import { pretendingDriver, type SpreadWatch, watchSpread } from "../../src/testing/index.ts";
import { inspectStore } from "../../src/testing/inspect-store.ts";
import { pgliteStartMsMax, sharedPglite } from "../../src/testing/pglite-driver.ts";
import { endStators, type Json, newStorage, openStator, type Subject } from "./pglite-stators.ts";

beforeAll(async () => {
  await sharedPglite();
}, pgliteStartMsMax);

afterEach(endStators);

interface SpreadStore {
  readonly storage: PostgresStorage;
  readonly watch: SpreadWatch;
}

async function spreadStore(): Promise<SpreadStore> {
  const watch = watchSpread();
  return { storage: await newStorage({ driver: (inner) => pretendingDriver(inner, watch) }), watch };
}

const TableName = "Orders";
const attribute = (name: string): Json => ({ AttributeName: name, AttributeType: "S" });
const keySchema = (hash: string, range: string): readonly Json[] => [
  { AttributeName: hash, KeyType: "HASH" },
  { AttributeName: range, KeyType: "RANGE" },
];
const Projection = { ProjectionType: "ALL" };
const orders = {
  TableName,
  AttributeDefinitions: ["pk", "sk", "group", "grade"].map(attribute),
  KeySchema: keySchema("pk", "sk"),
  GlobalSecondaryIndexes: [{ IndexName: "byGroup", KeySchema: keySchema("group", "grade"), Projection }],
  LocalSecondaryIndexes: [{ IndexName: "byRank", KeySchema: keySchema("pk", "grade"), Projection }],
  BillingMode: "PAY_PER_REQUEST",
};
const keyOf = (name: string): Json => ({ pk: { S: name }, sk: { S: "0" } });
const item = (name: string): Json => ({ ...keyOf(name), group: { S: "g" }, grade: { S: name } });
const names = ["a", "b", "c", "d", "e", "f", "g", "h"];

async function namesInGroup({ call }: Subject): Promise<readonly string[]> {
  const { Items } = (await call("Query", {
    TableName,
    IndexName: "byGroup",
    KeyConditionExpression: "#g = :g",
    ExpressionAttributeNames: { "#g": "group" },
    ExpressionAttributeValues: { ":g": { S: "g" } },
  })) as { Items: readonly { pk: { S: string } }[] };
  return Items.map(({ pk: { S } }) => S);
}

async function useEverything({ call }: Subject): Promise<void> {
  await call("CreateTable", orders);
  await call("BatchWriteItem", {
    RequestItems: { [TableName]: names.map((name) => ({ PutRequest: { Item: item(name) } })) },
  });
  await call("UpdateItem", {
    TableName,
    Key: keyOf("a"),
    UpdateExpression: "SET grade = :r",
    ExpressionAttributeValues: { ":r": { S: "z" } },
  });
  await call("TransactWriteItems", {
    TransactItems: [
      { Delete: { TableName, Key: keyOf("b") } },
      { Put: { TableName, Item: item("i") } },
      {
        ConditionCheck: { TableName, Key: keyOf("c"), ConditionExpression: "attribute_exists(pk)" },
      },
    ],
    ClientRequestToken: "token",
  });
}

test("does all that a server does with items, transactions and indexes, one head at a time", async () => {
  const { storage, watch } = await spreadStore();
  const stator = await openStator(storage);
  const { call } = stator;
  await useEverything(stator);
  expect(await namesInGroup(stator)).toEqual(["c", "d", "e", "f", "g", "h", "i", "a"]);
  const read = await call("TransactGetItems", {
    TransactItems: ["c", "b", "i"].map((name) => ({ Get: { TableName, Key: keyOf(name) } })),
  });
  expect(read["Responses"]).toEqual([{ Item: item("c") }, {}, { Item: item("i") }]);
  const batch = (await call("BatchGetItem", {
    RequestItems: { [TableName]: { Keys: names.map(keyOf) } },
  })) as { Responses: Readonly<Record<string, readonly Json[]>> };
  expect(batch.Responses[TableName]).toHaveLength(7);
  const scan = await call("Scan", { TableName, ConsistentRead: true });
  expect(scan["Count"]).toBe(8);
  await inspectStore(stator.core.services.engine);
  await call("DeleteTable", { TableName });
  await stator.close();
  const again = await openStator({ ...storage, create: false });
  expect(await again.call("ListTables", {})).toEqual({ TableNames: [] });
  expect(watch.problems).toEqual([]);
  expect(watch.statementsSeen).toBeGreaterThan(500);
});

test("two of them are one", async () => {
  const { storage, watch } = await spreadStore();
  const [one, two] = [await openStator(storage), await openStator(storage)];
  await useEverything(one);
  await two.call("PutItem", { TableName, Item: item("j") });
  expect(await namesInGroup(one)).toEqual(["c", "d", "e", "f", "g", "h", "i", "j", "a"]);
  await two.call("TransactWriteItems", {
    TransactItems: ["c", "d"].map((name) => ({ Delete: { TableName, Key: keyOf(name) } })),
  });
  expect(await one.call("GetItem", { TableName, Key: keyOf("d"), ConsistentRead: true })).toEqual({});
  await two.call("DeleteTable", { TableName });
  await expect(one.call("PutItem", { TableName, Item: item("a") })).rejects.toMatchObject({
    code: "ResourceNotFoundException",
  });
  expect(watch.problems).toEqual([]);
});
