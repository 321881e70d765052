/** Every message about a value, in the service's words; which wins; levels; hostile names and depths. */

import { describe, expect, test } from "vitest";
import { AssertionFailure, limits } from "../base/index.ts";
import { parseAttributeValue, parseItem } from "./parse.ts";
import { writeItemJson, writeValueJson } from "./json.ts";

const invalid = "One or more parameter values were invalid: ";
const emptyText = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
const severalText =
  "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
const notANumber = "The parameter cannot be converted to a numeric value";
const overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range";
const underflow =
  "Number underflow. Attempting to store a number with magnitude smaller than supported range";
const tooManyDigits = "Attempting to store more than 38 significant digits in a Number";
const nullText = `${invalid}Null attribute value types must have the value of true`;
const nameTooLarge =
  "1 validation error detected: Attribute name is too large, must be less than 65536 bytes";

const issues: readonly (readonly [string, unknown, string, string])[] = [
  ["none of the types", {}, "empty", emptyText],
  ["an unknown type only", { X: "a" }, "empty", emptyText],
  ["null types only", { S: null, N: null }, "empty", emptyText],
  ["a name of every object", { toString: "a", constructor: "b" }, "empty", emptyText],
  ["two types", { S: "a", BOOL: true }, "severalTypes", severalText],
  [
    "all types",
    { S: "a", N: "1", B: "YQ==", SS: ["a"], NS: ["1"], BS: [], M: {}, L: [], NULL: true, BOOL: true },
    "severalTypes",
    severalText,
  ],
  ["a good number and another type", { N: "1", S: "a" }, "severalTypes", severalText],
  ["a bad number and another type", { S: "a", N: "x" }, "number", `${notANumber}: x`],
  ["a bad number in a set and another type", { NS: ["1", "1e126"], NULL: false }, "number", overflow],
  ["bad values of two types, no number", { NULL: false, SS: [] }, "severalTypes", severalText],
  ["NULL false", { NULL: false }, "null", nullText],
  ["an empty string set", { SS: [] }, "emptySet", `${invalid}An string set  may not be empty`],
  ["an empty number set", { NS: [] }, "emptySet", `${invalid}An number set  may not be empty`],
  ["an empty binary set", { BS: [] }, "emptySet", `${invalid}Binary sets should not be empty`],
  [
    "a repeated string",
    { SS: ["a", "b", "a"] },
    "duplicates",
    `${invalid}Input collection [a, b, a] contains duplicates.`,
  ],
  ["a repeated number", { NS: ["1", "2", "1"] }, "duplicates", "Input collection contains duplicates"],
  ["a number spelled twice", { NS: ["1", "1.0"] }, "duplicates", "Input collection contains duplicates"],
  [
    "a number spelled twice, exponent",
    { NS: ["100", "1e2"] },
    "duplicates",
    "Input collection contains duplicates",
  ],
  ["zeros", { NS: ["0", "-0"] }, "duplicates", "Input collection contains duplicates"],
  [
    "a repeated binary",
    { BS: ["Yg==", "WQ==", "Yg=="] },
    "duplicates",
    `${invalid}Input collection [Yg==, WQ==, Yg==]of type BS contains duplicates.`,
  ],
  ["an empty number", { N: "" }, "number", notANumber],
  ["no number", { N: "b" }, "number", `${notANumber}: b`],
  ["too large", { N: "1e126" }, "number", overflow],
  ["too small", { N: "1e-131" }, "number", underflow],
  ["too many digits", { N: "1".repeat(39) }, "number", tooManyDigits],
  ["a bad number in a set, before duplicates", { NS: ["1", "1", "x"] }, "number", `${notANumber}: x`],
  ["the first of two in a list", { L: [{ S: "a" }, { NULL: false }, { N: "x" }] }, "null", nullText],
  [
    "the first of two in a map",
    { M: { a: { SS: ["a"] }, b: { N: "x" }, c: {} } },
    "number",
    `${notANumber}: x`,
  ],
  ["deep inside", { M: { a: { L: [{ M: { b: { NS: ["1", ""] } } }] } } }, "number", notANumber],
  ["a null element of a list", { L: [null] }, "empty", emptyText],
  ["a null value in a map", { M: { a: null } }, "empty", emptyText],
  ["a null member of a set", { SS: ["a", null] }, "empty", emptyText],
];

test.each(issues)("refused: %s", (_name, wire, code, message) => {
  expect(parseAttributeValue(wire)).toEqual({ kind: "valueIssue", code, message });
  expect(parseItem({ good: { S: "x" }, bad: wire, worse: { N: "worse" } })).toEqual({
    kind: "valueIssue",
    code,
    message,
  });
});

