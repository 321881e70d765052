// SearchVectors before the table is known: what is refused, in which words, and the plan of what is not.
import { expect, test } from "vitest";
import { createExpressionCompiler, evaluateCondition } from "../expressions/index.ts";
import type { AttributeValue } from "../values/index.ts";
import { planSearch, type SearchVectorsRequest } from "./search-vectors-plan.ts";

const services = { compiler: createExpressionCompiler({ cacheEntriesMax: 10 }) };

const request = (more: Partial<SearchVectorsRequest>): SearchVectorsRequest => ({
  SearchVector: [{ N: "1" }, { N: "-0.5" }],
  TopK: 10,
  ...more,
});
const searching = (expression: string, ...values: readonly string[]): SearchVectorsRequest =>
  request({
    SearchConditionExpression: expression,
    ...(values.length === 0
      ? {}
      : {
          ExpressionAttributeValues: Object.fromEntries(values.map((value) => [`:${value}`, { S: value }])),
        }),
  });

const condition = "Invalid SearchConditionExpression: ";
const comparator = `${condition}Invalid comparator used in SearchConditionExpression`;
const form = `${condition}A condition must compare an attribute with expression attribute values`;

const refused: readonly (readonly [what: string, request: SearchVectorsRequest, text: string])[] = [
  [
    "101 results",
    request({ TopK: 101 }),
    "Provided TopK value '101' is out of valid range. The value must be between 1 and 100 inclusive",
  ],
  [
    "no results, before anything else",
    request({ TopK: 0, SearchVector: [{ S: "1" }] }),
    "Provided TopK value '0' is out of valid range. The value must be between 1 and 100 inclusive",
  ],
  [
    "an element that is text",
    request({ SearchVector: [{ N: "1" }, { S: "1" }] }),
    "One or more parameter values were invalid: Invalid type for parameter SearchVector[1], Expected: N, Actual: S",
  ],
  [
    "a vector inside a list",
    request({ SearchVector: [{ L: [{ N: "1" }] }] }),
    "One or more parameter values were invalid: Invalid type for parameter SearchVector[0], Expected: N, Actual: L",
  ],
  [
    "an element that is nothing",
    request({ SearchVector: [{}] }),
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  ],
  [
    "an element that is no number",
    request({ SearchVector: [{ N: "one" }] }),
    "The parameter cannot be converted to a numeric value: one",
  ],
  [
    "an element no 32-bit float holds",
    request({ SearchVector: [{ N: "1e39" }] }),
    "One or more parameter values were invalid: Invalid value for parameter SearchVector[0], Expected: 32-bit floating point number",
  ],
  [
    "values without an expression",
    request({ ExpressionAttributeValues: { ":a": { S: "a" } } }),
    "ExpressionAttributeValues can only be specified when using expressions: SearchConditionExpression is null",
  ],
  ["an empty expression", searching(""), `${condition}The expression can not be empty;`],
  [
    "an expression that ends early",
    searching("a =", "a"),
    `${condition}Syntax error; token: "<EOF>", near: "="`,
  ],
  [
    "a value that is not there",
    searching("a = :b", "a"),
    `${condition}An expression attribute value used in expression is not defined; attribute value: :b`,
  ],
  [
    "a value that is not used",
    searching("a = :a", "a", "b"),
    "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
  ],
  [
    "a bad projection",
    request({ ProjectionExpression: "a, a" }),
    "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
  ],
  ["contains", searching("contains(a, :a)", "a"), comparator],
  ["attribute_type", searching("attribute_type(a, :S)", "S"), comparator],
  [
    "a size",
    request({ SearchConditionExpression: "size(a) = :a", ExpressionAttributeValues: { ":a": { N: "1" } } }),
    comparator,
  ],
  ["two attributes", searching("a = b"), form],
  ["a value on the left", searching(":a = a", "a"), form],
  ["two values", searching(":a = :b", "a", "b"), form],
  ["an attribute among the candidates", searching("a IN (:a, b)", "a"), form],
  ["an attribute as a bound", searching("a BETWEEN :a AND b", "a"), form],
  ["an attribute as a prefix", searching("begins_with(a, b)"), form],
  [
    "a nested attribute",
    searching("a.b = :a", "a"),
    `${condition}Conditions on nested attributes are not supported`,
  ],
  [
    "a nested attribute deep in the expression",
    searching("a = :a OR (b = :a AND NOT attribute_exists(c[0]))", "a"),
    `${condition}Conditions on nested attributes are not supported`,
  ],
];

test.each(refused)("refuses %s", (_what, input, text) => {
  expect(() => planSearch(services, input)).toThrow(expect.objectContaining({ message: text }));
});

test("a search of a vector alone", () => {
  expect(planSearch(services, request({ TopK: 100 }))).toEqual({
    vector: Float32Array.of(1, -0.5),
    topK: 100,
    condition: undefined,
    projection: undefined,
  });
});

const text = (value: string): AttributeValue => ({ type: "S", value });

test("names and values are shared by condition and projection", () => {
  const plan = planSearch(services, {
    ...searching("#c = :c AND (brand IN (:a, :b) OR NOT price BETWEEN :a AND :b)", "a", "b", "c"),
    ProjectionExpression: "title, #c, tags[0]",
    ExpressionAttributeNames: { "#c": "category" },
  });
  expect(plan.projection?.tree.branches.map(({ element }) => element)).toEqual(["title", "category", "tags"]);
  const holds = (category: string, brand: string): boolean =>
    plan.condition !== undefined &&
    evaluateCondition(
      plan.condition,
      new Map([
        ["category", text(category)],
        ["brand", text(brand)],
        ["price", text("a")],
      ]),
    );
  expect([holds("c", "a"), holds("c", "x"), holds("d", "a")]).toEqual([true, false, false]);
});

test.each([
  "a <> :a",
  "a < :a",
  "a >= :a",
  "begins_with(a, :a)",
  "attribute_exists(b) AND a = :a",
  "attribute_not_exists(b) OR a = :a",
])("takes %s", (expression) => {
  expect(planSearch(services, searching(expression, "a")).condition).toBeDefined();
});
