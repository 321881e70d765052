// Truth of conditions: the semantics row by row, then against a naive second implementation.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseItem, type Item } from "../values/index.ts";
import { compileExpressions, type ConditionPlan, conditionAttributes, evaluateCondition } from "./index.ts";

type Wire = Readonly<Record<string, unknown>>;
type WireMap = Readonly<Record<string, Wire>>;

function itemOf(wire: WireMap): Item {
  const parsed = parseItem(wire);
  if (parsed.kind !== "item") throw new Error(parsed.message);
  return parsed.item;
}

function planOf(condition: string, values: WireMap): ConditionPlan | undefined {
  const used = Object.entries(values).filter(([key]) => new RegExp(`${key}\\b`).test(condition));
  const result = compileExpressions({
    kinds: ["condition"],
    condition,
    ...(used.length === 0 ? {} : { values: Object.fromEntries(used) }),
  });
  return result.kind === "compiled" ? result.condition : undefined;
}

function holds(condition: string, item: WireMap, values: WireMap): boolean {
  const plan = planOf(condition, values);
  if (plan === undefined) throw new Error(`does not compile: ${condition}`);
  return evaluateCondition(plan, itemOf(item));
}

const sample: WireMap = {
  s: { S: "hello w\u00f6rld" },
  emoji: { S: "\u{1F600}" },
  n: { N: "10" },
  neg: { N: "-0.5" },
  b: { B: "AQIDBAU=" },
  yes: { BOOL: true },
  nil: { NULL: true },
  ss: { SS: ["x", "y"] },
  ns: { NS: ["1", "2.50"] },
  bs: { BS: ["AQI=", "Aw=="] },
  l: { L: [{ S: "x" }, { N: "1" }, { M: { k: { S: "v" } } }] },
  m: { M: { k: { S: "v" }, l: { L: [{ N: "7" }] } } },
  m2: { M: { l: { L: [{ N: "7.0" }] }, k: { S: "v" } } },
};

const literals: WireMap = {
  ":ten": { N: "10.0" },
  ":two": { N: "2" },
  ":one": { N: "1" },
  ":eleven": { N: "11" },
  ":twelve": { N: "12" },
  ":tenText": { S: "10" },
  ":hell": { S: "hell" },
  ":o": { S: "o" },
  ":z": { S: "z" },
  ":x": { S: "x" },
  ":high": { S: "\ud83d" },
  ":low": { S: "\ude00" },
  ":b12": { B: "AQI=" },
  ":b23": { B: "AgM=" },
  ":b3": { B: "Aw==" },
  ":b32": { B: "AwI=" },
  ":xy": { SS: ["y", "x"] },
  ":n21": { NS: ["2.5", "1"] },
  ":half": { N: "2.5" },
  ":kv": { M: { k: { S: "v" } } },
  ":tS": { S: "S" },
  ":tNULL": { S: "NULL" },
  ":tSS": { S: "SS" },
};

