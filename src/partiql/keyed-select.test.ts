// Where a SELECT reads, and that it finds the same items wherever it reads.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ConditionPlan, evaluateCondition, type KeyConditionPlan } from "../expressions/index.ts";
import { type AttributeValue, type Item, parseAttributeValue } from "../values/index.ts";
import {
  bindStatement,
  type KeyedSelect,
  keyedSelect,
  parseStatement,
  type ReadKeySchema,
  type SelectPlan,
} from "./index.ts";

const p = { name: "p", type: "S" } as const;
const s = { name: "s", type: "N" } as const;
const table: ReadKeySchema = { hash: [p], range: [s], unique: true };
const hashOnly: ReadKeySchema = { hash: [p], range: [], unique: true };
const index: ReadKeySchema = { hash: [p], range: [s], unique: false };
const long: ReadKeySchema = {
  hash: [p, { name: "q", type: "N" }],
  range: [s, { name: "r", type: "S" }, { name: "u", type: "N" }],
  unique: false,
};

function select(text: string): SelectPlan {
  const parsed = parseStatement(`SELECT * FROM t ${text}`);
  if (parsed.kind !== "parsed") throw new Error(`${text}: ${parsed.message}`);
  const plan = bindStatement(parsed, []);
  if (plan.kind !== "select") throw new Error(`${text}: not a select`);
  return plan;
}

function keyed(text: string, schema: ReadKeySchema): KeyedSelect {
  const result = keyedSelect(select(text), schema);
  if (result.kind === "expressionIssue") throw new Error(`${text}: ${result.message}`);
  return result;
}

function message(text: string, schema: ReadKeySchema): string | undefined {
  const result = keyedSelect(select(text), schema);
  return result.kind === "expressionIssue" ? result.message : undefined;
}

const condition = (text: string): ConditionPlan | undefined => select(`WHERE ${text}`).where;

/** A value as text; only those of keys are printed. */
function show(value: AttributeValue | undefined): string {
  return value?.type === "S" || value?.type === "N" ? value.value : "?";
}

/** Short forms for comparing. */
function short(result: KeyedSelect): readonly string[] {
  switch (result.kind) {
    case "points":
      return result.keys.map((key) => [...key].map(([name, value]) => `${name}=${show(value)}`).join(" "));
    case "queries":
      return result.queries.map(printQuery);
    case "scan":
      return ["scan"];
  }
}

function printQuery({ conditions }: KeyConditionPlan): string {
  return conditions
    .map(({ attribute, operator, values }) => `${attribute}${operator}${values.map(show).join("..")}`)
    .join(" ");
}

describe("whole keys of a table are points", () => {
  test.each<[where: string, keys: readonly string[], filter: string | undefined]>([
    ["p = 'a' AND s = 1", ["p=a s=1"], undefined],
    ["1 = s AND 'a' = p", ["p=a s=1"], undefined],
    ["p = 'a' AND s = 1 AND x = 2", ["p=a s=1"], "x = 2"],
    ["(p = 'a' AND (s = 1 AND x = 2)) AND y = 3", ["p=a s=1"], "x = 2 AND y = 3"],
    ["p IN ['b', 'a', 'b'] AND s = 1", ["p=b s=1", "p=a s=1"], undefined],
    ["p = 'a' AND s IN (3, 1, 2.0, 2)", ["p=a s=1", "p=a s=2", "p=a s=3"], undefined],
    ["(p = 'b' OR p = 'a') AND (s = 2 OR s IN [1])", ["p=b s=1", "p=b s=2", "p=a s=1", "p=a s=2"], undefined],
    ["p = 'a' AND p = 'b' AND s = 1", ["p=a s=1"], "p = 'b'"],
    [
      "(p = 'a' AND s = 1) OR (p = 'b' AND s = 2)",
      ["p=a s=1", "p=a s=2", "p=b s=1", "p=b s=2"],
      "(p = 'a' AND s = 1) OR (p = 'b' AND s = 2)",
    ],
  ])("%s", (where, keys, filter) => {
    const result = keyed(`WHERE ${where}`, table);
    expect(result.kind).toBe("points");
    expect(short(result)).toEqual(keys);
    expect(result.filter).toEqual(filter === undefined ? undefined : condition(filter));
  });

  test("a partition key alone is whole when there is no sort key", () => {
    expect(keyed("WHERE p = 'a' AND s > 1", hashOnly)).toEqual({
      kind: "points",
      keys: [new Map([["p", { type: "S", value: "a" }]])],
      filter: condition("s > 1"),
    });
  });

  test("too many keys are queries with a filter", () => {
    const numbers = Array.from({ length: 60 }, (_, number) => number).join(", ");
    const where = `p IN ['a', 'b'] AND s IN [${numbers}]`;
    const result = keyed(`WHERE ${where}`, table);
    expect(short(result)).toEqual(["p=a", "p=b"]);
    expect(result.filter).toEqual(condition(`s IN [${numbers}]`));
  });
});

