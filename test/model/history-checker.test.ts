/** The checker of histories accepts what may happen, and refuses each way in which a store can be wrong. */
import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../src/base/index.ts";
import { checkHistory } from "./history-checker.ts";
import { type History, HistoryRecorder, type Operation, type Seen } from "./history.ts";

/** Amounts are 0: trails tell all but the balances. `"x: A B"` is an item with its trail. */
function seen(...items: readonly string[]): readonly Seen[] {
  return items.map((item) => {
    const [key = "", trail = ""] = item.split(":");
    return { key, trail: trail.split(" ").filter((name) => name !== ""), balance: 0 };
  });
}

interface Told extends Partial<Operation> {
  readonly writes?: readonly string[];
}

function operation(
  name: string,
  [startedAt, endedAt]: readonly [number, number],
  told: Told = {},
): Operation {
  const { writes = [], ...more } = told;
  return {
    name,
    startedAt,
    endedAt,
    end: "done",
    appends: writes.map((key) => ({ key, amount: 0 })),
    seen: [],
    isolation: "serializable",
    ...more,
  };
}

function history(final: readonly string[], ...operations: readonly Operation[]): History {
  return { operations, final: new Map(seen(...final).map((item) => [item.key, item])) };
}

const never = Number.POSITIVE_INFINITY;

describe("accepts", () => {
  test.each<[string, History]>([
    ["nothing", history([])],
    [
      "writes at once in either order, and reads on both sides of them",
      history(
        ["x: A B", "y: A B"],
        operation("B", [1, 9], { writes: ["x", "y"] }),
        operation("A", [2, 8], { writes: ["x", "y"] }),
        operation("before", [3, 7], { seen: seen("x:", "y:") }),
        operation("between", [4, 6], { seen: seen("x: A", "y: A") }),
        operation("after", [10, 11], { seen: seen("x: A B", "y: A B") }),
      ),
    ],
    [
      "a write without an answer that took place long after",
      history(
        ["x: B A", "y: A"],
        operation("A", [1, never], { writes: ["x", "y"], end: "unknown" }),
        operation("early", [2, 3], { seen: seen("x:", "y:") }),
        operation("B", [4, 5], { writes: ["x"], seen: seen("x:") }),
        operation("late", [6, 7], { seen: seen("x: B A", "y: A") }),
      ),
    ],
    [
      "a write without an answer that never took place",
      history(
        ["x:"],
        operation("A", [1, never], { writes: ["x"], end: "unknown", seen: seen("x: Z") }),
        operation("R", [2, 3], { seen: seen("x:") }),
      ),
    ],
    [
      "a refused write, with a look at the item that was in its way",
      history(
        ["x: A"],
        operation("A", [1, 4], { writes: ["x"] }),
        operation("B", [2, 3], { writes: ["x"], end: "refused", seen: seen("x: A") }),
        operation("C", [5, 6], { writes: ["x"], end: "refused" }),
      ),
    ],
    [
      "a read that promises less and saw half",
      history(
        ["x: A", "y: A"],
        operation("A", [1, 2], { writes: ["x", "y"] }),
        operation("R", [3, 4], { seen: seen("x: A", "y:"), isolation: "committed" }),
      ),
    ],
  ])("%s", (_name, accepted) => {
    expect(checkHistory(accepted)).toEqual([]);
  });
});

