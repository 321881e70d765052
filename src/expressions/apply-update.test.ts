// Updates of items: the semantics case by case, then laws on generated items.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AttributeValue, type Item, parseItem, valuesEqual, writeItemJson } from "../values/index.ts";
import {
  applyUpdate,
  attributesEntered,
  compileAttributeUpdates,
  compileExpressions,
  onlyRemoves,
  updatedAttributes,
  type UpdatePlan,
  updatedAttributeNames,
} from "./index.ts";

type WireMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function itemOf(wire: WireMap): Item {
  const parsed = parseItem(wire);
  if (parsed.kind !== "item") throw new Error(parsed.message);
  return parsed.item;
}

const values: WireMap = {
  ":s": { S: "s" },
  ":t": { S: "t" },
  ":u": { S: "u" },
  ":n": { N: "1.50" },
  ":neg": { N: "-1" },
  ":huge": { N: "9e125" },
  ":tiny": { N: "1.1e-130" },
  ":tinier": { N: "1e-130" },
  ":l": { L: [{ S: "new" }] },
  ":ss": { SS: ["y", "z"] },
  ":ns": { NS: ["1.0", "3"] },
  ":m": { M: { k: { N: "1" } } },
};

function planOf(update: string): UpdatePlan {
  const used = Object.entries(values).filter(([key]) => new RegExp(`${key}\\b`).test(update));
  const result = compileExpressions({
    kinds: ["update"],
    update,
    ...(used.length === 0 ? {} : { values: Object.fromEntries(used) }),
  });
  if (result.kind !== "compiled" || result.update === undefined) throw new Error(JSON.stringify(result));
  return result.update;
}

/** The updated item in JSON's form, or the text of the issue. */
function updated(plan: UpdatePlan, item: WireMap): unknown {
  const result = applyUpdate(plan, itemOf(item));
  return result.kind === "updated" ? (JSON.parse(writeItemJson(result.item)) as unknown) : result.message;
}

const sample: WireMap = {
  a: { S: "old a" },
  b: { S: "old b" },
  n: { N: "10" },
  ss: { SS: ["x", "y"] },
  ns: { NS: ["1", "2"] },
  l: { L: [{ S: "0" }, { S: "1" }, { S: "2" }, { S: "3" }] },
  m: { M: { x: { N: "1" }, deep: { M: { l: { L: [{ S: "p" }, { S: "q" }] } } } } },
};

const absent = "The provided expression refers to an attribute that does not exist in the item";
const operand = "An operand in the update expression has an incorrect data type";
const path = "The document path provided in the update expression is invalid for update";

function list(...texts: readonly string[]): unknown {
  return { L: texts.map((text) => ({ S: text })) };
}

