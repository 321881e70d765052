// The runner of consumers: each record once and in order, and the dials it has.
import { afterEach, describe, expect, test } from "vitest";
import { assert, nextTurn } from "../base/index.ts";
import { type Engine, type LogRecord } from "../storage/contract/index.ts";
import {
  type CopyingStore,
  openCopyingSqlite,
  openCopyingModel,
  appliedCounter,
  applied,
  altered,
  copier,
  endAll,
  type Endings,
  gate,
  numbers,
  startingRunners,
  textOf,
  until,
  write,
} from "../testing/copying-consumers.ts";
import { readCursor } from "./index.ts";

const endings: Endings = [];
const start = startingRunners(endings);

afterEach(() => endAll(endings));

const sqlite = (): Promise<CopyingStore> => openCopyingSqlite(endings);

describe.each([
  ["the model", openCopyingModel],
  ["sqlite in memory", sqlite],
])("on %s", (_name, open) => {
  test("applies each record once, in the order of its shard, in batches of at most 100", async () => {
    const { engine, clock } = await open();
    const batches: number[] = [];
    const counting = (records: readonly LogRecord[]): void => void batches.push(records.length);
    const consumers = [20, 21].map((shard) => {
      const { prepare, ...rest } = copier(`c${shard}`, shard);
      return {
        ...rest,
        prepare: (records: readonly LogRecord[], signal: AbortSignal) => {
          counting(records);
          return prepare(records, signal);
        },
      };
    });
    await write(engine, 20, ...numbers(1, 130));
    const { runner } = start({ engine, clock, consumers });
    await write(engine, 21, ...numbers(1, 150));
    await write(engine, 20, ...numbers(131, 250));
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect(await applied(engine, 20)).toEqual(numbers(1, 250));
    expect(await applied(engine, 21)).toEqual(numbers(1, 150));
    expect(await engine.counter(appliedCounter)).toBe(400);
    expect(Math.max(...batches)).toBe(100);
  });

  test("is woken by a write, and knows that it is behind when the write is answered", async () => {
    const { engine, clock } = await open();
    const { runner } = start({
      engine,
      clock,
      consumers: [copier("a", 20), copier("b", 21)],
      options: { poll: false },
    });
    await until(() => runner.behind().length === 0);
    await write(engine, 20, "x");
    expect([runner.isBehind("a"), runner.isBehind("b"), runner.behind()]).toEqual([true, false, ["a"]]);
    await until(() => !runner.isBehind("a"));
    expect(await applied(engine, 20)).toEqual(["x"]);
  });

  test("moves only the cursor when there is no output, and gives again what an output left out", async () => {
    const { engine, clock } = await open();
    const seen: string[][] = [];
    const { runner } = start({
      engine,
      clock,
      consumers: [
        copier("silent", 20, { prepare: () => undefined }),
        copier("slow", 21, {
          prepare: (records) => {
            seen.push(records.map(textOf));
            const [first] = records;
            assert(first !== undefined, "there is a record");
            return { keys: [], args: { shard: 1_000_021, texts: [textOf(first)] }, through: first.position };
          },
        }),
      ],
    });
    await write(engine, 20, "1", "2");
    await write(engine, 21, "1", "2", "3");
    await runner.drain();
    expect(await applied(engine, 20)).toEqual([]);
    expect((await readCursor(engine, "silent", 20))?.position).toBe(2);
    expect(await applied(engine, 21)).toEqual(["1", "2", "3"]);
    expect(seen).toEqual([["1", "2", "3"], ["2", "3"], ["3"]]);
  });

  test("keeps batches of large records small", async () => {
    const { engine, clock } = await open();
    const sizes: number[] = [];
    const { runner } = start({
      engine,
      clock,
      consumers: [copier("a", 20, { prepare: (records) => void sizes.push(records.length) })],
    });
    for (let index = 0; index < 7; index += 1) await write(engine, 20, "x".repeat(100_000));
    await write(engine, 20, "x".repeat(300_000));
    await runner.drain();
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(8);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2);
  });
});

