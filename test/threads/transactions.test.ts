/**
 * Write transactions that are not answered yet, seen from connections to their own router and to another one. The clock
 * stands still, so a transaction that is held stays so until the test lets time pass.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AdjustableClock, adjustableClock, monotonicMs } from "../../src/base/index.ts";
import type { RunningServer } from "../../src/server/index.ts";
import { giveOrder } from "./thread-orders.ts";
import {
  type Answer,
  callOk,
  type Connection,
  connectionsToAll,
  openConnection,
  startThreaded,
  tableNamed,
} from "./threaded-server.ts";

type Body = Readonly<Record<string, unknown>>;

const holdMs = 60_000;
/** A thread of the server may stand still for a while; shorter than the limit of a test, so that it says what it waited for. */
const patienceMs = 8000;

let server: RunningServer;
let clock: AdjustableClock;
/** Sends the transaction. */
let sender: Connection;
/** Meet it: one on the same router, one on the other; without routers there is no difference. */
let meeting: Readonly<Record<"same" | "other", Connection>>;
/** Asks what is held, on the other router. */
let watcher: Connection;
let running: Promise<unknown> | undefined;

async function start(routers: number, transactionHoldMs: number): Promise<void> {
  clock = adjustableClock();
  clock.freeze();
  const threadEntries = routers === 0 ? {} : { router: new URL("mortal-router.ts", import.meta.url) };
  server = await startThreaded({ routers, clock, transactionHoldMs, threadEntries });
  const all = routers === 0 ? new Map<string, Connection[]>() : await connectionsToAll(server, 2);
  const [one = [], two = []] = [...all.values()];
  const next = (from: readonly Connection[], index: number): Connection =>
    from[index] ?? openConnection(server);
  sender = next(one, 0);
  meeting = { same: next(one, 1), other: next(two, 0) };
  watcher = next(two, 1);
  for (const name of ["Tab", "Far"]) await callOk(sender, "CreateTable", tableNamed(name));
}

async function putItems(): Promise<void> {
  for (const pk of ["a", "b"]) await callOk(sender, "PutItem", item(pk, 1));
  await callOk(sender, "DeleteItem", key("c"));
}

/** Item `b` is in another table. */
const tableOf = (pk: string): string => (pk === "b" ? "Far" : "Tab");
const key = (pk: string): Body => ({ TableName: tableOf(pk), Key: { pk: { S: pk } } });
const item = (pk: string, n: number): Body => ({
  TableName: tableOf(pk),
  Item: { pk: { S: pk }, n: { N: String(n) } },
});
const stored = (pk: string, n: number): Body => ({ Item: { pk: { S: pk }, n: { N: String(n) } } });
const checkOfB: Body = {
  ConditionCheck: {
    ...key("b"),
    ConditionExpression: "n = :one",
    ExpressionAttributeValues: { ":one": { N: "1" } },
  },
};

/** Writes `a`, checks `b`; resolves when it holds them. */
async function begin(more: Body = {}): Promise<{ readonly answer: Promise<Answer> }> {
  const body = { TransactItems: [{ Put: item("a", 2) }, checkOfB], ...more };
  const answer = sender.call("TransactWriteItems", body);
  running = answer;
  await untilHeld(true, "a");
  return { answer };
}

/** As read transactions are told. */
async function untilHeld(held: boolean, pk: string): Promise<void> {
  const untilMs = monotonicMs() + patienceMs;
  while (monotonicMs() < untilMs) {
    const { status } = await watcher.call("TransactGetItems", { TransactItems: [{ Get: key(pk) }] });
    if ((status !== 200) === held) return;
  }
  throw new Error(`${pk} ${held ? "is not held" : "stays held"}`);
}

const conflictText = "Transaction is ongoing for the item";

