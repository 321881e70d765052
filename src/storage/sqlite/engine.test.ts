// What the contract suite does not ask: the queue, groups, checkpoints, reclaiming real space, verifying.
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { settableClock, temporaryFolder } from "../../testing/index.ts";
import type {
  Commit,
  DecideFunction,
  DecideRegistry,
  MutationOutcome,
  RecordKey,
} from "../contract/index.ts";
import {
  nodeSqliteDriver,
  openSqliteEngine,
  type SqliteDriver,
  type SqliteEngine,
  type SqliteEngineOptions,
  verifyStore,
} from "./index.ts";

const decide: DecideRegistry = new Map<string, DecideFunction>([
  ["write", (args) => ({ kind: "commit", commit: args as Commit, result: undefined })],
  ["refuse", () => ({ kind: "refuse", result: "no" })],
]);
const clock = settableClock(1_767_225_600_000);

function keyOf(name: string, keyspace = 1): RecordKey {
  return { keyspace, placement: 0, partition: Buffer.from(name), sort: Buffer.alloc(0) };
}

function put(engine: SqliteEngine, key: RecordKey, valueBytes: number): Promise<unknown> {
  const commit: Commit = { records: [{ kind: "put", key, value: Buffer.alloc(valueBytes, 7) }] };
  return engine.mutate({ kind: "write", epochs: [], keys: [], args: commit });
}

async function withEngine(
  options: Partial<SqliteEngineOptions>,
  use: (engine: SqliteEngine, path: string) => Promise<void>,
): Promise<void> {
  const path = temporaryFolder();
  try {
    await using engine = await openSqliteEngine({
      location: { kind: "directory", path },
      decide,
      clock,
      ...options,
    });
    await use(engine, path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Counts how often each statement runs. */
function countingDriver(): { readonly driver: SqliteDriver; count(text: string): number } {
  const inner = nodeSqliteDriver();
  const counts = new Map<string, number>();
  const driver: SqliteDriver = {
    open: (path) => {
      const connection = inner.open(path);
      return {
        exec: (text) => connection.exec(text),
        close: () => connection.close(),
        get isTransaction() {
          return connection.isTransaction;
        },
        prepare: (text) => {
          const statement = connection.prepare(text);
          const run = statement.run.bind(statement);
          statement.run = (...values) => {
            counts.set(text, (counts.get(text) ?? 0) + 1);
            return run(...values);
          };
          return statement;
        },
      };
    },
  };
  return { driver, count: (text) => counts.get(text) ?? 0 };
}

describe("groups", () => {
  test("writes that arrive together share one commit, whatever their keys", async () => {
    const counting = countingDriver();
    await withEngine({ driver: counting.driver }, async (engine) => {
      await Promise.all(Array.from({ length: 100 }, (_, index) => put(engine, keyOf(`${index}`), 100)));
      expect(counting.count("COMMIT")).toBe(1);
      await put(engine, keyOf("later"), 100);
      expect(counting.count("COMMIT")).toBe(2);
    });
  });

  test("a group ends after a megabyte, so that one commit does not grow without bound", async () => {
    const counting = countingDriver();
    await withEngine({ driver: counting.driver }, async (engine) => {
      await Promise.all(Array.from({ length: 25 }, (_, index) => put(engine, keyOf(`${index}`), 400_000)));
      expect(counting.count("COMMIT")).toBe(9);
    });
  });

  test("each counter is written once a group", async () => {
    const counting = countingDriver();
    await withEngine({ driver: counting.driver }, async (engine) => {
      const counters = [{ counter: { keyspace: 1, index: 0 }, delta: 1 }];
      const args: Commit = { records: [], counters };
      await Promise.all(
        Array.from({ length: 50 }, () => engine.mutate({ kind: "write", epochs: [], keys: [], args })),
      );
      expect(await engine.counter({ keyspace: 1, index: 0 })).toBe(50);
      expect(
        counting.count(
          "INSERT INTO counters VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value",
        ),
      ).toBe(1);
    });
  });
});

describe("the queue", () => {
  test("refuses what does not fit, and takes more when there is room again", async () => {
    await withEngine({ queueMax: 3 }, async (engine) => {
      const results = await Promise.allSettled(
        Array.from({ length: 5 }, (_, index) => put(engine, keyOf(`${index}`), 10)),
      );
      expect(results.map(({ status }) => status)).toEqual([
        "fulfilled",
        "fulfilled",
        "fulfilled",
        "rejected",
        "rejected",
      ]);
      expect(results[4]).toMatchObject({
        reason: { code: "unavailable", message: "too many writes are waiting" },
      });
      await put(engine, keyOf("again"), 10);
    });
  });

  test("takes its turns from whoever schedules them", async () => {
    const turns: (() => void)[] = [];
    await withEngine({ nextTurn: (task) => turns.push(task) }, async (engine) => {
      let answered = false;
      const writing = put(engine, keyOf("a"), 10).then(() => {
        answered = true;
      });
      await Promise.resolve();
      expect(answered).toBe(false);
      expect(await engine.get(keyOf("a"), "strong")).toBeUndefined();
      runAll(turns);
      await writing;
      expect(answered).toBe(true);
      const closing = engine.close();
      runAll(turns);
      await closing;
    });
  });
});

describe("holds", () => {
  const holding = (engine: SqliteEngine, name: string, ms: number): Promise<MutationOutcome> =>
    engine.mutate({ kind: "refuse", epochs: [], keys: [keyOf(name)], args: undefined, hold: { ms } });

  test("are asked for and met without waiting for a commit", async () => {
    const turns: (() => void)[] = [];
    await withEngine({ nextTurn: (task) => turns.push(task) }, async (engine) => {
      const outcome = holding(engine, "a", 0);
      expect(await engine.held([keyOf("a"), keyOf("b")])).toEqual([true, false]);
      expect(await holding(engine, "a", 0)).toEqual({ kind: "conflict", keys: [0] });
      runAll(turns);
      expect(await outcome).toEqual({ kind: "refused", result: "no" });
      expect(await engine.held([keyOf("a")])).toEqual([false]);
      const closing = engine.close();
      runAll(turns);
      await closing;
    });
  });

  test("a mutation held back counts as waiting; a conflict needs no room", async () => {
    const stepped = settableClock(clock.nowMs());
    await withEngine({ queueMax: 2, clock: stepped }, async (engine) => {
      const late = [holding(engine, "a", 10), holding(engine, "b", 20)];
      await expect(put(engine, keyOf("c"), 10)).rejects.toMatchObject({ code: "unavailable" });
      expect(await holding(engine, "b", 0)).toEqual({ kind: "conflict", keys: [0] });
      // One that found no room holds nothing.
      await expect(holding(engine, "d", 0)).rejects.toMatchObject({ code: "unavailable" });
      expect(await engine.held([keyOf("d")])).toEqual([false]);
      await stepped.advance(10);
      await late[0];
      await put(engine, keyOf("c"), 10);
    });
  });

  test("nothing of a clock that stands still keeps an engine from closing", async () => {
    await withEngine({}, async (engine) => {
      const late = Array.from({ length: 300 }, (_, index) => holding(engine, `${index}`, 1000 + index));
      await engine.close();
      expect(new Set((await Promise.all(late)).map(({ kind }) => kind))).toEqual(new Set(["refused"]));
    });
  });
});

function runAll(turns: (() => void)[]): void {
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
}

test("the write-ahead log stays small under steady writing", async () => {
  await withEngine({}, async (engine, path) => {
    let largest = 0;
    for (let round = 0; round < 40; round += 1) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => put(engine, keyOf(`${index}`), 100_000)));
      largest = Math.max(largest, statSync(join(path, "stator.db-wal")).size);
    }
    // 40 MB were written; a checkpoint is due each megabyte, and one group of a megabyte may be written before it.
    expect(largest).toBeLessThan(3 * 1024 * 1024);
  });
});

