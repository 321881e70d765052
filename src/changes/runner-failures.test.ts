// The runner of consumers when it dies, competes with another one, or meets failures: each record once all the same.
import { afterEach, describe, expect, test } from "vitest";
import { type Engine, type MutationOutcome, StorageError } from "../storage/contract/index.ts";
import { modelStore, openModelEngine, settableClock } from "../testing/index.ts";
import {
  type CopyingStore,
  openCopyingSqlite,
  openCopyingModel,
  copyingStartMs,
  appliedCounter,
  applied,
  altered,
  copier,
  copyingDecides,
  endAll,
  type Endings,
  gate,
  numbers,
  startingRunners,
  until,
  write,
} from "../testing/copying-consumers.ts";
import { readCursor } from "./index.ts";

const endings: Endings = [];
const start = startingRunners(endings);

afterEach(() => endAll(endings));

const sqlite = (): Promise<CopyingStore> => openCopyingSqlite(endings);

/** As an engine that several processes can have open: a lease is waited for. */
const manyProcesses = (engine: Engine): Engine =>
  altered(engine, { capabilities: { ...engine.capabilities, multiProcess: true } });

describe("what happens while a batch is on its way", () => {
  test("a runner that dies between preparing and writing leaves the batch to the next", async () => {
    const store = modelStore();
    const clock = settableClock(copyingStartMs);
    const engine = openModelEngine({ decide: copyingDecides, clock, store });
    const { passed, open } = gate();
    let prepared = 0;
    const dying = copier("a", 20);
    const { runner } = start({
      engine,
      clock,
      consumers: [
        {
          ...dying,
          prepare: async (records, signal) => {
            prepared += 1;
            if (prepared === 2) await passed;
            return dying.prepare(records, signal);
          },
        },
      ],
    });
    await write(engine, 20, ...numbers(1, 150));
    await until(() => prepared === 2);
    await engine.close();
    open();
    await runner.stop();
    // At the same frozen moment: the lease of the dead runner still runs, and nobody can renew it.
    const next = openModelEngine({ decide: copyingDecides, clock, store });
    expect(await applied(next, 20)).toEqual(numbers(1, 100));
    await start({ engine: next, clock, consumers: [copier("a", 20)] }).runner.drain();
    expect(await applied(next, 20)).toEqual(numbers(1, 150));
    expect(await next.counter(appliedCounter)).toBe(150);
  });

  test("stopping waits for the batch and does not write it any more", async () => {
    const { engine, clock } = await sqlite();
    const { passed, open } = gate();
    let aborted = false;
    const { runner } = start({
      engine,
      clock,
      consumers: [
        copier("a", 20, {
          prepare: async (_records, signal) => {
            signal.addEventListener("abort", () => (aborted = true));
            await passed;
            return undefined;
          },
        }),
      ],
    });
    await write(engine, 20, "x");
    const drained = runner.drain();
    await until(async () => (await readCursor(engine, "a", 20)) !== undefined);
    const stopped = runner.stop();
    expect(aborted).toBe(true);
    open();
    await stopped;
    expect(await drained).toEqual({ kind: "stopped" });
    expect((await readCursor(engine, "a", 20))?.position).toBe(0);
    expect(await runner.drain()).toEqual({ kind: "stopped" });
  });

  test.each([true, false])("an unknown outcome that took effect (%s) is applied once", async (tookEffect) => {
    const { engine, clock } = await openCopyingModel();
    let unknowns = 0;
    const lossy = altered(engine, {
      mutate: async (mutation): Promise<MutationOutcome> => {
        if (mutation.kind !== "consume" || unknowns >= 3) return engine.mutate(mutation);
        unknowns += 1;
        if (tookEffect) await engine.mutate(mutation);
        return { kind: "unknown" };
      },
    });
    const { runner, failures } = start({ engine: lossy, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, ...numbers(1, 350));
    while ((await runner.drain()).kind === "failed") await clock.advance(10_000);
    expect(unknowns).toBe(3);
    expect(await applied(engine, 20)).toEqual(numbers(1, 350));
    expect(failures.length).toBeGreaterThan(0);
  });

  test("a stale epoch asks for the consumers again, and the batch is prepared by the new definition", async () => {
    const { engine, clock } = await sqlite();
    const { passed, open } = gate();
    let prepared = 0;
    const old = copier("a", 20, {
      epochs: [{ keyspace: 1000, epoch: 1 }],
      prepare: async () => {
        prepared += 1;
        await passed;
        return { keys: [], args: { shard: 1_000_020, texts: ["by the old one"] } };
      },
    });
    const { runner, list, failures } = start({ engine, clock, consumers: [old] });
    await write(engine, 20, "x");
    await until(() => prepared === 1);
    await engine.mutate({ kind: "setEpoch", epochs: [], keys: [], args: 2 });
    list.consumers = [copier("a", 20, { epochs: [{ keyspace: 1000, epoch: 2 }] })];
    open();
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect(await applied(engine, 20)).toEqual(["x"]);
    expect(failures).toEqual([]);
  });

  test("a consumer whose epoch stays stale is told, and leaves no cursor", async () => {
    const { engine, clock } = await openCopyingModel();
    await engine.mutate({ kind: "setEpoch", epochs: [], keys: [], args: 2 });
    const { runner, failures } = start({
      engine,
      clock,
      consumers: [copier("a", 20, { epochs: [{ keyspace: 1000, epoch: 1 }] })],
    });
    await write(engine, 20, "x");
    expect(await runner.drain()).toMatchObject({ kind: "failed", consumerId: "a" });
    expect(failures).toHaveLength(1);
    expect(await readCursor(engine, "a", 20)).toBeUndefined();
  });
});

describe("two runners", () => {
  test("an old owner whose lease ran out cannot write late", async () => {
    const { engine, clock } = await sqlite();
    const shared = manyProcesses(engine);
    const { passed, open } = gate();
    let prepared = 0;
    const slow = copier("a", 20);
    const first = start({
      engine: shared,
      clock,
      consumers: [
        {
          ...slow,
          prepare: async (records, signal) => {
            prepared += 1;
            if (prepared === 1) await passed;
            return slow.prepare(records, signal);
          },
        },
      ],
    });
    await write(engine, 20, ...numbers(1, 30));
    await until(() => prepared === 1);
    const second = start({ engine: shared, clock, consumers: [copier("a", 20)] });
    const drained = second.runner.drain();
    await clock.advance(29_000);
    expect(await applied(engine, 20)).toEqual([]);
    await clock.advance(1100);
    expect(await drained).toEqual({ kind: "drained" });
    expect(await applied(engine, 20)).toEqual(numbers(1, 30));
    open();
    expect(await first.runner.drain()).toEqual({ kind: "drained" });
    expect(await applied(engine, 20)).toEqual(numbers(1, 30));
    expect(await engine.counter(appliedCounter)).toBe(30);
  });

  test("share the work without repeating any, whoever is killed", async () => {
    const { engine, clock } = await sqlite();
    const shared = manyProcesses(engine);
    const consumers = [copier("a", 20), copier("b", 21)];
    let runners = [start({ engine: shared, clock, consumers }), start({ engine: shared, clock, consumers })];
    for (let round = 0; round < 6; round += 1) {
      await write(engine, 20, ...numbers(round * 40 + 1, round * 40 + 40));
      await write(engine, 21, ...numbers(round * 40 + 1, round * 40 + 40));
      const drains = runners.map(({ runner }) => runner.drain());
      await clock.advance(31_000);
      expect(await Promise.all(drains)).toEqual([{ kind: "drained" }, { kind: "drained" }]);
      await runners[round % 2]?.runner.stop();
      runners = runners.with(round % 2, start({ engine: shared, clock, consumers }));
    }
    expect(await applied(engine, 20)).toEqual(numbers(1, 240));
    expect(await applied(engine, 21)).toEqual(numbers(1, 240));
    expect(runners.flatMap(({ failures }) => failures)).toEqual([]);
  });

  test("one that was overtaken where only one process should have the store does not fight back", async () => {
    const { engine, clock } = await sqlite();
    const first = start({ engine, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "0");
    await first.runner.drain();
    const second = start({ engine, clock, consumers: [copier("a", 20)] });
    for (const text of numbers(1, 10)) {
      await write(engine, 20, text);
      await second.runner.drain();
    }
    expect(await applied(engine, 20)).toEqual(numbers(0, 10));
    expect((await readCursor(engine, "a", 20))?.token).toBe(2);
  });

  test("one that was away while the other went on and trimmed the log takes nothing for lost", async () => {
    const { engine, clock } = await sqlite();
    const first = start({ engine, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "1");
    await first.runner.drain();
    await first.runner.pause("a");
    const second = start({ engine, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "2", "3");
    await second.runner.drain();
    await second.runner.trim({ all: true });
    await second.runner.stop();
    first.runner.resume("a");
    await write(engine, 20, "4");
    const drained = first.runner.drain();
    await clock.advance(31_000);
    expect([await drained, first.failures]).toEqual([{ kind: "drained" }, []]);
    expect(await applied(engine, 20)).toEqual(numbers(1, 4));
  });

  test("where only one process can have the store, a new runner does not wait for the lease of the last", async () => {
    const { engine, clock } = await sqlite();
    const first = start({ engine, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "1");
    await first.runner.drain();
    await first.runner.stop();
    const second = start({ engine, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "2");
    expect(await second.runner.drain()).toEqual({ kind: "drained" });
    expect(await applied(engine, 20)).toEqual(["1", "2"]);
    expect((await readCursor(engine, "a", 20))?.token).toBe(2);
  });
});

describe("failures", () => {
  test("are tried again, each time later, and told once until it goes on", async () => {
    const { engine, clock } = await openCopyingModel();
    const attemptsMs: number[] = [];
    let failing = true;
    const flaky = altered(engine, {
      mutate: async (mutation) => {
        if (mutation.kind === "append") return engine.mutate(mutation);
        attemptsMs.push(clock.nowMs() - copyingStartMs);
        if (failing) throw new StorageError("unavailable", "the disk is full");
        return engine.mutate(mutation);
      },
    });
    const { runner, failures } = start({
      engine: flaky,
      clock,
      consumers: [copier("a", 20)],
      options: { poll: false },
    });
    await write(flaky, 20, "x");
    await clock.advance(60_000);
    const gapsMs = attemptsMs.slice(1).map((atMs, index) => atMs - (attemptsMs[index] ?? 0));
    for (const [index, gapMs] of gapsMs.entries()) {
      const fullMs = Math.min(5000, 10 * 2 ** index);
      expect(gapMs).toBeGreaterThanOrEqual(fullMs / 2);
      expect(gapMs).toBeLessThanOrEqual(fullMs + 1);
    }
    expect(gapsMs.length).toBeGreaterThan(15);
    expect(failures).toMatchObject([{ id: "a", error: { message: "the disk is full" } }]);
    failing = false;
    await clock.advance(6000);
    await until(() => !runner.isBehind("a"));
    expect(await applied(engine, 20)).toEqual(["x"]);
    failing = true;
    await write(flaky, 20, "y");
    await clock.advance(1000);
    expect(failures).toHaveLength(2);
  });

  test("end a drain, and the next drain tries at once, though the clock stands still", async () => {
    const { engine, clock } = await sqlite();
    let failing = true;
    const flaky = altered(engine, {
      mutate: async (mutation) => {
        if (failing && mutation.kind === "consume") throw new StorageError("unavailable", "the disk is full");
        return engine.mutate(mutation);
      },
    });
    const { runner } = start({ engine: flaky, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "x");
    expect(await runner.drain()).toMatchObject({
      kind: "failed",
      consumerId: "a",
      error: { code: "unavailable" },
    });
    failing = false;
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect(await applied(engine, 20)).toEqual(["x"]);
  });

  test("of preparing skip nothing and hold up no other consumer", async () => {
    const { engine, clock } = await sqlite();
    let failing = true;
    const inner = copier("a", 20);
    const { runner, failures } = start({
      engine,
      clock,
      consumers: [
        {
          ...inner,
          prepare: (records, signal) => {
            if (failing) throw new Error("cannot read this record");
            return inner.prepare(records, signal);
          },
        },
        copier("b", 21),
      ],
    });
    await write(engine, 20, "1", "2");
    await write(engine, 21, "1");
    expect((await runner.drain(["a"])).kind).toBe("failed");
    expect(await runner.drain(["b"])).toEqual({ kind: "drained" });
    expect(failures).toMatchObject([{ id: "a", error: { message: "cannot read this record" } }]);
    failing = false;
    await runner.drain();
    expect(await applied(engine, 20)).toEqual(["1", "2"]);
  });

  test("do not include a conflict that passes", async () => {
    const { engine, clock } = await sqlite();
    let conflicts = 0;
    const busy = altered(engine, {
      mutate: async (mutation): Promise<MutationOutcome> => {
        if (mutation.kind !== "consume" || conflicts === 5) return engine.mutate(mutation);
        conflicts += 1;
        return { kind: "conflict", keys: [1] };
      },
    });
    const { runner, failures } = start({ engine: busy, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "x");
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect([conflicts, failures]).toEqual([5, []]);
  });

  test("include a conflict that does not pass", async () => {
    const { engine, clock } = await sqlite();
    const busy = altered(engine, {
      mutate: async (mutation): Promise<MutationOutcome> =>
        mutation.kind === "consume" ? { kind: "conflict", keys: [1] } : engine.mutate(mutation),
    });
    const { runner, failures } = start({ engine: busy, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "x");
    expect(await runner.drain()).toMatchObject({ kind: "failed", consumerId: "a" });
    expect(failures).toHaveLength(1);
  });

  test("records that are missing in the log stop the lane, loudly, and nothing else", async () => {
    const { engine, clock } = await sqlite();
    const { runner, failures } = start({ engine, clock, consumers: [copier("a", 20), copier("b", 21)] });
    await write(engine, 20, "1");
    await runner.drain();
    await runner.pause("a");
    await write(engine, 20, "2", "3");
    await engine.trimLog(20, 2);
    runner.resume("a");
    expect(await runner.drain()).toMatchObject({
      kind: "failed",
      consumerId: "a",
      error: { code: "corrupted" },
    });
    expect(failures).toHaveLength(1);
    await write(engine, 20, "4");
    await write(engine, 21, "1");
    await clock.advance(60_000);
    expect(await runner.drain(["b"])).toEqual({ kind: "drained" });
    expect((await runner.drain(["a"])).kind).toBe("failed");
    expect(await applied(engine, 20)).toEqual(["1"]);
    expect(failures).toHaveLength(1);
  });
});
