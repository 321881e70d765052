// Readers of the log that nobody runs here: acknowledgements go forward, and what is not acknowledged is kept.
import { afterEach, describe, expect, test } from "vitest";
import type { DecideFunction, Engine } from "../storage/contract/index.ts";
import {
  copier,
  copyingDecides,
  copyingStartMs,
  endAll,
  type Endings,
  numbers,
  type Started,
  startingRunners,
  write,
} from "../testing/copying-consumers.ts";
import { passingSubject, settableClock, type SettableClock } from "../testing/index.ts";
import {
  type Acknowledged,
  acknowledgeMutation,
  beginReaderMutation,
  cursorKey,
  hasBegun,
  type LogReader,
  newReaderCursor,
  readerCursors,
  readerKeptMs,
} from "./index.ts";

const endings: Endings = [];
const start = startingRunners(endings);

afterEach(() => endAll(endings));

const reader: LogReader = { id: "reader", shards: [20, 21] };
const other: LogReader = { id: "other", shards: [20] };

/** What the commit does that adds a reader, or takes it away. */
const setReader: DecideFunction = (args, _records, { nowMicros }) => {
  const { id, shards, there } = args as LogReader & { readonly there: boolean };
  const value = newReaderCursor(Math.floor(nowMicros / 1000));
  const keys = shards.map((shard) => cursorKey(id, shard));
  return {
    kind: "commit",
    commit: { records: keys.map((key) => (there ? { kind: "put", key, value } : { kind: "delete", key })) },
    result: undefined,
  };
};

interface Store {
  readonly engine: Engine;
  readonly clock: SettableClock;
}

async function open(): Promise<Store> {
  const clock = settableClock(copyingStartMs);
  const decide = new Map([...copyingDecides, ["setReader", setReader]]);
  const fixture = await passingSubject("memory").open({ decide, clock });
  endings.push(() => fixture.dispose());
  return { engine: fixture.engine, clock };
}

const set = (engine: Engine, args: LogReader, there = true): Promise<unknown> =>
  engine.mutate({ kind: "setReader", epochs: [], keys: [], args: { ...args, there } });

const at = (shard: number, position: number): Acknowledged => ({ shard, position });

async function acknowledged(engine: Engine, ...moves: readonly Acknowledged[]): Promise<unknown> {
  const outcome = await engine.mutate(acknowledgeMutation(reader.id, moves));
  return "result" in outcome ? outcome.result : outcome;
}

async function positions(engine: Engine): Promise<readonly number[] | undefined> {
  return (await readerCursors(engine, reader))?.map(({ position }) => position);
}

describe("acknowledging", () => {
  test("begins where it is told to, once", async () => {
    const { engine, clock } = await open();
    await set(engine, reader);
    expect((await readerCursors(engine, reader))?.some(hasBegun)).toBe(false);
    const begin = (...ends: readonly Acknowledged[]): Promise<unknown> =>
      engine.mutate(beginReaderMutation(reader.id, ends));
    const result = { kind: "acknowledged", positions: [7, 0] };
    expect(await begin(at(20, 7), at(21, 0))).toMatchObject({ kind: "committed", result });
    await clock.advance(1000);
    expect(await begin(at(20, 9), at(21, 9))).toMatchObject({ kind: "committed", result });
    expect((await readerCursors(engine, reader))?.every(hasBegun)).toBe(true);
  });

  test("goes forward or stays, in all shards or in none, and says until when the reader is alive", async () => {
    const { engine, clock } = await open();
    await set(engine, reader);
    expect(await acknowledged(engine, at(20, 5))).toEqual({ kind: "acknowledged", positions: [5] });
    expect(await acknowledged(engine, at(21, 3), at(20, 4))).toEqual({ kind: "passed" });
    expect(await positions(engine)).toEqual([5, 0]);
    await clock.advance(1000);
    expect(await acknowledged(engine, at(20, 5))).toEqual({ kind: "acknowledged", positions: [5] });
    expect(
      (await readerCursors(engine, reader))?.map(({ leaseUntilMs }) => leaseUntilMs - copyingStartMs),
    ).toEqual([readerKeptMs + 1000, readerKeptMs]);
  });

  test("does not bring back a reader that is gone", async () => {
    const { engine } = await open();
    await set(engine, reader);
    await set(engine, reader, false);
    expect(await acknowledged(engine, at(20, 5))).toEqual({ kind: "gone" });
    expect(await positions(engine)).toBeUndefined();
  });
});

