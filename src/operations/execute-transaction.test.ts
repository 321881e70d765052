// ExecuteTransaction: statements as the elements of transactions, their reasons and their token.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  cancelled,
  type JsonObject,
  keyedTable,
  openTransactionOperations,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";

let db: TransactionOperations;

beforeEach(async () => {
  db = await openTransactionOperations();
  await db.call("CreateTable", keyedTable("Tab"));
  await db.call("CreateTable", keyedTable("Range", "local"));
  await db.call("PutItem", { TableName: "Tab", Item: { pk: S("there"), n: { N: "1" } } });
});

afterEach(async () => {
  await db[Symbol.asyncDispose]();
});

const S = (value: string): JsonObject => ({ S: value });

function transact(statements: readonly (JsonObject | string)[], more: JsonObject = {}): Promise<JsonObject> {
  const TransactStatements = statements.map((statement) =>
    typeof statement === "string" ? { Statement: statement } : statement,
  );
  return db.call("ExecuteTransaction", { TransactStatements, ...more });
}

async function contents(): Promise<readonly string[]> {
  const { Items: items } = await db.call("Scan", { TableName: "Tab" });
  return (items as readonly JsonObject[]).map((item) => JSON.stringify(item)).toSorted();
}

const none = { Code: "None" };
const failedCondition = { Code: "ConditionalCheckFailed", Message: "The conditional request failed" };
const duplicate = { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" };
const refused = (message: string): JsonObject => ({ error: "ValidationException", message });
const insert = (pk: string): string => `INSERT INTO Tab VALUE {'pk': '${pk}'}`;
const get = (pk: string): string => `SELECT * FROM Tab WHERE pk = '${pk}'`;

describe("writes", () => {
  test("take place together", async () => {
    const answer = await transact(
      [
        insert("new"),
        { Statement: "UPDATE Tab SET n = n + ? WHERE pk = 'there' AND n = 1", Parameters: [{ N: "1" }] },
        "DELETE FROM Tab WHERE pk = 'absent'",
      ],
      { ReturnConsumedCapacity: "TOTAL" },
    );
    expect(answer).toEqual({
      Responses: [],
      ConsumedCapacity: [{ TableName: "Tab", CapacityUnits: 6, WriteCapacityUnits: 6 }],
    });
    expect(await contents()).toEqual([`{"pk":{"S":"new"}}`, `{"pk":{"S":"there"},"n":{"N":"2"}}`]);
  });

  test("are cancelled together, with a reason each", async () => {
    const Item = { pk: S("there"), n: { N: "1" } };
    const ReturnValuesOnConditionCheckFailure = "ALL_OLD";
    expect(await transact([insert("new"), insert("there")])).toEqual(cancelled(none, duplicate));
    expect(
      await transact([{ Statement: insert("there"), ReturnValuesOnConditionCheckFailure }, insert("new")]),
    ).toEqual(cancelled({ ...duplicate, Item }, none));
    expect(
      await transact([
        insert("new"),
        "UPDATE Tab SET n = 1 WHERE pk = 'absent'",
        { Statement: "DELETE FROM Tab WHERE pk = 'there' AND n = 7", ReturnValuesOnConditionCheckFailure },
      ]),
    ).toEqual(cancelled(none, failedCondition, { ...failedCondition, Item }));
    expect(await transact([insert("new"), "UPDATE Tab SET n = 1 WHERE pk = 1"])).toEqual(
      cancelled(none, {
        Code: "ValidationError",
        Message: "The provided key element does not match the schema",
      }),
    );
    expect(await contents()).toEqual([`{"pk":{"S":"there"},"n":{"N":"1"}}`]);
  });

  test("may check items they leave alone", async () => {
    const check = (condition: string): string =>
      `EXISTS (SELECT * FROM Tab WHERE pk = 'there' AND ${condition})`;
    expect(await transact([insert("x"), check("n = 1")])).toEqual({ Responses: [] });
    expect(await transact([insert("y"), check("n = 2")])).toEqual(cancelled(none, failedCondition));
    expect(
      await transact([insert("y"), "EXISTS (SELECT * FROM Tab WHERE pk = 'absent' AND n IS MISSING)"]),
    ).toEqual(cancelled(none, failedCondition));
    expect(await transact([insert("y"), "EXISTS (SELECT * FROM Tab WHERE pk = 'there')"])).toEqual(
      refused("EXISTS must have a condition besides those on the primary key"),
    );
  });

  test("with a token are done once", async () => {
    const add = "UPDATE Tab SET n = n + 1 WHERE pk = 'there'";
    const more = { ClientRequestToken: "token", ReturnConsumedCapacity: "TOTAL" };
    expect(await transact([add], more)).toMatchObject({ ConsumedCapacity: [{ WriteCapacityUnits: 2 }] });
    expect(await transact([add], more)).toMatchObject({ ConsumedCapacity: [{ ReadCapacityUnits: 2 }] });
    expect(await transact([`${add} `], more)).toMatchObject({
      error: "IdempotentParameterMismatchException",
    });
    expect(await contents()).toEqual([`{"pk":{"S":"there"},"n":{"N":"2"}}`]);
  });

  test.each([
    [[insert("x"), insert("x")], "Transaction request cannot include multiple operations on one item"],
    [[insert("x"), get("there")], "Statements of ExecuteTransaction must be either all reads or all writes"],
    [
      ["DELETE FROM Tab WHERE pk = 'there' RETURNING ALL OLD *"],
      "RETURNING cannot be used in ExecuteTransaction",
    ],
    [
      [insert("x"), "DELETE FROM Tab"],
      "Where clause does not contain a mandatory equality on all key attributes",
    ],
    [[insert("x"), "UPDATE"], "Statement wasn't well formed, can't be processed: Unexpected term"],
    [
      [insert("x"), insert("")],
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ],
  ])("%j are refused as a whole", async (statements, message) => {
    expect(await transact(statements)).toEqual(refused(message));
    expect(await contents()).toHaveLength(1);
  });

  test("of more than 4 MB are refused", async () => {
    const statements = Array.from({ length: 11 }, (_, index) => ({
      Statement: `INSERT INTO Tab VALUE {'pk': '${index}', 'text': ?}`,
      Parameters: [S("x".repeat(400_000))],
    }));
    expect(await transact(statements)).toEqual(
      refused("The aggregate size of the items in the transaction cannot exceed 4 MB"),
    );
    expect(await transact(statements.slice(0, 10))).toEqual({ Responses: [] });
  });

  test("are up to 100", async () => {
    const all = Array.from({ length: 101 }, (_, index) => insert(`item-${index}`));
    expect(await transact(all)).toMatchObject({ error: "ValidationException" });
    expect(await transact(all.slice(1))).toEqual({ Responses: [] });
  });
});

describe("reads", () => {
  test("answer an item each, as it was at one moment", async () => {
    await db.call("PutItem", { TableName: "Range", Item: { pk: S("a"), sk: S("b"), x: { N: "7" } } });
    const answer = await transact(
      [
        get("there"),
        get("absent"),
        { Statement: "SELECT x FROM Range WHERE sk = ? AND pk = ?", Parameters: [S("b"), S("a")] },
      ],
      { ReturnConsumedCapacity: "TOTAL", ClientRequestToken: "any" },
    );
    expect(answer).toEqual({
      Responses: [{ Item: { pk: S("there"), n: { N: "1" } } }, {}, { Item: { x: { N: "7" } } }],
      ConsumedCapacity: [
        { TableName: "Tab", CapacityUnits: 4, ReadCapacityUnits: 4 },
        { TableName: "Range", CapacityUnits: 2, ReadCapacityUnits: 2 },
      ],
    });
    expect(await transact([`${get("there")} AND n > 1`])).toEqual({ Responses: [{}] });
  });

  test.each([
    ["SELECT * FROM Tab"],
    ["SELECT * FROM Tab WHERE pk IN ['a', 'b']"],
    ["SELECT * FROM Range WHERE pk = 'a'"],
    ["SELECT * FROM Range.byLk WHERE pk = 'a' AND lk = 'b'"],
  ])("%s is refused: it names no whole key", async (statement) => {
    expect(await transact([get("there"), statement])).toEqual(
      refused(
        "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
      ),
    );
  });

  test("of one item twice are refused", async () => {
    expect(await transact([get("there"), get("there")])).toEqual(
      refused("Transaction request cannot include multiple operations on one item"),
    );
  });
});
