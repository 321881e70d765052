// Failing statements, commits and disks: no acknowledged write is lost, nothing is half applied, and answers are true.
import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  abandonableDriver,
  assertSound,
  type Fault,
  faultyDriver,
  type FaultyDriver,
  settableClock,
  type SettableClock,
  temporaryFolder,
} from "../../testing/index.ts";
import {
  type Commit,
  type DecideFunction,
  type DecideRegistry,
  type Engine,
  type RecordKey,
  StorageError,
} from "../contract/index.ts";
import {
  nodeSqliteDriver,
  openSqliteEngine,
  type SqliteEngine,
  verifyStore,
  type WritingState,
} from "./index.ts";

const decide: DecideRegistry = new Map<string, DecideFunction>([
  ["write", (args) => ({ kind: "commit", commit: args as Commit, result: undefined })],
  ["refuse", () => ({ kind: "refuse", result: "no" })],
]);

interface Stored {
  readonly path: string;
  readonly engine: SqliteEngine;
  readonly clock: SettableClock;
  readonly faults: FaultyDriver;
  readonly states: (readonly [WritingState, string | undefined])[];
  /** As after a kill, with a healthy disk. */
  readonly reopen: () => Promise<SqliteEngine>;
}

async function withFaults(use: (store: Stored) => Promise<void>): Promise<void> {
  const path = temporaryFolder();
  const faults = faultyDriver(nodeSqliteDriver());
  const driver = abandonableDriver(faults);
  const clock = settableClock(1_767_225_600_000);
  const states: (readonly [WritingState, string | undefined])[] = [];
  const location = { kind: "directory", path } as const;
  const opened: SqliteEngine[] = [];
  const engine = await openSqliteEngine({
    location,
    decide,
    clock,
    driver,
    onWritingState: (state, reason) => states.push([state, reason]),
  });
  const reopen = async (): Promise<SqliteEngine> => {
    faults.arm(undefined);
    driver.abandon();
    const again = await openSqliteEngine({ location, decide, clock });
    opened.push(again);
    return again;
  };
  try {
    await use({ path, engine, clock, faults, states, reopen });
  } finally {
    faults.arm(undefined);
    for (const each of opened) await each.close();
    await engine.close().catch(() => undefined);
    assertSound(await verifyStore(path));
    rmSync(path, { recursive: true, force: true });
  }
}

function keyOf(name: string): RecordKey {
  return { keyspace: 1, placement: 0, partition: Buffer.from(name), sort: Buffer.alloc(0) };
}

/** A commit with parts in every table; all of them belong to write number `index`. */
function commitOf(index: number): Commit {
  return {
    records: [
      { kind: "put", key: keyOf(`short ${index}`), value: Buffer.from("v") },
      { kind: "put", key: keyOf(`long ${index}`), value: Buffer.alloc(20_000, index) },
    ],
    counters: [
      { counter: { keyspace: 1, index }, delta: 1 },
      { counter: { keyspace: 1, index, part: Buffer.from("part") }, delta: 1 },
    ],
    log: [{ shard: index, value: Buffer.from("change") }],
    setEpochs: [{ keyspace: 100 + index, epoch: 1 }],
  };
}

function write(engine: Engine, index: number): Promise<string> {
  return engine.mutate({ kind: "write", epochs: [], keys: [keyOf("short 0")], args: commitOf(index) }).then(
    (outcome) => outcome.kind,
    (error: unknown) => (error instanceof StorageError ? error.code : Promise.reject(error as Error)),
  );
}

/** How many of the six parts of a write are there: 0 or 6 unless atomicity is broken. */
async function partsOf(engine: Engine, index: number): Promise<number> {
  const records = await engine.getMany([keyOf(`short ${index}`), keyOf(`long ${index}`)], "strong");
  const stale = await engine.mutate({
    kind: "refuse",
    epochs: [{ keyspace: 100 + index, epoch: 0 }],
    keys: [],
    args: undefined,
  });
  return [
    ...records.map((record) => record !== undefined),
    (await engine.counter({ keyspace: 1, index })) === 1,
    (await engine.counter({ keyspace: 1, index, part: Buffer.from("part") })) === 1,
    (await engine.logEnd(index)).last === 1,
    stale.kind === "staleEpoch",
  ].filter(Boolean).length;
}

