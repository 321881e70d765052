// Key conditions: their shape, and what they mean for a key schema; expressions and KeyConditions alike.
import { describe, expect, test } from "vitest";
import {
  compileExpressions,
  compileKeyConditions,
  type KeyConditionPlan,
  resolveKeyCondition,
} from "./index.ts";

const allValues: Readonly<Record<string, unknown>> = {
  ":p": { S: "p" },
  ":q": { S: "q" },
  ":n": { N: "1" },
  ":m": { N: "2" },
  ":l": { L: [] },
};

function compileKey(text: string): KeyConditionPlan | string {
  const used = Object.entries(allValues).filter(([key]) => new RegExp(`${key}\\b`).test(text));
  const result = compileExpressions({
    kinds: ["keyCondition", "filter", "projection"],
    keyCondition: text,
    ...(used.length === 0 ? {} : { values: Object.fromEntries(used) }),
  });
  if (result.kind === "expressionIssue") return result.message;
  return result.keyCondition ?? "no key condition";
}

const invalid = "Invalid condition in KeyConditionExpression: ";

describe("shape of a key condition", () => {
  test.each([
    ["p = :p OR r = :n", "Invalid operator used in KeyConditionExpression: OR"],
    ["NOT p = :p", "Invalid operator used in KeyConditionExpression: NOT"],
    ["p IN (:p)", "Invalid operator used in KeyConditionExpression: IN"],
    ["p <> :p", "Invalid operator used in KeyConditionExpression: <>"],
    ["attribute_exists(p)", "Invalid operator used in KeyConditionExpression: attribute_exists"],
    ["attribute_not_exists(p)", "Invalid operator used in KeyConditionExpression: attribute_not_exists"],
    ["p = :p AND contains(r, :q)", "Invalid operator used in KeyConditionExpression: contains"],
    ["size(p) = :n", "KeyConditionExpressions cannot contain nested operations"],
    ["p.a = :p", "KeyConditionExpressions cannot have conditions on nested attributes"],
    ["p[1] = :p", "KeyConditionExpressions cannot have conditions on nested attributes"],
    ["p = :p AND p = :q", "KeyConditionExpressions must only contain one condition per key"],
    [":p = :q", `${invalid}No key attribute specified`],
    [":n BETWEEN :n AND :m", `${invalid}No key attribute specified`],
    ["p = q", `${invalid}Multiple attribute names used in one condition`],
    ["begins_with(p, r)", `${invalid}Multiple attribute names used in one condition`],
    [":n BETWEEN r AND :m", `${invalid}BETWEEN operator must have the key attribute as its first operand`],
    ["begins_with(:p, r)", `${invalid}begins_with operator must have the key attribute as its first operand`],
    [
      "p = :x",
      "Invalid KeyConditionExpression: An expression attribute value used in expression is not defined; attribute value: :x",
    ],
    [
      "begins_with(p, :n)",
      "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
    ],
    ["()", 'Invalid KeyConditionExpression: Syntax error; token: ")", near: "()"'],
    ["((p = :p))", "Invalid KeyConditionExpression: The expression has redundant parentheses;"],
  ])("%s", (text, message) => {
    expect(compileKey(text)).toBe(message);
  });

  test("attribute_type is named as an operator", () => {
    const result = compileExpressions({
      kinds: ["keyCondition"],
      keyCondition: "attribute_type(p, :t)",
      values: { ":t": { S: "S" } },
    });
    expect(result).toMatchObject({
      message: "Invalid operator used in KeyConditionExpression: attribute_type",
    });
  });

  test("issues of other expressions and unused values go before it", () => {
    const request = { kinds: ["keyCondition", "filter"], keyCondition: "p = :p OR r = :p" } as const;
    const values = { ":p": { S: "p" } };
    expect(compileExpressions({ ...request, filter: "a", values })).toMatchObject({
      message: 'Invalid FilterExpression: Syntax error; token: "<EOF>", near: "a"',
    });
    expect(compileExpressions({ ...request, values: { ...values, ":z": { S: "" } } })).toMatchObject({
      message: "Value provided in ExpressionAttributeValues unused in expressions: keys: {:z}",
    });
  });
});

