/**
 * A write transaction that one Stator holds, met through another one on the same store, which is in PGlite. The clock
 * stands still, so it stays held until the test lets time pass. (Through routers of one server:
 * test/threads/transactions.test.ts.)
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AdjustableClock, adjustableClock, monotonicMs } from "../../src/base/index.ts";
import type { CallAnswer } from "../model/history-requests.ts";
import { tableNamed } from "../threads/threaded-server.ts";
import { openTwoStators, type TwoStators } from "./two-stators.ts";

type Body = Readonly<Record<string, unknown>>;

const holdMs = 60_000;
const patienceMs = 8000;
const TableName = "Held";

let clock: AdjustableClock;
let stators: TwoStators;
/** Of the one, not answered yet. */
let held: Promise<CallAnswer>;

const key = (pk: string): Body => ({ TableName, Key: { pk: { S: pk } } });
const item = (pk: string, n: number): Body => ({ TableName, Item: { pk: { S: pk }, n: { N: String(n) } } });

beforeEach(async () => {
  clock = adjustableClock();
  clock.freeze();
  stators = await openTwoStators({ transactionHoldMs: holdMs, clock });
  const { one } = stators;
  await one.call("CreateTable", tableNamed(TableName));
  await one.call("PutItem", item("a", 1));
  held = one.call("TransactWriteItems", {
    TransactItems: [
      { Put: item("a", 2) },
      { ConditionCheck: { ...key("b"), ConditionExpression: "attribute_not_exists(pk)" } },
    ],
  });
  await untilHeld("b");
});

afterEach(async () => {
  await clock.advance(holdMs);
  await held;
  await stators.close();
});

/** As the other one's readers are told. */
async function untilHeld(pk: string): Promise<void> {
  const untilMs = monotonicMs() + patienceMs;
  while (monotonicMs() < untilMs) {
    const { status } = await stators.other.call("TransactGetItems", { TransactItems: [{ Get: key(pk) }] });
    if (status !== 200) return;
  }
  throw new Error(`${pk} is not held`);
}

const conflictText = "Transaction is ongoing for the item";

function reasons({ status, body }: CallAnswer): readonly unknown[] {
  const { CancellationReasons: found } = body as { CancellationReasons?: readonly { Code: string }[] };
  return [status, ...(found ?? []).map(({ Code }) => Code)];
}

describe("what one Stator holds", () => {
  test("another one does not write, until it has been decided", async () => {
    const { other } = stators;
    const writes: readonly (readonly [string, Body])[] = [
      ["PutItem", item("a", 9)],
      ["UpdateItem", { ...key("a"), UpdateExpression: "REMOVE n" }],
      ["DeleteItem", key("b")],
    ];
    for (const [operation, body] of writes) {
      expect(await other.call(operation, body)).toMatchObject({
        status: 400,
        body: { __type: expect.stringMatching(/#TransactionConflictException$/u), message: conflictText },
      });
    }
    expect((await other.call("PutItem", item("c", 1))).status).toBe(200);
    await clock.advance(holdMs);
    expect((await held).status).toBe(200);
    const found = await other.call("GetItem", { ...key("a"), ConsistentRead: true });
    expect(found.body).toEqual({ Item: item("a", 2)["Item"] });
    for (const [operation, body] of writes) expect((await other.call(operation, body)).status).toBe(200);
  });

  test("cancels another one's transactions for exactly the items they share", async () => {
    const { other } = stators;
    const gets = { TransactItems: [{ Get: key("c") }, { Get: key("a") }, { Get: key("b") }] };
    const conflict = "TransactionConflict";
    expect(reasons(await other.call("TransactGetItems", gets))).toEqual([400, "None", conflict, conflict]);
    const writes = { TransactItems: [{ Put: item("c", 1) }, { Delete: key("b") }] };
    expect(reasons(await other.call("TransactWriteItems", writes))).toEqual([400, "None", conflict]);
    const entry = (pk: string): Body => ({ DeleteRequest: { Key: { pk: { S: pk } } } });
    const batch = { RequestItems: { [TableName]: [entry("d"), entry("a")] } };
    expect((await other.call("BatchWriteItem", batch)).body).toEqual({
      UnprocessedItems: { [TableName]: [entry("a")] },
    });
    const before = await other.call("GetItem", { ...key("a"), ConsistentRead: true });
    expect(before.body).toEqual({ Item: item("a", 1)["Item"] });
    await clock.advance(holdMs);
    expect((await held).status).toBe(200);
    expect(reasons(await other.call("TransactGetItems", gets))).toEqual([200]);
  });
});
