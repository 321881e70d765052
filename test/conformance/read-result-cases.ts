/** What reads give back: order, ranges, direction, pages, counts, projections. */
import { B, type CaseGroup, type ConformanceCase, type JsonObject, L, M, N, S, SS } from "./case-types.ts";

interface Sorted {
  readonly table: string;
  readonly partition: JsonObject;
  /** Sort keys in the order a query gives them. */
  readonly keys: readonly JsonObject[];
}

// By UTF-8 bytes: U+FF5E comes before the emoji, which UTF-16 order would turn round.
const texts: Sorted = {
  table: "range",
  partition: S("p"),
  keys: ["A", "B", "a", "aa", "ab", "b", "z", "\u00bf", "\u00e9", "\uff5e", "\u{1f600}"].map(S),
};

const numbers: Sorted = {
  table: "numeric",
  partition: N(7),
  keys: [
    "-1e125",
    "-100",
    "-99.5",
    "-10",
    "-2",
    "-1.5",
    "-1",
    "-0.001",
    "-1e-130",
    "0",
    "1e-130",
    "0.001",
    "0.01",
    "0.5",
    "1",
    "1.5",
    "2",
    "9",
    "10",
    "11",
    "99",
    "100",
    "1e38",
    "9.9e125",
  ].map(N),
};

const binaries: Sorted = {
  table: "binary",
  partition: B("cA=="),
  keys: ["AA==", "AAA=", "AQ==", "fw==", "gA==", "/w==", "/wA=", "//8="].map(B),
};

/** Numbers come back in plain notation; the rows above are written shorter. */
function plain(value: JsonObject): JsonObject {
  const number = value["N"];
  if (typeof number !== "string" || !number.includes("e")) return value;
  const [digits = "", exponent = "0"] = number.split("e");
  const sign = digits.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = digits.replace("-", "").split(".");
  const power = Number(exponent);
  if (power < 0) return N(`${sign}0.${"0".repeat(-power - 1)}${whole}${fraction}`);
  return N(`${sign}${whole}${fraction}${"0".repeat(power - fraction.length)}`);
}

function items(sorted: Sorted, from = 0, to = sorted.keys.length): readonly JsonObject[] {
  return sorted.keys.slice(from, to).map((sort) => ({ pk: sorted.partition, sk: plain(sort) }));
}

/** Written in an order that has nothing to do with the expected one. */
function shuffled(sorted: Sorted): readonly JsonObject[] {
  const all = items(sorted);
  return [
    ...all.filter((_, index) => index % 3 === 1),
    ...all.filter((_, index) => index % 3 === 0),
    ...all.filter((_, index) => index % 3 === 2),
  ];
}

function query(
  sorted: Sorted,
  name: string,
  more: JsonObject,
  found: readonly JsonObject[],
): ConformanceCase {
  const { ExpressionAttributeValues: values, ...rest } = more as { ExpressionAttributeValues?: JsonObject };
  return {
    name: `${sorted.table}: ${name}`,
    operation: "Query",
    request: {
      TableName: sorted.table,
      KeyConditionExpression: "pk = :p",
      ...rest,
      ExpressionAttributeValues: { ":p": sorted.partition, ...values },
    },
    given: shuffled(sorted),
    expect: { body: { Items: found, Count: found.length, ScannedCount: found.length } },
  };
}

function orderCases(sorted: Sorted): readonly ConformanceCase[] {
  const last = sorted.keys.length;
  const at = 4;
  const bound = { ":s": sorted.keys[at] };
  const both = { ":s": sorted.keys[2], ":t": sorted.keys[at] };
  const on = (condition: string, values: JsonObject): JsonObject => ({
    KeyConditionExpression: `pk = :p AND ${condition}`,
    ExpressionAttributeValues: values,
  });
  return [
    query(sorted, "ascending", {}, items(sorted)),
    query(sorted, "descending", { ScanIndexForward: false }, items(sorted).toReversed()),
    query(sorted, "=", on("sk = :s", bound), items(sorted, at, at + 1)),
    query(sorted, "<", on("sk < :s", bound), items(sorted, 0, at)),
    query(sorted, "<=", on("sk <= :s", bound), items(sorted, 0, at + 1)),
    query(sorted, ">", on("sk > :s", bound), items(sorted, at + 1, last)),
    query(sorted, ">=", on("sk >= :s", bound), items(sorted, at, last)),
    query(sorted, "BETWEEN", on("sk BETWEEN :s AND :t", both), items(sorted, 2, at + 1)),
    query(
      sorted,
      "> descending",
      { ...on("sk > :s", bound), ScanIndexForward: false },
      items(sorted, at + 1, last).toReversed(),
    ),
    query(sorted, "mirrored <", on(":s < sk", bound), items(sorted, at + 1, last)),
    query(sorted, "mirrored >=", on(":s >= sk", bound), items(sorted, 0, at + 1)),
    query(
      sorted,
      "sort key first",
      { KeyConditionExpression: "sk < :s AND pk = :p", ExpressionAttributeValues: bound },
      items(sorted, 0, at),
    ),
    query(
      sorted,
      "in parentheses",
      { KeyConditionExpression: "(pk = :p) AND (sk < :s)", ExpressionAttributeValues: bound },
      items(sorted, 0, at),
    ),
  ];
}

