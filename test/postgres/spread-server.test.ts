// A whole Stator, and two of them, on a store that is spread over a cluster: what requests do is watched down to the
// statements, and each of them would have gone to one server.
import { afterEach, beforeAll, expect, test } from "vitest";
import {
  createStator,
  loadPostgresStorage,
  type PostgresStorage,
  type StatorCore,
} from "../../src/server/index.ts";
import {
  pretendingDriver,
  type SpreadWatch,
  testServerSettings,
  watchSpread,
} from "../../src/testing/index.ts";
import { inspectStore } from "../../src/testing/inspect-store.ts";
import { sharedPglite } from "../../src/testing/pglite-driver.ts";

// The first run on a machine makes PGlite's image.
const startMsMax = 60_000;

type Json = Readonly<Record<string, unknown>>;

const namespace = { account: "000000000000", region: "us-east-1" };
let schemas = 0;
let ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  await sharedPglite();
}, startMsMax);

afterEach(async () => {
  const last = ends;
  ends = [];
  for (const end of last.toReversed()) await end();
});

interface SpreadStore {
  readonly storage: PostgresStorage;
  readonly watch: SpreadWatch;
}

async function spreadStore(): Promise<SpreadStore> {
  const pglite = await sharedPglite();
  schemas += 1;
  const schema = `spread_${schemas}`;
  ends.push(() => pglite.dropSchema(schema));
  const url = `postgres://u@127.0.0.1/db?schema=${schema}`;
  const outcome = await loadPostgresStorage({ url, create: true });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  const { storage } = outcome;
  const watch = watchSpread();
  return {
    storage: {
      ...storage,
      store: { ...storage.store, connectionsMax: 2, limits: { membershipMs: 1500 } },
      engine: { driver: pretendingDriver(pglite.driver(schema), watch) },
    },
    watch,
  };
}

interface Subject {
  readonly core: StatorCore;
  readonly call: (operation: string, json: Json) => Promise<Json>;
  readonly close: () => Promise<void>;
}

async function openStator(storage: PostgresStorage): Promise<Subject> {
  const { auth, region, shared, delays } = testServerSettings;
  const core = await createStator({
    storage,
    auth,
    region,
    shared,
    delays,
    housekeeping: "byClock",
    indexLags: { all: "none" },
    // The store of two is looked at when both are gone.
    inspect: async () => undefined,
    onBackgroundFailure: (error) => {
      throw error;
    },
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= core.close());
  ends.push(close);
  return {
    core,
    close,
    call: async (operation, json) => {
      const result = await core.dispatch({ service: "DynamoDB", operation, json, namespace, requestId: "R" });
      if (result.kind === "error") throw result.error;
      const { body } = result;
      const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
      return text === "" ? {} : (JSON.parse(text) as Json);
    },
  };
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
