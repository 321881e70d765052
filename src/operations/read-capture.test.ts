// Reading a capture: pages, acknowledgements, what is kept for it and how long.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { captureReader } from "../catalog/index.ts";
import { itemShard, readerCursors } from "../changes/index.ts";
import { hashPartitionKey, bucketOf } from "../partitions/index.ts";
import { encodeKeyValue } from "../values/index.ts";
import {
  type CapturedOptions,
  type CapturedStator,
  type CaptureJson,
  capturedNamespace,
  capturedTableName,
  openCaptured,
  withIndex,
} from "../testing/captured-table.ts";

let endings: (() => unknown)[] = [];

afterEach(async () => {
  const last = endings;
  endings = [];
  for (const end of last.toReversed()) await end();
});

async function captured(options: CapturedOptions = { table: {} }): Promise<CapturedStator> {
  const stator = await openCaptured(options);
  endings.push(() => stator.core.close());
  return stator;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const notFound = "ResourceNotFoundException: Capture not found: copy-1";
const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `k${index}`);

/** Keys of one of the four buckets. */
const inBucket = (bucket: number, count: number): readonly string[] =>
  numbered(count * 20)
    .filter((pk) => bucketOf(hashPartitionKey(encodeKeyValue({ type: "S", value: pk })), 4) === bucket)
    .slice(0, count);

/** First and last position kept, of each bucket. */
async function kept({ core }: CapturedStator): Promise<readonly (readonly [oldest: number, last: number])[]> {
  const { engine, catalog } = core.services;
  const keyspace = catalog.find(capturedNamespace, capturedTableName)?.keyspace ?? 0;
  const ends = [0, 1, 2, 3].map((bucket) => engine.logEnd(itemShard(keyspace, bucket)));
  return (await Promise.all(ends)).map(({ oldest, last }) => [oldest, last]);
}

let changes = 0;

/** So often 25 items of one bucket. */
async function change({ ok }: CapturedStator, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    changes += 1;
    const g = { S: `${changes}` };
    const puts = inBucket(1, 25).map((pk) => ({ PutRequest: { Item: { pk: { S: pk }, g } } }));
    await ok("BatchWriteItem", { RequestItems: { [capturedTableName]: puts } });
  }
}

const keptCount = async (stator: CapturedStator): Promise<number> =>
  (await kept(stator)).reduce((sum, [oldest, last]) => sum + last - oldest + 1, 0);

