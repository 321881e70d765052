/** Contract: the change log's shards. */
import { expect, test } from "vitest";
import {
  type Engine,
  type LogPage,
  type LogRecord,
  signalledShardsMax,
} from "../../storage/contract/index.ts";
import { patternBytes } from "./records-contract.ts";
import { bytes, mutation, text, type WithStore, write } from "./subject.ts";

export function describeLog(withStore: WithStore): void {
  test("an unknown shard is empty and open", () =>
    withStore(async ({ engine }) => {
      expect(await engine.logEnd(3)).toEqual({ last: 0, oldest: 1, closed: false });
      expect(await engine.readLog(3, 0, 10)).toEqual({ kind: "records", records: [], closed: false });
    }));

  test("positions of a shard are gapless from 1 in the order of the commits", () =>
    withStore(async ({ engine }) => {
      await Promise.all(Array.from({ length: 30 }, (_, index) => append(engine, index % 2, `${index}`)));
      const even = recordsOf(await engine.readLog(0, 0, 100));
      expect(even.map(({ position }) => position)).toEqual(
        Array.from({ length: 15 }, (_, index) => index + 1),
      );
      expect(even.map(({ value }) => text(value))).toEqual(
        Array.from({ length: 15 }, (_, index) => `${index * 2}`),
      );
      expect(await engine.logEnd(1)).toEqual({ last: 15, oldest: 1, closed: false });
    }));

  test("several records of one commit keep their order and share one time", () =>
    withStore(async ({ engine, clock }) => {
      await write(engine, { log: ["a", "b", "c"].map((value) => ({ shard: 1, value: bytes(value) })) });
      const records = recordsOf(await engine.readLog(1, 0, 10));
      expect(records.map(({ value }) => text(value))).toEqual(["a", "b", "c"]);
      expect(records.map(({ timeMicros }) => timeMicros)).toEqual(
        Array.from({ length: 3 }, () => clock.nowMicros()),
      );
    }));

  test("pages go on after a position", () =>
    withStore(async ({ engine }) => {
      await write(engine, {
        log: ["a", "b", "c", "d", "e"].map((value) => ({ shard: 1, value: bytes(value) })),
      });
      const page = async (after: number, recordsMax: number): Promise<string> =>
        recordsOf(await engine.readLog(1, after, recordsMax))
          .map(({ value }) => text(value))
          .join("");
      expect(await page(0, 2)).toBe("ab");
      expect(await page(2, 2)).toBe("cd");
      expect(await page(4, 2)).toBe("e");
      expect(await page(5, 2)).toBe("");
      expect(await page(99, 2)).toBe("");
    }));

  test("a log record may be as long as two of the largest items", () =>
    withStore(async ({ engine }) => {
      await write(engine, { log: [{ shard: 1, value: patternBytes(900_000) }] });
      const [record] = recordsOf(await engine.readLog(1, 0, 10));
      expect(Buffer.compare(record?.value ?? bytes(""), patternBytes(900_000))).toBe(0);
    }));

  test("time never goes back within a shard, whatever the clock does, and a commit has one time", () =>
    withStore(async ({ engine, clock }) => {
      const laterMs = clock.nowMs() + 60_000;
      const earlierMs = clock.nowMs();
      clock.set(laterMs);
      await append(engine, 1, "late");
      clock.set(earlierMs);
      const outcome = await write(engine, { log: [1, 2].map((shard) => ({ shard, value: bytes("v") })) });
      const times = [
        ...recordsOf(await engine.readLog(1, 0, 9)),
        ...recordsOf(await engine.readLog(2, 0, 9)),
      ];
      expect(new Set(times.map(({ timeMicros }) => timeMicros)).size).toBe(1);
      expect(outcome).toMatchObject({ kind: "committed", timeMicros: times[0]?.timeMicros });
    }));

  test("a closed shard takes no more records and says so at its end", () =>
    withStore(async ({ engine }) => {
      await write(engine, {
        log: [1, 2, 3].map(() => ({ shard: 1, value: bytes("v") })),
        closeShards: [1],
      });
      await expect(append(engine, 1, "too late")).rejects.toThrow("closed");
      expect(await engine.logEnd(1)).toEqual({ last: 3, oldest: 1, closed: true });
      expect(await engine.readLog(1, 0, 2)).toMatchObject({ kind: "records", closed: false });
      expect(await engine.readLog(1, 2, 2)).toMatchObject({ kind: "records", closed: true });
      expect(await engine.readLog(1, 3, 2)).toMatchObject({ kind: "records", records: [], closed: true });
    }));

  test("a commit may forget a shard's records, its own with them, and positions go on", () =>
    withStore(async ({ engine }) => {
      await append(engine, 1, "one");
      await append(engine, 2, "other");
      await write(engine, { log: [{ shard: 1, value: bytes("two") }], trimShards: [1] });
      expect(await engine.logEnd(1)).toEqual({ last: 2, oldest: 3, closed: false });
      expect(await engine.readLog(1, 0, 9)).toEqual({ kind: "trimmed", oldest: 3 });
      expect(await engine.logEnd(2)).toEqual({ last: 1, oldest: 1, closed: false });
      await append(engine, 1, "three");
      expect(await engine.readLog(1, 2, 9)).toMatchObject({ kind: "records", records: [{ position: 3 }] });
    }));

  test("trimmed positions are answered with the oldest one left", () =>
    withStore(async ({ engine }) => {
      await write(engine, { log: ["a", "b", "c", "d"].map((value) => ({ shard: 1, value: bytes(value) })) });
      await engine.trimLog(1, 2);
      expect(await engine.readLog(1, 0, 10)).toEqual({ kind: "trimmed", oldest: 3 });
      expect(await engine.readLog(1, 1, 10)).toEqual({ kind: "trimmed", oldest: 3 });
      expect(recordsOf(await engine.readLog(1, 2, 10)).map(({ position }) => position)).toEqual([3, 4]);
      expect(await engine.logEnd(1)).toEqual({ last: 4, oldest: 3, closed: false });
    }));

  test("trimming again, less or beyond the end is harmless, and positions go on", () =>
    withStore(async ({ engine }) => {
      await write(engine, { log: ["a", "b"].map((value) => ({ shard: 1, value: bytes(value) })) });
      await engine.trimLog(1, 1);
      await engine.trimLog(1, 1);
      await engine.trimLog(1, 0);
      expect((await engine.logEnd(1)).oldest).toBe(2);
      await engine.trimLog(1, 99);
      await engine.trimLog(8, 99);
      expect(await engine.logEnd(1)).toEqual({ last: 2, oldest: 3, closed: false });
      expect(await engine.logEnd(8)).toEqual({ last: 0, oldest: 1, closed: false });
      await append(engine, 1, "c");
      expect(recordsOf(await engine.readLog(1, 2, 10)).map(({ position }) => position)).toEqual([3]);
    }));

  test("what was trimmed stays trimmed while its space is given back", () =>
    withStore(async ({ engine }) => {
      await write(engine, { log: Array.from({ length: 50 }, () => ({ shard: 1, value: bytes("v") })) });
      await engine.trimLog(1, 40);
      let done = false;
      for (let step = 0; step < 100 && !done; step += 1) {
        ({ done } = await engine.reclaim());
      }
      expect(done).toBe(true);
      expect(await engine.readLog(1, 39, 10)).toEqual({ kind: "trimmed", oldest: 41 });
      expect(recordsOf(await engine.readLog(1, 40, 100))).toHaveLength(10);
    }));

  test("the signal of a shard has changed when a commit that appended to it is answered", () =>
    withStore(async ({ engine }) => {
      for (const shard of [0, 1, signalledShardsMax - 1]) {
        const seen = [engine.logSignal(shard)];
        for (let round = 0; round < 3; round += 1) {
          seen.push(await append(engine, shard, "v").then(() => engine.logSignal(shard)));
        }
        await Promise.all([append(engine, shard, "v"), append(engine, 5, "v")]);
        seen.push(engine.logSignal(shard));
        expect(new Set(seen).size).toBe(seen.length);
      }
    }));

  test("only the first shards have a signal", () =>
    withStore(async ({ engine }) => {
      expect(() => engine.logSignal(signalledShardsMax)).toThrow(String(signalledShardsMax));
    }));

  test("a watcher is woken when its shard grows or closes, until it cancels", () =>
    withStore(async ({ engine }) => {
      const woken: string[] = [];
      const cancel = engine.watchLog(1, () => woken.push("one"));
      engine.watchLog(2, () => woken.push("two"));
      await settled(engine);
      expect(woken.splice(0)).toEqual(["one", "two"]);
      await append(engine, 1, "v");
      await settled(engine);
      expect(woken).toEqual(["one"]);
      await write(engine, { closeShards: [2] });
      await settled(engine);
      expect(woken).toEqual(["one", "two"]);
      cancel();
      cancel();
      await append(engine, 1, "v");
      await settled(engine);
      expect(woken).toEqual(["one", "two"]);
    }));

  test("watching begins with one wake, for a second watcher of the shard too, so that nothing before is missed", () =>
    withStore(async ({ engine }) => {
      let woken = 0;
      for (let watchers = 1; watchers <= 3; watchers += 1) {
        await append(engine, 1, "v");
        woken = 0;
        engine.watchLog(1, () => {
          woken += 1;
        });
        await settled(engine);
        expect(woken).toBeGreaterThan(0);
      }
    }));

  test("one that cancels is not woken any more, not even for what was due", () =>
    withStore(async ({ engine }) => {
      let woken = 0;
      const watch = (): (() => void) =>
        engine.watchLog(1, () => {
          woken += 1;
        });
      watch()();
      await settled(engine);
      expect(woken).toBe(0);
      const cancel = watch();
      await settled(engine);
      woken = 0;
      const appended = append(engine, 1, "v");
      cancel();
      await appended;
      await settled(engine);
      expect(woken).toBe(0);
    }));

  test("thousands of shards can be watched", () =>
    withStore(async ({ engine }) => {
      const woken = new Set<number>();
      const cancels = Array.from({ length: 5000 }, (_, index) =>
        engine.watchLog(1000 + index, () => woken.add(1000 + index)),
      );
      await settled(engine);
      expect(woken.size).toBe(5000);
      woken.clear();
      for (const cancel of cancels.slice(10)) cancel();
      await Promise.all([1003, 5999, 5, 1011].map((shard) => append(engine, shard, "v")));
      await settled(engine);
      expect([...woken]).toEqual([1003]);
    }));
}

function append(engine: Engine, shard: number, value: string): Promise<unknown> {
  return write(engine, { log: [{ shard, value: bytes(value) }] });
}

function recordsOf(page: LogPage): readonly LogRecord[] {
  expect(page.kind).toBe("records");
  return page.kind === "records" ? page.records : [];
}

/** Hints may come a little after the answer: one more write is well after. */
async function settled(engine: Engine): Promise<void> {
  await engine.mutate(mutation("tellTime"));
}