describe("pausing", () => {
  test("holds a consumer up and no other, until it is resumed", async () => {
    const { engine, clock } = await sqlite();
    const { runner } = start({ engine, clock, consumers: [copier("a", 20), copier("b", 21)] });
    await runner.pause("a");
    await write(engine, 20, "x");
    await write(engine, 21, "x");
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect(await runner.drain(["a", "nobody"])).toEqual({ kind: "drained" });
    expect([await applied(engine, 20), await applied(engine, 21)]).toEqual([[], ["x"]]);
    expect([runner.isBehind("a"), runner.behind().includes("a")]).toEqual([true, false]);
    runner.resume("a");
    await until(() => !runner.isBehind("a"));
    expect(await applied(engine, 20)).toEqual(["x"]);
  });

  test("waits for the batch under way, which is written, and passes over those who wait", async () => {
    const { engine, clock } = await sqlite();
    const { passed, open } = gate();
    const inner = copier("a", 20);
    let prepared = 0;
    const { runner } = start({
      engine,
      clock,
      consumers: [
        {
          ...inner,
          prepare: async (records, signal) => {
            prepared += 1;
            await passed;
            return inner.prepare(records, signal);
          },
        },
      ],
    });
    await write(engine, 20, ...numbers(1, 150));
    const drained = runner.drain();
    await until(() => prepared === 1);
    const paused = runner.pause("a");
    expect(await drained).toEqual({ kind: "drained" });
    open();
    await paused;
    expect(await applied(engine, 20)).toEqual(numbers(1, 100));
    await write(engine, 20, "151");
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(await applied(engine, 20)).toEqual(numbers(1, 100));
  });

  test("is remembered for a consumer that comes later", async () => {
    const { engine, clock } = await sqlite();
    const { runner } = start({ engine, clock, consumers: [] });
    await runner.pause("a");
    runner.setConsumers([copier("a", 20)]);
    await write(engine, 20, "x");
    await runner.drain();
    expect(await applied(engine, 20)).toEqual([]);
  });
});

describe("a delay", () => {
  test("applies records when they are old enough, by the clock", async () => {
    const { engine, clock } = await sqlite();
    const { runner } = start({
      engine,
      clock,
      consumers: [copier("a", 20, { delayMs: () => 500 })],
      options: { poll: false },
    });
    await write(engine, 20, "1");
    await clock.advance(200);
    await write(engine, 20, "2");
    await clock.advance(299);
    expect(await applied(engine, 20)).toEqual([]);
    expect(runner.isBehind("a")).toBe(true);
    await clock.advance(1);
    await until(async () => (await applied(engine, 20)).length > 0);
    expect(await applied(engine, 20)).toEqual(["1"]);
    await clock.advance(200);
    await until(() => !runner.isBehind("a"));
    expect(await applied(engine, 20)).toEqual(["1", "2"]);
  });

  test("is ignored by a drain, for what is in the log by then", async () => {
    const { engine, clock } = await sqlite();
    const { runner } = start({
      engine,
      clock,
      consumers: [copier("a", 20, { delayMs: () => 500 })],
      options: { poll: false },
    });
    await write(engine, 20, "1");
    await until(() => runner.isBehind("a"));
    expect(await runner.drain()).toEqual({ kind: "drained" });
    await write(engine, 20, "2");
    await clock.advance(100);
    expect(await applied(engine, 20)).toEqual(["1"]);
  });

  test("that becomes shorter holds at once when the consumer is replaced or resumed", async () => {
    const { engine, clock } = await sqlite();
    let delayMs = 60_000;
    const { runner } = start({
      engine,
      clock,
      consumers: [copier("a", 20, { delayMs: () => delayMs })],
      options: { poll: false },
    });
    await write(engine, 20, "1");
    await clock.advance(100);
    runner.setConsumers([copier("a", 20, { delayMs: () => 50 })]);
    await until(async () => (await applied(engine, 20)).length === 1);
    runner.setConsumers([copier("a", 20, { delayMs: () => delayMs })]);
    await write(engine, 20, "2");
    await clock.advance(100);
    delayMs = 50;
    runner.resume("a");
    await until(async () => (await applied(engine, 20)).length === 2);
  });
});