describe("names", () => {
  const longest = "n".repeat(limits.attributeNameBytesMax);

  test("one of 65535 bytes is accepted, one more is not, at any level", () => {
    expect(parseItem({ [longest]: { NULL: true } }).kind).toBe("item");
    const issue = { kind: "valueIssue", code: "nameTooLarge", message: nameTooLarge };
    expect(parseItem({ [`${longest}n`]: { NULL: true } })).toEqual(issue);
    expect(parseAttributeValue({ L: [{ M: { [`${longest}n`]: { NULL: true } } }] })).toEqual(issue);
    // Bytes are counted, not characters.
    expect(parseItem({ ["\u20ac".repeat(21_846)]: { NULL: true } })).toEqual(issue);
  });

  test("an empty one is not", () => {
    expect(parseItem({ "": { NULL: true } })).toMatchObject({ kind: "valueIssue", code: "nameEmpty" });
    expect(parseAttributeValue({ M: { "": { S: "a" } } })).toMatchObject({
      kind: "valueIssue",
      code: "nameEmpty",
    });
  });

  test("names that objects know are ordinary", () => {
    const json = '{"__proto__":{"S":"a"},"constructor":{"M":{"__proto__":{"N":"1"},"toString":{"S":"b"}}}}';
    const parsed = parseItem(JSON.parse(json) as Record<string, unknown>);
    expect(parsed.kind === "item" ? writeItemJson(parsed.item) : parsed).toBe(json);
  });
});

const accepted: readonly (readonly [unknown, string, number, number])[] = [
  [{ S: "" }, '{"S":""}', 0, 1],
  [{ N: "+01.50e1" }, '{"N":"15"}', 2, 1],
  [{ B: "" }, '{"B":""}', 0, 1],
  [{ B: "YR==" }, '{"B":"YQ=="}', 1, 1],
  [{ BOOL: false }, '{"BOOL":false}', 1, 1],
  [{ NULL: true }, '{"NULL":true}', 1, 1],
  [{ S: "a", N: null, Unknown: "b" }, '{"S":"a"}', 1, 1],
  [{ SS: ["", "a"] }, '{"SS":["","a"]}', 1, 1],
  [{ NS: ["1.0", "2e0", "-0"] }, '{"NS":["1","2","0"]}', 5, 1],
  [{ BS: ["", "YQ=="] }, '{"BS":["","YQ=="]}', 1, 1],
  [{ L: [] }, '{"L":[]}', 3, 1],
  [{ M: {} }, '{"M":{}}', 3, 1],
  [{ L: [{ L: [{ S: "a" }] }, { S: "b" }] }, '{"L":[{"L":[{"S":"a"}]},{"S":"b"}]}', 11, 3],
  [{ M: { a: { M: { b: { N: "7" } } } } }, '{"M":{"a":{"M":{"b":{"N":"7"}}}}}', 12, 3],
];

test.each(accepted)("accepted: %j", (wire, json, sizeBytes, nestingLevels) => {
  const parsed = parseAttributeValue(wire);
  expect(parsed).toMatchObject({ kind: "value", sizeBytes, nestingLevels });
  expect(parsed.kind === "value" ? writeValueJson(parsed.value) : parsed).toBe(json);
});

test("an item without attributes has no size and no levels", () => {
  expect(parseItem({})).toEqual({ kind: "item", item: new Map(), sizeBytes: 0, nestingLevels: 0 });
});

describe("levels", () => {
  function wrapped(wrappers: number, wrap: (inner: unknown) => unknown): unknown {
    let value: unknown = { S: "a" };
    for (let level = 0; level < wrappers; level += 1) {
      value = wrap(value);
    }
    return value;
  }

  test.each([
    ["lists", (inner: unknown): unknown => ({ L: [inner] })],
    ["maps", (inner: unknown): unknown => ({ M: { a: inner } })],
  ])("31 %s around a scalar are within the limit, 32 are not", (_name, wrap) => {
    expect(parseAttributeValue(wrapped(31, wrap))).toMatchObject({ kind: "value", nestingLevels: 32 });
    const beyond = parseItem({ a: wrapped(32, wrap) });
    expect(beyond.kind === "item" && beyond.nestingLevels > limits.nestingLevelsMax).toBe(true);
  });

  test("however deep, the walk ends just below the limit", () => {
    const depth = 100_000;
    const deep: unknown = JSON.parse(`${'{"L":['.repeat(depth)}{"S":"a"}${"]}".repeat(depth)}`);
    expect(parseAttributeValue(deep)).toMatchObject({
      kind: "value",
      nestingLevels: limits.nestingLevelsMax + 1,
    });
  });
});

test.each([
  ["a value that is no object", "text"],
  ["a value that is a list", []],
  ["S that is no string", { S: 1 }],
  ["N that is no string", { N: 1 }],
  ["B that is no string", { B: 1 }],
  ["BOOL that is no boolean", { BOOL: "true" }],
  ["a set that is no list", { SS: "a" }],
  ["a member that is no string", { NS: [1] }],
  ["L that is no list", { L: {} }],
  ["M that is a list", { M: [] }],
])("wrong JSON types are a mistake of the caller: %s", (_name, wire) => {
  expect(() => parseAttributeValue(wire)).toThrow(AssertionFailure);
});
