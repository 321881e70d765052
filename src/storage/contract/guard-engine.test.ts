// The guard: wrong arguments are refused before the engine sees them, calls are measured, close is final.
import { describe, expect, test } from "vitest";
import { openModelEngine, settableClock } from "../../testing/index.ts";
import type { DecideFunction, DecideRegistry, Engine, RangeRequest, RecordKey } from "./index.ts";
import { guardEngine, keyPartBytesMax, StorageError } from "./index.ts";

const decide: DecideRegistry = new Map<string, DecideFunction>([
  ["refuse", () => ({ kind: "refuse", result: "no" })],
  [
    "throw",
    () => {
      throw new Error("bug");
    },
  ],
]);
const clock = settableClock(1_767_225_600_000);
const key: RecordKey = { keyspace: 1, placement: 0, partition: new Uint8Array(1), sort: new Uint8Array(0) };
const range: RangeRequest = {
  keyspace: 1,
  placement: 0,
  reverse: false,
  recordsMax: 1,
  bytesMax: 1,
  consistency: "strong",
};
const mutation = { kind: "refuse", epochs: [], keys: [], args: undefined };

/** An engine that must not be reached. */
function untouchable(): Engine {
  const model = openModelEngine({ decide, clock });
  return new Proxy(model, {
    get: (_target, name) => {
      throw new Error(`the engine's ${String(name)} was called`);
    },
  });
}

describe("refuses", () => {
  const tooLong = new Uint8Array(keyPartBytesMax + 1);
  const calls: readonly [name: string, call: (engine: Engine) => Promise<unknown>][] = [
    ["a negative keyspace", (engine) => engine.get({ ...key, keyspace: -1 }, "strong")],
    ["a fractional placement", (engine) => engine.get({ ...key, placement: 0.5 }, "strong")],
    ["a partition key too long", (engine) => engine.get({ ...key, partition: tooLong }, "strong")],
    ["a sort key too long", (engine) => engine.getMany([key, { ...key, sort: tooLong }], "strong")],
    [
      "too many keys",
      (engine) =>
        engine.getMany(
          Array.from({ length: 10_001 }, () => key),
          "strong",
        ),
    ],
    ["a range of no records", (engine) => engine.range({ ...range, recordsMax: 0 })],
    ["a range of no bytes", (engine) => engine.range({ ...range, bytesMax: 0 })],
    [
      "a bound too long",
      (engine) => engine.range({ ...range, lower: { partition: tooLong, inclusive: true } }),
    ],
    ["a mutation without a kind", (engine) => engine.mutate({ ...mutation, kind: "" })],
    [
      "a mutation with a bad key",
      (engine) => engine.mutate({ ...mutation, keys: [{ ...key, keyspace: NaN }] }),
    ],
    [
      "a mutation with a bad epoch",
      (engine) => engine.mutate({ ...mutation, epochs: [{ keyspace: 1, epoch: -1 }] }),
    ],
    ["a hold of a negative time", (engine) => engine.mutate({ ...mutation, keys: [key], hold: { ms: -1 } })],
    ["a hold of years", (engine) => engine.mutate({ ...mutation, keys: [key], hold: { ms: 1e12 } })],
    [
      "a mutation with a bad counter",
      (engine) => engine.mutate({ ...mutation, counters: [{ keyspace: 1, index: 0, part: tooLong }] }),
    ],
    ["a bad key when asking for holds", (engine) => engine.held([key, { ...key, sort: tooLong }])],
    ["a bad counter", (engine) => engine.counter({ keyspace: 1, index: -1 })],
    ["a counter's part too long", (engine) => engine.counter({ keyspace: 1, index: 0, part: tooLong })],
    ["no counters", (engine) => engine.counterParts({ keyspace: 1, index: 0, countMax: 0 })],
    [
      "counters after a part too long",
      (engine) => engine.counterParts({ keyspace: 1, index: 0, after: tooLong, countMax: 1 }),
    ],
    ["a bad shard", (engine) => engine.logEnd(Infinity)],
    ["a bad position", (engine) => engine.readLog(1, -1, 1)],
    ["a log page of no records", (engine) => engine.readLog(1, 0, 0)],
    ["trimming to a bad position", (engine) => engine.trimLog(1, 1.5)],
    ["watching a bad shard", async (engine) => engine.watchLog(-1, () => undefined)],
    ["a lease without a name", (engine) => engine.lease("", "a", 1)],
    ["a lease of no time", (engine) => engine.lease("a", "b", 0)],
  ];
  test.each(calls)("%s", async (_name, call) => {
    const failure: unknown = await call(guardEngine(untouchable())).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "AssertionFailure" });
  });
});

test("measures each call with what became of it", async () => {
  const seen: unknown[] = [];
  const metrics = {
    observe: (method: string, durationMs: number, failure: string | undefined) => {
      expect(durationMs).toBeGreaterThanOrEqual(0);
      seen.push([method, failure]);
    },
  };
  const model = openModelEngine({ decide, clock });
  const engine = guardEngine(model, metrics);
  await engine.get(key, "strong");
  await engine.mutate(mutation);
  await engine.mutate({ ...mutation, kind: "throw" }).catch(() => undefined);
  await model.close();
  await engine.reclaim().catch(() => undefined);
  expect(seen).toEqual([
    ["get", undefined],
    ["mutate", undefined],
    ["mutate", "fault"],
    ["reclaim", "closed"],
  ]);
});

test("closes the engine inside once, and then refuses by itself", async () => {
  let closed = 0;
  const model = openModelEngine({ decide, clock });
  const close = model.close.bind(model);
  model.close = () => {
    closed += 1;
    return close();
  };
  const engine = guardEngine(model);
  await Promise.all([engine.close(), engine.close()]);
  expect(closed).toBe(1);
  await expect(engine.get(key, "strong")).rejects.toBeInstanceOf(StorageError);
});
