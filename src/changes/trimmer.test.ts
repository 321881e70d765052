// Trimming: forgets what everybody has applied, and never anything else.
import { afterEach, describe, expect, test } from "vitest";
import { type Engine, StorageError } from "../storage/contract/index.ts";
import {
  type CopyingStore,
  openCopyingSqlite,
  altered,
  copier,
  endAll,
  type Endings,
  numbers,
  type Started,
  startingRunners,
  textOf,
  write,
} from "../testing/copying-consumers.ts";
import { readCursor } from "./index.ts";

const endings: Endings = [];
const start = startingRunners(endings);

afterEach(() => endAll(endings));

const sqlite = (): Promise<CopyingStore> => openCopyingSqlite(endings);

describe("trimming", () => {
  const count = 1200;

  async function twoConsumers(): Promise<CopyingStore & Started> {
    const { engine, clock } = await sqlite();
    const started = start({
      engine,
      clock,
      consumers: [copier("a", 20), copier("b", 20, { prepare: () => undefined })],
    });
    await write(engine, 20, ...numbers(1, count));
    await started.runner.drain();
    return { engine, clock, ...started };
  }
  const oldest = async (engine: Engine): Promise<number> => (await engine.logEnd(20)).oldest;

  test("forgets what all consumers have applied, many records at once", async () => {
    const { engine, runner } = await twoConsumers();
    await runner.trim();
    expect(await oldest(engine)).toBe(count + 1);
    await write(engine, 20, ...numbers(1, 999));
    await runner.drain();
    await runner.trim();
    expect(await oldest(engine)).toBe(count + 1);
    await runner.trim({ all: true });
    expect(await oldest(engine)).toBe(count + 1000);
  });

  test("stays behind the slowest", async () => {
    const { engine, runner } = await twoConsumers();
    await runner.pause("b");
    await write(engine, 20, ...numbers(1, count));
    await runner.drain();
    await runner.trim({ all: true });
    expect(await oldest(engine)).toBe(count + 1);
    runner.resume("b");
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect((await readCursor(engine, "b", 20))?.position).toBe(2 * count);
  });

  test("forgets nothing that a consumer which was just added has not seen", async () => {
    const { engine, runner, list, failures } = await twoConsumers();
    const seen: string[] = [];
    await runner.pause("new");
    const added = copier("new", 20, { prepare: (records) => void seen.push(...records.map(textOf)) });
    list.consumers = [...list.consumers, added];
    await runner.trim({ all: true });
    expect(await oldest(engine)).toBe(1);
    runner.resume("new");
    await runner.drain();
    expect(seen).toEqual(numbers(1, count));
    await runner.trim({ all: true });
    expect(await oldest(engine)).toBe(count + 1);
    expect(failures).toEqual([]);
  });

  test("a consumer added later begins with the oldest record that is left", async () => {
    const { engine, runner, list } = await twoConsumers();
    await runner.trim();
    await write(engine, 20, "new");
    runner.setConsumers([...list.consumers, copier("c", 20, { prepare: () => undefined })]);
    expect(await runner.drain()).toEqual({ kind: "drained" });
    expect((await readCursor(engine, "c", 20))?.position).toBe(count + 1);
  });

  test("forgets all of a shard that has no consumer left", async () => {
    const { engine, runner, list } = await twoConsumers();
    runner.setConsumers([copier("a", 21)]);
    await runner.trim();
    expect(await oldest(engine)).toBe(1);
    // The list still had the consumers, which were begun anew: only when they have looked is their end known.
    await runner.drain();
    list.consumers = [copier("a", 21)];
    await runner.trim();
    await runner.trim();
    expect(await oldest(engine)).toBe(count + 1);
  });

  test("failing belongs to its caller, and the next one tries again", async () => {
    const { engine, clock } = await sqlite();
    let failing = true;
    const flaky = altered(engine, {
      trimLog: async (shard, through) => {
        if (failing) throw new StorageError("unavailable", "the disk is full");
        return engine.trimLog(shard, through);
      },
    });
    const { runner } = start({ engine: flaky, clock, consumers: [copier("a", 20)] });
    await write(engine, 20, "x");
    await runner.drain();
    await expect(runner.trim({ all: true })).rejects.toThrow("the disk is full");
    failing = false;
    await runner.trim({ all: true });
    expect(await oldest(engine)).toBe(2);
  });
});
