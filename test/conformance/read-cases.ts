/** Errors of Query, Scan and GetItem that are about the read itself: Select, segments, start keys, filters. */
import {
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  N,
  type Refusal,
  S,
} from "./case-types.ts";

const key = { pk: S("a"), sk: S("a") };
const byPartition = { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": S("a") } };

function query(name: string, more: JsonObject, expect: Refusal, table: string = "range"): ConformanceCase {
  return { name, operation: "Query", request: { TableName: table, ...byPartition, ...more }, expect };
}

function scan(name: string, more: JsonObject, expect: Refusal, table: string = "range"): ConformanceCase {
  return { name, operation: "Scan", request: { TableName: table, ...more }, expect };
}

const indexes: readonly ConformanceCase[] = [
  query(
    "an unknown index",
    { IndexName: "nowhere" },
    invalid("The table does not have the specified index: nowhere"),
  ),
  scan(
    "an unknown index",
    { IndexName: "nowhere" },
    invalid("The table does not have the specified index: nowhere"),
  ),
];

const selects: readonly ConformanceCase[] = [
  scan(
    "ALL_PROJECTED_ATTRIBUTES without index",
    { Select: "ALL_PROJECTED_ATTRIBUTES" },
    {
      error: "ValidationException",
      messageIncludes: "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    },
  ),
  query(
    "ALL_PROJECTED_ATTRIBUTES without index",
    { Select: "ALL_PROJECTED_ATTRIBUTES" },
    {
      error: "ValidationException",
      messageIncludes: "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    },
  ),
  ...(
    [
      ["ALL_ATTRIBUTES", "ALL_ATTRIBUTES"],
      ["COUNT", "only the Count"],
    ] as const
  ).flatMap(([select, words]) => [
    scan(
      `${select} with ProjectionExpression`,
      { Select: select, ProjectionExpression: "a" },
      invalid(`Cannot specify the ProjectionExpression when choosing to get ${words}`),
    ),
    query(
      `${select} with ProjectionExpression`,
      { Select: select, ProjectionExpression: "a" },
      invalid(
        `1 validation error detected: Cannot specify the ProjectionExpression when choosing to get ${words}`,
      ),
    ),
    scan(
      `${select} with AttributesToGet`,
      { Select: select, AttributesToGet: ["a"] },
      invalid(`Cannot specify the AttributesToGet when choosing to get ${words}`),
    ),
  ]),
  scan(
    "SPECIFIC_ATTRIBUTES without projection",
    { Select: "SPECIFIC_ATTRIBUTES" },
    invalid(
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    ),
  ),
  query(
    "SPECIFIC_ATTRIBUTES without projection",
    { Select: "SPECIFIC_ATTRIBUTES" },
    {
      error: "ValidationException",
      messageIncludes:
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    },
  ),
];

const segments: readonly ConformanceCase[] = [
  scan(
    "Segment alone",
    { Segment: 0 },
    invalid(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    ),
  ),
  scan(
    "TotalSegments alone",
    { TotalSegments: 1 },
    invalid(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    ),
  ),
  scan(
    "Segment equal to TotalSegments",
    { Segment: 3, TotalSegments: 3 },
    invalid(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 3 is not less than TotalSegments: 3",
    ),
  ),
  scan(
    "Segment above TotalSegments",
    { Segment: 9, TotalSegments: 3 },
    invalid(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 9 is not less than TotalSegments: 3",
    ),
  ),
];

const filters: readonly ConformanceCase[] = [
  query(
    "FilterExpression on the partition key",
    { FilterExpression: "pk = :p" },
    invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: pk"),
  ),
  query(
    "FilterExpression on the sort key",
    { FilterExpression: "a = :p AND attribute_exists(sk)" },
    invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"),
  ),
  query(
    "FilterExpression on the sort key by a placeholder",
    { FilterExpression: "#k = :p", ExpressionAttributeNames: { "#k": "sk" } },
    invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"),
  ),
  {
    name: "a filter of Scan may use the keys",
    operation: "Scan",
    request: { TableName: "range", FilterExpression: "sk = :s", ExpressionAttributeValues: { ":s": S("2") } },
    given: [
      { pk: S("a"), sk: S("1") },
      { pk: S("a"), sk: S("2") },
    ],
    expect: { body: { Items: [{ pk: S("a"), sk: S("2") }], Count: 1, ScannedCount: 2 } },
  },
];

const badStart = invalid("The provided starting key is invalid");
const startSchema = invalid(
  "The provided starting key is invalid: The provided key element does not match the schema",
);

const queryStarts: readonly ConformanceCase[] = [
  query("only the partition key", { ExclusiveStartKey: { pk: S("a") } }, badStart),
  query("three attributes", { ExclusiveStartKey: { ...key, other: S("a") } }, badStart),
  query("a sort key on a table without", { ExclusiveStartKey: key }, badStart, "hash"),
  query(
    "a wrong second name",
    { ExclusiveStartKey: { pk: S("a"), other: S("a") } },
    { error: "ValidationException", messageStart: "The provided starting key is invalid" },
  ),
  query(
    "another type",
    { ExclusiveStartKey: { pk: S("a"), sk: N(1) } },
    { error: "ValidationException", messageIncludes: "The provided key element does not match the schema" },
  ),
  query(
    "another partition",
    { ExclusiveStartKey: { pk: S("b"), sk: S("a") } },
    invalid("The provided starting key is outside query boundaries based on provided conditions"),
  ),
  query(
    "another partition beside a range condition",
    {
      KeyConditionExpression: "pk = :p AND sk > :s",
      ExpressionAttributeValues: { ":p": S("a"), ":s": S("b") },
      ExclusiveStartKey: { pk: S("b"), sk: S("c") },
    },
    invalid("The query can return at most one row and cannot be restarted"),
  ),
  query(
    "a sort key outside the range condition",
    {
      KeyConditionExpression: "pk = :p AND sk > :s",
      ExpressionAttributeValues: { ":p": S("a"), ":s": S("b") },
      ExclusiveStartKey: { pk: S("a"), sk: S("a") },
    },
    invalid("The provided starting key does not match the range key predicate"),
  ),
  query(
    "a sort key outside a prefix",
    {
      KeyConditionExpression: "pk = :p AND begins_with(sk, :s)",
      ExpressionAttributeValues: { ":p": S("a"), ":s": S("b") },
      ExclusiveStartKey: { pk: S("a"), sk: S("a") },
    },
    invalid("The provided starting key does not match the range key predicate"),
  ),
];

const scanStarts: readonly ConformanceCase[] = [
  scan("only the partition key", { ExclusiveStartKey: { pk: S("a") } }, startSchema),
  scan("three attributes", { ExclusiveStartKey: { ...key, other: S("a") } }, startSchema),
  scan("a wrong name", { ExclusiveStartKey: { other: S("a") } }, startSchema, "hash"),
  scan("another type", { ExclusiveStartKey: { pk: N(1) } }, startSchema, "hash"),
];

export const readGroups: readonly CaseGroup[] = [
  { title: "IndexName", cases: indexes },
  { title: "Select", cases: selects },
  { title: "segments", cases: segments },
  { title: "filters", cases: filters },
  { title: "ExclusiveStartKey of Query", cases: queryStarts },
  { title: "ExclusiveStartKey of Scan", cases: scanStarts },
];
