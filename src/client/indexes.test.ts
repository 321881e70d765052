// Global indexes as a user of the library meets them: caught up by default, stale when asked for.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { open, type OpenOptions, type Stator } from "./index.ts";

const table = {
  TableName: "Pets",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["id", "owner", "age"].map((AttributeName) => ({
    AttributeName,
    AttributeType: AttributeName === "age" ? "N" : "S",
  })),
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byOwner",
      KeySchema: [
        { AttributeName: "owner", KeyType: "HASH" },
        { AttributeName: "age", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};

const opened: Stator[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const stator of opened.splice(0)) await stator.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function start(options: OpenOptions = {}): Promise<Stator> {
  const stator = await open({ tables: table, ...options });
  opened.push(stator);
  return stator;
}

type Answer = Record<string, never> & { readonly Items?: readonly Record<string, { S?: string }>[] };

async function send(stator: Stator, operation: string, json: object): Promise<Answer> {
  const result = await stator.dispatch({
    service: "DynamoDB",
    operation,
    json,
    namespace: { account: "000000000000", region: "us-east-1" },
    requestId: "test",
  });
  if (result.kind === "error") throw new Error(`${result.error.code}: ${result.error.message}`);
  return JSON.parse(Buffer.from(result.body).toString()) as Answer;
}

async function put(stator: Stator, id: string, members: object = {}): Promise<void> {
  const Item = { id: { S: id }, owner: { S: "ann" }, age: { N: "1" }, ...members };
  await send(stator, "PutItem", { TableName: "Pets", Item });
}

async function pets(stator: Stator, owner = "ann", IndexName = "byOwner"): Promise<readonly unknown[]> {
  const { Items = [] } = await send(stator, "Query", {
    TableName: "Pets",
    IndexName,
    KeyConditionExpression: "#o = :o",
    ExpressionAttributeNames: { "#o": "owner" },
    ExpressionAttributeValues: { ":o": { S: owner } },
  });
  return Items.map(({ id }) => id?.S);
}

const addTagIndex = {
  TableName: "Pets",
  AttributeDefinitions: [{ AttributeName: "tag", AttributeType: "S" }],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: "byTag",
        KeySchema: [{ AttributeName: "tag", KeyType: "HASH" }],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    },
  ],
};

async function statusOf(stator: Stator, index: string): Promise<unknown> {
  const { Table } = (await send(stator, "DescribeTable", { TableName: "Pets" })) as unknown as {
    Table: { GlobalSecondaryIndexes: readonly { IndexName: string; IndexStatus: string }[] };
  };
  return Table.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === index)?.IndexStatus;
}

describe("a global index", () => {
  test("has caught up with every write that was answered", async () => {
    const stator = await start();
    for (let round = 0; round < 20; round += 1) {
      await put(stator, "a", { age: { N: String(round) } });
      await put(stator, `b${round}`);
      expect(await pets(stator)).toHaveLength(round + 2);
    }
  });

  test("is not written with its table: while its consumer is paused it stays as it was", async () => {
    const stator = await start();
    await put(stator, "a");
    expect(await pets(stator)).toEqual(["a"]);
    await stator.indexes.pause("Pets", "byOwner");
    await put(stator, "b");
    await send(stator, "DeleteItem", { TableName: "Pets", Key: { id: { S: "a" } } });
    expect(await pets(stator)).toEqual(["a"]);
    expect(await stator.indexes.lag()).toMatchObject([{ table: "Pets", index: "byOwner", changes: 2 }]);
    stator.indexes.resume("Pets", "byOwner");
    await stator.indexes.caughtUp("Pets", "byOwner");
    expect(await pets(stator)).toEqual(["b"]);
    expect(await stator.indexes.lag()).toMatchObject([{ changes: 0, oldestMs: 0 }]);
  });

  test("stays behind for as long as it is told, by the clock of the data", async () => {
    const stator = await start({ indexLag: 1000 });
    stator.clock.freeze();
    await put(stator, "a");
    expect(await pets(stator)).toEqual([]);
    await stator.clock.advance(999);
    await stator.indexes.lag();
    expect(await pets(stator)).toEqual([]);
    await stator.clock.advance(1);
    await stator.indexes.caughtUp();
    expect(await pets(stator)).toEqual(["a"]);
  });

  test("may have a lag of its own", async () => {
    const lags = { all: "none", byIndex: { "Pets/byOwner": 60_000 } } as const;
    const stator = await start({ indexLag: lags });
    await put(stator, "a");
    expect(await pets(stator)).toEqual([]);
    await stator.indexes.caughtUp();
    expect(await pets(stator)).toEqual(["a"]);
  });

  test("that is added to a live table holds the items that were there and those that come", async () => {
    const stator = await start();
    for (let count = 0; count < 150; count += 1) await put(stator, `p${count}`, { tag: { S: "t" } });
    await put(stator, "wrong", { tag: { N: "1" } });
    await send(stator, "UpdateTable", addTagIndex);
    await put(stator, "new", { tag: { S: "t" } });
    const { Count } = await send(stator, "Scan", { TableName: "Pets", IndexName: "byTag", Select: "COUNT" });
    expect(Count).toBe(151);
    const { Table } = (await send(stator, "DescribeTable", { TableName: "Pets" })) as unknown as {
      Table: { GlobalSecondaryIndexes: readonly object[] };
    };
    expect(Table.GlobalSecondaryIndexes[1]).toMatchObject({
      IndexName: "byTag",
      IndexStatus: "ACTIVE",
      ItemCount: 151,
    });
    await expect(put(stator, "refused", { tag: { N: "1" } })).rejects.toThrow(
      "Type mismatch for Index Key tag Expected: S Actual: N IndexName: byTag",
    );
  });

  test("is not complete while its consumer is paused, whatever its backfill has read", async () => {
    const stator = await start();
    await put(stator, "a", { tag: { S: "t" } });
    await send(stator, "UpdateTable", addTagIndex);
    await stator.indexes.pause("Pets", "byTag");
    await put(stator, "b", { tag: { S: "t" } });
    expect(await statusOf(stator, "byTag")).toBe("CREATING");
    stator.indexes.resume("Pets", "byTag");
    expect(await statusOf(stator, "byTag")).toBe("ACTIVE");
    const { Count } = await send(stator, "Scan", { TableName: "Pets", IndexName: "byTag", Select: "COUNT" });
    expect(Count).toBe(2);
  });

  test("catches up after a restart", async () => {
    const folder = await mkdtemp(join(tmpdir(), "stator-indexes-"));
    folders.push(folder);
    const first = await open({ tables: table, data: folder });
    await first.indexes.pause("Pets", "byOwner");
    for (let count = 0; count < 60; count += 1) await put(first, `p${count}`);
    await first.close();
    const second = await start({ data: folder });
    expect(await pets(second)).toHaveLength(60);
  });
});

test("names of indexes that do not exist are refused", async () => {
  const stator = await start();
  await expect(stator.indexes.pause("Pets", "nope")).rejects.toThrow("there is no global index nope");
  expect(() => stator.indexes.resume("Nope", "byOwner")).toThrow("of a table Nope");
  await expect(stator.indexes.caughtUp("Pets", "nope")).rejects.toThrow("there is no global index nope");
});
