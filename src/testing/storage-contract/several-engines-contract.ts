/**
 * What engines of one store owe each other, whether they are threads of a process or processes: what one was answered the
 * others see, at once.
 */
import { describe, expect, test } from "vitest";
import type { Engine, MutationOutcome } from "../../storage/contract/index.ts";
import { settableClock, type SettableClock } from "../settable-clock.ts";
import {
  bytes,
  increment,
  key,
  mutation,
  readText,
  type StorageOpenOptions,
  suiteDecides,
  text,
  write,
} from "./subject.ts";

/** Two engines of one fresh store. */
export interface TwoEngines {
  readonly first: Engine;
  readonly second: Engine;
  /** Closes what is open, and throws when the store contradicts itself. */
  dispose(): Promise<void>;
}

export interface TwoEnginesSubject {
  readonly name: string;
  open(options: StorageOpenOptions): Promise<TwoEngines>;
}

type WithTwo = (
  use: (engines: TwoEngines & { readonly clock: SettableClock }) => Promise<void>,
) => Promise<void>;

export function severalEnginesContract(subject: TwoEnginesSubject): void {
  const withTwo: WithTwo = async (use) => {
    const clock = settableClock(1_767_225_600_000);
    const engines = await subject.open({ decide: suiteDecides, clock });
    try {
      await use({ ...engines, clock });
    } finally {
      await engines.dispose();
    }
  };
  describe(`several engines of one store: ${subject.name}`, () => {
    describeReads(withTwo);
    describeHints(withTwo);
    describeHolds(withTwo);
    describeWrites(withTwo);
    describeEnds(withTwo);
  });
}

function describeReads(withTwo: WithTwo): void {
  test("what one was answered a strong read of the other sees at once, both ways", () =>
    withTwo(async ({ first, second }) => {
      for (let round = 1; round <= 40; round += 2) {
        await increment(first, key("n"));
        expect(await readText(second, key("n"))).toBe(`${round}`);
        await increment(second, key("n"));
        expect(await readText(first, key("n"))).toBe(`${round + 1}`);
      }
    }));

  test("a keyspace that one drops and reclaims the other ranges over whole or not at all", () =>
    withTwo(async ({ first, second }) => {
      for (let keyspace = 1; keyspace <= 5; keyspace += 1) {
        await fill(first, keyspace);
        const seen = new Set<number>();
        const dropping = dropAndReclaim(first, keyspace);
        while (!(await isDone(dropping))) seen.add(await countRecords(second, keyspace));
        seen.add(await countRecords(second, keyspace));
        expect([0, recordCount]).toEqual(expect.arrayContaining([...seen]));
        expect(seen).toContain(0);
      }
    }));

  test("a commit of several keys is seen whole or not at all while they are written again and again", () =>
    withTwo(async ({ first, second }) => {
      const keys = Array.from({ length: 50 }, (_, index) => key(`k${index}`, "", { placement: index % 4 }));
      const writing = (async () => {
        for (let round = 0; round < 30; round += 1) {
          const value = bytes(`${round}`);
          await write(first, { records: keys.map((each) => ({ kind: "put", key: each, value })) });
        }
      })();
      while (!(await isDone(writing))) {
        const records = await second.getMany(keys, "strong");
        expect(new Set(records.map((record) => record && text(record.value))).size).toBe(1);
      }
    }));
}

function describeHints(withTwo: WithTwo): void {
  test("the signal of a shard has changed for both when the commit that appended to it is answered", () =>
    withTwo(async ({ first, second }) => {
      for (const shard of [0, 7, 15]) {
        for (const [writing, reading] of [
          [first, second],
          [second, first],
        ] as const) {
          const before = reading.logSignal(shard);
          const answered = append(writing, shard).then(() => reading.logSignal(shard));
          expect(await answered).not.toBe(before);
        }
      }
    }));

  test("a watcher of one is woken by a commit of the other", () =>
    withTwo(async ({ first, second }) => {
      const wakes = wakesOf(second, 20);
      await wakes.next();
      for (let last = 1; last <= 3; last += 1) {
        await append(first, 20);
        await wakes.next();
        expect((await second.logEnd(20)).last).toBe(last);
      }
    }));

  test("a watcher that reads at each wake misses nothing, however its beginning meets commits of the other", () =>
    withTwo(async ({ first, second }) => {
      for (let shard = 30; shard < 50; shard += 1) {
        const appended = append(first, shard);
        if (shard % 2 === 0) await appended;
        const wakes = wakesOf(second, shard);
        do await wakes.next();
        while ((await second.logEnd(shard)).last === 0);
      }
    }));
}