test("a new large value rewrites its own page and none of the table of keys", async () => {
  await withEngine({}, async (engine, path) => {
    const keys = Array.from({ length: 120 }, (_, index) => keyOf(`${index}`));
    const putAll = (some: readonly RecordKey[], fill: number): Promise<unknown> => {
      const records = some.map((key) => ({ kind: "put" as const, key, value: Buffer.alloc(3000, fill) }));
      const args: Commit = { records };
      return engine.mutate({ kind: "write", epochs: [], keys: [], args });
    };
    const frames = (): number => (statSync(join(path, "stator.db-wal")).size - 32) / (8192 + 24);
    await putAll(keys, 1);
    const before = frames();
    // Two of these values share a page, so every fourth has one for itself. SQLite skips pages that stay equal,
    // so the bytes must be new ones.
    await putAll(
      keys.filter((_, index) => index % 4 === 0),
      2,
    );
    expect(frames() - before).toBe(30);
  });
});

test("reclaiming a dropped keyspace makes the file smaller, in short steps", async () => {
  await withEngine({}, async (engine, path) => {
    await Promise.all(Array.from({ length: 60 }, (_, index) => put(engine, keyOf(`${index}`, 2), 100_000)));
    const args: Commit = { records: [], dropKeyspaces: [2] };
    await engine.mutate({ kind: "write", epochs: [], keys: [], args });
    let steps = 0;
    while (!(await engine.reclaim()).done) steps += 1;
    expect(steps).toBeGreaterThan(3);
    await engine.close();
    // 256 free pages of 8 KB are kept for the next writes.
    expect(statSync(join(path, "stator.db")).size).toBeLessThan(3 * 1024 * 1024);
  });
});