const schema = { hash: [{ name: "p", type: "S" }], range: [{ name: "r", type: "N" }] } as const;
const hashOnly = { hash: schema.hash, range: [] } as const;

function resolved(
  plan: KeyConditionPlan | string,
  keys: Parameters<typeof resolveKeyCondition>[1] = schema,
): unknown {
  if (typeof plan === "string") return plan;
  const result = resolveKeyCondition(plan, keys);
  return result.kind === "expressionIssue" ? result.message : result;
}

const p = { type: "S", value: "p" };
const n = { type: "N", value: "1" };
const m = { type: "N", value: "2" };

describe("key condition against a schema", () => {
  test.each([
    ["p = :p", {}],
    [":p = p", {}],
    ["(p = :p) AND (r = :n)", { sort: { operator: "=", values: [n] } }],
    ["r < :n AND p = :p", { sort: { operator: "<", values: [n] } }],
    ["p = :p AND :n < r", { sort: { operator: ">", values: [n] } }],
    ["p = :p AND :n <= r", { sort: { operator: ">=", values: [n] } }],
    ["p = :p AND :n > r", { sort: { operator: "<", values: [n] } }],
    ["p = :p AND :n >= r", { sort: { operator: "<=", values: [n] } }],
    ["p = :p AND r >= :n", { sort: { operator: ">=", values: [n] } }],
    ["p = :p AND r BETWEEN :n AND :m", { sort: { operator: "between", values: [n, m] } }],
  ])("%s", (text, range) => {
    expect(resolved(compileKey(text))).toEqual({ kind: "keyRange", partition: [p], leading: [], ...range });
  });

  test("begins_with on a string sort key", () => {
    const strings = { ...schema, range: [{ name: "r", type: "S" }] } as const;
    expect(resolved(compileKey("p = :p AND begins_with(r, :q)"), strings)).toEqual({
      kind: "keyRange",
      partition: [p],
      leading: [],
      sort: { operator: "beginsWith", values: [{ type: "S", value: "q" }] },
    });
  });

  const mismatch =
    "One or more parameter values were invalid: Condition parameter type does not match schema type";
  test.each([
    ["p > :p", schema, "Query key condition not supported"],
    ["p BETWEEN :p AND :q", schema, "Query key condition not supported"],
    ["begins_with(p, :p)", schema, "Query key condition not supported"],
    ["r = :n", schema, "Query condition missed key schema element: p"],
    ["x = :p", schema, "Query condition missed key schema element: p"],
    ["p = :p AND x = :n", schema, "Query condition missed key schema element: r"],
    ["p = :p AND x = :n", hashOnly, "Query key condition not supported"],
    ["p = :n", schema, mismatch],
    ["p = :p AND r = :q", schema, mismatch],
    ["p = :p AND r BETWEEN :p AND :q", schema, mismatch],
    ["p = :p AND begins_with(r, :q)", schema, mismatch],
    ["p = :p AND r = :l", schema, mismatch],
    ["p = :p AND q = :q AND r = :n", schema, "Conditions can be of length 1 or 2 only"],
  ] as const)("%s is refused (schema %#)", (text, keys, message) => {
    expect(resolved(compileKey(text), keys)).toBe(message);
  });
});

const long = {
  hash: [
    { name: "p", type: "S" },
    { name: "q", type: "N" },
  ],
  range: [
    { name: "r", type: "N" },
    { name: "s", type: "S" },
    { name: "t", type: "N" },
  ],
} as const;