describe("a page", () => {
  test("has the keys of at most Limit changes, and its positions go just behind them", async () => {
    const { put, begin, read } = await captured();
    let positions = await begin();
    await put(...numbered(30));
    const seen: string[] = [];
    for (const expected of [7, 7, 7, 7, 2]) {
      const page = await read(positions, { Limit: 7 });
      expect(page.keys).toHaveLength(expected);
      expect(page.caughtUp).toBe(expected === 2);
      seen.push(...page.keys);
      ({ positions } = page);
    }
    expect(seen.toSorted()).toEqual([...numbered(30)].toSorted());
    expect(await read(positions)).toEqual({ keys: [], positions, caughtUp: true });
  });

  test("names an item once, however often it was changed", async () => {
    const { ok, begin, read } = await captured();
    const positions = await begin();
    for (let v = 0; v < 20; v += 1) await ok("PutItem", { Item: { pk: { S: "a" }, v: { N: `${v}` } } });
    const page = await read(positions);
    expect(page.keys).toEqual(["a"]);
    expect(page.positions.filter(({ Position }) => Position !== 0)).toEqual([{ Shard: 3, Position: 20 }]);
  });

  test("is bounded in bytes, too, where an index has all of the items logged", async () => {
    const { ok, begin, read, readAll } = await captured({
      table: {
        ...withIndex,
        GlobalSecondaryIndexes: [
          {
            IndexName: "byG",
            KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      },
    });
    const positions = await begin();
    const big = { S: "x".repeat(300_000) };
    for (const pk of numbered(20)) await ok("PutItem", { Item: { pk: { S: pk }, g: { S: "g" }, big } });
    const page = await read(positions);
    expect(page.caughtUp).toBe(false);
    // The first look does not know how large the changes are.
    expect(page.keys.length).toBeGreaterThan(0);
    expect(page.keys.length).toBeLessThanOrEqual(11);
    expect((await readAll(positions)).keys.toSorted()).toEqual([...numbered(20)].toSorted());
  });

  test("has something of every shard, and with the smallest limit none waits for ever", async () => {
    const { put, begin, read } = await captured();
    const positions = await begin();
    for (const bucket of [0, 1, 2, 3]) await put(...inBucket(bucket, bucket === 0 ? 100 : 3));
    expect((await read(positions, { Limit: 8 })).positions.map(({ Position }) => Position)).toEqual([
      2, 2, 2, 2,
    ]);
    const page = await read(positions, { Limit: 40 });
    expect(page.positions.map(({ Position }) => Position)).toEqual([31, 3, 3, 3]);
    let at = positions;
    const moved = new Set<number>();
    for (let calls = 0; calls < 8; calls += 1) {
      const { positions: next } = await read(at, { Limit: 1 });
      for (const [shard, { Position }] of next.entries())
        if (Position !== at[shard]?.["Position"]) moved.add(shard);
      at = next;
    }
    expect(moved).toEqual(new Set([0, 1, 2, 3]));
  });

  test("can be read again until it is acknowledged", async () => {
    const { put, begin, read } = await captured();
    const positions = await begin();
    await put("a", "b");
    const page = await read(positions);
    expect(await read(positions)).toEqual(page);
    expect(page.keys.toSorted()).toEqual(["a", "b"]);
  });
});

describe("positions", () => {
  const at = (Shard: number, Position: number): CaptureJson => ({ Shard, Position });

  async function refusals(): Promise<{ refused: (...positions: CaptureJson[]) => Promise<string> }> {
    const { put, begin, read, refusal } = await captured();
    const positions = await begin();
    await put(...inBucket(2, 5));
    await read((await read(positions, { Limit: 2 })).positions);
    return { refused: (...Positions) => refusal("ReadCapture", { Positions }) };
  }

  test("below what was acknowledged are refused", async () => {
    const { refused } = await refusals();
    expect(await refused(at(2, 1))).toBe(
      "ValidationException: Positions names a position below what was acknowledged already",
    );
  });

  test("beyond the end of the log are refused", async () => {
    const { refused } = await refusals();
    expect(await refused(at(2, 6))).toBe(
      "ValidationException: Positions names a position of shard 2 that is not there",
    );
    expect(await refused(at(2, 5))).not.toContain("Exception");
  });

  test("of shards that are not there, or twice of one, are refused", async () => {
    const { refused } = await refusals();
    expect(await refused(at(4, 0))).toBe("ValidationException: Positions names a shard that is not there: 4");
    expect(await refused(at(0, 0), at(0, 0))).toBe(
      "ValidationException: Positions names shard 0 more than once",
    );
  });

  test("that are left out are where they were acknowledged", async () => {
    const { refused } = await refusals();
    expect(JSON.parse(await refused())).toMatchObject({
      Positions: [at(0, 0), at(1, 0), at(2, 5), at(3, 0)],
    });
  });
});

describe("what is kept", () => {
  test("everything until it is acknowledged, and a few records longer", async () => {
    const stator = await captured();
    const { put, begin, read, core } = stator;
    const positions = await begin();
    for (const bucket of [0, 1, 2, 3]) await put(...inBucket(bucket, 5));
    const page = await read(positions, { Limit: 12 });
    await core.indexes?.trim();
    expect(await keptCount(stator)).toBe(20);
    await read(page.positions);
    // Small numbers of records are not worth a commit.
    await core.indexes?.trim();
    expect(await keptCount(stator)).toBe(20);
  });

  test.each([
    ["without an index", {}],
    ["beside an index", withIndex],
  ])("a thousand acknowledged records are forgotten, %s", async (_what, table) => {
    const stator = await captured({ table });
    const { begin, read, readAll, core } = stator;
    const positions = await begin();
    await change(stator, 44);
    await core.indexes?.settle();
    await core.indexes?.trim();
    expect((await kept(stator))[1]).toEqual([1, 1100]);
    const page = await readAll(positions);
    expect(new Set(page.keys)).toEqual(new Set(inBucket(1, 25)));
    await read(page.positions);
    await change(stator, 1);
    await core.indexes?.settle();
    await core.indexes?.trim();
    expect((await kept(stator))[1]).toEqual([1101, 1125]);
    expect((await readAll(page.positions)).keys).toHaveLength(25);
  });

  test("the slowest of several captures and indexes holds back", async () => {
    const stator = await captured({ table: withIndex });
    const { begin, read, readAll, end, core } = stator;
    const quick = await begin("quick");
    const slow = await begin("slow");
    await change(stator, 44);
    const page = await readAll(quick, { CaptureId: "quick" });
    await read(page.positions, { CaptureId: "quick" });
    await core.indexes?.settle();
    await core.indexes?.trim();
    expect(await keptCount(stator)).toBe(1100);
    expect((await readAll(slow, { CaptureId: "slow" })).keys).toContain(inBucket(1, 1)[0]);
    await end("slow");
    await core.indexes?.settle();
    await core.indexes?.trim();
    expect(await keptCount(stator)).toBe(0);
  });

  test("nothing when the last capture of a table without indexes is ended", async () => {
    const stator = await captured();
    const positions = await stator.begin();
    await stator.put(...numbered(10));
    expect(await keptCount(stator)).toBe(10);
    await stator.end();
    expect(await keptCount(stator)).toBe(0);
    expect(await stator.refusal("ReadCapture", { Positions: positions })).toBe(notFound);
  });

  test("nothing of a table that is dropped, and its capture is not that of its successor", async () => {
    const stator = await captured();
    const positions = await stator.begin();
    await stator.put(...numbered(10));
    await stator.ok("DeleteTable");
    expect(await stator.refusal("ReadCapture", { Positions: positions })).toMatch(
      /^ResourceNotFoundException: Requested resource/u,
    );
    await stator.ok("CreateTable", { ...tableRequest });
    expect(await stator.refusal("ReadCapture", { Positions: positions })).toBe(notFound);
    expect(await stator.begin()).toEqual(positions);
  });

  test("captures and what they have read outlive the store's end", async () => {
    const path = mkdtempSync(join(tmpdir(), "stator-capture-"));
    endings.push(() => rmSync(path, { recursive: true, force: true }));
    const storage = { kind: "directory", path } as const;
    const before = await openCaptured({ storage, table: {} });
    const positions = await before.begin();
    await before.put("a", "b");
    const page = await before.read(positions);
    await before.read(page.positions);
    await before.put("c");
    await before.core.close();
    const { readAll, begin, put, clock } = await captured({ storage, clock: before.clock });
    expect(clock.nowMs()).toBe(before.clock.nowMs());
    expect(await begin()).toEqual(page.positions);
    await put("d");
    expect((await readAll(page.positions)).keys.toSorted()).toEqual(["c", "d"]);
  });
});

describe("a capture that nobody reads", () => {
  test("is ended after 24 hours, with all that was kept for it", async () => {
    const stator = await captured();
    const { begin, put, clock, core, refusal } = stator;
    const Positions = await begin();
    await put("a");
    await clock.advance(24 * hourMs - 1);
    await core.services.catalog.step();
    expect(await refusal("ReadCapture", { Positions: [] })).toContain('"a"');
    await clock.advance(24 * hourMs);
    await core.services.catalog.step();
    expect(await refusal("ReadCapture", { Positions })).toBe(notFound);
    expect(await keptCount(stator)).toBe(0);
    await put("b");
    expect(await keptCount(stator)).toBe(0);
  });

  test("lives as long as somebody reads it, though nothing changes", async () => {
    const { begin, clock, core, read } = await captured();
    const positions = await begin();
    for (let reads = 0; reads < 5; reads += 1) {
      await clock.advance(23 * hourMs);
      await core.services.catalog.step();
      expect((await read(positions)).keys).toEqual([]);
    }
  });

  test("is ended beside one that is read", async () => {
    const { begin, clock, core, read, refusal } = await captured();
    const positions = await begin("read");
    await begin();
    await clock.advance(20 * hourMs);
    await read(positions, { CaptureId: "read" });
    await clock.advance(5 * hourMs);
    await core.services.catalog.step();
    expect(await refusal("ReadCapture", { Positions: [] })).toBe(notFound);
    expect(await read(positions, { CaptureId: "read" })).toMatchObject({ caughtUp: true });
  });

  test("is written to once an hour when nothing changes", async () => {
    const { begin, core, read, clock } = await captured();
    const positions = await begin();
    const { catalog, engine } = core.services;
    const leaseMs = async (): Promise<number | undefined> => {
      const table = catalog.find(capturedNamespace, capturedTableName);
      const capture = table?.captures?.[0];
      if (table === undefined || capture === undefined) return undefined;
      return (await readerCursors(engine, captureReader(table, capture)))?.[0]?.leaseUntilMs;
    };
    expect(await leaseMs()).toBe(clock.nowMs() + 24 * hourMs);
    await clock.advance(30 * minuteMs);
    await read(positions);
    expect(await leaseMs()).toBe(clock.nowMs() + 23.5 * hourMs);
    await clock.advance(31 * minuteMs);
    await read(positions);
    expect(await leaseMs()).toBe(clock.nowMs() + 24 * hourMs);
  });
});

const tableRequest: CaptureJson = {
  TableName: capturedTableName,
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};