function cancelled(...codes: readonly ("None" | "TransactionConflict")[]): Body {
  return {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`,
    CancellationReasons: codes.map((Code) => (Code === "None" ? { Code } : { Code, Message: conflictText })),
  };
}

describe.each([0, 2])("a write transaction that is under way, %i routers", (routers) => {
  beforeAll(() => start(routers, holdMs));
  beforeEach(putItems);
  // Also when a test has failed: what it left is decided when the time has come.
  afterEach(async () => {
    await clock.advance(holdMs);
    await running;
  });
  afterAll(() => server.close());

  describe.each(["same", "other"] as const)("met through the %s router", (which) => {
    test("refuses plain writes of its items, and lets them in when it has ended", async () => {
      const { answer } = await begin();
      const connection = meeting[which];
      const writes: readonly (readonly [string, Body])[] = [
        ["PutItem", item("a", 9)],
        ["UpdateItem", { ...key("a"), UpdateExpression: "REMOVE n" }],
        ["DeleteItem", key("a")],
        ["PutItem", item("b", 9)],
      ];
      for (const [operation, body] of writes) {
        const { status, body: told } = await connection.call(operation, body);
        expect([operation, status, told]).toEqual([
          operation,
          400,
          { __type: expect.stringMatching(/#TransactionConflictException$/u), message: conflictText },
        ]);
      }
      await callOk(connection, "PutItem", item("c", 1));
      await clock.advance(holdMs);
      expect((await answer).status).toBe(200);
      expect(await callOk(connection, "GetItem", { ...key("a"), ConsistentRead: true })).toEqual(
        stored("a", 2),
      );
      for (const [operation, body] of writes) await callOk(connection, operation, body);
    });

    test("leaves entries of a batch unprocessed, and no others", async () => {
      const { answer } = await begin();
      const entry = (pk: string): Body => ({ PutRequest: { Item: { pk: { S: pk } } } });
      const batch = { RequestItems: { Tab: [entry("c"), entry("a")], Far: [entry("b")] } };
      expect(await callOk(meeting[which], "BatchWriteItem", batch)).toEqual({
        UnprocessedItems: { Tab: [entry("a")], Far: [entry("b")] },
      });
      expect(await callOk(meeting[which], "GetItem", key("c"))).toEqual({ Item: { pk: { S: "c" } } });
      await clock.advance(holdMs);
      expect((await answer).status).toBe(200);
      expect(await callOk(meeting[which], "BatchWriteItem", batch)).toEqual({ UnprocessedItems: {} });
    });

    test("cancels other write transactions, for exactly the items they share", async () => {
      const { answer } = await begin();
      const connection = meeting[which];
      const other = { TransactItems: [{ Put: item("c", 1) }, { Delete: key("b") }, { Put: item("a", 3) }] };
      const met = await connection.call("TransactWriteItems", other);
      expect([met.status, met.body]).toEqual([
        400,
        cancelled("None", "TransactionConflict", "TransactionConflict"),
      ]);
      await clock.advance(holdMs);
      expect((await answer).status).toBe(200);
      // Nothing of it took place, and nothing of it is held.
      expect(await callOk(connection, "GetItem", { ...key("c"), ConsistentRead: true })).toEqual({});
      await callOk(connection, "PutItem", item("c", 4));
      const again = connection.call("TransactWriteItems", other);
      await untilHeld(true, "c");
      await clock.advance(holdMs);
      expect((await again).status).toBe(200);
      expect(await callOk(connection, "GetItem", key("c"))).toEqual(stored("c", 1));
    });

    test("cancels read transactions; plain reads see what was there before", async () => {
      const { answer } = await begin();
      const connection = meeting[which];
      const gets = { TransactItems: [{ Get: key("none") }, { Get: key("a") }, { Get: key("b") }] };
      const met = await connection.call("TransactGetItems", gets);
      expect([met.status, met.body]).toEqual([
        400,
        cancelled("None", "TransactionConflict", "TransactionConflict"),
      ]);
      await expectPlainReads(connection, 1);
      await clock.advance(holdMs);
      expect((await answer).status).toBe(200);
      await expectPlainReads(connection, 2);
      expect(await callOk(connection, "TransactGetItems", gets)).toEqual({
        Responses: [{}, stored("a", 2), stored("b", 1)],
      });
    });

    test("is done once, however often it is asked for with its token", async () => {
      const token = { ClientRequestToken: `once, ${which}` };
      const added = {
        Update: {
          ...key("a"),
          UpdateExpression: "ADD n :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        },
      };
      const body = { TransactItems: [added, checkOfB], ...token };
      const connection = meeting[which];
      const both = [sender, connection].map((each) => each.call("TransactWriteItems", body));
      // One of them waits for the clock: the other is answered.
      const first = await Promise.race(both);
      expect([first.status, first.body["__type"]]).toEqual([
        400,
        expect.stringMatching(/#TransactionInProgressException$/u),
      ]);
      await clock.advance(holdMs);
      expect(new Set((await Promise.all(both)).map(({ status }) => status))).toEqual(new Set([200, 400]));
      for (const each of [sender, connection, meeting.other]) {
        await untilDone(each, body);
        expect(await callOk(each, "GetItem", { ...key("a"), ConsistentRead: true })).toEqual(stored("a", 2));
      }
      const changed = await untilAnswered(connection, { TransactItems: [{ Delete: key("a") }], ...token });
      expect(changed.body["__type"]).toMatch(/#IdempotentParameterMismatchException$/u);
    });

    test("does not hide that another one, asked for again with its token, was done before", async () => {
      const earlier = {
        TransactItems: [{ Put: item("b", 1) }, { Put: item("c", 7) }],
        ClientRequestToken: `earlier, ${which}`,
      };
      const done = meeting[which].call("TransactWriteItems", earlier);
      await untilHeld(true, "c");
      await clock.advance(holdMs);
      expect((await done).status).toBe(200);
      const { answer } = await begin();
      expect(await callOk(meeting[which], "TransactWriteItems", earlier)).toEqual({});
      await clock.advance(holdMs);
      expect((await answer).status).toBe(200);
    });
  });
});

/** It is held before it is found to be a repetition, so time must pass. */
async function untilAnswered(connection: Connection, body: Body): Promise<Answer> {
  const answer = connection.call("TransactWriteItems", body);
  await untilHeld(true, "a");
  await clock.advance(holdMs);
  return answer;
}

async function untilDone(connection: Connection, body: Body): Promise<void> {
  expect((await untilAnswered(connection, body)).status).toBe(200);
}

async function expectPlainReads(connection: Connection, n: number): Promise<void> {
  const { Item } = stored("a", n);
  for (const ConsistentRead of [true, false]) {
    expect(await callOk(connection, "GetItem", { ...key("a"), ConsistentRead })).toEqual({ Item });
    const query = {
      TableName: "Tab",
      ConsistentRead,
      KeyConditionExpression: "pk = :a",
      ExpressionAttributeValues: { ":a": { S: "a" } },
    };
    expect((await callOk(connection, "Query", query))["Items"]).toEqual([Item]);
    expect((await callOk(connection, "Scan", { TableName: "Tab", ConsistentRead }))["Items"]).toEqual([Item]);
    const batch = { RequestItems: { Tab: { Keys: [{ pk: { S: "a" } }], ConsistentRead } } };
    expect((await callOk(connection, "BatchGetItem", batch))["Responses"]).toEqual({ Tab: [Item] });
  }
}

test("a transaction whose router dies is decided as a whole, and what it held is free", async () => {
  await start(2, holdMs);
  await putItems();
  const answer = sender.call("TransactWriteItems", {
    TransactItems: [{ Put: item("a", 2) }, { Put: item("b", 2) }],
  });
  await untilHeld(true, "a");
  giveOrder({ kind: "die", thread: "router 1" });
  await expect(answer).rejects.toMatchObject({ code: "ECONNRESET" });
  await untilHeld(false, "a");
  const gets = { TransactItems: [{ Get: key("a") }, { Get: key("b") }] };
  const { Responses: found } = await callOk(meeting.other, "TransactGetItems", gets);
  expect([
    [stored("a", 1), stored("b", 1)],
    [stored("a", 2), stored("b", 2)],
  ]).toContainEqual(found);
  for (const pk of ["a", "b"]) await callOk(meeting.other, "PutItem", item(pk, 3));
  await server.close();
});

describe.each([0, 2])("transactions that are not held, %i routers", (routers) => {
  beforeAll(() => start(routers, 0));
  beforeEach(putItems);
  afterAll(() => server.close());

  test("one token sent to both routers at once is done once, each time", async () => {
    const rounds = 100;
    let done = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const added = { UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": { N: "1" } } };
      const body = {
        TransactItems: [{ Update: { ...key("a"), ...added } }, { Update: { ...key("b"), ...added } }],
        ClientRequestToken: `round ${round}`,
      };
      const both = [sender, meeting.other].map((each) => each.call("TransactWriteItems", body));
      for (const { status, body: told } of await Promise.all(both)) {
        if (status === 200) done += 1;
        else expect(told["__type"]).toMatch(/#TransactionInProgressException$/u);
      }
      for (const pk of ["a", "b"]) {
        const found = await callOk(meeting.same, "GetItem", { ...key(pk), ConsistentRead: true });
        expect(found).toEqual(stored(pk, round + 1));
      }
    }
    // In each round one of them at least.
    expect(done).toBeGreaterThanOrEqual(rounds);
  });
});
