/** Contract: mutations, their groups and what a decide function may rely on. */
import { expect, test } from "vitest";
import type { Engine, RecordWrite } from "../../storage/contract/index.ts";
import { patternBytes } from "./records-contract.ts";
import { bytes, increment, key, mutation, readText, type WithStore, write } from "./subject.ts";

export function describeMutations(withStore: WithStore): void {
  test("mutations sent together are decided one after the other, each on what the last one wrote", () =>
    withStore(async ({ engine }) => {
      const outcomes = await Promise.all(Array.from({ length: 40 }, () => increment(engine, key("n"))));
      expect(outcomes.map((outcome) => outcome.kind === "committed" && outcome.result)).toEqual(
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
      expect(await readText(engine, key("n"))).toBe("40");
    }));

  test("a mutation sees puts and deletes sent just before it", () =>
    withStore(async ({ engine }) => {
      const [, seen, , gone] = await Promise.all([
        write(engine, { records: [{ kind: "put", key: key("a"), value: patternBytes(3000) }] }),
        engine.mutate(mutation("look", { keys: [key("a")] })),
        write(engine, { records: [{ kind: "delete", key: key("a") }] }),
        engine.mutate(mutation("look", { keys: [key("a")] })),
      ]);
      expect(seen).toEqual({ kind: "refused", result: [Buffer.from(patternBytes(3000)).toString()] });
      expect(gone).toEqual({ kind: "refused", result: [undefined] });
    }));

  test("a refusal writes nothing", () =>
    withStore(async ({ engine }) => {
      await engine.mutate(mutation("look", { keys: [key("a")] }));
      expect(await engine.get(key("a"), "strong")).toBeUndefined();
    }));

  test("a decide function that throws rejects its own mutation only", () =>
    withStore(async ({ engine }) => {
      const results = await Promise.allSettled([
        increment(engine, key("n")),
        engine.mutate(mutation("throw")),
        increment(engine, key("n")),
      ]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(results[1]).toMatchObject({ reason: { message: "a bug in a decide function" } });
      expect(await readText(engine, key("n"))).toBe("2");
    }));

  test("an unknown kind of mutation rejects", () =>
    withStore(async ({ engine }) => {
      await expect(engine.mutate(mutation("no such kind"))).rejects.toThrow("no such kind");
    }));

  test("a commit that breaks the contract writes none of its parts", () =>
    withStore(async ({ engine }) => {
      await write(engine, { closeShards: [5] });
      const put = { kind: "put", key: key("a"), value: bytes("v") } as const;
      const counters = [{ counter: { keyspace: 1, index: 0 }, delta: 1 }];
      const log = [{ shard: 6, value: bytes("v") }];
      const broken = [
        { records: [put], counters, log: [...log, { shard: 5, value: bytes("closed") }] },
        { records: [put], counters: [...counters, { counter: { keyspace: 1, index: 0 }, delta: 0.5 }], log },
        { records: [put, { ...put, key: key("p".repeat(100_000)) }], counters, log },
      ];
      for (const commit of broken) {
        await expect(write(engine, commit)).rejects.toThrow(/closed shard|by an integer|at most/u);
      }
      expect(await engine.get(key("a"), "strong")).toBeUndefined();
      expect(await engine.counter({ keyspace: 1, index: 0 })).toBe(0);
      expect(await engine.logEnd(6)).toEqual({ last: 0, oldest: 1, closed: false });
    }));

  test("a commit writes all of its parts over several keyspaces", () =>
    withStore(async ({ engine }) => {
      const places = [key("a"), key("a", "", { keyspace: 2, placement: 3 }), key("b", "x", { keyspace: 3 })];
      await write(engine, {
        records: places.map((place): RecordWrite => ({ kind: "put", key: place, value: bytes("v") })),
        counters: [{ counter: { keyspace: 2, index: 1 }, delta: 4 }],
        log: [{ shard: 1, value: bytes("change") }],
      });
      expect(await Promise.all(places.map((place) => readText(engine, place)))).toEqual(["v", "v", "v"]);
      expect(await engine.counter({ keyspace: 2, index: 1 })).toBe(4);
      expect((await engine.logEnd(1)).last).toBe(1);
    }));

  test("the last write of one key in a commit counts", () =>
    withStore(async ({ engine }) => {
      await write(engine, {
        records: [
          { kind: "put", key: key("a"), value: bytes("first") },
          { kind: "delete", key: key("a") },
          { kind: "put", key: key("a"), value: bytes("last") },
        ],
      });
      expect(await readText(engine, key("a"))).toBe("last");
    }));

  test("a decide function is told the time of its commit, which the outcome carries", () =>
    withStore(async ({ engine, clock }) => {
      const first = await engine.mutate(mutation("tellTime"));
      expect(first).toMatchObject({ kind: "committed", result: clock.nowMicros() });
      await clock.advance(1500);
      const second = await engine.mutate(mutation("tellTime"));
      expect(second).toEqual({
        kind: "committed",
        result: clock.nowMicros(),
        timeMicros: clock.nowMicros(),
      });
    }));

  test("no answer comes before its write can be read", () =>
    withStore(async ({ engine }) => {
      const seen = await Promise.all(
        ["a", "b", "c"].map(async (name) => {
          await increment(engine, key(name));
          return readText(engine, key(name));
        }),
      );
      expect(seen).toEqual(["1", "1", "1"]);
    }));

  test("a commit is seen whole or not at all by a read of several keys", () =>
    withStore(async ({ engine }) => {
      const keys = ["a", "b", "c"].map((name) => key(name));
      const writing = Array.from({ length: 5 }, (_, round) => writeAll(engine, keys, String(round)));
      for (let look = 0; look < 5; look += 1) {
        const records = await engine.getMany(keys, "strong");
        expect(new Set(records.map((record) => record && Buffer.from(record.value).toString())).size).toBe(1);
      }
      await Promise.all(writing);
    }));
}

async function writeAll(
  engine: Engine,
  keys: readonly ReturnType<typeof key>[],
  value: string,
): Promise<void> {
  await write(engine, { records: keys.map((each) => ({ kind: "put", key: each, value: bytes(value) })) });
}
