// Read transactions on a real engine: items of one moment, in order, or a conflict.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type JsonObject,
  keyedTable,
  openTransactionOperations,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";

let db: TransactionOperations;

beforeEach(async () => {
  db = await openTransactionOperations();
  await db.call("CreateTable", keyedTable("Tab"));
});

afterEach(async () => {
  await db[Symbol.asyncDispose]();
});

const get = (pk: string, more: JsonObject = {}): JsonObject => ({
  Get: { TableName: "Tab", Key: { pk: { S: pk } }, ...more },
});

function transact(items: readonly JsonObject[], more: JsonObject = {}): Promise<JsonObject> {
  return db.call("TransactGetItems", { TransactItems: items, ...more });
}

function put(pk: string, more: JsonObject = {}): Promise<JsonObject> {
  return db.call("PutItem", { TableName: "Tab", Item: { pk: { S: pk }, ...more } });
}

describe("the answer", () => {
  test("has the items in order, empty objects for missing ones, projections", async () => {
    await put("a", { n: { N: "1" }, m: { M: { x: { S: "y" } } } });
    await put("b");
    expect(
      await transact([
        get("b"),
        get("missing"),
        get("a", { ProjectionExpression: "#m.x", ExpressionAttributeNames: { "#m": "m" } }),
        get("nothing"),
      ]),
    ).toEqual({
      Responses: [{ Item: { pk: { S: "b" } } }, {}, { Item: { m: { M: { x: { S: "y" } } } } }, {}],
    });
    expect(await transact([get("b", { ProjectionExpression: "elsewhere" })])).toEqual({
      Responses: [{ Item: {} }],
    });
  });

  test("costs two units for each 4 KB, also where nothing is", async () => {
    await put("a", { fil: { S: "x".repeat(4097 - 6) } });
    await db.call("CreateTable", keyedTable("Other"));
    const other = { Get: { TableName: "Other", Key: { pk: { S: "x" } } } };
    expect(
      await transact([get("a"), other, get("missing")], { ReturnConsumedCapacity: "TOTAL" }),
    ).toMatchObject({
      ConsumedCapacity: [
        { TableName: "Tab", CapacityUnits: 6, ReadCapacityUnits: 6 },
        { TableName: "Other", CapacityUnits: 2, ReadCapacityUnits: 2 },
      ],
    });
  });

  test("is at most 4 MB", async () => {
    const keys = Array.from({ length: 11 }, (_, index) => `item-${index}`);
    for (const pk of keys) await put(pk, { fil: { S: "x".repeat(400_000) } });
    const { Responses: responses } = await transact(keys.slice(1).map((pk) => get(pk)));
    expect(responses).toHaveLength(10);
    expect(await transact(keys.map((pk) => get(pk)))).toEqual({
      error: "ValidationException",
      message: "The aggregate size of the items in the transaction cannot exceed 4 MB",
    });
  });
});

test.each([
  [
    "an item asked for twice",
    [get("a"), get("b"), get("a")],
    "Transaction request cannot include multiple operations on one item",
  ],
  [
    "a bad projection",
    [get("a", { ProjectionExpression: "a," })],
    'Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","',
  ],
  [
    "an empty key value",
    [get("")],
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
  ],
])("%s refuses the request", async (_name, items, message) => {
  expect(await transact(items)).toEqual({ error: "ValidationException", message });
});

test("a missing table refuses the request", async () => {
  const nowhere = { Get: { TableName: "Nowhere", Key: { pk: { S: "x" } } } };
  expect(await transact([get("a"), nowhere])).toEqual({
    error: "ResourceNotFoundException",
    message: "Requested resource not found",
  });
});

test("a key that does not fit the schema is a reason", async () => {
  const wrong = { Get: { TableName: "Tab", Key: { pk: { N: "1" } } } };
  expect(await transact([get("a"), wrong])).toEqual({
    error: "TransactionCanceledException",
    message:
      "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]",
    CancellationReasons: [
      { Code: "None" },
      { Code: "ValidationError", Message: "The provided key element does not match the schema" },
    ],
  });
});

describe("a plain write between the two rounds", () => {
  /** Between the rounds, `write` takes place. */
  async function during(write: () => Promise<unknown>): Promise<unknown> {
    const { engine } = db;
    const held = engine.held.bind(engine);
    engine.held = async (keys) => {
      engine.held = held;
      await write();
      return held(keys);
    };
    const { error, CancellationReasons: reasons } = await transact([get("a"), get("b"), get("missing")]);
    return error === undefined
      ? undefined
      : (reasons as readonly JsonObject[]).map((reason) => reason["Code"]);
  }

  beforeEach(async () => {
    await put("a");
    await put("b");
  });

  test("cancels the read, with the items that changed", async () => {
    const changes: readonly (readonly [() => Promise<unknown>, readonly string[]])[] = [
      [() => put("a", { n: { N: "1" } }), ["TransactionConflict", "None", "None"]],
      [
        () => db.call("DeleteItem", { TableName: "Tab", Key: { pk: { S: "b" } } }),
        ["None", "TransactionConflict", "None"],
      ],
      [() => put("missing"), ["None", "None", "TransactionConflict"]],
    ];
    for (const [change, codes] of changes) expect(await during(change)).toEqual(codes);
  });

  test("that writes again what is there, or another item, does not", async () => {
    expect(await during(() => put("a"))).toBeUndefined();
    expect(await during(() => put("c"))).toBeUndefined();
  });
});
