// ClientRequestToken: a request that is sent again is done once, across restarts, for ten minutes.
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nextTurn } from "../base/index.ts";
import { forgetTokens, sweepTokens } from "../mutations/index.ts";
import { temporaryFolder } from "../testing/sqlite-subjects.ts";
import {
  type JsonObject,
  keyedTable,
  openTransactionOperations,
  stoppedClock,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";

const minuteMs = 60_000;

let db: TransactionOperations;

beforeEach(async () => {
  db = await openTransactionOperations();
  await db.call("CreateTable", keyedTable("Tab"));
});

afterEach(async () => {
  await db[Symbol.asyncDispose]();
});

const increment = (pk = "a", more: JsonObject = {}): JsonObject => ({
  ClientRequestToken: "token",
  TransactItems: [
    {
      Update: {
        TableName: "Tab",
        Key: { pk: { S: pk } },
        UpdateExpression: "ADD #n :one",
        ExpressionAttributeNames: { "#n": "n" },
        ExpressionAttributeValues: { ":one": { N: "1" } },
      },
    },
  ],
  ...more,
});

const transact = (input: JsonObject): Promise<JsonObject> => db.call("TransactWriteItems", input);

async function countOf(pk = "a"): Promise<string> {
  const { Item: item } = await db.call("GetItem", { TableName: "Tab", Key: { pk: { S: pk } } });
  return (item as { n?: { N: string } } | undefined)?.n?.N ?? "0";
}

const mismatch = {
  error: "IdempotentParameterMismatchException",
  message:
    "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.",
};

describe("the same request with the same token", () => {
  test("is done once, whatever the order of its members", async () => {
    expect(await transact(increment())).toEqual({});
    expect(await transact(increment())).toEqual({});
    const update = {
      ExpressionAttributeValues: { ":one": { N: "1" } },
      Key: { pk: { S: "a" } },
      ExpressionAttributeNames: { "#n": "n" },
      UpdateExpression: "ADD #n :one",
      TableName: "Tab",
    };
    expect(await transact({ TransactItems: [{ Update: update }], ClientRequestToken: "token" })).toEqual({});
    expect(await countOf()).toBe("1");
  });

  test("is answered with the units of reading the items", async () => {
    const sized = (pk: string, bytes: number): JsonObject => ({
      Put: { TableName: "Tab", Item: { pk: { S: pk }, fil: { S: "x".repeat(bytes - 6) } } },
    });
    const input = {
      TransactItems: [sized("a", 500), sized("b", 500), sized("c", 4097)],
      ClientRequestToken: "token",
      ReturnConsumedCapacity: "TOTAL",
    };
    expect(await transact(input)).toEqual({
      ConsumedCapacity: [{ TableName: "Tab", CapacityUnits: 14, WriteCapacityUnits: 14 }],
    });
    expect(await transact(input)).toEqual({
      ConsumedCapacity: [{ TableName: "Tab", CapacityUnits: 8, ReadCapacityUnits: 8 }],
    });
  });

  test("is done again after ten minutes, whether or not the token was swept", async () => {
    await transact(increment());
    await db.clock.advance(10 * minuteMs - 1);
    await transact(increment());
    expect(await countOf()).toBe("1");
    await db.clock.advance(1);
    await transact(increment());
    expect(await countOf()).toBe("2");
    await transact(increment());
    expect(await countOf()).toBe("2");
  });

  test("is done once in each namespace", async () => {
    const elsewhere = { account: "111111111111", region: "us-east-1" };
    await db.call("CreateTable", keyedTable("Tab"), elsewhere);
    await transact(increment());
    await db.call("TransactWriteItems", increment(), elsewhere);
    const { Item: item } = await db.call("GetItem", { TableName: "Tab", Key: { pk: { S: "a" } } }, elsewhere);
    expect(item).toEqual({ pk: { S: "a" }, n: { N: "1" } });
  });

  test("is done again when it was cancelled the first time", async () => {
    const input = {
      ClientRequestToken: "token",
      TransactItems: [
        {
          Put: {
            TableName: "Tab",
            Item: { pk: { S: "b" } },
            ConditionExpression: "attribute_not_exists(pk)",
          },
        },
      ],
    };
    await db.call("PutItem", { TableName: "Tab", Item: { pk: { S: "b" } } });
    expect((await transact(input))["error"]).toBe("TransactionCanceledException");
    await db.call("DeleteItem", { TableName: "Tab", Key: { pk: { S: "b" } } });
    expect(await transact(input)).toEqual({});
    // Now its condition would fail.
    expect(await transact(input)).toEqual({});
  });
});

test("without a token every request is done", async () => {
  const { ClientRequestToken: _token, ...input } = increment();
  await transact(input);
  await transact(input);
  expect(await countOf()).toBe("2");
});

test("another request with the same token is refused", async () => {
  await transact(increment());
  expect(await transact(increment("b"))).toEqual(mismatch);
  const [update] = increment()["TransactItems"] as [JsonObject];
  const remove = { Delete: { TableName: "Tab", Key: { pk: { S: "z" } } } };
  expect(await transact(increment("a", { TransactItems: [update, remove] }))).toEqual(mismatch);
  expect(await countOf("b")).toBe("0");
});

test("while the first is under way, the same token is refused", async () => {
  await using slow = await openTransactionOperations({ services: { transactionHoldMs: 1000 } });
  await slow.call("CreateTable", keyedTable("Tab"));
  const first = slow.call("TransactWriteItems", increment());
  await nextTurn();
  expect(await slow.call("TransactWriteItems", increment())).toEqual({
    error: "TransactionInProgressException",
    message: "Transaction from previous request is still in progress",
  });
  await slow.clock.advance(1000);
  expect(await first).toEqual({});
  const again = slow.call("TransactWriteItems", increment());
  await nextTurn();
  await slow.clock.advance(1000);
  expect(await again).toEqual({});
});

test("tokens are kept across restarts", async () => {
  const directory = temporaryFolder();
  const clock = stoppedClock();
  try {
    {
      await using first = await openTransactionOperations({ directory, clock });
      await first.call("CreateTable", keyedTable("Tab"));
      await first.call("TransactWriteItems", increment());
    }
    await using second = await openTransactionOperations({ directory, clock });
    expect(
      await second.call("TransactWriteItems", increment("a", { ReturnConsumedCapacity: "TOTAL" })),
    ).toEqual({
      ConsumedCapacity: [{ TableName: "Tab", CapacityUnits: 2, ReadCapacityUnits: 2 }],
    });
    expect(await second.call("TransactWriteItems", increment("b"))).toEqual(mismatch);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

describe("sweeping", () => {
  /** Records of tokens, and of the times they expire at. */
  async function kept(): Promise<readonly number[]> {
    const limits = { reverse: false, recordsMax: 1000, bytesMax: 1_000_000, consistency: "strong" } as const;
    const counts = [4, 5].map(async (keyspace) => {
      let count = 0;
      for (let placement = 0; placement < 16; placement += 1) {
        count += (await db.engine.range({ keyspace, placement, ...limits })).records.length;
      }
      return count;
    });
    return Promise.all(counts);
  }

  /** All of them lie in one place, since they end alike. */
  const used = (token: number): Promise<JsonObject> =>
    transact(increment("a", { ClientRequestToken: `${token}. token` }));

  test("forgets what has expired, in steps of a hundred, and nothing else", async () => {
    for (let token = 0; token < 150; token += 1) await used(token);
    await db.clock.advance(9 * minuteMs);
    await used(200);
    expect(await sweepTokens(db.engine, db.clock.nowMicros())).toBe(false);
    expect(await kept()).toEqual([151, 151]);
    await db.clock.advance(minuteMs);
    expect(await sweepTokens(db.engine, db.clock.nowMicros())).toBe(true);
    expect(await kept()).toEqual([51, 51]);
    expect(await sweepTokens(db.engine, db.clock.nowMicros())).toBe(false);
    expect(await kept()).toEqual([1, 1]);
    await used(200);
    expect(await countOf()).toBe("151");
  });

  test("leaves nothing of a token that was used again after it had expired", async () => {
    await used(1);
    await db.clock.advance(10 * minuteMs);
    await used(1);
    expect(await kept()).toEqual([1, 1]);
    await sweepTokens(db.engine, db.clock.nowMicros());
    expect(await kept()).toEqual([1, 1]);
    await db.clock.advance(10 * minuteMs);
    await sweepTokens(db.engine, db.clock.nowMicros());
    expect(await kept()).toEqual([0, 0]);
  });

  test("keeps a token that is due only by the clock of whoever looks", async () => {
    await used(1);
    expect(await sweepTokens(db.engine, db.clock.nowMicros() + 11 * minuteMs * 1000)).toBe(false);
    expect(await kept()).toEqual([1, 1]);
  });

  test("passes by a token that a running transaction uses", async () => {
    await used(1);
    await used(2);
    await db.clock.advance(10 * minuteMs);
    const { engine } = db;
    let calls = 0;
    const mutate: typeof engine.mutate = async (mutation) => {
      calls += 1;
      return calls === 1 ? { kind: "conflict", keys: [0] } : engine.mutate(mutation);
    };
    const asked = { range: engine.range.bind(engine), mutate };
    expect(await sweepTokens(asked, db.clock.nowMicros())).toBe(false);
    expect(await kept()).toEqual([1, 1]);
  });

  test("can forget all", async () => {
    for (let token = 0; token < 101; token += 1) await used(token);
    await forgetTokens(db.engine);
    expect(await kept()).toEqual([0, 0]);
    await used(1);
    expect(await countOf()).toBe("102");
  });
});