describe("SET", () => {
  test.each([
    ["SET c = :s", { c: { S: "s" } }],
    ["SET a = b, b = a", { a: { S: "old b" }, b: { S: "old a" } }],
    ["SET a = :s, b = a", { a: { S: "s" }, b: { S: "old a" } }],
    ["SET n = n + :n", { n: { N: "11.5" } }],
    ["SET n = :n - n", { n: { N: "-8.5" } }],
    ["SET n = (n + n) - (m.x - :neg)", { n: { N: "18" } }],
    ["SET c = if_not_exists(c, :s)", { c: { S: "s" } }],
    ["SET a = if_not_exists(a, :s)", {}],
    ["SET c = if_not_exists(m.y, b)", { c: { S: "old b" } }],
    ["SET c = if_not_exists(c, :n) + :n", { c: { N: "3" } }],
    ["SET c = if_not_exists(c, if_not_exists(d, :s))", { c: { S: "s" } }],
    ["SET c = if_not_exists(a, absent)", { c: { S: "old a" } }],
    ["SET l = list_append(l, :l)", { l: list("0", "1", "2", "3", "new") }],
    ["SET l = list_append(:l, l)", { l: list("new", "0", "1", "2", "3") }],
    ["SET c = list_append(if_not_exists(c, :l), :l)", { c: list("new", "new") }],
    ["SET c = l[2]", { c: { S: "2" } }],
    ["SET l[1] = :s", { l: list("0", "s", "2", "3") }],
    ["SET l[9] = :s, l[7] = :t, l[8] = :u", { l: list("0", "1", "2", "3", "t", "u", "s") }],
    ["SET l[4] = :s", { l: list("0", "1", "2", "3", "s") }],
    ["SET l[0] = l[3], l[3] = l[0]", { l: list("3", "1", "2", "0") }],
    ["SET l[9] = :s, l[1] = :t REMOVE l[0]", { l: list("t", "2", "3", "s") }],
    ["SET m.y = :s", { m: { M: { x: { N: "1" }, deep: { M: { l: list("p", "q") } }, y: { S: "s" } } } }],
    ["SET m.deep.l[1] = :s", { m: { M: { x: { N: "1" }, deep: { M: { l: list("p", "s") } } } } }],
    ["SET m = :m", { m: { M: { k: { N: "1" } } } }],
  ])("%s", (text, changes) => {
    expect(updated(planOf(text), sample)).toEqual({ ...sample, ...changes });
  });

  test.each([
    ["SET a = absent", absent],
    ["SET a = n + absent", absent],
    ["SET a = list_append(absent, :l)", absent],
    ["SET a = m.deep.nothing", absent],
    ["SET a = if_not_exists(absent, absent2)", absent],
    ["SET a = a + :n", operand],
    ["SET a = n - b", operand],
    ["SET a = list_append(b, :l)", operand],
    ["SET a = list_append(:l, n)", operand],
    ["SET absent.x = :s", path],
    ["SET absent[0] = :s", path],
    ["SET a.x = :s", path],
    ["SET l.x = :s", path],
    ["SET m[0] = :s", path],
    ["SET l[9].x = :s", path],
    ["SET m.deep.nothing.x = :s", path],
    [
      "SET n = :huge + :huge",
      "Number overflow. Attempting to store a number with magnitude larger than supported range",
    ],
    [
      "SET n = :tiny - :tinier",
      "Number underflow. Attempting to store a number with magnitude smaller than supported range",
    ],
  ])("%s is refused", (text, message) => {
    expect(updated(planOf(text), sample)).toBe(message);
  });
});

describe("REMOVE", () => {
  test.each<[text: string, gone: readonly string[], changes: unknown]>([
    ["REMOVE a", ["a"], {}],
    ["REMOVE absent, b", ["b"], {}],
    ["REMOVE l[1], l[2]", [], { l: list("0", "3") }],
    ["REMOVE l[2], l[9], l[0]", [], { l: list("1", "3") }],
    ["REMOVE l[0], l[1], l[2], l[3]", [], { l: list() }],
    ["REMOVE m.deep, m.nothing", [], { m: { M: { x: { N: "1" } } } }],
    ["REMOVE m.deep.l[0]", [], { m: { M: { x: { N: "1" }, deep: { M: { l: list("q") } } } } }],
  ])("%s", (text, gone, changes) => {
    const kept = Object.fromEntries(Object.entries(sample).filter(([name]) => !gone.includes(name)));
    expect(updated(planOf(text), sample)).toEqual({ ...kept, ...(changes as object) });
  });

  test.each([
    "REMOVE x.y",
    "REMOVE x[0]",
    "REMOVE a.y",
    "REMOVE l.y",
    "REMOVE m[0]",
    "REMOVE m.q.z",
    "REMOVE l[7].x",
  ])("%s is refused", (text) => {
    expect(updated(planOf(text), sample)).toBe(path);
  });
});