const prefixes: readonly ConformanceCase[] = [
  query(
    texts,
    "begins_with",
    {
      KeyConditionExpression: "pk = :p AND begins_with(sk, :s)",
      ExpressionAttributeValues: { ":s": S("a") },
    },
    items(texts, 2, 5),
  ),
  query(
    texts,
    "begins_with a part of a character sequence",
    {
      KeyConditionExpression: "pk = :p AND begins_with(sk, :s)",
      ExpressionAttributeValues: { ":s": S("\u{1f600}") },
    },
    items(texts, 10, 11),
  ),
  query(
    binaries,
    "begins_with 0xff",
    {
      KeyConditionExpression: "pk = :p AND begins_with(sk, :s)",
      ExpressionAttributeValues: { ":s": B("/w==") },
    },
    items(binaries, 5, 8),
  ),
  query(
    binaries,
    "begins_with 0x00 descending",
    {
      KeyConditionExpression: "pk = :p AND begins_with(sk, :s)",
      ExpressionAttributeValues: { ":s": B("AA==") },
      ScanIndexForward: false,
    },
    items(binaries, 0, 2).toReversed(),
  ),
];

const five = ["1", "2", "3", "4", "5"].map((sort) => ({
  pk: S("p"),
  sk: S(sort),
  even: { BOOL: Number(sort) % 2 === 0 },
}));
const other = { pk: S("q"), sk: S("1") };
const keyOf = (sort: string): JsonObject => ({ pk: S("p"), sk: S(sort) });

function page(name: string, more: JsonObject, body: JsonObject): ConformanceCase {
  const { ExpressionAttributeValues: values, ...rest } = more as { ExpressionAttributeValues?: JsonObject };
  return {
    name,
    operation: "Query",
    request: {
      TableName: "range",
      KeyConditionExpression: "pk = :p",
      ...rest,
      ExpressionAttributeValues: { ":p": S("p"), ...values },
    },
    given: [...five, other],
    expect: { body },
  };
}

const evenOnly = { FilterExpression: "even = :t", ExpressionAttributeValues: { ":t": { BOOL: true } } };

