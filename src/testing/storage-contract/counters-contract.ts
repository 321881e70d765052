/** Contract: counters, of whole keyspaces and of their parts. */
import { expect, test } from "vitest";
import type { CounterId, CounterPart, Engine } from "../../storage/contract/index.ts";
import { bytes, key, mutation, text, type WithStore, write } from "./subject.ts";

export function describeCounters(withStore: WithStore): void {
  describeValues(withStore);
  describeParts(withStore);
}

function describeValues(withStore: WithStore): void {
  test("counters start at 0, add up and go below 0", () =>
    withStore(async ({ engine }) => {
      for (const counter of [{ keyspace: 4, index: 2 }, of("a"), of("")]) {
        expect(await engine.counter(counter)).toBe(0);
        await Promise.all([5, -7, 1, 0].map((delta) => add(engine, counter, delta)));
        expect(await engine.counter(counter)).toBe(-1);
        await add(engine, counter, 2_000_000_000_000);
        expect(await engine.counter(counter)).toBe(1_999_999_999_999);
      }
      expect(await engine.counter({ keyspace: 4, index: 3 })).toBe(0);
    }));

  test("a counter is one of its keyspace, its index and its part", () =>
    withStore(async ({ engine }) => {
      const counters: readonly CounterId[] = [
        { keyspace: 1, index: 0 },
        { keyspace: 1, index: 1 },
        { keyspace: 2, index: 0 },
        of("a"),
        of("b"),
        of(""),
        of("a\0"),
        of("a", { index: 1 }),
        of("a", { keyspace: 2 }),
        of("1/a"),
        { keyspace: 1, index: 0, part: new Uint8Array([0xff]) },
        { keyspace: 1, index: 0, part: new Uint8Array([0xc3, 0xbf]) },
      ];
      // All of them in one group, and again in another.
      for (const times of [1, 2]) {
        await Promise.all(counters.map((counter, index) => add(engine, counter, index + 1)));
        expect(await Promise.all(counters.map((counter) => engine.counter(counter)))).toEqual(
          counters.map((_, index) => (index + 1) * times),
        );
      }
    }));

  test("a decide function is given the counters its mutation names, with what its group has added", () =>
    withStore(async ({ engine }) => {
      const counters = [of("b"), { keyspace: 1, index: 0 }, of("a"), of("a"), of("never")];
      const seen = [];
      for (let round = 1; round <= 2; round += 1) {
        seen.push(
          ...(await Promise.all([
            count(engine, counters),
            add(engine, of("a"), 5),
            count(engine, counters),
            add(engine, { keyspace: 1, index: 0 }, 3),
            add(engine, of("a"), -1),
            count(engine, counters),
          ])),
        );
      }
      expect(seen.filter((values) => values !== undefined)).toEqual([
        [0, 0, 0, 0, 0],
        [0, 0, 5, 5, 0],
        [0, 3, 4, 4, 0],
        [0, 3, 4, 4, 0],
        [0, 3, 9, 9, 0],
        [0, 6, 8, 8, 0],
      ]);
      expect(await count(engine, [])).toEqual([]);
      expect(await engine.mutate(mutation("count"))).toEqual({ kind: "refused", result: [] });
    }));

  test("naming a counter conflicts with nothing", () =>
    withStore(async ({ engine, clock }) => {
      const holding = engine.mutate(
        mutation("count", { keys: [key("a")], counters: [of("a")], hold: { ms: 10 } }),
      );
      await engine.held([]);
      await add(engine, of("a"), 1);
      expect(await count(engine, [of("a")])).toEqual([1]);
      await clock.advance(10);
      expect(await holding).toEqual({ kind: "refused", result: [1] });
    }));
}