describe("refuses", () => {
  const write = (name: string, at: readonly [number, number], writes: readonly string[]): Operation =>
    operation(name, at, { writes });
  test.each<[string, History, string]>([
    [
      "an acknowledged write that is nowhere",
      history(["x:"], write("A", [1, 2], ["x"])),
      "A was acknowledged and is lost: it is missing in x",
    ],
    [
      "an acknowledged transaction of which a half is there",
      history(["x: A", "y:"], write("A", [1, 2], ["x", "y"])),
      "A is half there: it is missing in y",
    ],
    [
      "half a transaction without an answer",
      history(["x: A"], operation("A", [1, never], { writes: ["x", "y"], end: "unknown" })),
      "A is half there: it is missing in y",
    ],
    [
      "a write done twice",
      history(["x: A B A"], write("A", [1, 2], ["x"]), write("B", [3, 4], ["x"])),
      "A was done twice to x",
    ],
    [
      "a refused write that is there",
      history(["x: A"], operation("A", [1, 2], { writes: ["x"], end: "refused" })),
      "A was refused, and x has it",
    ],
    ["a write of nobody", history(["x: A"]), "nobody did A, which x has"],
    ["a write in another item", history(["x: A", "y: A"], write("A", [1, 2], ["x"])), "A never was for y"],
    [
      "a read of what was never committed",
      history(
        ["x:"],
        operation("A", [1, 4], { writes: ["x"], end: "refused" }),
        operation("R", [2, 3], { seen: seen("x: A") }),
      ),
      "R saw x with A in place 0, where nothing came to be",
    ],
    [
      "such a read that promises less",
      history(["x:"], operation("R", [2, 3], { seen: seen("x: A"), isolation: "committed" })),
      "R saw x with A in place 0, where nothing came to be",
    ],
    [
      "a read transaction that saw half of a write transaction",
      history(
        ["x: A", "y: A"],
        write("A", [1, 4], ["x", "y"]),
        operation("R", [2, 3], { seen: seen("x: A", "y:") }),
      ),
      "R saw half of A: in x, and not in y",
    ],
    [
      "a refused transaction that was told half of another one",
      history(
        ["x: A", "y: A"],
        write("A", [1, 4], ["x", "y"]),
        operation("B", [2, 3], { writes: ["x", "y"], end: "refused", seen: seen("x:", "y: A") }),
      ),
      "B saw half of A: in y, and not in x",
    ],
    [
      "a lost update: the second one did not see the first",
      history(
        ["x: A B"],
        operation("A", [1, 4], { writes: ["x"], seen: seen("x:") }),
        operation("B", [2, 3], { writes: ["x"], seen: seen("x:") }),
      ),
      "no order explains this: A wrote x before B saw x before the write of A",
    ],
    [
      "a write skew: each checked what the other wrote",
      history(
        ["x: A", "y: B"],
        operation("A", [1, 4], { writes: ["x"], seen: seen("y:") }),
        operation("B", [2, 3], { writes: ["y"], seen: seen("x:") }),
      ),
      "no order explains this: A saw y before the write of B saw x before the write of A",
    ],
    [
      "two readers that saw two writes in different orders",
      history(
        ["x: A", "y: B"],
        write("A", [1, 8], ["x"]),
        write("B", [2, 7], ["y"]),
        operation("R", [3, 6], { seen: seen("x: A", "y:") }),
        operation("S", [4, 5], { seen: seen("x:", "y: B") }),
      ),
      "no order explains this: A wrote x as it was seen by R saw y before the write of B " +
        "wrote y as it was seen by S saw x before the write of A",
    ],
    [
      "transactions in different orders in two items",
      history(["x: A B", "y: B A"], write("A", [1, 4], ["x", "y"]), write("B", [2, 3], ["x", "y"])),
      "no order explains this: A wrote x before B wrote y before A",
    ],
    [
      "a stale read after the answer of the write",
      history(["x: A"], write("A", [1, 2], ["x"]), operation("R", [3, 4], { seen: seen("x:") })),
      "no order explains this: A ended before R saw x before the write of A",
    ],
    [
      "a read that sees the write before it began",
      history(["x: A"], operation("R", [1, 2], { seen: seen("x: A") }), write("A", [3, 4], ["x"])),
      "no order explains this: R ended before A wrote x as it was seen by R",
    ],
    [
      "reads that go back, while the write is under way",
      history(
        ["x: A"],
        write("A", [1, 6], ["x"]),
        operation("R", [2, 3], { seen: seen("x: A") }),
        operation("S", [4, 5], { seen: seen("x:") }),
      ),
      "no order explains this: A wrote x as it was seen by R ended before S saw x before the write of A",
    ],
    [
      "a write after another one's answer that comes before it",
      history(["x: B A"], write("A", [1, 2], ["x"]), write("B", [3, 4], ["x"])),
      "no order explains this: A ended before B wrote x before A",
    ],
    [
      "plain reads of two items that saw a transaction in the later one only",
      history(
        ["x: A", "y: A"],
        write("A", [1, 6], ["x", "y"]),
        operation("R", [2, 3], { seen: seen("x: A") }),
        operation("S", [4, 5], { seen: seen("y:") }),
      ),
      "no order explains this: A wrote x as it was seen by R ended before S saw y before the write of A",
    ],
    [
      "a refused write that was told what no longer was",
      history(
        ["x: A"],
        write("A", [1, 2], ["x"]),
        operation("B", [3, 4], { writes: ["x"], end: "refused", seen: seen("x:") }),
      ),
      "no order explains this: A ended before B saw x before the write of A",
    ],
  ])("%s", (_name, refused, problem) => {
    expect(checkHistory(refused)).toContain(problem);
  });

  test("a balance that the writes do not explain, and a sum that is not kept", () => {
    const item = (balance: number): Seen => ({ key: "x", trail: ["A"], balance });
    const paid = { ...operation("A", [1, 2]), appends: [{ key: "x", amount: 5 }] };
    const final = new Map([["x", item(5)]]);
    const read = (told: Told): Operation => operation("R", [3, 4], told);
    expect(checkHistory({ operations: [paid, read({ seen: [item(5)], sum: 5 })], final })).toEqual([]);
    expect(checkHistory({ operations: [paid, read({ seen: [item(4)] })], final })).toEqual([
      "R saw x with the balance 4, which its trail makes 5",
    ]);
    expect(checkHistory({ operations: [paid, read({ seen: [item(5)], sum: 0 })], final })).toEqual([
      "R saw balances that add up to 5, not 0",
    ]);
    expect(checkHistory({ operations: [paid], final: new Map([["x", item(6)]]) })).toEqual([
      "at the end there was x with the balance 6, which its trail makes 5",
    ]);
  });
});