const pages: readonly ConformanceCase[] = [
  page(
    "Limit",
    { Limit: 2 },
    { Items: five.slice(0, 2), Count: 2, ScannedCount: 2, LastEvaluatedKey: keyOf("2") },
  ),
  page(
    "Limit, descending",
    { Limit: 2, ScanIndexForward: false },
    { Items: five.slice(3).toReversed(), Count: 2, ScannedCount: 2, LastEvaluatedKey: keyOf("4") },
  ),
  page(
    "ExclusiveStartKey",
    { ExclusiveStartKey: keyOf("3") },
    { Items: five.slice(3), Count: 2, ScannedCount: 2 },
  ),
  page(
    "ExclusiveStartKey, descending",
    { ExclusiveStartKey: keyOf("3"), ScanIndexForward: false },
    { Items: five.slice(0, 2).toReversed(), Count: 2, ScannedCount: 2 },
  ),
  page(
    "ExclusiveStartKey of an item that is not there",
    { ExclusiveStartKey: keyOf("35") },
    { Items: five.slice(3), Count: 2, ScannedCount: 2 },
  ),
  page(
    "ExclusiveStartKey behind the last item",
    { ExclusiveStartKey: keyOf("9") },
    { Items: [], Count: 0, ScannedCount: 0 },
  ),
  page(
    "ExclusiveStartKey inside a range condition",
    {
      KeyConditionExpression: "pk = :p AND sk BETWEEN :a AND :b",
      ExpressionAttributeValues: { ":a": S("2"), ":b": S("4") },
      ExclusiveStartKey: keyOf("3"),
    },
    { Items: [five[3]], Count: 1, ScannedCount: 1 },
  ),
  page("a Limit above the number of items", { Limit: 6 }, { Items: five, Count: 5, ScannedCount: 5 }),
  page("a filter counts what it read", evenOnly, { Items: [five[1], five[3]], Count: 2, ScannedCount: 5 }),
  page(
    "Limit counts before the filter",
    { ...evenOnly, Limit: 1 },
    { Items: [], Count: 0, ScannedCount: 1, LastEvaluatedKey: keyOf("1") },
  ),
  page("Select COUNT", { Select: "COUNT" }, { Count: 5, ScannedCount: 5 }),
  page(
    "Select COUNT with filter and Limit",
    { ...evenOnly, Select: "COUNT", Limit: 3 },
    { Count: 1, ScannedCount: 3, LastEvaluatedKey: keyOf("3") },
  ),
  page(
    "Select ALL_ATTRIBUTES",
    { Select: "ALL_ATTRIBUTES", Limit: 1 },
    { Items: [five[0]], Count: 1, ScannedCount: 1, LastEvaluatedKey: keyOf("1") },
  ),
  page(
    "Select SPECIFIC_ATTRIBUTES",
    { Select: "SPECIFIC_ATTRIBUTES", ProjectionExpression: "sk", Limit: 1 },
    { Items: [{ sk: S("1") }], Count: 1, ScannedCount: 1, LastEvaluatedKey: keyOf("1") },
  ),
  page(
    "an empty partition",
    { ExpressionAttributeValues: { ":p": S("nobody") } },
    { Items: [], Count: 0, ScannedCount: 0 },
  ),
  page(
    "ConsistentRead",
    { ConsistentRead: true, Limit: 1, Select: "COUNT" },
    { Count: 1, ScannedCount: 1, LastEvaluatedKey: keyOf("1") },
  ),
];

const legacyQuery: readonly ConformanceCase[] = (
  [
    ["EQ", ["3"], five.slice(2, 3)],
    ["LT", ["3"], five.slice(0, 2)],
    ["LE", ["3"], five.slice(0, 3)],
    ["GT", ["3"], five.slice(3)],
    ["GE", ["3"], five.slice(2)],
    ["BEGINS_WITH", ["4"], five.slice(3, 4)],
    ["BETWEEN", ["2", "4"], five.slice(1, 4)],
  ] as const
).map(([operator, bounds, found]) => ({
  name: `KeyConditions ${operator}`,
  operation: "Query",
  request: {
    TableName: "range",
    KeyConditions: {
      pk: { ComparisonOperator: "EQ", AttributeValueList: [S("p")] },
      sk: { ComparisonOperator: operator, AttributeValueList: bounds.map(S) },
    },
  },
  given: [...five, other],
  expect: { body: { Items: found, Count: found.length, ScannedCount: found.length } },
}));

const document = {
  pk: S("p"),
  sk: S("d"),
  a: S("x"),
  b: N(2),
  m: M({ k: S("v"), j: N(1), deep: M({ x: S("y"), z: S("w") }) }),
  l: L(S("zero"), S("one"), M({ k: N(2), j: N(3) }), S("three")),
  ss: SS("a", "b"),
  "d.o": S("dotted"),
};

const hostile: JsonObject = { pk: S("p"), sk: S("h"), ["__proto__"]: S("plain"), constructor: N(1) };

function projected(expression: string, result: JsonObject, names?: JsonObject): readonly ConformanceCase[] {
  const more = {
    ProjectionExpression: expression,
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
  };
  return [
    {
      name: `GetItem: ${expression}`,
      operation: "GetItem",
      request: { TableName: "range", Key: { pk: S("p"), sk: S("d") }, ...more },
      given: [document],
      expect: { body: { Item: result } },
    },
    {
      name: `Scan: ${expression}`,
      operation: "Scan",
      request: { TableName: "range", ...more },
      given: [document],
      expect: { body: { Items: [result], Count: 1, ScannedCount: 1 } },
    },
    {
      name: `BatchGetItem: ${expression}`,
      operation: "BatchGetItem",
      request: { RequestItems: { range: { Keys: [{ pk: S("p"), sk: S("d") }], ...more } } },
      given: [document],
      expect: { body: { Responses: { range: [result] }, UnprocessedKeys: {} } },
    },
  ];
}