function describeParts(withStore: WithStore): void {
  test("parts are listed in the order of their bytes, page by page, without those that are 0", () =>
    withStore(async ({ engine }) => {
      const names = ["b", "", "a", "ab", "a\0", "\u00ff", "gone", "B"];
      await Promise.all(names.map((name, index) => add(engine, of(name), index + 1)));
      await Promise.all([
        add(engine, of("gone"), -7),
        add(engine, of("other index", { index: 1 }), 1),
        add(engine, of("other keyspace", { keyspace: 2 }), 1),
        add(engine, { keyspace: 1, index: 0 }, 1),
      ]);
      const inOrder = [...names.entries()]
        .filter(([, name]) => name !== "gone")
        .map(([index, part]) => ({ part, value: index + 1 }))
        .toSorted((left, right) => Buffer.compare(bytes(left.part), bytes(right.part)));
      expect(await parts(engine, { countMax: 100 })).toEqual(inOrder);
      expect(await parts(engine, { countMax: 3 })).toEqual(inOrder.slice(0, 3));
      expect(await parts(engine, { after: bytes(""), countMax: 2 })).toEqual(inOrder.slice(1, 3));
      expect(await parts(engine, { after: bytes("a"), countMax: 100 })).toEqual(
        inOrder.filter(({ part }) => Buffer.compare(bytes(part), bytes("a")) > 0),
      );
      expect(await parts(engine, { after: bytes("\u00ff"), countMax: 100 })).toEqual([]);
    }));

  test("a part that is 0 again is gone, and counts on from 0", () =>
    withStore(async ({ engine }) => {
      await add(engine, of("a"), 5);
      await add(engine, of("a"), -5);
      expect(await parts(engine, { countMax: 9 })).toEqual([]);
      await Promise.all([add(engine, of("a"), 2), add(engine, of("a"), -2)]);
      expect(await parts(engine, { countMax: 9 })).toEqual([]);
      await add(engine, of("a"), 3);
      expect(await parts(engine, { countMax: 9 })).toEqual([{ part: "a", value: 3 }]);
    }));

  test("parts go with their keyspace, at once and when its space is given back", () =>
    withStore(async ({ engine }) => {
      for (const keyspace of [1, 2]) {
        const counters = Array.from({ length: 500 }, (_, index) => ({
          counter: of(`part ${index}`, { keyspace }),
          delta: 1,
        }));
        await write(engine, { counters });
      }
      const [, pending] = await Promise.all([
        write(engine, { counters: [{ counter: of("late"), delta: 1 }], dropKeyspaces: [1] }),
        count(engine, [of("part 1"), of("late"), of("part 1", { keyspace: 2 })]),
      ]);
      expect(pending).toEqual([0, 0, 1]);
      const look = async (): Promise<unknown> => [
        await engine.counter(of("part 1")),
        await engine.counter(of("late")),
        (await parts(engine, { countMax: 1000 })).length,
        (await parts(engine, { keyspace: 2, countMax: 1000 })).length,
      ];
      expect(await look()).toEqual([0, 0, 0, 500]);
      let steps = 1;
      while (!(await engine.reclaim()).done) steps += 1;
      expect(steps).toBeLessThan(100);
      expect(await look()).toEqual([0, 0, 0, 500]);
      await expect(write(engine, { counters: [{ counter: of("a"), delta: 1 }] })).rejects.toThrow("dropped");
    }));
}

/** A counter of a part of keyspace 1. */
function of(part: string, place: Partial<CounterId> = {}): CounterId {
  return { keyspace: 1, index: 0, part: bytes(part), ...place };
}

async function add(engine: Engine, counter: CounterId, delta: number): Promise<undefined> {
  await write(engine, { counters: [{ counter, delta }] });
}

async function count(engine: Engine, counters: readonly CounterId[]): Promise<unknown> {
  const outcome = await engine.mutate(mutation("count", { counters }));
  return outcome.kind === "refused" ? outcome.result : outcome;
}

interface ReadablePart extends Omit<CounterPart, "part"> {
  readonly part: string;
}

async function parts(
  engine: Engine,
  request: { readonly keyspace?: number; readonly after?: Uint8Array; readonly countMax: number },
): Promise<readonly ReadablePart[]> {
  const found = await engine.counterParts({ keyspace: 1, index: 0, ...request });
  return found.map(({ part, value }) => ({ part: text(part), value }));
}