describe("the list of consumers", () => {
  test("one that stays keeps its cursor, one that goes is not run, one that comes begins", async () => {
    const { engine, clock } = await sqlite();
    const [a, b] = [copier("a", 20), copier("b", 21)];
    const { runner } = start({ engine, clock, consumers: [a, b] });
    await write(engine, 20, "1");
    await write(engine, 21, "1");
    await runner.drain();
    runner.setConsumers([copier("a", 20), copier("c", 22)]);
    await write(engine, 20, "2");
    await write(engine, 21, "2");
    await write(engine, 22, "1");
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect(await applied(engine, 20)).toEqual(["1", "2"]);
    expect(await applied(engine, 21)).toEqual(["1"]);
    expect(await applied(engine, 22)).toEqual(["1"]);
    expect((await readCursor(engine, "a", 20))?.token).toBe(1);
  });

  test("a consumer may gain and lose shards", async () => {
    const { engine, clock } = await sqlite();
    const { runner } = start({ engine, clock, consumers: [copier("a", 20)] });
    await runner.drain();
    runner.setConsumers([copier("a", 21, { shards: [21, 22] })]);
    await write(engine, 20, "1");
    await write(engine, 21, "2");
    await runner.drain();
    expect([await applied(engine, 20), await applied(engine, 21)]).toEqual([[], ["2"]]);
  });

  test("two consumers of one id are a bug", async () => {
    const { engine, clock } = await sqlite();
    expect(() => start({ engine, clock, consumers: [copier("a", 20), copier("a", 21)] })).toThrow(
      "different ids",
    );
  });

  test("idle consumers cost a write elsewhere nothing", async () => {
    const { engine, clock } = await sqlite();
    const calls: string[] = [];
    const counted = new Proxy(engine, {
      get(target, name: keyof Engine) {
        const value: unknown = target[name];
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          calls.push(name.toString());
          return value.apply(target, args) as unknown;
        };
      },
    });
    const consumers = Array.from({ length: 1000 }, (_, index) => copier(`c${index}`, 100 + index));
    const { runner } = start({ engine: counted, clock, consumers, options: { poll: false } });
    await until(() => runner.behind().length === 0);
    calls.length = 0;
    await write(engine, 150, "x");
    await until(() => runner.behind().length === 0);
    // Look, take the cursor, look again, and apply.
    expect(calls).toEqual(["get", "readLog", "mutate", "readLog", "mutate"]);
    expect(await applied(engine, 150)).toEqual(["x"]);
  });

  test("a bounded number of lanes runs at once, and all get their turn", async () => {
    const { engine, clock } = await sqlite();
    let running = 0;
    let most = 0;
    const consumers = numbers(1, 30).map((id) =>
      copier(id, Number(id) + 100, {
        prepare: async () => {
          running += 1;
          most = Math.max(most, running);
          await nextTurn();
          running -= 1;
          return undefined;
        },
      }),
    );
    for (const { shards } of consumers) await write(engine, shards[0] ?? 0, ...numbers(1, 150));
    const { runner } = start({ engine, clock, consumers, options: { lanesMax: 4 } });
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect(most).toBe(4);
  });
});

test("lag counts what is not applied, and how old the oldest is", async () => {
  const { engine, clock } = await sqlite();
  const { runner } = start({
    engine,
    clock,
    consumers: [copier("a", 20, { shards: [20, 30] }), copier("b", 21)],
  });
  await write(engine, 20, "1");
  await runner.drain();
  await runner.pause("a");
  await write(engine, 20, "2");
  await clock.advance(300);
  await write(engine, 20, "3");
  await write(engine, 30, "1");
  await write(engine, 21, "1");
  await clock.advance(200);
  await until(() => !runner.isBehind("b"));
  expect(await runner.lag()).toEqual([
    { id: "a", records: 3, oldestMs: 500 },
    { id: "b", records: 0, oldestMs: 0 },
  ]);
});

test("a record that comes after the lane has read the last one is not left lying", async () => {
  const { engine, clock } = await sqlite();
  let late = 0;
  const racing = altered(engine, {
    readLog: async (shard, after, recordsMax) => {
      const page = await engine.readLog(shard, after, recordsMax);
      if (page.kind === "records" && page.records.length < recordsMax && late < 3) {
        late += 1;
        await write(engine, shard, `late ${late}`);
      }
      return page;
    },
  });
  const { runner } = start({ engine: racing, clock, consumers: [copier("a", 20)], options: { poll: false } });
  await until(() => !runner.isBehind("a"));
  expect(await applied(engine, 20)).toEqual(["late 1", "late 2", "late 3"]);
});

test("a wake-up that was missed is made good by the clock", async () => {
  const { engine, clock } = await sqlite();
  const deaf = altered(engine, { watchLog: () => () => undefined });
  const consumers = Array.from({ length: 150 }, (_, index) => copier(`c${index}`, 100 + index));
  const { runner } = start({ engine: deaf, clock, consumers });
  await until(() => runner.behind().length === 0);
  await write(engine, 101, "x");
  await write(engine, 240, "x");
  await clock.advance(1000);
  await until(async () => (await applied(engine, 101)).length === 1);
  await clock.advance(1000);
  await until(async () => (await applied(engine, 240)).length === 1);
});
