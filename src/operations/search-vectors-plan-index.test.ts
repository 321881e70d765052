// A search's plan and the index it searches: what has to fit, and which part of the condition picks the partition.
import { expect, test } from "vitest";
import { createExpressionCompiler, evaluateCondition } from "../expressions/index.ts";
import type { AttributeValue, Item } from "../values/index.ts";
import { type ResolvedSearch, resolveSearch } from "./search-vectors-plan-index.ts";
import { planSearch } from "./search-vectors-plan.ts";

const services = { compiler: createExpressionCompiler({ cacheEntriesMax: 10 }) };

const index = {
  dimensions: 2,
  hash: [{ name: "tenant", type: "S" }],
  inlineFilters: [
    { name: "brand", type: "S" },
    { name: "price", type: "N" },
  ],
} as const;
const open = { ...index, hash: [] };

const values = { ":t": { S: "acme" }, ":b": { S: "b" }, ":p": { N: "5" }, ":e": { S: "" }, ":l": { L: [] } };

/** Of a search with the values its expression mentions. */
function resolved(
  expression: string | undefined,
  searched: Parameters<typeof resolveSearch>[1] = index,
): ResolvedSearch {
  const used = Object.entries(values).filter(([name]) => expression?.includes(name) === true);
  const plan = planSearch(services, {
    SearchVector: [{ N: "1" }, { N: "2" }],
    TopK: 1,
    ...(expression === undefined ? {} : { SearchConditionExpression: expression }),
    ...(used.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(used) }),
  });
  return resolveSearch(plan, searched);
}

const comparator = "Invalid SearchConditionExpression: Invalid comparator used in SearchConditionExpression";
const missing = "SearchConditionExpression must be provided when SearchSchema has a HASH key";
const type = "One or more parameter values were invalid: Condition parameter type does not match schema type";

const refused: readonly (readonly [what: string, expression: string | undefined, text: string])[] = [
  ["no condition", undefined, missing],
  ["a condition on filters alone", "brand = :b", missing],
  ["a range of the HASH attribute", "tenant > :t", comparator],
  ["the HASH attribute under OR", "tenant = :t OR brand = :b", comparator],
  ["the HASH attribute under NOT", "NOT tenant = :t", comparator],
  ["the HASH attribute twice", "tenant = :t AND tenant = :b", comparator],
  ["a HASH value of another type", "tenant = :p", type],
  ["a HASH value that is no scalar", "tenant = :l", type],
  [
    "an empty HASH value",
    "tenant = :e",
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: tenant",
  ],
  ["a filter value of another type", "tenant = :t AND price < :b", type],
  ["a candidate of another type, deep inside", "tenant = :t AND (brand = :b OR NOT price IN (:p, :b))", type],
  [
    "an attribute the index does not have",
    "tenant = :t AND colour = :b",
    "Invalid SearchConditionExpression: Attribute colour is not defined in SearchSchema",
  ],
  [
    "an attribute the index does not have, asked to exist",
    "tenant = :t AND attribute_exists(colour)",
    "Invalid SearchConditionExpression: Attribute colour is not defined in SearchSchema",
  ],
];

test.each(refused)("refuses %s", (_what, expression, text) => {
  expect(() => resolved(expression)).toThrow(expect.objectContaining({ message: text }));
});

test("refuses a vector of other dimensions before anything else", () => {
  expect(() => resolved("colour = :t", { ...index, dimensions: 4 })).toThrow(
    "Input search vector dimension 2 does not match vector index dimension 4",
  );
});

const tenant: AttributeValue = { type: "S", value: "acme" };

test("the HASH attribute alone picks the partition and leaves nothing to filter", () => {
  expect(resolved("tenant = :t")).toEqual({ partition: [tenant], filter: undefined });
});

test("an index without HASH needs no condition and looks at every entry", () => {
  expect(resolved(undefined, open)).toEqual({ partition: [], filter: undefined });
  expect(resolved("brand = :b", open).partition).toEqual([]);
});

test.each([
  "tenant = :t AND brand = :b AND price < :p",
  "(brand = :b AND price < :p) AND tenant = :t",
  "brand = :b AND (tenant = :t AND price < :p)",
])("filters by the rest, however it is put together: %s", (expression) => {
  const { partition, filter } = resolved(expression);
  expect(partition).toEqual([tenant]);
  // Entries of the partition need not hold the HASH attribute for the filter.
  const holds = (brand: string, price: string): boolean => {
    const entry: Item = new Map([
      ["brand", { type: "S", value: brand }],
      ["price", { type: "N", value: price }],
    ]);
    return filter !== undefined && evaluateCondition(filter, entry);
  };
  expect([holds("b", "4"), holds("b", "5"), holds("x", "4")]).toEqual([true, false, false]);
});
