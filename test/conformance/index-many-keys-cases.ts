/** Global indexes whose keys have several attributes: up to four to find a partition, up to four to sort it. */
import { invalid, type JsonObject, N, parametersInvalid, type Refusal, S } from "./case-types.ts";
import { type IndexedCase, type IndexedGroup, items, where } from "./indexed-case.ts";

/** By the key of their items: the four attributes of the index, two to find a partition and two to sort it. */
const stored = (
  [
    ["1", "x", 1, "c", "10"],
    ["2", "x", 1, "c", "9"],
    ["3", "x", 1, "ca", "1"],
    ["4", "x", 1, "d", "-1"],
    ["5", "x", 2, "c", "1"],
    ["6", "y", 1, "c", "1"],
  ] as const
).map(([pk, a, b, c, d]) => ({ pk: S(pk), a: S(a), b: N(b), c: S(c), d: N(d), e: S("e") }));
const incomplete = [
  { pk: S("7"), b: N(1), c: S("c"), d: N(1) },
  { pk: S("8"), a: S("x"), b: N(1), c: S("c") },
  { pk: S("9"), a: S("x"), c: S("c"), d: N(1), f: S("f") },
];
const values = {
  ":a": S("x"),
  ":b": N(1),
  ":c": S("c"),
  ":d": N("9.5"),
  ":two": N(2),
};
const used = (condition: string): JsonObject =>
  Object.fromEntries(Object.entries(values).filter(([name]) => condition.includes(name)));

function found(name: string, condition: string, keys: readonly string[], more: JsonObject = {}): IndexedCase {
  return {
    name: `${name}: ${condition}`,
    table: "many-keys",
    given: [...stored, ...incomplete],
    operation: "Query",
    request: {
      IndexName: "byMany",
      ...where(condition, used(condition)),
      ProjectionExpression: "pk",
      ...more,
    },
    expect: {
      body: { Items: keys.map((pk) => items({ pk })), Count: keys.length, ScannedCount: keys.length },
    },
  };
}

const partition = "a = :a AND b = :b";

const conditions: readonly IndexedCase[] = [
  found("all of a partition, sorted by one after the other", partition, ["2", "1", "3", "4"]),
  found("backwards", partition, ["4", "3", "1", "2"], { ScanIndexForward: false }),
  found("in any order", "b = :b AND a = :a", ["2", "1", "3", "4"]),
  found("another partition", "a = :a AND b = :two", ["5"]),
  found("the first sort attribute", `${partition} AND c = :c`, ["2", "1"]),
  found("a range of the first", `${partition} AND c > :c`, ["3", "4"]),
  found("up to the first", `${partition} AND c <= :c`, ["2", "1"]),
  found("a beginning of the first", `${partition} AND begins_with(c, :c)`, ["2", "1", "3"]),
  found("both", `${partition} AND c = :c AND d = :d`, []),
  found("a range of the second", `${partition} AND c = :c AND d > :d`, ["1"]),
  found("the other side of it", `${partition} AND c = :c AND d < :d`, ["2"]),
  found("between two of the second", `${partition} AND c = :c AND d BETWEEN :b AND :d`, ["2"]),
];

function refused(name: string, condition: string, expect: Refusal, more: JsonObject = {}): IndexedCase {
  return {
    name: `${name}: ${condition}`,
    table: "many-keys",
    operation: "Query",
    request: { IndexName: "byMany", ...where(condition, used(condition)), ...more },
    expect,
  };
}

const missed = (name: string): Refusal => invalid(`Query condition missed key schema element: ${name}`);
const notSupported = invalid("Query key condition not supported");
const startInvalid = invalid("The provided starting key is invalid");
const last = { a: S("x"), b: N(1), c: S("c"), d: N(10), pk: S("1") };
const { d: _, ...withoutD } = last;

