// Write transactions on a real engine: what is refused how, why they are cancelled, and what they consume.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { itemShard } from "../changes/index.ts";
import {
  cancelled,
  type JsonObject,
  keyedTable,
  openTransactionOperations,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";

let db: TransactionOperations;

beforeEach(async () => {
  db = await openTransactionOperations({ services: { collectionBytesMax: 3000 } });
  await db.call("CreateTable", keyedTable("Tab"));
});

afterEach(async () => {
  await db[Symbol.asyncDispose]();
});

const S = (value: string): JsonObject => ({ S: value });
const put = (pk: string, more: JsonObject = {}, rest: JsonObject = {}): JsonObject => ({
  Put: { TableName: "Tab", Item: { pk: S(pk), ...more }, ...rest },
});
const remove = (pk: string, rest: JsonObject = {}): JsonObject => ({
  Delete: { TableName: "Tab", Key: { pk: S(pk) }, ...rest },
});
const check = (pk: string, condition: string, rest: JsonObject = {}): JsonObject => ({
  ConditionCheck: { TableName: "Tab", Key: { pk: S(pk) }, ConditionExpression: condition, ...rest },
});
const update = (pk: string, expression: string, rest: JsonObject = {}): JsonObject => ({
  Update: { TableName: "Tab", Key: { pk: S(pk) }, UpdateExpression: expression, ...rest },
});

function transact(items: readonly JsonObject[], more: JsonObject = {}): Promise<JsonObject> {
  return db.call("TransactWriteItems", { TransactItems: items, ...more });
}

async function contents(table = "Tab"): Promise<readonly string[]> {
  const { Items: items } = await db.call("Scan", { TableName: table });
  return (items as readonly JsonObject[]).map((item) => JSON.stringify(item)).toSorted();
}

const none = { Code: "None" };
const failedCondition = { Code: "ConditionalCheckFailed", Message: "The conditional request failed" };
const invalidReason = (message: string): JsonObject => ({ Code: "ValidationError", Message: message });
const refused = (message: string): JsonObject => ({ error: "ValidationException", message });

describe("a transaction", () => {
  test("does all of its actions, over several tables", async () => {
    await db.call("CreateTable", keyedTable("Other", "range"));
    await db.call("PutItem", { TableName: "Tab", Item: { pk: S("gone") } });
    await db.call("PutItem", { TableName: "Tab", Item: { pk: S("there"), n: { N: "1" } } });
    const answer = await transact([
      put("new", { a: S("x") }),
      remove("gone"),
      update("there", "ADD n :one", { ExpressionAttributeValues: { ":one": { N: "1" } } }),
      check("absent", "attribute_not_exists(pk)"),
      { Put: { TableName: "Other", Item: { pk: S("p"), sk: S("s") } } },
    ]);
    expect(answer).toEqual({});
    expect(await contents()).toEqual([
      '{"pk":{"S":"new"},"a":{"S":"x"}}',
      '{"pk":{"S":"there"},"n":{"N":"2"}}',
    ]);
    expect(await contents("Other")).toHaveLength(1);
    expect((await db.call("DescribeTable", { TableName: "Tab" }))["Table"]).toMatchObject({ ItemCount: 2 });
  });

  test("takes a table by its ARN", async () => {
    const TableName = "arn:aws:dynamodb:us-east-1:000000000000:table/Tab";
    const answer = await transact([{ Put: { TableName, Item: { pk: S("a") } } }], {
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(answer).toMatchObject({ ConsumedCapacity: [{ TableName }] });
    expect(await contents()).toHaveLength(1);
  });
});

describe("cancellation", () => {
  test("tells of every action what is wrong with it, in order, and changes nothing", async () => {
    await db.call("PutItem", { TableName: "Tab", Item: { pk: S("there"), n: S("text") } });
    const values = { ExpressionAttributeValues: { ":one": { N: "1" } } };
    const answer = await transact([
      put("new"),
      put("there", {}, { ConditionExpression: "attribute_not_exists(pk)" }),
      update("there2", "SET a = a + :one", values),
      check("nowhere", "attribute_exists(pk)"),
      remove("absent"),
    ]);
    expect(answer).toEqual(
      cancelled(
        none,
        failedCondition,
        invalidReason("The provided expression refers to an attribute that does not exist in the item"),
        failedCondition,
        none,
      ),
    );
    expect(await contents()).toHaveLength(1);
  });

  test("hands the item back where it is asked for, and only where there is one", async () => {
    await db.call("PutItem", { TableName: "Tab", Item: { pk: S("there"), a: S("é") } });
    const wants = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" };
    const answer = await transact([
      check("there", "attribute_not_exists(pk)", wants),
      check("nowhere", "attribute_exists(pk)", wants),
    ]);
    expect(answer).toEqual(
      cancelled({ ...failedCondition, Item: { pk: S("there"), a: S("é") } }, failedCondition),
    );
  });

  test.each([
    [
      "an operand of a wrong type",
      "ADD n :one",
      "An operand in the update expression has an incorrect data type",
    ],
    [
      "a path into nothing",
      "SET m.x = :one",
      "The document path provided in the update expression is invalid for update",
    ],
  ])("gives %s as a reason", async (_name, expression, message) => {
    await db.call("PutItem", { TableName: "Tab", Item: { pk: S("there"), n: S("text") } });
    const values = { ExpressionAttributeValues: { ":one": { N: "1" } } };
    expect(await transact([put("a"), update("there", expression, values)])).toEqual(
      cancelled(none, invalidReason(message)),
    );
  });

  test("gives what does not fit the key schema as reasons, beside those of the other actions", async () => {
    await db.call("CreateTable", keyedTable("Range", "range"));
    const mismatch = invalidReason("The provided key element does not match the schema");
    const invalid = "One or more parameter values were invalid: ";
    const answer = await transact([
      { Delete: { TableName: "Tab", Key: { pk: { N: "1" } } } },
      { Delete: { TableName: "Range", Key: { pk: S("a") } } },
      { Put: { TableName: "Tab", Item: { other: S("a") } } },
      { Put: { TableName: "Tab", Item: { pk: { N: "1" } } } },
      put("x".repeat(2049)),
      update("a", "SET pk = :v", { ExpressionAttributeValues: { ":v": S("b") } }),
      check("absent", "attribute_exists(pk)"),
      put("fine"),
    ]);
    expect(answer).toEqual(
      cancelled(
        mismatch,
        mismatch,
        invalidReason(`${invalid}Missing the key pk in the item`),
        invalidReason(`${invalid}Type mismatch for key pk expected: S actual: N`),
        invalidReason(`${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`),
        invalidReason(`${invalid}Cannot update attribute pk. This attribute is part of the key`),
        failedCondition,
        none,
      ),
    );
    expect(await contents()).toEqual([]);
  });
});

describe("the request is refused as a whole for", () => {
  const one = "TransactItems can only contain one of Check, Put, Update or Delete";

  test.each([
    ["no action", [put("b"), {}], one],
    ["two actions", [{ ...put("a"), ...remove("b") }], one],
    [
      "two actions on one item",
      [put("a"), check("a", "attribute_exists(pk)")],
      "Transaction request cannot include multiple operations on one item",
    ],
    [
      "an empty key value",
      [put("fine"), put("")],
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ],
    [
      "an empty key value of a Key",
      [remove("")],
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ],
    [
      "a bad expression",
      [put("a"), update("b", "SET name = :v", { ExpressionAttributeValues: { ":v": S("v") } })],
      "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name",
    ],
    [
      "a bad condition",
      [check("a", "attribute_exists(pk")],
      'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "pk"',
    ],
    [
      "a bad value",
      [put("a", { v: {} })],
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    ],
    [
      "an item over 400 KB",
      [put("a", { big: S("x".repeat(409_600)) })],
      "Item size has exceeded the maximum allowed size",
    ],
  ])("%s", async (_name, items, message) => {
    expect(await transact(items)).toEqual(refused(message));
    expect(await contents()).toEqual([]);
  });

  test("a missing table, whatever else is wrong with the keys", async () => {
    const items = [put("a"), { Delete: { TableName: "Nowhere", Key: { pk: S("") } } }];
    expect(await transact(items)).toEqual({
      error: "ResourceNotFoundException",
      message: "Requested resource not found",
    });
  });

  test("more than 4 MB to put, and more than 4 MB when the items are known", async () => {
    const text = "The aggregate size of the items in the transaction cannot exceed 4 MB";
    const large = { big: S("x".repeat(400_000)) };
    const puts = (count: number): JsonObject[] =>
      Array.from({ length: count }, (_, index) => put(`item-${index}`, large));
    expect(await transact(puts(11))).toEqual(refused(text));
    expect(await transact(puts(10))).toEqual({});
    const checks = puts(10).map((_, index) => check(`item-${index}`, "attribute_exists(pk)"));
    expect(await transact(checks)).toEqual({});
    expect(await transact([...checks, put("eleven", large)])).toEqual(refused(text));
    expect(await db.call("GetItem", { TableName: "Tab", Key: { pk: S("eleven") } })).toEqual({});
  });

  test("names and values without an expression are taken", async () => {
    const unused = { ExpressionAttributeNames: { "#n": "n" }, ExpressionAttributeValues: { ":v": S("v") } };
    expect(await transact([put("a", {}, unused)])).toEqual({});
  });
});

describe("consumed capacity", () => {
  const sized = (bytes: number): JsonObject => ({ fil: S("x".repeat(bytes - 6)) });

  test("is twice that of single writes, one entry for each table", async () => {
    await db.call("CreateTable", keyedTable("Other"));
    const items = [put("a", sized(500)), put("b", sized(500)), put("c", sized(500))];
    const other = { Put: { TableName: "Other", Item: { pk: S("a"), ...sized(1500) } } };
    expect(await transact([...items, other], { ReturnConsumedCapacity: "TOTAL" })).toEqual({
      ConsumedCapacity: [
        { TableName: "Tab", CapacityUnits: 6, WriteCapacityUnits: 6 },
        { TableName: "Other", CapacityUnits: 4, WriteCapacityUnits: 4 },
      ],
    });
    expect(
      await transact([remove("a"), check("b", "attribute_exists(pk)"), remove("none")], {
        ReturnConsumedCapacity: "INDEXES",
      }),
    ).toEqual({
      ConsumedCapacity: [
        {
          TableName: "Tab",
          CapacityUnits: 6,
          WriteCapacityUnits: 6,
          Table: { CapacityUnits: 6, WriteCapacityUnits: 6 },
        },
      ],
    });
  });
});

describe("with a local index", () => {
  beforeEach(async () => {
    await db.call("CreateTable", keyedTable("Local", "local"));
  });

  const local = (pk: string, sk: string, more: JsonObject): JsonObject => ({
    Put: { TableName: "Local", Item: { pk: S(pk), sk: S(sk), ...more } },
  });

  test("entries are written, and paid for twice", async () => {
    const answer = await transact([local("p", "1", { lk: S("x") }), local("p", "2", {})], {
      ReturnConsumedCapacity: "INDEXES",
    });
    const units = (count: number): JsonObject => ({ CapacityUnits: count, WriteCapacityUnits: count });
    expect(answer).toEqual({
      ConsumedCapacity: [
        { TableName: "Local", ...units(6), Table: units(4), LocalSecondaryIndexes: { byLk: units(2) } },
      ],
    });
  });

  test("metrics name each collection once, with its size after all", async () => {
    const answer = await transact(
      [
        local("p", "1", {}),
        local("p", "2", {}),
        local("q", "1", {}),
        put("a"),
        {
          ConditionCheck: {
            TableName: "Local",
            Key: { pk: S("r"), sk: S("1") },
            ConditionExpression: "attribute_not_exists(pk)",
          },
        },
      ],
      { ReturnItemCollectionMetrics: "SIZE" },
    );
    const collection = (pk: string): JsonObject => ({
      ItemCollectionKey: { pk: S(pk) },
      SizeEstimateRangeGB: [0, 1],
    });
    expect(answer).toEqual({ ItemCollectionMetrics: { Local: [collection("p"), collection("q")] } });
  });

  test("actions of one collection count together against its limit", async () => {
    const large = { fil: S("x".repeat(2000)) };
    const full = { Code: "ItemCollectionSizeLimitExceeded", Message: "Collection size exceeded." };
    expect(await transact([local("p", "1", large), local("p", "2", large), local("q", "1", large)])).toEqual(
      cancelled(none, full, none),
    );
    expect(await transact([local("p", "1", large), local("q", "1", large)])).toEqual({});
    expect(await transact([local("p", "2", large)])).toEqual(cancelled(full));
  });

  test("a wrong type of an index key is a reason, an empty one refuses the request", async () => {
    expect(await transact([local("p", "1", { lk: { N: "1" } }), put("a")])).toEqual(
      cancelled(
        invalidReason(
          "One or more parameter values were invalid: Type mismatch for Index Key lk Expected: S Actual: N IndexName: byLk",
        ),
        none,
      ),
    );
    expect(await transact([local("p", "1", { lk: S("") }), put("a")])).toEqual(
      refused(
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
          "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byLk, IndexKey: lk",
      ),
    );
    const set = {
      Update: {
        TableName: "Local",
        Key: { pk: S("p"), sk: S("1") },
        UpdateExpression: "SET lk = n",
      },
    };
    await db.call("PutItem", { TableName: "Local", Item: { pk: S("p"), sk: S("1"), n: { N: "1" } } });
    expect(await transact([set])).toEqual(
      cancelled(
        invalidReason(
          "The update expression attempted to update the secondary index key to unsupported type",
        ),
      ),
    );
  });
});

test("writes of global indexes are paid for twice, and are known to the change log", async () => {
  const schema = [{ AttributeName: "gk", KeyType: "HASH" }];
  await db.call("CreateTable", {
    ...keyedTable("Global"),
    AttributeDefinitions: ["pk", "gk"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
    GlobalSecondaryIndexes: [
      { IndexName: "byGk", KeySchema: schema, Projection: { ProjectionType: "KEYS_ONLY" } },
    ],
  });
  const appended: number[] = [];
  const { engine } = db;
  const mutate = engine.mutate.bind(engine);
  engine.mutate = async (mutation) => {
    const outcome = await mutate(mutation);
    const [{ keyspace } = { keyspace: 0 }] = mutation.epochs;
    for (const bucket of new Set(mutation.keys.map(({ placement }) => placement))) {
      appended.push((await engine.logEnd(itemShard(keyspace, bucket))).last);
    }
    return outcome;
  };
  const global = (pk: string, more: JsonObject): JsonObject => ({
    Put: { TableName: "Global", Item: { pk: S(pk), ...more } },
  });
  const answer = await transact([global("a", { gk: S("x") }), global("b", { gk: S("y") }), global("c", {})], {
    ReturnConsumedCapacity: "INDEXES",
  });
  const units = (count: number): JsonObject => ({ CapacityUnits: count, WriteCapacityUnits: count });
  expect(answer).toEqual({
    ConsumedCapacity: [
      { TableName: "Global", ...units(10), Table: units(6), GlobalSecondaryIndexes: { byGk: units(4) } },
    ],
  });
  // Of the two items that are in the index.
  expect(appended.reduce((sum, last) => sum + last, 0)).toBe(2);
});