/** The wakes of a shard's watcher, one after the other. */
function wakesOf(engine: Engine, shard: number): { readonly next: () => Promise<void> } {
  let wakes = 0;
  let taken = 0;
  let resume: (() => void) | undefined;
  engine.watchLog(shard, () => {
    wakes += 1;
    resume?.();
  });
  return {
    next: async () => {
      while (wakes === taken) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
      }
      taken = wakes;
    },
  };
}

function describeHolds(withTwo: WithTwo): void {
  const hold = (engine: Engine, name: string, ms: number): Promise<MutationOutcome> =>
    engine.mutate(mutation("increment", { keys: [key(name)], args: key(name), hold: { ms } }));

  test("a mutation holds its keys until it is answered, however soon that is", () =>
    withTwo(async ({ first }) => {
      for (let round = 1; round <= 5; round += 1) {
        const outcomes = await Promise.all([
          hold(first, "a", 0),
          first.held([key("b"), key("a")]),
          increment(first, key("a")),
          hold(first, "a", 0),
          increment(first, key("b")),
        ]);
        expect(outcomes).toEqual([
          { kind: "committed", result: round, timeMicros: expect.any(Number) },
          [false, true],
          { kind: "conflict", keys: [0] },
          { kind: "conflict", keys: [0] },
          { kind: "committed", result: round, timeMicros: expect.any(Number) },
        ]);
        expect(await first.held([key("a")])).toEqual([false]);
      }
    }));

  test("what one holds the other cannot have until it is answered", () =>
    withTwo(async ({ first, second, clock }) => {
      const outcome = hold(first, "a", 100);
      expect(await first.held([key("a")])).toEqual([true]);
      expect(await second.held([key("b"), key("a")])).toEqual([false, true]);
      expect(await increment(second, key("a"))).toEqual({ kind: "conflict", keys: [0] });
      expect(await hold(second, "a", 0)).toEqual({ kind: "conflict", keys: [0] });
      expect(await hold(second, "b", 0)).toMatchObject({ kind: "committed", result: 1 });
      await clock.advance(100);
      expect(await outcome).toMatchObject({ kind: "committed", result: 1 });
      expect(await increment(second, key("a"))).toMatchObject({ kind: "committed", result: 2 });
    }));

  test("of two that want a key at once one holds it, and the other is told", () =>
    withTwo(async ({ first, second }) => {
      let conflicts = 0;
      for (let round = 0; round < 50; round += 1) {
        const outcomes = await Promise.all([hold(first, "a", 0), hold(second, "a", 0)]);
        for (const { kind } of outcomes) expect(["committed", "conflict"]).toContain(kind);
        expect(outcomes.some(({ kind }) => kind === "committed")).toBe(true);
        conflicts += outcomes.filter(({ kind }) => kind === "conflict").length;
      }
      expect(await readText(first, key("a"))).toBe(String(100 - conflicts));
    }));

  test("one that closes has what it holds back decided", () =>
    withTwo(async ({ first, second }) => {
      const closed = hold(second, "closed", 60_000);
      await second.held([]);
      await second.close();
      expect(await closed).toMatchObject({ kind: "committed", result: 1 });
      expect(await first.held([key("closed")])).toEqual([false]);
      expect(await increment(first, key("closed"))).toMatchObject({ kind: "committed", result: 2 });
    }));
}