const refusals: readonly IndexedCase[] = [
  refused("half of the partition", "a = :a", missed("b")),
  refused("the other half", "b = :b", missed("a")),
  refused("a range for a part of the partition", "a = :a AND b > :b", notSupported),
  // That a gap is called by the attribute that is missed is unconfirmed, as is that a range must come last.
  refused("a gap", `${partition} AND d = :d`, missed("c")),
  refused("a range before the last", `${partition} AND c > :c AND d = :d`, notSupported),
  refused(
    "an attribute twice",
    `${partition} AND a = :a`,
    invalid("KeyConditionExpressions must only contain one condition per key"),
  ),
  refused(
    "another type",
    `a = :a AND b = :c`,
    parametersInvalid("Condition parameter type does not match schema type"),
  ),
  refused(
    "another type to sort by",
    `${partition} AND c = :d`,
    parametersInvalid("Condition parameter type does not match schema type"),
  ),
  refused("a start key without all", partition, startInvalid, { ExclusiveStartKey: withoutD }),
  refused("a start key of another type", partition, startInvalid, {
    ExclusiveStartKey: { ...last, d: S("10") },
  }),
  refused(
    "a start key of another partition",
    partition,
    invalid("The provided starting key is outside query boundaries based on provided conditions"),
    { ExclusiveStartKey: { ...last, b: N(2) } },
  ),
  {
    name: "a filter on any of the keys",
    table: "many-keys",
    operation: "Query",
    request: {
      IndexName: "byMany",
      ...where(partition, used(partition)),
      FilterExpression: "attribute_exists(d)",
    },
    expect: invalid(
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: d",
    ),
  },
  {
    name: "one of several keys of another type, in a put",
    table: "many-keys",
    given: [],
    operation: "PutItem",
    request: { Item: { pk: S("k"), d: S("1") } },
    expect: parametersInvalid("Type mismatch for Index Key d Expected: N Actual: S IndexName: byMany"),
    after: [],
  },
];

const pages: readonly IndexedCase[] = [
  {
    name: "a page ends with all keys of the index and the table",
    table: "many-keys",
    given: [...stored, ...incomplete],
    operation: "Query",
    request: { IndexName: "byMany", ...where(partition, used(partition)), Limit: 2, Select: "COUNT" },
    expect: { body: { Count: 2, ScannedCount: 2, LastEvaluatedKey: last } },
  },
  found("the next page", partition, ["3", "4"], { ExclusiveStartKey: last }),
  found("the next page backwards", partition, ["2"], { ExclusiveStartKey: last, ScanIndexForward: false }),
  {
    name: "only items with all keys are there, with what is projected",
    table: "many-keys",
    given: [...stored.slice(0, 1), ...incomplete],
    operation: "Scan",
    request: { IndexName: "byMany" },
    expect: { body: { Items: stored.slice(0, 1), Count: 1, ScannedCount: 1 } },
  },
];

const eight = { h1: "1", h2: "2", h3: "3", h4: "4", r1: "5", r2: "6", r3: "7", r4: "8" };
const most = items({ pk: "p", sk: "s", ...eight });
const eightEqual = Object.keys(eight).map((name) => `${name} = :${name}`);
const eightValues = Object.fromEntries(Object.entries(eight).map(([name, value]) => [`:${name}`, S(value)]));

const largest: readonly IndexedCase[] = [
  {
    name: "eight conditions, and ten attributes for the next page",
    table: "most-keys",
    given: [{ ...most, more: S("not projected") }, items({ pk: "p", sk: "t", ...eight, r4: "9" })],
    operation: "Query",
    request: { IndexName: "byEight", ...where(eightEqual.join(" AND "), eightValues), Limit: 1 },
    expect: { body: { Items: [most], Count: 1, ScannedCount: 1, LastEvaluatedKey: most } },
  },
  {
    name: "nine conditions",
    table: "most-keys",
    operation: "Query",
    request: {
      IndexName: "byEight",
      ...where([...eightEqual, "pk = :pk"].join(" AND "), { ...eightValues, ":pk": S("p") }),
    },
    expect: { error: "ValidationException" },
  },
];

export const manyKeysGroups: readonly IndexedGroup[] = [
  { title: "conditions", cases: conditions },
  { title: "refusals", cases: refusals },
  { title: "pages", cases: pages },
  { title: "as many as there may be", cases: largest },
];