/** The answers of five writes, two of them in one group, while the fault strikes; then what a new engine finds. */
async function runProgram(store: Stored, fault: Fault): Promise<boolean> {
  store.faults.arm(fault);
  const answers = [await write(store.engine, 0)];
  answers.push(...(await Promise.all([1, 2].map((index) => write(store.engine, index)))));
  answers.push(await write(store.engine, 3));
  const struck = store.faults.strikes > 0;
  const again = await store.reopen();
  for (const [index, answer] of answers.entries()) {
    const parts = await partsOf(again, index);
    const allowed = answer === "committed" ? [6] : answer === "unknown" ? [0, 6] : [0];
    expect(allowed, `write ${index}, answered ${answer}, under ${JSON.stringify(fault)}`).toContain(parts);
  }
  expect(await write(again, 4)).toBe("committed");
  return struck;
}

describe("a fault at every point of a small program", () => {
  const kinds: readonly [name: string, fault: (nth: number) => Fault][] = [
    ["a failing statement", (nth) => ({ kind: "statement", nth })],
    ["a full disk", (nth) => ({ kind: "diskFull", nth })],
    ["a commit that fails and had no effect", (nth) => ({ kind: "commit", nth, tookEffect: false })],
    ["a commit that fails and had effect", (nth) => ({ kind: "commit", nth, tookEffect: true })],
  ];
  test.each(kinds)("%s", { timeout: 60_000 }, async (_name, fault) => {
    let nth = 1;
    for (let struck = true; struck; nth += 1) {
      await withFaults(async (store) => {
        struck = await runProgram(store, fault(nth));
      });
    }
    // The program has at least three commits, so at least that many faults must have struck.
    expect(nth).toBeGreaterThan(3);
  });
});

describe("a commit that fails", () => {
  test("is answered unknown to writes, unavailable to refusals, and ends all writing", () =>
    withFaults(async ({ engine, faults, states }) => {
      await write(engine, 0);
      faults.arm({ kind: "commit", nth: 1, tookEffect: false });
      const [unknown, refusal] = await Promise.allSettled([
        engine.mutate({ kind: "write", epochs: [], keys: [], args: commitOf(1) }),
        engine.mutate({ kind: "refuse", epochs: [], keys: [], args: undefined }),
      ]);
      expect(unknown).toEqual({ status: "fulfilled", value: { kind: "unknown" } });
      expect(refusal).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
      faults.arm(undefined);
      expect(await write(engine, 2)).toBe("unavailable");
      await expect(engine.lease("a", "b", 1)).rejects.toThrow(
        "writing has stopped until the store is opened again",
      );
      expect(states).toEqual([["stopped", expect.stringContaining("disk I/O error")]]);
    }));

  test("leaves reads as they were", () =>
    withFaults(async ({ engine, faults }) => {
      await write(engine, 0);
      faults.arm({ kind: "commit", nth: 1, tookEffect: false });
      await write(engine, 1);
      expect(await engine.get(keyOf("short 0"), "strong")).toBeDefined();
      expect(await engine.get(keyOf("short 1"), "strong")).toBeUndefined();
      expect(await engine.logEnd(0)).toEqual({ last: 1, oldest: 1, closed: false });
      expect(await engine.logEnd(1)).toEqual({ last: 0, oldest: 1, closed: false });
    }));
});

test("a checkpoint that meets an I/O error ends all writing and says so", () =>
  withFaults(async ({ engine, faults, states }) => {
    await write(engine, 0);
    faults.arm({ kind: "checkpoint", nth: 1 });
    const args: Commit = {
      records: Array.from({ length: 30 }, (_, index) => ({
        kind: "put",
        key: keyOf(`big ${index}`),
        value: Buffer.alloc(400_000, index),
      })),
    };
    expect(await engine.mutate({ kind: "write", epochs: [], keys: [], args })).toMatchObject({
      kind: "committed",
    });
    expect(await write(engine, 1)).toBe("unavailable");
    faults.arm(undefined);
    expect(await write(engine, 2)).toBe("unavailable");
    expect(states).toEqual([["stopped", expect.stringContaining("disk I/O error")]]);
    expect(await partsIn(engine, 0)).toBe(2);
  }));