function describeWrites(withTwo: WithTwo): void {
  test("each is answered in its own order when both write at once", () =>
    withTwo(async ({ first, second }) => {
      const counts = await Promise.all(
        [first, second].map((engine, index) =>
          Promise.all(Array.from({ length: 300 }, () => increment(engine, key(`own ${index}`)))),
        ),
      );
      for (const outcomes of counts) {
        const results = outcomes.map((outcome) =>
          outcome.kind === "committed" ? outcome.result : outcome.kind,
        );
        expect(results).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
      }
    }));

  test("mutations of one key through both are decided one after the other", () =>
    withTwo(async ({ first, second }) => {
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, index) => increment(index % 2 === 0 ? first : second, key("n"))),
      );
      const results = outcomes.map((outcome) => (outcome.kind === "committed" ? Number(outcome.result) : 0));
      expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    }));

  test("both may give back space at once: nothing is left, and nothing else goes", () =>
    withTwo(async ({ first, second }) => {
      await fill(first, 2);
      for (const keyspace of [1, 3]) {
        for (let part = 0; part < 4; part += 1) await fill(first, keyspace, `${part} `);
      }
      const log = Array.from({ length: 700 }, () => ({ shard: 20, value: bytes("v") }));
      for (let round = 0; round < 2; round += 1) await write(first, { log });
      await first.trimLog(20, 1350);
      await write(second, { dropKeyspaces: [1, 3] });
      const reclaimAll = async (engine: Engine): Promise<number> => {
        let removed = 0;
        for (let step = 0; step < 100; step += 1) {
          const { recordsRemoved, done } = await engine.reclaim();
          removed += recordsRemoved;
          if (done) return removed;
        }
        return Infinity;
      };
      const trimming = (async () => {
        for (let through = 1351; through <= 1400; through += 7) await first.trimLog(20, through);
      })();
      const removed = await Promise.all([reclaimAll(first), reclaimAll(second)]);
      await trimming;
      const last = await reclaimAll(first);
      expect(removed.reduce((sum, each) => sum + each, last)).toBe(8 * recordCount + 1400);
      expect(await countRecords(second, 2)).toBe(recordCount);
      expect(await second.logEnd(20)).toEqual({ last: 1400, oldest: 1401, closed: false });
    }));

  test("a lease is one for both: held, released, run out", () =>
    withTwo(async ({ first, second, clock }) => {
      const held = await first.lease("sweep", "a", 1000);
      if (held === undefined) throw new Error("the lease was not given");
      expect(await second.lease("sweep", "b", 1000)).toBeUndefined();
      await second.releaseLease(held);
      const next = await second.lease("sweep", "b", 1000);
      expect(next?.token).toBeGreaterThan(held.token);
      await clock.advance(1000);
      const both = await Promise.all([first.lease("sweep", "a", 1000), second.lease("sweep", "c", 1000)]);
      expect(both.filter((lease) => lease !== undefined)).toHaveLength(1);
    }));

  test("an epoch that one sets binds the other", () =>
    withTwo(async ({ first, second }) => {
      await write(first, { setEpochs: [{ keyspace: 1, epoch: 4 }] });
      const stale = { kind: "write", epochs: [{ keyspace: 1, epoch: 3 }], keys: [], args: { records: [] } };
      expect(await second.mutate(stale)).toEqual({ kind: "staleEpoch", keyspace: 1, epoch: 4 });
    }));
}

function describeEnds(withTwo: WithTwo): void {
  test("one that closes leaves the other at work", () =>
    withTwo(async ({ first, second }) => {
      await Promise.all([increment(first, key("n")), increment(second, key("n"))]);
      await second.close();
      await increment(first, key("n"));
      expect(await readText(first, key("n"))).toBe("3");
    }));
}

const recordCount = 400;

async function fill(engine: Engine, keyspace: number, name = ""): Promise<void> {
  await write(engine, {
    records: Array.from({ length: recordCount }, (_, index) => ({
      kind: "put",
      key: key(`${name}r${index}`, "", { keyspace }),
      value: bytes("v".repeat(index % 50 === 0 ? 2000 : 20)),
    })),
  });
}

async function dropAndReclaim(engine: Engine, keyspace: number): Promise<void> {
  // Right behind the drop, so that both may share a group.
  let [, progress] = await Promise.all([write(engine, { dropKeyspaces: [keyspace] }), engine.reclaim()]);
  for (let step = 0; step < 100 && !progress.done; step += 1) progress = await engine.reclaim();
  expect(progress.done).toBe(true);
}

async function countRecords(engine: Engine, keyspace: number): Promise<number> {
  const limits = { recordsMax: 1000, bytesMax: 1e9, reverse: false, consistency: "strong" } as const;
  return (await engine.range({ keyspace, placement: 0, ...limits })).records.length;
}

function append(engine: Engine, shard: number): Promise<unknown> {
  return write(engine, { log: [{ shard, value: bytes("v") }] });
}

/** Gives the event loop a turn. */
async function isDone(work: Promise<unknown>): Promise<boolean> {
  const turn = new Promise<false>((resolve) => {
    setImmediate(() => resolve(false));
  });
  return Promise.race([work.then(() => true), turn]);
}