const projections: readonly ConformanceCase[] = [
  ...projected("a", { a: S("x") }),
  ...projected("a, b, nothing", { a: S("x"), b: N(2) }),
  ...projected("m.k", { m: M({ k: S("v") }) }),
  ...projected("m.k, m.deep.x", { m: M({ k: S("v"), deep: M({ x: S("y") }) }) }),
  ...projected("l[1]", { l: L(S("one")) }),
  ...projected("l[3], l[0]", { l: L(S("zero"), S("three")) }),
  ...projected("l[2].k, a", { a: S("x"), l: L(M({ k: N(2) })) }),
  ...projected("a, l[9], m.nothing", { a: S("x") }),
  ...projected("#d", { "d.o": S("dotted") }, { "#d": "d.o" }),
  ...projected("#m.#k", { m: M({ k: S("v") }) }, { "#m": "m", "#k": "k" }),
  {
    name: "names that JavaScript knows",
    operation: "GetItem",
    request: {
      TableName: "range",
      Key: { pk: S("p"), sk: S("h") },
      ProjectionExpression: "#p, #c, #t",
      ExpressionAttributeNames: { "#p": "__proto__", "#c": "constructor", "#t": "toString" },
    },
    given: [hostile],
    expect: { body: { Item: { ["__proto__"]: S("plain"), constructor: N(1) } } },
  },
  {
    name: "AttributesToGet gives whole values",
    operation: "GetItem",
    request: {
      TableName: "range",
      Key: { pk: S("p"), sk: S("d") },
      AttributesToGet: ["m", "nothing", "d.o"],
    },
    given: [document],
    expect: { body: { Item: { m: document.m, "d.o": S("dotted") } } },
  },
  {
    name: "an absent item has no Item member",
    operation: "GetItem",
    request: { TableName: "range", Key: { pk: S("p"), sk: S("none") } },
    given: [document],
    expect: { body: {} },
  },
  {
    name: "a whole item comes back as it was put",
    operation: "GetItem",
    request: { TableName: "range", Key: { pk: S("p"), sk: S("d") }, ConsistentRead: true },
    given: [document],
    expect: { body: { Item: document } },
  },
];

const scans: readonly ConformanceCase[] = [
  {
    name: "Select COUNT",
    operation: "Scan",
    request: { TableName: "range", Select: "COUNT" },
    given: [...five, other],
    expect: { body: { Count: 6, ScannedCount: 6 } },
  },
  {
    name: "an empty table",
    operation: "Scan",
    request: { TableName: "range" },
    given: [],
    expect: { body: { Items: [], Count: 0, ScannedCount: 0 } },
  },
  {
    name: "items of one partition stand in sort-key order",
    operation: "Scan",
    request: { TableName: "range" },
    given: [...five].toReversed(),
    expect: { body: { Items: five, Count: 5, ScannedCount: 5 } },
  },
  {
    name: "one segment of one is the whole table",
    operation: "Scan",
    request: { TableName: "range", Segment: 0, TotalSegments: 1 },
    given: five,
    expect: { body: { Items: five, Count: 5, ScannedCount: 5 } },
  },
  {
    name: "a Limit ends the page with a key",
    operation: "Scan",
    request: { TableName: "range", Limit: 2 },
    given: five,
    expect: { body: { Items: five.slice(0, 2), Count: 2, ScannedCount: 2, LastEvaluatedKey: keyOf("2") } },
  },
  {
    name: "ExclusiveStartKey",
    operation: "Scan",
    request: { TableName: "range", ExclusiveStartKey: keyOf("2") },
    given: five,
    expect: { body: { Items: five.slice(2), Count: 3, ScannedCount: 3 } },
  },
];

export const readResultGroups: readonly CaseGroup[] = [
  { title: "sort order", cases: [texts, numbers, binaries].flatMap(orderCases) },
  { title: "prefixes", cases: prefixes },
  { title: "pages", cases: pages },
  { title: "KeyConditions", cases: legacyQuery },
  { title: "projections", cases: projections },
  { title: "scans", cases: scans },
];