describe("partition keys are queries", () => {
  test.each<[where: string, queries: readonly string[], filter: string | undefined]>([
    ["p = 'a'", ["p=a"], undefined],
    ["p = 'a' AND x = 1", ["p=a"], "x = 1"],
    ["p = 'a' OR p = 'b'", ["p=a", "p=b"], undefined],
    ["p = 'a' AND s = 1", ["p=a s=1"], undefined],
    ["p = 'a' AND s < 1", ["p=a s<1"], undefined],
    ["p = 'a' AND 1 < s", ["p=a s>1"], undefined],
    ["p = 'a' AND s BETWEEN 1 AND 2", ["p=a sbetween1..2"], undefined],
    ["p = 'a' AND s >= 1 AND s <= 2", ["p=a sbetween1..2"], undefined],
    ["p = 'a' AND s > 1 AND s <= 2", ["p=a sbetween1..2"], "s > 1"],
    ["p = 'a' AND s > 1 AND s < 2 AND s <> 3", ["p=a sbetween1..2"], "s > 1 AND s < 2 AND s <> 3"],
    ["p = 'a' AND s >= 2 AND s <= 1", ["p=a s>=2"], "s <= 1"],
    ["p = 'a' AND s > 1 AND s > 2", ["p=a s>1"], "s > 2"],
    ["p = 'a' AND NOT s = 1", ["p=a"], "NOT s = 1"],
    ["p = 'a' AND (s = 1 OR x = 1)", ["p=a"], "s = 1 OR x = 1"],
    ["p = 'a' AND s > x", ["p=a"], "s > x"],
    ["p = 'a' AND size(s) > 1 AND s.t = 1", ["p=a"], "size(s) > 1 AND s.t = 1"],
    ["p IN ['a', 'b'] AND s > 1 AND x IS MISSING", ["p=a s>1", "p=b s>1"], "x IS MISSING"],
    ["p = 'a' AND x = 1 OR p = 'b'", ["p=a", "p=b"], "p = 'a' AND x = 1 OR p = 'b'"],
  ])("%s", (where, queries, filter) => {
    const result = keyed(`WHERE ${where}`, index);
    expect(result).toMatchObject({ kind: "queries", descending: false });
    expect(short(result)).toEqual(queries);
    expect(result.filter).toEqual(filter === undefined ? undefined : condition(filter));
  });

  test("a prefix of a sort key of text", () => {
    const text: ReadKeySchema = { ...table, range: [{ name: "s", type: "S" }] };
    expect(short(keyed("WHERE p = 'a' AND begins_with(s, 'x') AND s > 'x1'", text))).toEqual([
      "p=a sbeginsWithx",
    ]);
  });

  test.each<[where: string, queries: readonly string[]]>([
    ["p = 'a' AND q = 1", ["p=a q=1"]],
    ["p = 'a' AND q IN [1, 2]", ["p=a q=1", "p=a q=2"]],
    ["p = 'a' AND q = 1 AND s = 2 AND r > 'x' AND u = 3", ["p=a q=1 s=2 r>x"]],
    ["p = 'a' AND q = 1 AND r = 'x'", ["p=a q=1"]],
    ["p = 'a' AND q = 1 AND s = 2 AND r = 'x' AND u = 3", ["p=a q=1 s=2 r=x u=3"]],
    ["p = 'a' AND s = 2", ["scan"]],
  ])("keys of several attributes: %s", (where, queries) => {
    expect(short(keyed(`WHERE ${where}`, long))).toEqual(queries);
  });
});

describe("all else is a scan", () => {
  test.each([
    "p > 'a'",
    "p <> 'a'",
    "NOT p = 'a'",
    "s = 1",
    "x = 1",
    "p = 'a' OR x = 1",
    "p = x",
    "p.q = 'a'",
    "p IN ['a', x]",
    "begins_with(p, 'a')",
  ])("%s", (where) => {
    expect(keyed(`WHERE ${where}`, table)).toEqual({ kind: "scan", filter: condition(where) });
  });

  test("and so is a SELECT without WHERE", () => {
    expect(keyed("", table)).toEqual({ kind: "scan", filter: undefined });
  });
});

