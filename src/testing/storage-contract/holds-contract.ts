/**
 * Contract: mutations that hold their keys. An engine may answer a mutation before anybody could look, so holds are
 * looked at while they last for a time; several-engines-contract.ts looks at the others.
 */
import { expect, test } from "vitest";
import type { Engine, MutationOutcome, RecordKey } from "../../storage/contract/index.ts";
import { bytes, increment, key, mutation, readText, text, type WithStore, write } from "./subject.ts";

export function describeHolds(withStore: WithStore): void {
  describeTime(withStore);
  describeConflicts(withStore);
  describeEnds(withStore);
}

function describeTime(withStore: WithStore): void {
  test("a mutation held back is decided when its time has come, and holds its keys until then", () =>
    withStore(async ({ engine, clock }) => {
      const outcome = incrementLater(engine, key("a"), 500);
      expect(await engine.held([key("b"), key("a")])).toEqual([false, true]);
      await clock.advance(499);
      expect(await engine.held([key("a")])).toEqual([true]);
      expect(await readText(engine, key("a"))).toBeUndefined();
      await clock.advance(1);
      expect(await outcome).toMatchObject({ kind: "committed", result: 1, timeMicros: clock.nowMicros() });
      expect(await engine.held([key("a")])).toEqual([false]);
      expect(await readText(engine, key("a"))).toBe("1");
    }));

  test("several are decided as their times come", () =>
    withStore(async ({ engine, clock }) => {
      const decided: string[] = [];
      const later = (name: string, ms: number): Promise<unknown> =>
        engine
          .mutate(mutation("tellTime", { keys: [key(name)], hold: { ms } }))
          .then(() => decided.push(name));
      const all = [later("third", 300), later("first", 100), later("second", 200)];
      await engine.held([]);
      await clock.advance(100);
      await all[1];
      await clock.advance(100);
      await all[2];
      await clock.advance(100);
      await all[0];
      expect(decided).toEqual(["first", "second", "third"]);
    }));

  test("a mutation that holds is decided after those accepted before it, which it does not disturb", () =>
    withStore(async ({ engine }) => {
      const outcomes = await Promise.all([
        increment(engine, key("a")),
        increment(engine, key("a")),
        incrementLater(engine, key("a"), 0),
      ]);
      expect(outcomes.map((outcome) => outcome.kind === "committed" && outcome.result)).toEqual([1, 2, 3]);
    }));

  test("what it reads and names is the newest when it is decided", () =>
    withStore(async ({ engine, clock }) => {
      const stale = engine.mutate(
        mutation("tellTime", { keys: [key("a")], epochs: [{ keyspace: 1, epoch: 0 }], hold: { ms: 100 } }),
      );
      const counts = [{ keyspace: 3, index: 0 }];
      const counting = engine.mutate(mutation("count", { counters: counts, hold: { ms: 100 } }));
      await write(engine, {
        setEpochs: [{ keyspace: 1, epoch: 1 }],
        counters: [{ counter: { keyspace: 3, index: 0 }, delta: 7 }],
      });
      await clock.advance(100);
      expect(await stale).toEqual({ kind: "staleEpoch", keyspace: 1, epoch: 1 });
      expect(await counting).toEqual({ kind: "refused", result: [7] });
    }));
}