describe("key condition against a key of several attributes", () => {
  const partition = [p, n];
  test.each([
    ["p = :p AND q = :n", { leading: [] }],
    ["q = :n AND p = :p", { leading: [] }],
    ["p = :p AND q = :n AND r = :m", { leading: [], sort: { operator: "=", values: [m] } }],
    ["p = :p AND q = :n AND r < :m", { leading: [], sort: { operator: "<", values: [m] } }],
    ["s > :p AND p = :p AND q = :n AND r = :m", { leading: [m], sort: { operator: ">", values: [p] } }],
    [
      "p = :p AND q = :n AND r = :m AND s = :q AND t BETWEEN :n AND :m",
      { leading: [m, { type: "S", value: "q" }], sort: { operator: "between", values: [n, m] } },
    ],
  ])("%s", (text, range) => {
    expect(resolved(compileKey(text), long)).toEqual({ kind: "keyRange", partition, ...range });
  });

  const nine = ["p", "q", "r", "s", "t", "u", "v", "w", "x"].map((name) => `${name} = :p`).join(" AND ");
  test.each([
    ["p = :p", "Query condition missed key schema element: q"],
    ["p = :p AND r = :n", "Query condition missed key schema element: q"],
    ["p = :p AND q = :n AND s = :p", "Query condition missed key schema element: r"],
    ["p = :p AND q = :n AND r = :n AND t = :n", "Query condition missed key schema element: s"],
    ["p = :p AND q = :n AND x = :n", "Query condition missed key schema element: r"],
    ["p = :p AND q < :n", "Query key condition not supported"],
    ["p = :p AND q = :n AND r < :n AND s = :p", "Query key condition not supported"],
    [nine, "Conditions can be of length 1 to 8 only"],
  ])("%s is refused", (text, message) => {
    expect(resolved(compileKey(text), long)).toBe(message);
  });
});

describe("KeyConditions", () => {
  function legacy(conditions: Parameters<typeof compileKeyConditions>[0]): unknown {
    const plan = compileKeyConditions(conditions);
    return plan.kind === "expressionIssue" ? plan.message : resolved(plan);
  }
  const onPartition = { ComparisonOperator: "EQ", AttributeValueList: [{ S: "p" }] } as const;

  test.each([
    ["EQ", "="],
    ["LE", "<="],
    ["LT", "<"],
    ["GE", ">="],
    ["GT", ">"],
  ] as const)("%s on the sort key", (operator, meaning) => {
    expect(
      legacy({ r: { ComparisonOperator: operator, AttributeValueList: [{ N: "1" }] }, p: onPartition }),
    ).toEqual({
      kind: "keyRange",
      partition: [p],
      leading: [],
      sort: { operator: meaning, values: [n] },
    });
  });

  test("BETWEEN on the sort key", () => {
    const between = { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "1" }, { N: "2" }] } as const;
    expect(legacy({ p: onPartition, r: between })).toEqual({
      kind: "keyRange",
      partition: [p],
      leading: [],
      sort: { operator: "between", values: [n, m] },
    });
  });

  test.each(["NE", "NULL", "NOT_NULL", "CONTAINS", "NOT_CONTAINS", "IN"] as const)(
    "%s is no key condition",
    (operator) => {
      const values = operator.endsWith("NULL") ? [] : [{ N: "1" }];
      const message = "Attempted conditional constraint is not an indexable operation";
      expect(
        legacy({ p: onPartition, r: { ComparisonOperator: operator, AttributeValueList: values } }),
      ).toBe(message);
    },
  );

  test.each([
    [{}, "Conditions can be of length 1 or 2 only"],
    [{ a: onPartition, b: onPartition, c: onPartition }, "Conditions can be of length 1 or 2 only"],
    [{ r: onPartition }, "Query condition missed key schema element: p"],
    [{ p: onPartition, x: onPartition }, "Query condition missed key schema element: r"],
    [
      { p: { ComparisonOperator: "GT", AttributeValueList: [{ S: "p" }] } },
      "Query key condition not supported",
    ],
    [
      { p: { ComparisonOperator: "EQ", AttributeValueList: [{ N: "1" }] } },
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
    ],
    [
      { p: { ComparisonOperator: "EQ" } },
      "One or more parameter values were invalid: Invalid number of argument(s) for the EQ ComparisonOperator",
    ],
    [
      { p: { ComparisonOperator: "BEGINS_WITH", AttributeValueList: [{ N: "1" }] } },
      "One or more parameter values were invalid: ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
    ],
  ] as const)("%j is refused", (conditions, message) => {
    expect(legacy(conditions)).toBe(message);
  });
});