describe("ADD and DELETE", () => {
  test.each([
    ["ADD n :n", { n: { N: "11.5" } }],
    ["ADD c :n", { c: { N: "1.5" } }],
    ["ADD ss :ss", { ss: { SS: ["x", "y", "z"] } }],
    ["ADD ns :ns", { ns: { NS: ["1", "2", "3"] } }],
    ["ADD c :ss", { c: { SS: ["y", "z"] } }],
    [
      "ADD m.x :n, m.y :ss",
      { m: { M: { x: { N: "2.5" }, deep: { M: { l: list("p", "q") } }, y: { SS: ["y", "z"] } } } },
    ],
    ["ADD l[9] :n", { l: { L: [{ S: "0" }, { S: "1" }, { S: "2" }, { S: "3" }, { N: "1.5" }] } }],
    ["DELETE ss :ss", { ss: { SS: ["x"] } }],
    ["DELETE ns :ns", { ns: { NS: ["2"] } }],
    ["DELETE c :ss", {}],
  ])("%s", (text, changes) => {
    expect(updated(planOf(text), sample)).toEqual({ ...sample, ...changes });
  });

  test("a set without members is removed", () => {
    expect(updated(planOf("DELETE c :ss"), { c: { SS: ["z", "y"] } })).toEqual({});
    expect(updated(planOf("DELETE l[0] :ss"), { l: { L: [{ SS: ["z"] }, { S: "kept" }] } })).toEqual({
      l: list("kept"),
    });
  });

  test.each([
    ["ADD a :n", operand],
    ["ADD n :ss", operand],
    ["ADD ss :ns", operand],
    ["DELETE ss :ns", operand],
    ["DELETE a :ss", operand],
    ["ADD x.y :n", path],
    ["DELETE x.y :ss", path],
  ])("%s is refused", (text, message) => {
    expect(updated(planOf(text), sample)).toBe(message);
  });
});

describe("AttributeUpdates", () => {
  function legacy(updates: Parameters<typeof compileAttributeUpdates>[0]): UpdatePlan {
    const plan = compileAttributeUpdates(updates);
    if (plan.kind === "expressionIssue") throw new Error(plan.message);
    return plan;
  }

  test("do what their actions say", () => {
    const plan = legacy({
      a: { Value: { S: "new" } },
      b: { Action: "DELETE" },
      n: { Action: "ADD", Value: { N: "1" } },
      "m.x": { Action: "PUT", Value: { S: "dotted" } },
      ss: { Action: "DELETE", Value: { SS: ["x"] } },
      l: { Action: "ADD", Value: { L: [{ S: "4" }] } },
      fresh: { Action: "ADD", Value: { N: "7" } },
      freshList: { Action: "ADD", Value: { L: [] } },
    });
    const { b: _, ...kept } = sample;
    expect(updated(plan, sample)).toEqual({
      ...kept,
      a: { S: "new" },
      n: { N: "11" },
      "m.x": { S: "dotted" },
      ss: { SS: ["y"] },
      l: list("0", "1", "2", "3", "4"),
      fresh: { N: "7" },
      freshList: { L: [] },
    });
  });

  test.each([
    { a: { Action: "ADD", Value: { N: "1" } } },
    { n: { Action: "ADD", Value: { SS: ["x"] } } },
    { ss: { Action: "DELETE", Value: { NS: ["1"] } } },
    { n: { Action: "ADD", Value: { L: [] } } },
  ] as const)("%j does not fit", (updates) => {
    expect(updated(legacy(updates), sample)).toBe("Type mismatch for attribute to update");
  });

  test("know whether they only remove", () => {
    expect(
      onlyRemoves(legacy({ a: { Action: "DELETE" }, ss: { Action: "DELETE", Value: { SS: ["x"] } } })),
    ).toBe(true);
    expect(onlyRemoves(legacy({ a: { Action: "DELETE" }, n: { Action: "ADD", Value: { N: "1" } } }))).toBe(
      false,
    );
  });
});