describe("ORDER BY", () => {
  test.each<[text: string, read: readonly string[], descending: boolean]>([
    ["p = 'a' ORDER BY s", ["p=a"], false],
    ["p = 'a' ORDER BY s DESC", ["p=a"], true],
    ["p = 'a' ORDER BY p DESC", ["p=a"], false],
    ["p = 'a' ORDER BY s DESC, p", ["p=a"], true],
    ["p IN ['b', 'c', 'a'] ORDER BY p", ["p=a", "p=b", "p=c"], false],
    ["p IN ['b', 'c', 'a'] ORDER BY p DESC, s DESC", ["p=c", "p=b", "p=a"], true],
  ])("%s", (text, read, descending) => {
    const result = keyed(`WHERE ${text}`, index);
    expect(result).toMatchObject({ descending });
    expect(short(result)).toEqual(read);
  });

  test("puts points in order", () => {
    expect(short(keyed("WHERE p IN ['a', 'b'] AND s IN [9, 10] ORDER BY p DESC, s DESC", table))).toEqual([
      "p=b s=10",
      "p=b s=9",
      "p=a s=10",
      "p=a s=9",
    ]);
  });

  test("of several attributes is that of the key", () => {
    expect(keyed("WHERE p = 'a' AND q = 1 ORDER BY s DESC, r DESC", long)).toMatchObject({
      descending: true,
    });
    expect(message("WHERE p = 'a' AND q = 1 ORDER BY r", long)).toContain("order of the key schema");
    expect(message("WHERE p = 'a' AND q = 1 ORDER BY s, r DESC", long)).toContain("one direction");
  });

  test.each<[text: string, message: string]>([
    ["ORDER BY s", "Must have WHERE clause in the statement when using ORDER BY clause."],
    [
      "WHERE s = 1 ORDER BY s",
      "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
    ],
    [
      "WHERE p = 'a' OR x = 1 ORDER BY s",
      "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
    ],
    ["WHERE p = 'a' ORDER BY x", "Variable reference x in ORDER BY clause must be part of the primary key"],
    [
      "WHERE p IN ['a', 'b'] ORDER BY s",
      "The hash key must come first in the ORDER BY clause when there are several hash key values.",
    ],
    [
      "WHERE p IN ['a', 'b'] ORDER BY s, p",
      "The hash key must come first in the ORDER BY clause when there are several hash key values.",
    ],
  ])("%s is refused", (text, expected) => {
    expect(message(text, table)).toBe(expected);
  });
});

describe("refusals", () => {
  const type =
    "One or more parameter values were invalid: Condition parameter type does not match schema type";

  test.each(["p = 1", "p IN ['a', 1]", "p = 'a' AND s = 'x'", "p = 'a' AND s > 'x'", "p = NULL"])(
    "%s is of the wrong type",
    (where) => {
      expect(message(`WHERE ${where}`, table)).toBe(type);
      expect(message(`WHERE ${where}`, index)).toBe(type);
    },
  );

  test("50 partition keys are read, 51 are not", () => {
    const names = (count: number): string =>
      Array.from({ length: count }, (_, number) => `'k${number}'`).join(", ");
    expect(short(keyed(`WHERE p IN [${names(50)}]`, table))).toHaveLength(50);
    expect(message(`WHERE p IN [${names(51)}]`, table)).toBe(
      "The IN operator is provided with too many operands; number of operands: 51",
    );
  });
});