describe("trimming", () => {
  async function written(
    consumers: readonly ReturnType<typeof copier>[],
  ): Promise<Store & Started & { readers: LogReader[]; oldest: () => Promise<number> }> {
    const { engine, clock } = await open();
    const readers = [reader];
    await set(engine, reader);
    const options = { listReaders: () => [...readers] };
    const started = start({ engine, clock, consumers, options });
    started.runner.setConsumers(consumers, [...readers]);
    await write(engine, 20, ...numbers(1, 10));
    await started.runner.drain();
    return { engine, clock, ...started, readers, oldest: async () => (await engine.logEnd(20)).oldest };
  }

  test.each([
    ["where nobody else reads", []],
    ["beside a consumer", [copier("a", 20)]],
  ])("stays behind what is acknowledged, %s", async (_where, consumers) => {
    const { engine, runner, oldest } = await written(consumers);
    await runner.trim({ all: true });
    expect(await oldest()).toBe(1);
    await acknowledged(engine, at(20, 4), at(21, 0));
    await runner.trim({ all: true });
    expect(await oldest()).toBe(5);
    await acknowledged(engine, at(20, 10));
    await runner.trim({ all: true });
    expect(await oldest()).toBe(11);
  });

  test("stays behind the slowest of several readers", async () => {
    const { engine, runner, readers, oldest } = await written([]);
    await set(engine, other);
    readers.push(other);
    await acknowledged(engine, at(20, 10));
    await runner.trim({ all: true });
    expect(await oldest()).toBe(1);
    await engine.mutate(acknowledgeMutation(other.id, [at(20, 6)]));
    await runner.trim({ all: true });
    expect(await oldest()).toBe(7);
  });

  test("keeps everything for a reader that was just added", async () => {
    const { engine, runner, readers, oldest } = await written([copier("a", 20)]);
    await acknowledged(engine, at(20, 10));
    // It is in the store, and the runner learns of it when it asks.
    await set(engine, other);
    readers.push(other);
    await runner.trim({ all: true });
    expect(await oldest()).toBe(1);
  });

  test("keeps what is left of a shard whose consumers are gone for a reader that was just added", async () => {
    const { engine, runner, readers, list, oldest } = await written([copier("a", 20)]);
    readers.pop();
    list.consumers = [];
    runner.setConsumers([], []);
    await set(engine, other);
    readers.push(other);
    await runner.trim({ all: true });
    expect(await oldest()).toBe(1);
  });

  test("keeps everything while a cursor is missing", async () => {
    const { engine, runner, oldest } = await written([]);
    await set(engine, reader, false);
    await runner.trim({ all: true });
    expect(await oldest()).toBe(1);
  });

  test("forgets all of a shard when its last reader has left, and only then", async () => {
    const { engine, runner, readers, list, oldest } = await written([copier("a", 20)]);
    // The consumer leaves first.
    list.consumers = [];
    runner.setConsumers([], [...readers]);
    await runner.trim({ all: true });
    expect(await oldest()).toBe(1);
    await set(engine, reader, false);
    readers.pop();
    runner.setConsumers([], [...readers]);
    await runner.trim({ all: true });
    expect(await oldest()).toBe(11);
  });

  test("a consumer that is left goes on as before", async () => {
    const { runner, readers, oldest } = await written([copier("a", 20)]);
    readers.pop();
    await runner.trim({ all: true });
    expect(await oldest()).toBe(11);
  });

  test("costs one look for a reader while nothing is acknowledged", async () => {
    const { engine, clock } = await open();
    await set(engine, reader);
    await write(engine, 20, ...numbers(1, 10));
    const asked: string[] = [];
    const counted = new Proxy(engine, {
      get(target, name: keyof Engine) {
        const value: unknown = target[name];
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          asked.push(name as string);
          return Reflect.apply(value, target, args);
        };
      },
    });
    const { runner } = start({
      engine: counted,
      clock,
      consumers: [],
      options: { listReaders: () => [reader] },
    });
    runner.setConsumers([], [reader]);
    await runner.trim();
    expect(asked).toEqual(["getMany"]);
  });
});
