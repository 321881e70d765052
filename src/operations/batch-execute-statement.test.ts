// BatchExecuteStatement: each statement has an end of its own, in order; what mixes reads and writes has none.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StorageError } from "../storage/contract/index.ts";
import {
  type JsonObject,
  keyedTable,
  openTransactionOperations,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";

let db: TransactionOperations;

beforeEach(async () => {
  db = await openTransactionOperations({ services: { collectionBytesMax: 3000 } });
  await db.call("CreateTable", keyedTable("Tab"));
  await db.call("CreateTable", keyedTable("Range", "local"));
});

afterEach(async () => {
  await db[Symbol.asyncDispose]();
});

const S = (value: string): JsonObject => ({ S: value });
const TableName = "Tab";

function batch(statements: readonly (JsonObject | string)[], more: JsonObject = {}): Promise<JsonObject> {
  const Statements = statements.map((statement) =>
    typeof statement === "string" ? { Statement: statement } : statement,
  );
  return db.call("BatchExecuteStatement", { Statements, ...more });
}

const failed = (Code: string, Message: string, more: JsonObject = {}): JsonObject => ({
  Error: { Code, Message, ...more },
});
const invalid = (message: string): JsonObject => failed("ValidationError", message);
const get = (pk: string): string => `SELECT * FROM Tab WHERE pk = '${pk}'`;

describe("reads", () => {
  beforeEach(async () => {
    for (const pk of ["a", "b"]) await db.call("PutItem", { TableName, Item: { pk: S(pk), n: { N: "1" } } });
  });

  test("answer an item each, or none, in the order of the statements", async () => {
    const answer = await batch(
      [
        get("b"),
        get("none"),
        { Statement: `SELECT n FROM Tab WHERE pk = ?`, Parameters: [S("a")], ConsistentRead: true },
        `${get("a")} AND n > 1`,
      ],
      { ReturnConsumedCapacity: "TOTAL" },
    );
    expect(answer).toEqual({
      Responses: [
        { TableName, Item: { pk: S("b"), n: { N: "1" } } },
        { TableName },
        { TableName, Item: { n: { N: "1" } } },
        { TableName },
      ],
      ConsumedCapacity: [0.5, 0.5, 1, 0.5].map((CapacityUnits) => ({ TableName, CapacityUnits })),
    });
  });

  test("name one item by its whole key", async () => {
    const text =
      "Select statements within BatchExecuteStatement must specify the primary key in the where clause.";
    const answer = await batch([
      "SELECT * FROM Tab",
      `SELECT * FROM Tab WHERE pk IN ['a', 'b']`,
      `SELECT * FROM Range WHERE pk = 'a'`,
      `SELECT * FROM Range.byLk WHERE pk = 'a' AND lk = 'b'`,
      get("a"),
    ]);
    expect(answer).toEqual({
      Responses: [
        { ...invalid(text), TableName },
        { ...invalid(text), TableName },
        { ...invalid(text), TableName: "Range" },
        { ...invalid(text), TableName: "Range" },
        { TableName, Item: { pk: S("a"), n: { N: "1" } } },
      ],
    });
  });

  test("tell what is wrong with a statement beside the others", async () => {
    const answer = await batch(
      [
        "SELECT",
        get("a"),
        `SELECT * FROM "None" WHERE pk = 'a'`,
        { Statement: "SELECT * FROM Tab WHERE pk = ?" },
        { Statement: get("a"), Parameters: [S("x")] },
        { Statement: "SELECT * FROM Tab WHERE pk = ?", Parameters: [{ N: "x" }] },
      ],
      { ReturnConsumedCapacity: "TOTAL" },
    );
    const count = "Number of parameters in request and statement don't match.";
    expect(answer).toEqual({
      Responses: [
        invalid("Statement wasn't well formed, can't be processed: Unexpected term"),
        { TableName, Item: { pk: S("a"), n: { N: "1" } } },
        { ...failed("ResourceNotFound", "Requested resource not found"), TableName: "None" },
        { ...invalid(count), TableName },
        { ...invalid(count), TableName },
        { ...invalid("The parameter cannot be converted to a numeric value: x"), TableName },
      ],
      ConsumedCapacity: [{ TableName, CapacityUnits: 0.5 }],
    });
  });
});

describe("writes", () => {
  test("take place one by one, in their order, also on one item", async () => {
    const answer = await batch(
      [
        `INSERT INTO Tab VALUE {'pk': 'a', 'n': 1}`,
        `INSERT INTO Tab VALUE {'pk': 'a', 'n': 2}`,
        `UPDATE Tab SET n = n + 5 WHERE pk = 'a' RETURNING ALL NEW *`,
        `UPDATE Tab SET n = 9 WHERE pk = 'none'`,
        `DELETE FROM Tab WHERE pk = 'a' RETURNING ALL OLD *`,
        `DELETE FROM Tab WHERE pk = 'a' RETURNING ALL OLD *`,
        `INSERT INTO Tab VALUE {'pk': 'b'}`,
      ],
      { ReturnConsumedCapacity: "INDEXES" },
    );
    const six = { pk: S("a"), n: { N: "6" } };
    const capacity = { TableName, CapacityUnits: 1, Table: { CapacityUnits: 1 } };
    expect(answer).toEqual({
      Responses: [
        { TableName },
        { ...failed("DuplicateItem", "Duplicate primary key exists in table"), TableName },
        { TableName, Item: six },
        { ...failed("ConditionalCheckFailed", "The conditional request failed"), TableName },
        { TableName, Item: six },
        { TableName },
        { TableName },
      ],
      ConsumedCapacity: Array.from({ length: 5 }, () => capacity),
    });
    expect((await db.call("Scan", { TableName }))["Items"]).toEqual([{ pk: S("b") }]);
  });

  test("show the item that made a condition fail, if asked", async () => {
    await db.call("PutItem", { TableName, Item: { pk: S("a") } });
    const ReturnValuesOnConditionCheckFailure = "ALL_OLD";
    const answer = await batch([
      { Statement: `UPDATE Tab SET n = 1 WHERE pk = 'a' AND n = 2`, ReturnValuesOnConditionCheckFailure },
      { Statement: `INSERT INTO Tab VALUE {'pk': 'a'}`, ReturnValuesOnConditionCheckFailure },
    ]);
    const Item = { pk: S("a") };
    expect(answer["Responses"]).toEqual([
      { ...failed("ConditionalCheckFailed", "The conditional request failed", { Item }), TableName },
      { ...failed("DuplicateItem", "Duplicate primary key exists in table", { Item }), TableName },
    ]);
  });

  test("tell of collections that are full and of what no statement of a batch is", async () => {
    const answer = await batch([
      {
        Statement: `INSERT INTO Range VALUE {'pk': 'a', 'sk': 'b', 'text': ?}`,
        Parameters: [S("x".repeat(4000))],
      },
      `EXISTS (SELECT * FROM Tab WHERE pk = 'a' AND n = 1)`,
    ]);
    expect(answer["Responses"]).toEqual([
      { ...failed("ItemCollectionSizeLimitExceeded", "Collection size exceeded."), TableName: "Range" },
      { ...invalid("EXISTS can only be used in ExecuteTransaction"), TableName },
    ]);
  });

  test("are not all failed by a store in trouble", async () => {
    const mutate = db.engine.mutate.bind(db.engine);
    let calls = 0;
    db.engine.mutate = (mutation) => {
      calls += 1;
      return calls === 2
        ? Promise.reject(new StorageError("unavailable", "the disk is gone"))
        : mutate(mutation);
    };
    const answer = await batch(["a", "b", "c"].map((pk) => `INSERT INTO Tab VALUE {'pk': '${pk}'}`));
    expect(answer["Responses"]).toEqual([
      { TableName },
      {
        ...failed("InternalServerError", "Service is temporarily unavailable. Please retry."),
        TableName,
      },
      { TableName },
    ]);
  });
});

describe("a batch", () => {
  test("is all reads or all writes", async () => {
    expect(await batch([get("a"), `DELETE FROM Tab WHERE pk = 'a'`])).toEqual({
      error: "ValidationException",
      message: "Statements of BatchExecuteStatement must be either all reads or all writes",
    });
  });

  test.each([0, 26])("of %d statements is refused", async (length) => {
    const answer = await batch(Array.from({ length }, () => get("a")));
    expect(answer).toMatchObject({
      error: "ValidationException",
      message: expect.stringContaining("at 'statements' failed to satisfy constraint") as unknown,
    });
  });
});