describe("whatever is read", () => {
  const value = fc.oneof(
    fc.constantFrom<AttributeValue>(
      { type: "S", value: "a" },
      { type: "S", value: "b" },
      { type: "S", value: "c" },
    ),
  );
  const number = fc.nat({ max: 4 }).map((n): AttributeValue => ({ type: "N", value: String(n) }));
  const valueOf = (name: string) => (name === "p" || name === "r" ? value : number);
  const leaf = fc.constantFrom("p", "q", "s", "r", "x").chain((name) => {
    const path = { kind: "path" as const, path: { name, inner: [] } };
    const operand = valueOf(name).map((found) => ({ kind: "value" as const, value: found }));
    return fc.oneof(
      {
        weight: 3,
        arbitrary: operand.map((right): ConditionPlan => ({
          kind: "comparison",
          operator: "=",
          left: path,
          right,
        })),
      },
      fc
        .tuple(
          fc.constantFrom(
            "=" as const,
            "<>" as const,
            "<" as const,
            "<=" as const,
            ">" as const,
            ">=" as const,
          ),
          operand,
          fc.boolean(),
        )
        .map(([operator, found, swapped]): ConditionPlan => ({
          kind: "comparison",
          operator,
          left: swapped ? found : path,
          right: swapped ? path : found,
        })),
      fc
        .array(operand, { minLength: 1, maxLength: 3 })
        .map((candidates): ConditionPlan => ({ kind: "in", operand: path, candidates })),
      fc
        .tuple(operand, operand)
        .map(([lower, upper]): ConditionPlan => ({ kind: "between", operand: path, lower, upper })),
    );
  });
  const { where } = fc.letrec<{ where: ConditionPlan }>((tie) => ({
    where: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      tie("where").map((inner): ConditionPlan => ({ kind: "not", condition: inner })),
      fc
        .tuple(
          fc.constantFrom("and" as const, "and" as const, "or" as const),
          fc.array(tie("where"), { minLength: 2, maxLength: 4 }),
        )
        .map(([kind, conditions]): ConditionPlan => ({ kind, conditions })),
    ),
  }));
  const items: readonly Item[] = ["a", "b", "c"].flatMap((text) =>
    Array.from({ length: 5 }, (_, n) =>
      Array.from(
        { length: 3 },
        (_unused, m): Item =>
          new Map<string, AttributeValue>([
            ["p", { type: "S", value: text }],
            ["s", { type: "N", value: String(n) }],
            ["q", { type: "N", value: String(m) }],
            ["r", { type: "S", value: n % 2 === 0 ? "a" : "b" }],
            ["x", { type: "N", value: String((n + m) % 3) }],
            ["id", { type: "S", value: `${text}${n}${m}` }],
          ]),
      ),
    ).flat(),
  );

  /** Items a read comes across, each as often as it does. */
  function readItems(result: KeyedSelect, all: readonly Item[]): readonly Item[] {
    switch (result.kind) {
      case "scan":
        return all;
      case "points":
        return result.keys.flatMap((key) =>
          all.filter((item) =>
            [...key].every(([name, { value: wanted }]) => item.get(name)?.value === wanted),
          ),
        );
      case "queries":
        return result.queries.flatMap((query) => all.filter((item) => matchesKey(query, item)));
    }
  }

  function matchesKey({ conditions }: KeyConditionPlan, item: Item): boolean {
    return conditions.every(({ attribute, operator, values }) => {
      const left = { kind: "path" as const, path: { name: attribute, inner: [] } };
      const [lower, upper] = values.map((found) => ({ kind: "value" as const, value: found }));
      if (lower === undefined) return false;
      if (operator === "between" && upper !== undefined) {
        return evaluateCondition({ kind: "between", operand: left, lower, upper }, item);
      }
      if (operator === "between" || operator === "beginsWith" || operator === "notIndexable") return false;
      return evaluateCondition({ kind: "comparison", operator, left, right: lower }, item);
    });
  }

  const ids = (found: readonly Item[]): readonly string[] =>
    found.map((item) => show(item.get("id"))).toSorted();

  test.each([
    ["a table", table, items.filter((item) => item.get("q")?.value === "0")],
    ["an index", index, items],
    ["an index with a long key", long, items],
  ] as const)("of %s, the filter leaves exactly what WHERE says, once", (_, schema, all) => {
    fc.assert(
      fc.property(where, (plan) => {
        const result = keyedSelect({ where: plan, orderBy: [] }, schema);
        if (result.kind === "expressionIssue") return;
        const { filter } = result;
        const found = readItems(result, all).filter(
          (item) => filter === undefined || evaluateCondition(filter, item),
        );
        expect(ids(found)).toEqual(ids(all.filter((item) => evaluateCondition(plan, item))));
      }),
      { seed: 21, numRuns: 400 },
    );
  });

  test("the generated conditions reach every kind of read", () => {
    const kinds = new Set(
      fc
        .sample(where, { seed: 21, numRuns: 400 })
        .map((plan) => keyedSelect({ where: plan, orderBy: [] }, table).kind),
    );
    expect([...kinds].toSorted()).toEqual(["points", "queries", "scan"]);
  });

  test("numbers are keys by what they are, not by how they are written", () => {
    const parsed = parseAttributeValue({ N: "1.0" });
    if (parsed.kind !== "value") throw new Error(parsed.message);
    expect(keyed("WHERE p = 'a' AND s = 1e0", table)).toMatchObject({
      keys: [
        new Map<string, AttributeValue>([
          ["p", { type: "S", value: "a" }],
          ["s", parsed.value],
        ]),
      ],
    });
  });
});