/** Operations that take place one after the other, each at some moment between its start and its end. */
function randomHistory(random: Random): History {
  const items = new Map(["x", "y", "z"].map((key): [string, Seen] => [key, { key, trail: [], balance: 0 }]));
  const operations = Array.from({ length: 60 }, (_, index): Operation => {
    const keys = [...items.keys()].filter(() => random.below(2) === 0);
    const writes = random.below(2) === 0 ? keys : [];
    const before = keys.flatMap((key) => items.get(key) ?? []);
    const name = `o${index}`;
    for (const key of writes) {
      const { trail = [] } = items.get(key) ?? {};
      items.set(key, { key, trail: [...trail, name], balance: 0 });
    }
    const startedAt = index * 10 - random.below(50);
    return operation(name, [startedAt, index * 10 + 1 + random.below(50)], { writes, seen: before });
  });
  return { operations, final: items };
}

describe("random histories", () => {
  const firstSeed = Number(process.env["STATOR_SEED"] ?? 1);
  const seeds = Array.from({ length: 50 }, (_, index) => firstSeed + index);

  test("are accepted as they happened", () => {
    for (const seed of seeds) {
      expect(checkHistory(randomHistory(seededRandom(seed))), `seed ${seed}`).toEqual([]);
    }
  });

  test("are refused when one of them saw less than had been written before it", () => {
    for (const seed of seeds) {
      const random = seededRandom(seed);
      const { operations, final } = randomHistory(random);
      // Its own write makes what it really saw certain.
      const candidates = operations.filter(
        ({ appends, seen: [first] }) => appends.length > 0 && (first?.trail.length ?? 0) > 0,
      );
      const chosen = candidates[random.below(candidates.length)];
      const changed = operations.map((one): Operation => {
        const [first, ...others] = one.seen;
        if (one !== chosen || first === undefined) return one;
        return { ...one, seen: [{ ...first, trail: first.trail.slice(0, -1) }, ...others] };
      });
      expect(checkHistory({ operations: changed, final }), `seed ${seed}`).not.toEqual([]);
    }
  });
});

test("the recorder gives moments in the order of calls, and an answer that comes late settles what was unknown", () => {
  const recorder = new HistoryRecorder();
  const told = { appends: [], seen: [], isolation: "serializable" } as const;
  const first = recorder.begin();
  const second = recorder.begin();
  recorder.end({ ...told, name: "second", startedAt: second, end: "done" });
  recorder.end({ ...told, name: "first", startedAt: first, end: "unknown" });
  recorder.settle("first", { end: "refused", seen: seen("x:") });
  expect(
    recorder.operations.map(({ name, startedAt, endedAt, end }) => [name, startedAt, endedAt, end]),
  ).toEqual([
    ["second", 2, 3, "done"],
    ["first", 1, 5, "refused"],
  ]);
});
