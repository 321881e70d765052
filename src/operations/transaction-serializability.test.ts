// Concurrent transfers between accounts: whatever commits, conflicts or is cancelled, no money appears or vanishes,
// and no read transaction ever sees a part of a transfer.
import { describe, expect, test } from "vitest";
import { nextTurn, type Random, seededRandom } from "../base/index.ts";
import {
  type JsonObject,
  keyedTable,
  openTransactionOperations,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";

const accounts = ["a", "b", "c", "d", "e"];
const opening = 100;
const total = accounts.length * opening;

const key = (pk: string): JsonObject => ({ TableName: "Tab", Key: { pk: { S: pk } } });

function change(pk: string, amount: number): JsonObject {
  return {
    Update: {
      ...key(pk),
      UpdateExpression: "ADD balance :amount",
      ConditionExpression: "balance >= :least",
      ExpressionAttributeValues: {
        ":amount": { N: String(amount) },
        ":least": { N: String(Math.max(0, -amount)) },
      },
    },
  };
}

function sumOf(items: readonly unknown[]): number {
  return (items as readonly { readonly balance: { readonly N: string } }[]).reduce(
    (sum, { balance }) => sum + Number(balance.N),
    0,
  );
}

interface Outcomes {
  transfers: number;
  reads: number;
  cancelled: number;
}

async function transfer(db: TransactionOperations, random: Random, outcomes: Outcomes): Promise<void> {
  const from = random.below(accounts.length);
  const to = (from + 1 + random.below(accounts.length - 1)) % accounts.length;
  const amount = 1 + random.below(60);
  const result = await db.call("TransactWriteItems", {
    TransactItems: [change(accounts[from] ?? "", -amount), change(accounts[to] ?? "", amount)],
  });
  if (result["error"] === undefined) outcomes.transfers += 1;
  else expect(result["error"]).toBe("TransactionCanceledException");
  if (result["error"] !== undefined) outcomes.cancelled += 1;
}

async function readAll(db: TransactionOperations, outcomes: Outcomes): Promise<void> {
  const { error, Responses: responses } = await db.call("TransactGetItems", {
    TransactItems: accounts.map((pk) => ({ Get: key(pk) })),
  });
  if (error === undefined) {
    outcomes.reads += 1;
    expect(sumOf((responses as readonly { Item: unknown }[]).map(({ Item: item }) => item))).toBe(total);
  } else {
    expect(error).toBe("TransactionCanceledException");
    outcomes.cancelled += 1;
  }
}

describe("transfers", () => {
  test.each([1, 2, 3])("keep the sum, seed %i", async (seed) => {
    await using db = await openTransactionOperations();
    await db.call("CreateTable", keyedTable("Tab"));
    for (const pk of accounts) {
      const item = { pk: { S: pk }, balance: { N: String(opening) } };
      await db.call("PutItem", { TableName: "Tab", Item: item });
    }
    const random = seededRandom(seed);
    const outcomes: Outcomes = { transfers: 0, reads: 0, cancelled: 0 };
    const worker = async (): Promise<void> => {
      for (let step = 0; step < 30; step += 1) {
        if (random.below(3) === 0) await readAll(db, outcomes);
        else await transfer(db, random, outcomes);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    const { Items: items } = await db.call("Scan", { TableName: "Tab" });
    expect(sumOf(items as readonly unknown[])).toBe(total);
    // Otherwise the test has shown nothing.
    expect(outcomes.transfers).toBeGreaterThan(10);
    expect(outcomes.reads).toBeGreaterThan(0);
    expect(outcomes.cancelled).toBeGreaterThan(0);
  });
});

describe("an item that moves from place to place", () => {
  const places = Array.from({ length: 12 }, (_, index) => `place-${index}`);

  /** From a place where it may be. */
  async function move(db: TransactionOperations, random: Random): Promise<boolean> {
    const from = random.below(places.length);
    const to = (from + 1 + random.below(places.length - 1)) % places.length;
    const { error } = await db.call("TransactWriteItems", {
      TransactItems: [
        { Delete: { ...key(places[from] ?? ""), ConditionExpression: "attribute_exists(pk)" } },
        { Put: { TableName: "Tab", Item: { pk: { S: places[to] ?? "" } } } },
      ],
    });
    return error === undefined;
  }

  /** Undefined when the read was cancelled. */
  async function seen(db: TransactionOperations): Promise<number | undefined> {
    const { error, Responses: responses } = await db.call("TransactGetItems", {
      TransactItems: places.map((pk) => ({ Get: key(pk) })),
    });
    if (error !== undefined) return undefined;
    return (responses as readonly JsonObject[]).filter((response) => "Item" in response).length;
  }

  /** As from another thread: something may be committed before each read. */
  function slowReads({ engine }: TransactionOperations): void {
    const getMany = engine.getMany.bind(engine);
    engine.getMany = async (keys, consistency) => {
      await nextTurn();
      return getMany(keys, consistency);
    };
  }

  test.each([4, 5])("is always seen in exactly one, seed %i", async (seed) => {
    await using db = await openTransactionOperations();
    await db.call("CreateTable", keyedTable("Tab"));
    await db.call("PutItem", { TableName: "Tab", Item: { pk: { S: "place-0" } } });
    slowReads(db);
    const random = seededRandom(seed);
    let moves = 0;
    const looks: (number | undefined)[] = [];
    const mover = async (): Promise<void> => {
      for (let step = 0; step < 60; step += 1) {
        if (await move(db, random)) moves += 1;
        // Else somebody would be moving it whenever it is looked for.
        for (let turns = random.below(12); turns > 0; turns -= 1) await nextTurn();
      }
    };
    let moving = true;
    const looker = async (): Promise<void> => {
      while (moving) {
        looks.push(await seen(db));
        await nextTurn();
      }
    };
    const lookers = [looker(), looker()];
    await Promise.all([mover(), mover()]);
    moving = false;
    await Promise.all(lookers);
    expect(new Set(looks.filter((count) => count !== undefined))).toEqual(new Set([1]));
    expect(moves).toBeGreaterThan(5);
    expect(looks).toContain(undefined);
  });
});