function describeConflicts(withStore: WithStore): void {
  test("another mutation that names a held key is told which, whether it holds or not", () =>
    withStore(async ({ engine, clock }) => {
      const outcome = engine.mutate(mutation("look", { keys: [key("a"), key("b")], hold: { ms: 50 } }));
      await engine.held([]);
      const keys = [key("x"), key("b"), key("y"), key("a"), key("b")];
      expect(await engine.mutate(mutation("look", { keys }))).toEqual({ kind: "conflict", keys: [1, 3, 4] });
      expect(await engine.mutate(mutation("look", { keys, hold: { ms: 0 } }))).toEqual({
        kind: "conflict",
        keys: [1, 3, 4],
      });
      expect(await engine.mutate(mutation("look", { keys, hold: { ms: 10 } }))).toMatchObject({
        kind: "conflict",
      });
      // One that was told so holds nothing itself.
      expect(await engine.held([key("x"), key("y")])).toEqual([false, false]);
      expect(await increment(engine, key("x"))).toMatchObject({ kind: "committed" });
      await clock.advance(50);
      expect(await outcome).toEqual({ kind: "refused", result: [undefined, undefined] });
      expect(await increment(engine, key("a"))).toMatchObject({ kind: "committed", result: 1 });
    }));

  test("a conflict is neither decided nor applied", () =>
    withStore(async ({ engine, clock }) => {
      const outcome = incrementLater(engine, key("a"), 50);
      await engine.held([]);
      expect(await increment(engine, key("a"))).toEqual({ kind: "conflict", keys: [0] });
      expect(await engine.mutate(mutation("throw", { keys: [key("a")] }))).toMatchObject({
        kind: "conflict",
      });
      await clock.advance(50);
      expect(await outcome).toMatchObject({ kind: "committed", result: 1 });
    }));

  test("a key is held as a whole: its bytes, their parts, its keyspace and its placement", () =>
    withStore(async ({ engine, clock }) => {
      const outcome = incrementLater(engine, key("ab", "c"), 50);
      const others = [
        key("a", "bc"),
        key("abc"),
        key("ab", "c", { keyspace: 2 }),
        key("ab", "c", { placement: 1 }),
        key("AB", "c"),
      ];
      expect(await engine.held([...others, key("ab", "c")])).toEqual([...others.map(() => false), true]);
      for (const other of others) expect(await increment(engine, other)).toMatchObject({ kind: "committed" });
      await clock.advance(50);
      await outcome;
    }));

  test("keys are held that are named, not those that are written", () =>
    withStore(async ({ engine, clock }) => {
      const outcome = incrementLater(engine, key("a"), 50);
      await engine.held([]);
      await write(engine, { records: [{ kind: "put", key: key("a"), value: bytes("41") }] });
      await clock.advance(50);
      expect(await outcome).toMatchObject({ kind: "committed", result: 42 });
    }));

  test("a mutation may name a key twice that it holds", () =>
    withStore(async ({ engine }) => {
      const keys = [key("a"), key("a")];
      expect(await engine.mutate(mutation("look", { keys, hold: { ms: 0 } }))).toMatchObject({
        kind: "refused",
      });
      expect(await engine.held(keys)).toEqual([false, false]);
    }));

  test("reads never notice a hold", () =>
    withStore(async ({ engine, clock }) => {
      await increment(engine, key("a"));
      const outcome = incrementLater(engine, key("a"), 50);
      await engine.held([]);
      expect(await readText(engine, key("a"))).toBe("1");
      const [record] = await engine.getMany([key("a")], "strong");
      expect(record && text(record.value)).toBe("1");
      const limits = { reverse: false, recordsMax: 9, bytesMax: 1e6, consistency: "strong" } as const;
      expect((await engine.range({ keyspace: 1, placement: 0, ...limits })).records).toHaveLength(1);
      await clock.advance(50);
      await outcome;
    }));
}

function describeEnds(withStore: WithStore): void {
  test.each([
    ["a commit", "tellTime"],
    ["a refusal", "look"],
    ["a bug in its decide function", "throw"],
  ])("a hold ends with %s", (_name, kind) =>
    withStore(async ({ engine, clock }) => {
      const answered = engine.mutate(mutation(kind, { keys: [key("a")], hold: { ms: 20 } })).then(
        ({ kind: outcome }) => outcome,
        () => "rejected",
      );
      expect(await engine.held([key("a")])).toEqual([true]);
      await clock.advance(20);
      await answered;
      expect(await engine.held([key("a")])).toEqual([false]);
      expect(await increment(engine, key("a"))).toMatchObject({ kind: "committed" });
    }),
  );

  test("closing decides what is held back at once", () =>
    withStore(async (store) => {
      const outcome = incrementLater(store.engine, key("a"), 60_000);
      await store.engine.close();
      expect(await outcome).toMatchObject({ kind: "committed", result: 1 });
    }));
}

function incrementLater(engine: Engine, of: RecordKey, ms: number): Promise<MutationOutcome> {
  return engine.mutate(mutation("increment", { keys: [of], args: of, hold: { ms } }));
}