describe("a condition on a sample item", () => {
  test.each([
    ["n = :ten", true],
    ["n = :tenText", false],
    ["absent = :ten", false],
    ["absent = absent2", false],
    ["ss = :xy", true],
    ["ns = :n21", true],
    ["m = m2", true],
    ["l[2] = :kv", true],
    ["n <> :ten", false],
    ["n <> :tenText", true],
    ["absent <> :ten", true],
    ["absent <> absent2", true],
    ["n < :eleven", true],
    ["n <= :ten", true],
    ["n > :two", true],
    ["n >= :eleven", false],
    ["n > :tenText", false],
    ["s > :hell", true],
    ["s < :z", true],
    ["neg < :one", true],
    ["ss < n", false],
    ["yes <= n", false],
    ["absent < :ten", false],
    ["NOT absent < :ten", true],
    ["b < :b23", true],
    ["n BETWEEN :two AND :ten", true],
    ["n BETWEEN :eleven AND :twelve", false],
    [":ten BETWEEN neg AND n", true],
    ["s BETWEEN :two AND :ten", false],
    ["n IN (:tenText, :ten)", true],
    ["n IN (:tenText)", false],
    ["absent IN (absent2)", false],
    ["attribute_exists(nil)", true],
    ["attribute_exists(m.k)", true],
    ["attribute_exists(m.x)", false],
    ["attribute_exists(l[2].k)", true],
    ["attribute_exists(l[3])", false],
    ["attribute_exists(l.k)", false],
    ["attribute_not_exists(m[0])", true],
    ["attribute_not_exists(s)", false],
    ["attribute_type(s, :tS)", true],
    ["attribute_type(nil, :tNULL)", true],
    ["attribute_type(ss, :tSS)", true],
    ["attribute_type(absent, :tS)", false],
    ["begins_with(s, :hell)", true],
    ["begins_with(s, :o)", false],
    ["begins_with(b, :b12)", true],
    ["begins_with(b, :b23)", false],
    ["begins_with(n, :hell)", false],
    ["begins_with(absent, :hell)", false],
    ["begins_with(emoji, :high)", false],
    ["contains(s, :o)", true],
    ["contains(s, :z)", false],
    ["contains(emoji, :low)", false],
    ["contains(b, :b23)", true],
    ["contains(b, :b32)", false],
    ["contains(ss, :x)", true],
    ["contains(ss, :hell)", false],
    ["contains(ss, :xy)", false],
    ["contains(ns, :half)", true],
    ["contains(ns, :tenText)", false],
    ["contains(bs, :b3)", true],
    ["contains(l, :x)", true],
    ["contains(l, :kv)", true],
    ["contains(l, :two)", false],
    ["contains(m, :x)", false],
    ["contains(n, :x)", false],
    ["contains(absent, :x)", false],
    ["contains(:xy, l[0])", true],
    ["size(s) = :twelve", true],
    ["size(b) > :two", true],
    ["size(ss) = :two", true],
    ["size(l) > :two", true],
    ["size(m) = :two", true],
    ["size(n) = :two", false],
    ["size(n) <> :two", false],
    ["size(absent) < :two", false],
    ["NOT size(absent) < :two", true],
    ["n = :two OR n = :ten AND s = :z", false],
    ["(n = :two OR n = :ten) AND NOT s = :z", true],
    ["NOT n = :ten OR n = :ten", true],
  ])("%s is %s", (condition, truth) => {
    expect(holds(condition, sample, literals)).toBe(truth);
  });
});

test("the attributes a condition mentions", () => {
  const text =
    "a = :one AND (b.c[1] <> d OR NOT attribute_exists(e)) AND size(f) > :one AND g BETWEEN h AND i " +
    "AND j IN (k) AND begins_with(o, p) AND contains(q, r) AND attribute_type(t, :tS) AND a < :two";
  const plan = planOf(text, literals);
  expect(plan === undefined ? [] : conditionAttributes(plan)).toEqual("abdefghijkopqrt".split(""));
});

// The naive implementation: closures over wire values, numbers as JavaScript's, strings compared by code point.

interface Probe<Result> {
  readonly text: string;
  readonly on: (item: WireMap) => Result;
}

type Found = Wire | undefined;

const scalars: readonly Wire[] = [
  { S: "" },
  { S: "ab" },
  { S: "b" },
  { N: "1" },
  { N: "2" },
  { N: "-3.5" },
  { B: "YWI=" },
  { B: "Yg==" },
];
const others: readonly Wire[] = [
  { BOOL: true },
  { NULL: true },
  { SS: ["b", "ab"] },
  { SS: ["ab", "b"] },
  { NS: ["2", "1"] },
  { BS: ["Yg=="] },
  { L: [{ N: "1" }, { S: "ab" }] },
  { L: [] },
  { M: { x: { N: "1" }, y: { S: "b" } } },
];
const pool = [...scalars, ...others];
const poolValues: WireMap = Object.fromEntries(pool.map((value, index) => [`:p${index}`, value]));

function typed(value: Wire): readonly [type: string, value: unknown] {
  const [entry = ["", undefined]] = Object.entries(value);
  return entry;
}

