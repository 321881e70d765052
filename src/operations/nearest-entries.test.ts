// The search over the entries of a vector index: in slices of the thread's time, and with as little decoding as it needs.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { microtasksDone } from "../base/clock.ts";
import { createTurnPacer, systemClock, type TurnPacer } from "../base/index.ts";
import type { VectorIndex } from "../catalog/index.ts";
import { itemKey } from "../partitions/index.ts";
import type { DecideFunction, Engine, RangeRequest, RecordWrite } from "../storage/contract/index.ts";
import { openSqliteEngine } from "../storage/sqlite/index.ts";
import { encodeRecord } from "../values/index.ts";
import { encodeVector } from "../vectors/index.ts";
import { compositeKey } from "../indexes/index.ts";
import { nearestEntries, type NearestEntries, type NearestRequest } from "./nearest-entries.ts";

const entryCount = 20_000;
/** What an entry costs on the clock of these tests. */
const entryMs = 0.01;

const index: VectorIndex = {
  name: "near",
  keyspace: 1500,
  bucketCount: 4,
  projection: { type: "KEYS_ONLY" },
  sinceEpoch: 1,
  status: "ACTIVE",
  vectorAttribute: "v",
  dimensions: 2,
  distance: "EUCLIDEAN",
  hash: [],
  inlineFilters: [{ name: "n", type: "N" }],
};

const writeKind = "write";
const write: DecideFunction = (args) => ({
  kind: "commit",
  commit: { records: args as readonly RecordWrite[] },
  result: undefined,
});

let engine: Engine;

beforeAll(async () => {
  const decide = new Map([[writeKind, write]]);
  engine = await openSqliteEngine({ location: { kind: "memory" }, decide, clock: systemClock() });
  const records = Array.from({ length: entryCount }, (_, at) => entryAt(at));
  await engine.mutate({ kind: writeKind, epochs: [], keys: [], args: records });
});

afterAll(async () => {
  await engine.close();
});

/** At (at, 0), and no JSON: who looks at the attributes of an entry of this index fails. */
function entryAt(at: number): RecordWrite {
  const pk = { type: "S", value: `item-${at}` } as const;
  const key = itemKey(index, compositeKey([pk]), new Uint8Array(0));
  const header = { sizeBytes: 20, writeTimeMicros: 1, regionId: 0 };
  return {
    kind: "put",
    key,
    value: encodeRecord(header, Buffer.from("no JSON"), encodeVector(Float32Array.of(at, 0))),
  };
}

interface Watched {
  readonly found: Promise<NearestEntries>;
  /** Runs turn after turn to the end; the time each of them held the thread. */
  readonly turns: () => Promise<readonly number[]>;
  readonly requests: readonly RangeRequest[];
}

/** Searches on a clock that moves as entries are read, and an event loop that turns when it is told. */
function watchedSearch(request: Partial<NearestRequest>, searches = 1): Watched {
  let nowMs = 0;
  const asked: (() => void)[] = [];
  const requests: RangeRequest[] = [];
  const pacer: TurnPacer = createTurnPacer({
    nowMs: () => nowMs,
    nextTurn: (task) => {
      asked.push(task);
    },
  });
  const watched: Pick<Engine, "range"> = {
    range: async (range) => {
      requests.push(range);
      const page = await engine.range(range);
      nowMs += page.records.length * entryMs;
      return page;
    },
  };
  const whole: NearestRequest = {
    index,
    vector: Float32Array.of(entryCount / 2, 0),
    topK: 3,
    partition: [],
    filter: undefined,
    ...request,
  };
  const search = async (): Promise<NearestEntries> => {
    const work = pacer.begin();
    try {
      return await nearestEntries({ engine: watched as Engine, work }, whole);
    } finally {
      work.end();
    }
  };
  const [found = search()] = Array.from({ length: searches }, search);
  return {
    found,
    requests,
    async turns() {
      const heldMs: number[] = [];
      let sinceMs = 0;
      for (;;) {
        await microtasksDone();
        heldMs.push(nowMs - sinceMs);
        sinceMs = nowMs;
        const task = asked.shift();
        if (task === undefined) return heldMs;
        task();
      }
    },
  };
}

const scoresOf = ({ nearest }: NearestEntries): readonly number[] => nearest.map(({ score }) => score);

describe("a search over 20,000 vectors", () => {
  test("finds the nearest and never holds the thread longer than five milliseconds", async () => {
    const { found, turns } = watchedSearch({});
    const heldMs = await turns();
    expect(Math.max(...heldMs)).toBeLessThanOrEqual(5);
    expect(heldMs.length).toBeGreaterThanOrEqual((entryCount * entryMs) / 5);
    expect(scoresOf(await found)).toEqual([0, 1, 1]);
    expect((await found).comparedCount).toBe(entryCount);
  });

  test("shares the thread with others like it", async () => {
    const { found, turns } = watchedSearch({}, 5);
    const heldMs = await turns();
    // Five first slices begin at once; after that all share one budget.
    expect(Math.max(...heldMs.slice(1))).toBeLessThanOrEqual(5);
    expect(scoresOf(await found)).toEqual([0, 1, 1]);
  });

  test("looks at the attributes of no entry without a filter", async () => {
    const { found, turns } = watchedSearch({ topK: 100 });
    await turns();
    expect((await found).nearest).toHaveLength(100);
  });

  test("looks at the attributes of entries near enough to matter when there is a filter", async () => {
    const path = { kind: "path", path: { name: "n", inner: [] } } as const;
    const value = { kind: "value", value: { type: "N", value: "1" } } as const;
    const filter = { kind: "comparison", operator: "=", left: path, right: value } as const;
    const { found, turns } = watchedSearch({ filter });
    await Promise.all([turns(), expect(found).rejects.toThrow("stored JSON is canonical")]);
  });
});

test("with a partition only its bucket is read, and nothing but the partition", async () => {
  const hash = [{ name: "team", type: "S" } as const];
  const partition = [{ type: "S", value: "red" } as const];
  const { found, turns, requests } = watchedSearch({ index: { ...index, hash }, partition });
  await turns();
  expect((await found).nearest).toEqual([]);
  const { placement, partition: bytes } = itemKey(index, compositeKey(partition), new Uint8Array(0));
  const bound = { partition: bytes, inclusive: true };
  expect(requests).toMatchObject([{ keyspace: index.keyspace, placement, lower: bound, upper: bound }]);
});