describe("what a plan tells of itself", () => {
  test("its targets in the order written", () => {
    const plan = planOf("SET a = b, m.x = :s REMOVE l[0] ADD n :n");
    expect(updatedAttributeNames(plan)).toEqual(["a", "m", "l", "n"]);
  });

  test("which attributes its paths go inside of, values included", () => {
    const plan = planOf("SET a = if_not_exists(o.x, q.y), m.x = p[1] + :n REMOVE l[0] ADD n :n");
    expect(attributesEntered({ update: plan })).toEqual(["o", "q", "m", "p", "l"]);
  });

  test("whether it only removes", () => {
    expect(onlyRemoves(planOf("REMOVE a DELETE ss :ss"))).toBe(true);
    expect(onlyRemoves(planOf("REMOVE a SET b = :s"))).toBe(false);
    expect(onlyRemoves(planOf("ADD a :n"))).toBe(false);
  });

  test("the attributes it updates, nested ones inside their parents and list elements packed", () => {
    const plan = planOf("SET a = :s, m.deep.l[1] = :s, l[3] = :s REMOVE l[1], absent.x ADD n :n");
    expect(JSON.parse(writeItemJson(updatedAttributes(plan, itemOf(sample))))).toEqual({
      a: { S: "old a" },
      m: { M: { deep: { M: { l: list("q") } } } },
      l: list("1", "3"),
      n: { N: "10" },
    });
  });

  test("plans survive a structured clone and cannot be written to", () => {
    const plan = planOf(
      "SET a = list_append(if_not_exists(c, :l), l), m.x = n + :n ADD ss :ss DELETE ns :ns",
    );
    expect(updated(structuredClone(plan), sample)).toEqual(updated(plan, sample));
    expect(
      Object.isFrozen(plan) && Object.isFrozen(plan.actions) && plan.actions.every(Object.isFrozen),
    ).toBe(true);
  });
});

describe("copying", () => {
  test("nothing is copied when nothing changes", () => {
    const item = itemOf(sample);
    for (const text of ["REMOVE absent, l[9], m.q", "DELETE ss :l2, c :ss", "ADD ss :one"]) {
      const result = compileExpressions({
        kinds: ["update"],
        update: text,
        ...(text.includes(":")
          ? {
              values: Object.fromEntries(
                [...text.matchAll(/:\w+/g)].map(([key]) => [key, { SS: [key === ":one" ? "x" : "q"] }]),
              ),
            }
          : {}),
      });
      if (result.kind !== "compiled" || result.update === undefined) throw new Error(JSON.stringify(result));
      const outcome = applyUpdate(result.update, item);
      expect(outcome.kind === "updated" ? outcome.item : undefined).toBe(item);
    }
  });

  test("only what lies on the way to a change is copied; the old item stays as it was", () => {
    const item = itemOf(sample);
    const before = writeItemJson(item);
    const outcome = applyUpdate(planOf("SET m.x = :s, l[0] = :t"), item);
    if (outcome.kind !== "updated") throw new Error(outcome.message);
    const inside = (from: Item, key: string): AttributeValue | undefined => {
      const m = from.get("m");
      return m?.type === "M" ? m.value.get(key) : undefined;
    };
    expect(inside(outcome.item, "deep")).toBe(inside(item, "deep"));
    expect(outcome.item.get("ss")).toBe(item.get("ss"));
    expect(writeItemJson(item)).toBe(before);
  });
});