function canonical(value: Wire): string {
  const [type, inner] = typed(value);
  if (Array.isArray(inner) && type !== "L") return `${type}${[...(inner as string[])].sort().join()}`;
  if (type === "L") return `L[${(inner as Wire[]).map(canonical).join()}]`;
  if (type === "M") {
    const entries = Object.entries(inner as WireMap).map(([key, member]) => `${key}:${canonical(member)}`);
    return `M{${entries.sort().join()}}`;
  }
  return `${type}${String(inner)}`;
}

const same = (a: Found, b: Found): boolean =>
  a !== undefined && b !== undefined && canonical(a) === canonical(b);

/** Texts and base64 of this pool order by their plain characters. */
function order(a: Found, b: Found): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [type, left] = typed(a);
  const [otherType, right] = typed(b);
  if (type !== otherType || !["S", "N", "B"].includes(type)) return undefined;
  if (type === "N") return Number(left) - Number(right);
  return String(left) < String(right) ? -1 : Number(left !== right);
}

function has(value: Found, part: Found): boolean {
  if (value === undefined || part === undefined) return false;
  const [type, inner] = typed(value);
  const [partType, wanted] = typed(part);
  if (type === "S") return partType === "S" && String(inner).includes(String(wanted));
  if (type === "B") return partType === "B" && atob(String(inner)).includes(atob(String(wanted)));
  if (type === "L") return (inner as Wire[]).some((element) => same(element, part));
  return type === `${partType}S` && (inner as unknown[]).includes(wanted);
}

function starts(value: Found, prefix: Found): boolean {
  if (value === undefined || prefix === undefined) return false;
  const [type, text] = typed(value);
  const [prefixType, start] = typed(prefix);
  if (type !== prefixType) return false;
  if (type === "S") return String(text).startsWith(String(start));
  return type === "B" && atob(String(text)).startsWith(atob(String(start)));
}

function measure(value: Found): Found {
  if (value === undefined) return undefined;
  const [type, inner] = typed(value);
  if (["N", "BOOL", "NULL"].includes(type)) return undefined;
  if (type === "B") return { N: String(atob(String(inner)).length) };
  return {
    N: String(type === "M" ? Object.keys(inner as object).length : (inner as string | unknown[]).length),
  };
}

const valueProbe: fc.Arbitrary<Probe<Found>> = fc
  .nat({ max: pool.length - 1 })
  .map((index) => ({ text: `:p${index}`, on: () => pool[index] }));
const pathProbe: fc.Arbitrary<Probe<Found>> = fc.constantFrom<Probe<Found>>(
  { text: "a", on: (item) => item["a"] },
  { text: "b", on: (item) => item["b"] },
  { text: "c", on: (item) => item["c"] },
  { text: "c.x", on: (item) => (item["c"]?.["M"] as WireMap | undefined)?.["x"] },
  { text: "c[1]", on: (item) => (item["c"]?.["L"] as Wire[] | undefined)?.[1] },
);
const operandProbe = fc.oneof(
  { weight: 4, arbitrary: pathProbe },
  { weight: 3, arbitrary: valueProbe },
  {
    weight: 1,
    arbitrary: pathProbe.map(({ text, on }) => ({
      text: `size(${text})`,
      on: (item: WireMap) => measure(on(item)),
    })),
  },
);

const comparisons = {
  "=": (a: Found, b: Found) => same(a, b),
  "<": (a: Found, b: Found) => (order(a, b) ?? 0) < 0,
  "<=": (a: Found, b: Found) => (order(a, b) ?? 1) <= 0,
  ">": (a: Found, b: Found) => (order(a, b) ?? 0) > 0,
  ">=": (a: Found, b: Found) => (order(a, b) ?? -1) >= 0,
} as const;