describe("a full disk", () => {
  test("refuses writes with a clear text, reads go on, and writing resumes by itself", () =>
    withFaults(async ({ engine, faults, states }) => {
      await write(engine, 0);
      faults.arm({ kind: "diskFull", nth: 1 });
      await expect(
        engine.mutate({ kind: "write", epochs: [], keys: [], args: commitOf(1) }),
      ).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining("the disk is full") });
      expect(await Promise.all([2, 3, 4].map((index) => write(engine, index)))).toEqual([
        "unavailable",
        "unavailable",
        "unavailable",
      ]);
      // One request each time found out for all that waited.
      expect(faults.strikes).toBe(2);
      expect(await partsIn(engine, 0)).toBe(2);
      faults.arm(undefined);
      expect(await Promise.all([5, 6].map((index) => write(engine, index)))).toEqual([
        "committed",
        "committed",
      ]);
      expect(await partsIn(engine, 5)).toBe(2);
      expect(await partsIn(engine, 1)).toBe(0);
      expect(states.map(([state]) => state)).toEqual(["full", "open"]);
    }));

  test("ends the holds of what it refuses, and who holds what can be asked", () =>
    withFaults(async ({ engine, faults, clock }) => {
      faults.arm({ kind: "diskFull", nth: 1 });
      const transaction = (index: number, ms: number): Promise<string> =>
        engine
          .mutate({ kind: "write", epochs: [], keys: [keyOf("a")], args: commitOf(index), hold: { ms } })
          .then(
            ({ kind }) => kind,
            (error: unknown) => (error instanceof StorageError ? error.code : (error as string)),
          );
      const late = transaction(0, 100);
      expect(await engine.held([keyOf("a"), keyOf("b")])).toEqual([true, false]);
      expect(await write(engine, 1)).toBe("unavailable");
      expect(await transaction(2, 0)).toBe("conflict");
      await clock.advance(100);
      expect(await late).toBe("unavailable");
      const both = [transaction(3, 0), engine.held([keyOf("a")])];
      expect(await Promise.all(both)).toEqual(["unavailable", [true]]);
      expect(await engine.held([keyOf("a")])).toEqual([false]);
      faults.arm(undefined);
      expect(await transaction(4, 0)).toBe("committed");
    }));

  test("leaves no trace of what it refused, at whichever write it struck", { timeout: 30_000 }, async () => {
    let nth = 1;
    for (let struck = true; struck; nth += 1) {
      await withFaults(async ({ engine, faults, reopen }) => {
        faults.arm({ kind: "diskFull", nth });
        const answers = [
          ...(await Promise.all([0, 1].map((index) => write(engine, index)))),
          await write(engine, 2),
        ];
        struck = faults.strikes > 0;
        faults.arm(undefined);
        for (const [index, answer] of answers.entries()) {
          expect(await partsOf(engine, index)).toBe(answer === "committed" ? 6 : 0);
          if (answer !== "committed") await write(engine, index);
          expect(await partsOf(engine, index), `write ${index} again, full at ${nth}`).toBe(6);
        }
        const again = await reopen();
        expect(await Promise.all([0, 1, 2].map((index) => partsOf(again, index)))).toEqual([6, 6, 6]);
      });
    }
    expect(nth).toBeGreaterThan(10);
  });

  test("that SQLite itself reports is met the same way", () =>
    withRealLimit(async (engine, setLimit) => {
      await write(engine, 0);
      setLimit(60);
      const answers: string[] = [];
      for (let index = 1; index < 20; index += 1) answers.push(await write(engine, index));
      expect(answers[0]).toBe("committed");
      expect(answers.at(-1)).toBe("unavailable");
      const firstRefused = answers.indexOf("unavailable") + 1;
      expect(await partsIn(engine, firstRefused)).toBe(0);
      expect(await partsIn(engine, 0)).toBe(2);
      setLimit(10_000);
      expect(await write(engine, firstRefused)).toBe("committed");
      expect(await partsOf(engine, firstRefused)).toBe(6);
    }));
});

async function partsIn(engine: Engine, index: number): Promise<number> {
  const records = await engine.getMany([keyOf(`short ${index}`), keyOf(`long ${index}`)], "strong");
  return records.filter((record) => record !== undefined).length;
}

/** SQLite refuses to let the file grow beyond a number of pages with the very error of a full disk. */
async function withRealLimit(
  use: (engine: SqliteEngine, setLimit: (pages: number) => void) => Promise<void>,
): Promise<void> {
  const path = temporaryFolder();
  const inner = nodeSqliteDriver();
  const limiters: ((pages: number) => void)[] = [];
  const driver = {
    open: (file: string) => {
      const connection = inner.open(file);
      limiters.push((pages) => {
        connection.exec(`PRAGMA max_page_count = ${pages}`);
      });
      return connection;
    },
  };
  const clock = settableClock(1_767_225_600_000);
  const engine = await openSqliteEngine({ location: { kind: "directory", path }, decide, clock, driver });
  try {
    await use(engine, (pages) => limiters.at(-1)?.(pages));
  } finally {
    await engine.close();
    assertSound(await verifyStore(path));
    rmSync(path, { recursive: true, force: true });
  }
}
