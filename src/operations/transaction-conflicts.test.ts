// What meets a write transaction that is not answered yet: it holds its items for a time that the clock of these tests
// lets pass.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nextTurn } from "../base/index.ts";
import {
  type JsonObject,
  keyedTable,
  openTransactionOperations,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";

const holdMs = 1000;
const key = (pk: string): JsonObject => ({ TableName: "Tab", Key: { pk: { S: pk } } });
const item = (pk: string, n: number): JsonObject => ({
  TableName: "Tab",
  Item: { pk: { S: pk }, n: { N: String(n) } },
});

let db: TransactionOperations;
/** Holds a (written) and b (only checked). */
let running: Promise<JsonObject>;

beforeEach(async () => {
  db = await openTransactionOperations({ services: { transactionHoldMs: holdMs } });
  await db.call("CreateTable", keyedTable("Tab"));
  await db.call("PutItem", item("a", 1));
  await db.call("PutItem", item("b", 1));
  running = db.call("TransactWriteItems", {
    TransactItems: [
      { Put: item("a", 2) },
      {
        ConditionCheck: {
          ...key("b"),
          ConditionExpression: "n = :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        },
      },
    ],
  });
  await nextTurn();
});

afterEach(async () => {
  await db[Symbol.asyncDispose]();
});

async function finish(): Promise<JsonObject> {
  await db.clock.advance(holdMs);
  return running;
}

const conflict = { error: "TransactionConflictException", message: "Transaction is ongoing for the item" };

function cancelled(...conflicts: readonly boolean[]): JsonObject {
  const codes = conflicts.map((is) => (is ? "TransactionConflict" : "None")).join(", ");
  return {
    error: "TransactionCanceledException",
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: conflicts.map((is) =>
      is ? { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" } : { Code: "None" },
    ),
  };
}

describe("while a transaction is under way", () => {
  test.each([
    ["PutItem", item("a", 9)],
    ["UpdateItem", { ...key("a"), UpdateExpression: "REMOVE n" }],
    ["DeleteItem", key("a")],
    ["PutItem", item("b", 9)],
  ])("%s of one of its items is refused, and the transaction is not disturbed", async (operation, input) => {
    expect(await db.call(operation, input)).toEqual(conflict);
    expect(await finish()).toEqual({});
    expect(await db.call("GetItem", key("a"))).toEqual({ Item: { pk: { S: "a" }, n: { N: "2" } } });
    expect(await db.call(operation, input)).toEqual({});
  });

  test("writes of other items take place", async () => {
    expect(await db.call("PutItem", item("c", 1))).toEqual({});
  });

  test("an entry of a batch comes back unprocessed, the others are written", async () => {
    const entry = (pk: string): JsonObject => ({ PutRequest: { Item: { pk: { S: pk } } } });
    expect(await db.call("BatchWriteItem", { RequestItems: { Tab: [entry("a"), entry("c")] } })).toEqual({
      UnprocessedItems: { Tab: [entry("a")] },
    });
    expect(await db.call("GetItem", key("c"))).toEqual({ Item: { pk: { S: "c" } } });
  });

  test("another transaction is cancelled, with the items it met", async () => {
    const other = { TransactItems: [{ Put: item("c", 1) }, { Delete: key("b") }, { Put: item("a", 3) }] };
    expect(await db.call("TransactWriteItems", other)).toEqual(cancelled(false, true, true));
    await finish();
    expect(await db.call("GetItem", key("c"))).toEqual({});
    const again = db.call("TransactWriteItems", other);
    await nextTurn();
    await db.clock.advance(holdMs);
    expect(await again).toEqual({});
  });

  test("what was wrong with other actions before is told beside the conflict", async () => {
    const other = {
      TransactItems: [{ Delete: { TableName: "Tab", Key: { pk: { N: "1" } } } }, { Put: item("a", 3) }],
    };
    const { CancellationReasons: reasons } = await db.call("TransactWriteItems", other);
    expect(reasons).toEqual([
      { Code: "ValidationError", Message: "The provided key element does not match the schema" },
      { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" },
    ]);
  });

  test("TransactGetItems is cancelled, plain reads see what was there before", async () => {
    const gets = { TransactItems: [{ Get: key("absent") }, { Get: key("a") }, { Get: key("b") }] };
    expect(await db.call("TransactGetItems", gets)).toEqual(cancelled(false, true, true));
    const before = { pk: { S: "a" }, n: { N: "1" } };
    expect(await db.call("GetItem", { ...key("a"), ConsistentRead: true })).toEqual({ Item: before });
    expect((await db.call("Scan", { TableName: "Tab" }))["Count"]).toBe(2);
    const batch = { RequestItems: { Tab: { Keys: [{ pk: { S: "a" } }] } } };
    expect((await db.call("BatchGetItem", batch))["Responses"]).toEqual({ Tab: [before] });
    await finish();
    expect((await db.call("TransactGetItems", gets))["Responses"]).toHaveLength(3);
  });
});

test("writes that were accepted before a transaction are not disturbed by it", async () => {
  await finish();
  const earlier = db.call("PutItem", item("a", 5));
  const transaction = db.call("TransactWriteItems", {
    TransactItems: [
      {
        ConditionCheck: {
          ...key("a"),
          ConditionExpression: "n = :n",
          ExpressionAttributeValues: { ":n": { N: "5" } },
        },
      },
    ],
  });
  expect(await earlier).toEqual({});
  await db.clock.advance(holdMs);
  expect(await transaction).toEqual({});
});

test("a table that changes meanwhile makes the transaction begin again", async () => {
  const changed = await db.call("UpdateTable", { TableName: "Tab", DeletionProtectionEnabled: true });
  expect(changed["error"]).toBeUndefined();
  let answered = false;
  void running.then(() => (answered = true));
  await db.clock.advance(holdMs);
  expect(await db.call("GetItem", key("a"))).toEqual({ Item: { pk: { S: "a" }, n: { N: "1" } } });
  expect(answered).toBe(false);
  await db.clock.advance(holdMs);
  expect(await running).toEqual({});
  expect(await db.call("GetItem", key("a"))).toEqual({ Item: { pk: { S: "a" }, n: { N: "2" } } });
});

test("a transaction that was done is answered again by its token while another one holds its items", async () => {
  await finish();
  const done = { TransactItems: [{ Put: item("a", 7) }, { Put: item("c", 7) }], ClientRequestToken: "done" };
  const send = (input: JsonObject): Promise<JsonObject> => db.call("TransactWriteItems", input);
  const first = send(done);
  await nextTurn();
  await db.clock.advance(holdMs);
  expect(await first).toEqual({});
  const other = send({ TransactItems: [{ Delete: key("a") }] });
  await nextTurn();
  expect(await send(done)).toEqual({});
  expect(await send({ ...done, ClientRequestToken: "new" })).toEqual(cancelled(true, false));
  const changed = { TransactItems: [{ Put: item("a", 8) }], ClientRequestToken: "done" };
  expect((await send(changed))["error"]).toBe("IdempotentParameterMismatchException");
  await db.clock.advance(holdMs);
  expect(await other).toEqual({});
});