const simpleProbe: fc.Arbitrary<Probe<boolean>> = fc.oneof(
  fc.tuple(fc.constantFrom("=", "<", "<=", ">", ">="), operandProbe, operandProbe).map(([sign, a, b]) => ({
    text: `${a.text} ${sign} ${b.text}`,
    on: (item: WireMap) => comparisons[sign as keyof typeof comparisons](a.on(item), b.on(item)),
  })),
  fc.tuple(fc.oneof(pathProbe, valueProbe), fc.oneof(pathProbe, valueProbe)).map(([a, b]) => ({
    text: `${a.text} <> ${b.text}`,
    on: (item: WireMap) => !same(a.on(item), b.on(item)),
  })),
  fc.tuple(operandProbe, operandProbe, operandProbe).map(([a, b, c]) => ({
    text: `${a.text} BETWEEN ${b.text} AND ${c.text}`,
    on: (item: WireMap) =>
      (order(b.on(item), a.on(item)) ?? 1) <= 0 && (order(a.on(item), c.on(item)) ?? 1) <= 0,
  })),
  fc.tuple(operandProbe, fc.array(operandProbe, { minLength: 1, maxLength: 4 })).map(([a, list]) => ({
    text: `${a.text} IN (${list.map(({ text }) => text).join(", ")})`,
    on: (item: WireMap) => list.some((b) => same(a.on(item), b.on(item))),
  })),
  pathProbe.map(({ text, on }) => ({
    text: `attribute_exists(${text})`,
    on: (item: WireMap) => on(item) !== undefined,
  })),
  pathProbe.map(({ text, on }) => ({
    text: `attribute_not_exists(${text})`,
    on: (item: WireMap) => on(item) === undefined,
  })),
  fc.tuple(operandProbe, operandProbe).map(([a, b]) => ({
    text: `contains(${a.text}, ${b.text})`,
    on: (item: WireMap) => has(a.on(item), b.on(item)),
  })),
  fc.tuple(operandProbe, operandProbe).map(([a, b]) => ({
    text: `begins_with(${a.text}, ${b.text})`,
    on: (item: WireMap) => starts(a.on(item), b.on(item)),
  })),
);

/** Joined by AND or OR: stands in parentheses inside others. */
interface ConditionProbe extends Probe<boolean> {
  readonly joined?: true;
}

function inside({ text, joined }: ConditionProbe): string {
  return joined === true ? `(${text})` : text;
}

const { probe } = fc.letrec<{ probe: ConditionProbe }>((tie) => ({
  probe: fc.oneof(
    { maxDepth: 3 },
    simpleProbe,
    tie("probe").map((a) => ({ text: `NOT ${inside(a)}`, on: (item: WireMap) => !a.on(item) })),
    fc.tuple(tie("probe"), tie("probe")).map(([a, b]) => ({
      text: `${inside(a)} AND ${inside(b)}`,
      on: (item: WireMap) => a.on(item) && b.on(item),
      joined: true as const,
    })),
    fc.tuple(tie("probe"), tie("probe"), tie("probe")).map(([a, b, c]) => ({
      text: `${inside(a)} OR ${inside(b)} AND ${inside(c)}`,
      on: (item: WireMap) => a.on(item) || (b.on(item) && c.on(item)),
      joined: true as const,
    })),
  ),
}));

const randomItem: fc.Arbitrary<WireMap> = fc
  .record(
    { a: fc.constantFrom(...pool), b: fc.constantFrom(...pool), c: fc.constantFrom(...pool) },
    { requiredKeys: [] },
  )
  .map((item) => item as WireMap);

test("any condition is as true as the naive implementation finds it", () => {
  let compared = 0;
  let trueOnes = 0;
  fc.assert(
    fc.property(probe, fc.array(randomItem, { minLength: 3, maxLength: 6 }), ({ text, on }, items) => {
      const plan = planOf(text, poolValues);
      // Many of them are refused for their operands; the tests of messages are about those.
      if (plan === undefined) return;
      for (const item of items) {
        const expected = on(item);
        expect(evaluateCondition(plan, itemOf(item)), `${text} on ${JSON.stringify(item)}`).toBe(expected);
        compared += 1;
        trueOnes += Number(expected);
      }
    }),
    { seed: 31, numRuns: 500 },
  );
  expect(compared).toBeGreaterThan(500);
  expect(trueOnes).toBeGreaterThan(compared / 10);
  expect(trueOnes).toBeLessThan((compared * 9) / 10);
});