test("counters of parts of a dropped keyspace go in short steps, those of others stay", async () => {
  await withEngine({}, async (engine) => {
    for (const keyspace of [1, 2]) {
      const counters = Array.from({ length: 2000 }, (_, index) => ({
        counter: { keyspace, index: index % 2, part: Buffer.from(`part ${index}`) },
        delta: 1,
      }));
      await engine.mutate({ kind: "write", epochs: [], keys: [], args: { records: [], counters } });
    }
    const args: Commit = { records: [], dropKeyspaces: [1] };
    await engine.mutate({ kind: "write", epochs: [], keys: [], args });
    let steps = 0;
    for (let done = false; !done; steps += 1) {
      const progress = await engine.reclaim();
      expect(progress.recordsRemoved).toBe(0);
      done = progress.done;
    }
    // At most 200 rows a step.
    expect(steps).toBeGreaterThanOrEqual(10);
    expect(await engine.counterParts({ keyspace: 2, index: 1, countMax: 10_000 })).toHaveLength(1000);
    expect(await engine.verify()).toEqual([]);
  });
});

test("shards that were used are listed page by page", async () => {
  await withEngine({}, async (engine) => {
    const append = (shard: number): Promise<unknown> => {
      const args: Commit = { records: [], log: [{ shard, value: Buffer.from("v") }] };
      return engine.mutate({ kind: "write", epochs: [], keys: [], args });
    };
    for (const shard of [70_000, 0, 5, 5]) await append(shard);
    await engine.mutate({ kind: "write", epochs: [], keys: [], args: { records: [], closeShards: [9] } });
    await engine.trimLog(5, 1);
    const first = await engine.logShards(undefined, 3);
    expect(first).toEqual([
      { shard: 0, last: 1, oldest: 1, closed: false },
      { shard: 5, last: 2, oldest: 2, closed: false },
      { shard: 9, last: 0, oldest: 1, closed: true },
    ]);
    expect(await engine.logShards(9, 3)).toEqual([{ shard: 70_000, last: 1, oldest: 1, closed: false }]);
    expect(await engine.logShards(70_000, 3)).toEqual([]);
  });
});

describe("verifying", () => {
  const damages: readonly [name: string, damage: string, found: string][] = [
    [
      "a gap in the log",
      "DELETE FROM log WHERE position = 2",
      "log shard 1 has 2 records for positions 1 to 3",
    ],
    ["time going back", "UPDATE log SET time = 1 WHERE position = 3", "goes back in time at position 3"],
    ["a log record beyond its head", "UPDATE shards SET last = 2", "has 3 records for positions 1 to 2"],
    ["a record of no shard", "DELETE FROM shards", "log record of unknown shard 1"],
    ["a lost large value", "DELETE FROM large", "without its large value"],
    [
      "a record with two values",
      "UPDATE records SET value = x'00'",
      "neither or both of value and large value",
    ],
    ["an orphan large value", "INSERT INTO large VALUES(999, 1, x'00')", "large value 999 without a record"],
    ["a version never reserved", "UPDATE large SET version = 99999999", "which was never reserved"],
    [
      "a record in a reclaimed keyspace",
      "INSERT INTO keyspaces VALUES(1, 0, 2)",
      "whose space was given back",
    ],
    ["a counter that is no number", "INSERT INTO counters VALUES(1, 0, 'x')", "is not an integer"],
    [
      "a counter of a part that is 0",
      "INSERT INTO part_counters VALUES(1, 0, x'61', 0)",
      "is 0 or not an integer",
    ],
    [
      "a counter of a part in a reclaimed keyspace",
      "INSERT INTO part_counters VALUES(9, 0, x'61', 1); INSERT INTO keyspaces VALUES(9, 0, 2)",
      "counter of a part of keyspace 9 whose space was given back",
    ],
    ["an impossible lease", "INSERT INTO leases VALUES('a', 'b', 0, 0)", "lease a has an impossible token"],
    ["a foreign format number", "UPDATE keyspaces SET state = 7", "in unknown state 7"],
  ];
  test.each(damages)("finds %s", async (_name, damage, found) => {
    await withEngine({}, async (engine, path) => {
      const args: Commit = {
        records: [{ kind: "put", key: keyOf("long"), value: Buffer.alloc(5000) }],
        log: [1, 2, 3].map(() => ({ shard: 1, value: Buffer.from("v") })),
        setEpochs: [{ keyspace: 5, epoch: 1 }],
      };
      await engine.mutate({ kind: "write", epochs: [], keys: [], args });
      expect(await engine.verify()).toEqual([]);
      await engine.close();
      const database = new DatabaseSync(join(path, "stator.db"));
      database.exec(damage);
      database.close();
      expect((await verifyStore(path)).join("\n")).toContain(found);
    });
  });

  test("asks whoever knows the records' own format", async () => {
    await withEngine({}, async (engine) => {
      await put(engine, keyOf("a"), 10);
      await put(engine, keyOf("b", 2), 3000);
      const problems = await engine.verify({
        inspect: ({ key, value }) => (key.keyspace === 2 ? `value of ${value.length} bytes` : undefined),
      });
      expect(problems).toEqual(["record in keyspace 2: value of 3000 bytes"]);
    });
  });
});
