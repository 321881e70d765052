// Expected, QueryFilter, ScanFilter and AttributeUpdates: what they mean and what the service says about them.
import { describe, expect, test } from "vitest";
import { type Item, parseItem } from "../values/index.ts";
import {
  compileAttributeUpdates,
  compileExpected,
  compileLegacyFilter,
  conditionAttributes,
  evaluateCondition,
  type LegacyCondition,
  type LegacyExpectation,
  type LegacyUpdate,
} from "./index.ts";

const prefix = "One or more parameter values were invalid: ";

function itemOf(wire: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Item {
  const parsed = parseItem(wire);
  if (parsed.kind !== "item") throw new Error(parsed.message);
  return parsed.item;
}

describe("Expected is refused", () => {
  const S = { S: "x" };
  const cases: readonly (readonly [expectation: LegacyExpectation, message: string])[] = [
    [
      { Value: S, AttributeValueList: [S], ComparisonOperator: "EQ" },
      "Value and AttributeValueList cannot be used together for Attribute: a",
    ],
    [
      { Exists: true, ComparisonOperator: "EQ", Value: S },
      "Exists and ComparisonOperator cannot be used together for Attribute: a",
    ],
    [
      { ComparisonOperator: "GE" },
      "Value or AttributeValueList must be used with ComparisonOperator: GE for Attribute: a",
    ],
    [
      { AttributeValueList: [S] },
      "AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
    ],
    [{}, "Value must be provided when Exists is null for Attribute: a"],
    [{ Exists: true }, "Value must be provided when Exists is true for Attribute: a"],
    [{ Exists: false, Value: S }, "Value cannot be used when Exists is false for Attribute: a"],
    [
      { ComparisonOperator: "NULL", Value: S },
      "Invalid number of argument(s) for the NULL ComparisonOperator",
    ],
    [
      { ComparisonOperator: "BETWEEN", AttributeValueList: [S] },
      "Invalid number of argument(s) for the BETWEEN ComparisonOperator",
    ],
    [
      { ComparisonOperator: "IN", AttributeValueList: [S, { N: "1" }] },
      "AttributeValues inside AttributeValueList must be of same type",
    ],
    [
      { ComparisonOperator: "LE", Value: { L: [] } },
      "ComparisonOperator LE is not valid for L AttributeValue type",
    ],
  ];

  test.each(cases)("%j", (expectation, message) => {
    expect(compileExpected({ expected: { a: expectation } })).toEqual({
      kind: "expressionIssue",
      message: prefix + message,
    });
  });

  test("when a value is not valid", () => {
    const message = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    expect(compileExpected({ expected: { a: { Value: {} } } })).toMatchObject({ message });
    expect(compileExpected({ expected: { a: { ComparisonOperator: "EQ", Value: {} } } })).toMatchObject({
      message,
    });
  });

  test("for the first entry that is wrong", () => {
    expect(compileExpected({ expected: { ok: { Value: S }, b: {}, c: {} } })).toMatchObject({
      message: `${prefix}Value must be provided when Exists is null for Attribute: b`,
    });
  });

  test("when ConditionalOperator has nothing to join", () => {
    const without = "ConditionalOperator cannot be used without Filter or Expected";
    expect(compileExpected({ conditionalOperator: "AND" })).toMatchObject({ message: without });
    expect(compileExpected({ expected: {}, conditionalOperator: "OR" })).toMatchObject({ message: without });
    expect(compileExpected({ expected: { a: { Value: S } }, conditionalOperator: "OR" })).toMatchObject({
      message: "ConditionalOperator can only be used when Filter or Expected has two or more elements",
    });
    expect(compileLegacyFilter({ conditionalOperator: "AND", parameter: "ScanFilter" })).toMatchObject({
      message: without,
    });
  });
});

describe("a filter is refused", () => {
  const cases: readonly (readonly [condition: LegacyCondition, message: string])[] = [
    [{ ComparisonOperator: "EQ" }, `${prefix}Invalid number of argument(s) for the EQ ComparisonOperator`],
    [
      { ComparisonOperator: "IN", AttributeValueList: [] },
      `${prefix}Invalid number of argument(s) for the IN ComparisonOperator`,
    ],
    [
      { ComparisonOperator: "NOT_NULL", AttributeValueList: [{ S: "" }] },
      `${prefix}Invalid number of argument(s) for the NOT_NULL ComparisonOperator`,
    ],
    [
      { ComparisonOperator: "BETWEEN", AttributeValueList: [{ S: "" }, { N: "1" }] },
      `${prefix}AttributeValues inside AttributeValueList must be of same type`,
    ],
    ...(["LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "IN"] as const).map(
      (operator): readonly [LegacyCondition, string] => [
        { ComparisonOperator: operator, AttributeValueList: [{ SS: ["x"] }] },
        `${prefix}ComparisonOperator ${operator} is not valid for SS AttributeValue type`,
      ],
    ),
    [
      { ComparisonOperator: "BEGINS_WITH", AttributeValueList: [{ N: "1" }] },
      `${prefix}ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type`,
    ],
    [
      { ComparisonOperator: "BETWEEN", AttributeValueList: [{ BOOL: true }, { BOOL: false }] },
      `${prefix}ComparisonOperator BETWEEN is not valid for BOOL AttributeValue type`,
    ],
    [
      { ComparisonOperator: "BETWEEN", AttributeValueList: [{ N: "2" }, { N: "1" }] },
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    ],
  ];

  test.each(cases)("%j", (condition, message) => {
    const result = compileLegacyFilter({ conditions: { a: condition }, parameter: "QueryFilter" });
    expect(result).toEqual({ kind: "expressionIssue", message });
  });
});

const sample = itemOf({
  s: { S: "hello" },
  n: { N: "10" },
  ss: { SS: ["x", "y"] },
  l: { L: [{ S: "x" }, { N: "1" }] },
  nil: { NULL: true },
  "a.b": { S: "dotted" },
});

function filterHolds(
  attribute: string,
  operator: LegacyCondition["ComparisonOperator"],
  values: readonly unknown[],
): boolean {
  const plan = compileLegacyFilter({
    conditions: { [attribute]: { ComparisonOperator: operator, AttributeValueList: values } },
    parameter: "ScanFilter",
  });
  if (plan === undefined || plan.kind === "expressionIssue") throw new Error(JSON.stringify(plan));
  return evaluateCondition(plan, sample);
}

describe("a legacy condition", () => {
  test.each([
    ["s", "EQ", [{ S: "hello" }], true],
    ["n", "EQ", [{ N: "1e1" }], true],
    ["ss", "EQ", [{ SS: ["y", "x"] }], true],
    ["missing", "EQ", [{ S: "x" }], false],
    ["a.b", "EQ", [{ S: "dotted" }], true],
    ["s", "NE", [{ S: "hello" }], false],
    ["s", "NE", [{ N: "1" }], true],
    ["missing", "NE", [{ N: "1" }], true],
    ["n", "LE", [{ N: "10" }], true],
    ["n", "LT", [{ N: "10" }], false],
    ["n", "GE", [{ N: "10" }], true],
    ["n", "GT", [{ N: "9.5" }], true],
    ["n", "GT", [{ S: "9.5" }], false],
    ["nil", "NOT_NULL", [], true],
    ["missing", "NOT_NULL", [], false],
    ["missing", "NULL", [], true],
    ["nil", "NULL", [], false],
    ["s", "CONTAINS", [{ S: "ell" }], true],
    ["ss", "CONTAINS", [{ S: "x" }], true],
    ["l", "CONTAINS", [{ N: "1" }], true],
    ["s", "NOT_CONTAINS", [{ S: "ell" }], false],
    ["missing", "NOT_CONTAINS", [{ S: "ell" }], true],
    ["s", "BEGINS_WITH", [{ S: "he" }], true],
    ["s", "IN", [{ S: "a" }, { S: "hello" }], true],
    ["s", "IN", [{ S: "a" }], false],
    ["n", "BETWEEN", [{ N: "1" }, { N: "10" }], true],
    ["n", "BETWEEN", [{ N: "11" }, { N: "12" }], false],
    ["missing", "BETWEEN", [{ N: "11" }, { N: "12" }], false],
  ] as const)("%s %s %j is %s", (attribute, operator, values, truth) => {
    expect(filterHolds(attribute, operator, values)).toBe(truth);
  });

  test("joins with others by AND or by OR", () => {
    const expected = {
      s: { Value: { S: "hello" } },
      n: { Exists: false },
      l: { ComparisonOperator: "NOT_NULL" },
    } as const;
    const and = compileExpected({ expected });
    const or = compileExpected({ expected, conditionalOperator: "OR" });
    if (
      and === undefined ||
      and.kind === "expressionIssue" ||
      or === undefined ||
      or.kind === "expressionIssue"
    ) {
      throw new Error("not compiled");
    }
    expect(evaluateCondition(and, sample)).toBe(false);
    expect(evaluateCondition(and, itemOf({ s: { S: "hello" }, l: { S: "" } }))).toBe(true);
    expect(evaluateCondition(or, sample)).toBe(true);
    expect(evaluateCondition(or, itemOf({ n: { N: "1" } }))).toBe(false);
    expect(conditionAttributes(and)).toEqual(["s", "n", "l"]);
  });

  test("is none when there is nothing to compare", () => {
    expect(compileExpected({ expected: {} })).toBeUndefined();
    expect(compileExpected({})).toBeUndefined();
    expect(compileLegacyFilter({ parameter: "QueryFilter" })).toBeUndefined();
  });
});

describe("AttributeUpdates are refused", () => {
  const cases: readonly (readonly [update: LegacyUpdate, message: string])[] = [
    [{}, "Only DELETE action is allowed when no attribute value is specified"],
    [{ Action: "PUT" }, "Only DELETE action is allowed when no attribute value is specified"],
    [{ Action: "ADD" }, "Only DELETE action is allowed when no attribute value is specified"],
    [{ Action: "DELETE", Value: { S: "x" } }, "DELETE action with value is not supported for the type S"],
    [{ Action: "DELETE", Value: { L: [] } }, "DELETE action with value is not supported for the type L"],
    [{ Action: "ADD", Value: { S: "x" } }, "ADD action is not supported for the type S"],
    [{ Action: "ADD", Value: { M: {} } }, "ADD action is not supported for the type M"],
    [{ Action: "ADD", Value: { BOOL: true } }, "ADD action is not supported for the type BOOL"],
  ];

  test.each(cases)("%j", (update, message) => {
    expect(compileAttributeUpdates({ a: update })).toEqual({
      kind: "expressionIssue",
      message: prefix + message,
    });
  });

  test("when a value is not valid", () => {
    expect(compileAttributeUpdates({ a: { Value: {} } })).toMatchObject({
      message: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    });
  });
});