describe("laws", () => {
  const scalar = fc.oneof(
    fc.string({ maxLength: 3 }).map((text) => ({ S: text })),
    fc.integer({ min: -1000, max: 1000 }).map((number) => ({ N: String(number) })),
  );
  const wireItem = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), scalar, { maxKeys: 4 });
  const members = fc.uniqueArray(fc.constantFrom("p", "q", "r", "s", "t"), { minLength: 1, maxLength: 5 });

  function compile(update: string, wire: WireMap): UpdatePlan {
    const result = compileExpressions({ kinds: ["update"], update, values: wire });
    if (result.kind !== "compiled" || result.update === undefined) throw new Error(JSON.stringify(result));
    return result.update;
  }

  function apply(update: string, wire: WireMap, item: Item): Item {
    const outcome = applyUpdate(compile(update, wire), item);
    if (outcome.kind !== "updated") throw new Error(outcome.message);
    return outcome.item;
  }

  const equal = (a: Item, b: Item): boolean => valuesEqual({ type: "M", value: a }, { type: "M", value: b });

  test("swapping twice changes nothing", () => {
    fc.assert(
      fc.property(wireItem, scalar, scalar, (wire, a, b) => {
        const item = itemOf({ ...wire, a, b });
        const swap = (from: Item): Item => {
          const outcome = applyUpdate(planOf("SET a = b, b = a"), from);
          if (outcome.kind !== "updated") throw new Error(outcome.message);
          return outcome.item;
        };
        expect(swap(item).get("a")).toEqual(item.get("b"));
        expect(equal(swap(swap(item)), item)).toBe(true);
      }),
      { seed: 41 },
    );
  });

  test("if_not_exists works once", () => {
    fc.assert(
      fc.property(wireItem, scalar, scalar, (wire, first, second) => {
        const once = apply("SET a = if_not_exists(a, :v)", { ":v": first }, itemOf(wire));
        expect(equal(apply("SET a = if_not_exists(a, :v)", { ":v": second }, once), once)).toBe(true);
      }),
      { seed: 42 },
    );
  });

  test("ADD on sets is union, DELETE is difference", () => {
    fc.assert(
      fc.property(members, members, (old, given) => {
        const item = itemOf({ a: { SS: old } });
        const membersOf = (from: Item): readonly string[] => {
          const set = from.get("a");
          return set?.type === "SS" ? [...set.value].sort() : [];
        };
        const wire = { ":v": { SS: given } };
        expect(membersOf(apply("ADD a :v", wire, item))).toEqual([...new Set([...old, ...given])].sort());
        expect(membersOf(apply("DELETE a :v", wire, item))).toEqual(
          old.filter((one) => !given.includes(one)).sort(),
        );
      }),
      { seed: 43 },
    );
  });

  test("REMOVE after SET leaves what REMOVE alone leaves", () => {
    fc.assert(
      fc.property(wireItem, fc.constantFrom("a", "b", "e"), scalar, (wire, name, value) => {
        const item = itemOf(wire);
        const removed = applyUpdate(
          planOf(`REMOVE ${name}`),
          apply(`SET ${name} = :v`, { ":v": value }, item),
        );
        const alone = applyUpdate(planOf(`REMOVE ${name}`), item);
        if (removed.kind !== "updated" || alone.kind !== "updated") throw new Error("refused");
        expect(equal(removed.item, alone.item)).toBe(true);
      }),
      { seed: 44 },
    );
  });

  test("adding and subtracting a number gives the old one back", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (old, given) => {
        const item = itemOf({ a: { N: String(old) } });
        const there = apply("ADD a :v", { ":v": { N: String(given) } }, item);
        expect(there.get("a")).toEqual({ type: "N", value: String(old + given) });
        expect(equal(apply("SET a = a - :v", { ":v": { N: String(given) } }, there), item)).toBe(true);
      }),
      { seed: 45 },
    );
  });

  test("changes of a list are those of a plain array, positions taken before the update", () => {
    const indexes = fc.uniqueArray(fc.nat({ max: 8 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.nat({ max: 5 }),
        indexes,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        (length, targets, sets) => {
          const old = Array.from({ length }, (_, index) => `old ${index}`);
          const setOnes = targets.filter((_, index) => sets[index]);
          const removedOnes = targets.filter((_, index) => !sets[index]);
          const parts = [
            ...(setOnes.length > 0
              ? [`SET ${setOnes.map((index) => `l[${index}] = :v${index}`).join(", ")}`]
              : []),
            ...(removedOnes.length > 0
              ? [`REMOVE ${removedOnes.map((index) => `l[${index}]`).join(", ")}`]
              : []),
          ];
          const wire = Object.fromEntries(setOnes.map((index) => [`:v${index}`, { S: `new ${index}` }]));
          const result = compileExpressions({
            kinds: ["update"],
            update: parts.join(" "),
            ...(setOnes.length > 0 ? { values: wire } : {}),
          });
          if (result.kind !== "compiled" || result.update === undefined)
            throw new Error(JSON.stringify(result));
          const kept = old.flatMap((text, index) =>
            setOnes.includes(index) ? [`new ${index}`] : removedOnes.includes(index) ? [] : [text],
          );
          const appended = setOnes
            .filter((index) => index >= length)
            .sort((a, b) => a - b)
            .map((index) => `new ${index}`);
          const item = { l: { L: old.map((text) => ({ S: text })) } };
          expect(updated(result.update, item)).toEqual({ l: list(...kept, ...appended) });
        },
      ),
      { seed: 46 },
    );
  });
});
