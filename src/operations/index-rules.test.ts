// Index definitions of CreateTable: each refusal with its exact text.
import { beforeAll, expect, test } from "vitest";
import {
  type JsonObject,
  onDemandTable,
  openTableOperations,
  type TableOperations,
  units,
} from "../testing/table-operations.ts";

const prefix = "ValidationException: One or more parameter values were invalid: ";

const hash = (name: string): JsonObject => ({ AttributeName: name, KeyType: "HASH" });
const range = (name: string): JsonObject => ({ AttributeName: name, KeyType: "RANGE" });
const strings = (...names: readonly string[]): JsonObject => ({
  AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: "S" })),
});
const all = { ProjectionType: "ALL" };
const global = (name: string, keys: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  IndexName: name,
  KeySchema: keys,
  Projection: all,
  ...more,
});
/** A table with the key pk, sk and these definitions beside it. */
const table = (names: readonly string[], more: JsonObject): JsonObject => ({
  ...strings("pk", "sk", ...names),
  KeySchema: [hash("pk"), range("sk")],
  ...more,
});
const oneGlobal = (more: JsonObject): JsonObject =>
  table(["a"], { GlobalSecondaryIndexes: [global("index", [hash("a")], more)] });
const oneLocal = (more: JsonObject): JsonObject =>
  table(["a"], { LocalSecondaryIndexes: [global("index", [hash("pk"), range("a")], more)] });
const keyOf = (...keys: readonly JsonObject[]): JsonObject =>
  table([...new Set(keys.map(({ AttributeName }) => String(AttributeName)))], {
    GlobalSecondaryIndexes: [global("index", keys)],
  });
const many = (count: number, member: string, keys: readonly JsonObject[]): JsonObject =>
  table(["a"], { [member]: Array.from({ length: count }, (_, index) => global(`index${index}`, keys)) });
const mostIndexes: JsonObject = {
  ...many(20, "GlobalSecondaryIndexes", [hash("a")]),
  LocalSecondaryIndexes: [1, 2, 3, 4, 5].map((at) => global(`local${at}`, [hash("pk"), range("a")])),
};
/** Global indexes that project the same names, this many each. */
const projecting = (counts: readonly number[]): JsonObject =>
  table(["a"], {
    GlobalSecondaryIndexes: counts.map((count, index) =>
      global(`index${index}`, [hash("a")], {
        Projection: {
          ProjectionType: "INCLUDE",
          NonKeyAttributes: Array.from({ length: count }, (_, name) => `x${name}`),
        },
      }),
    ),
  });
const provisioned = { BillingMode: "PROVISIONED", ProvisionedThroughput: units(10, 10) };

const refused: readonly (readonly [name: string, more: JsonObject, text: string])[] = [
  [
    "no local index in the list",
    { LocalSecondaryIndexes: [] },
    `${prefix}List of LocalSecondaryIndexes is empty`,
  ],
  [
    "no global index in the list",
    { GlobalSecondaryIndexes: [] },
    `${prefix}List of GlobalSecondaryIndexes is empty`,
  ],
  [
    "a key of an index without a definition",
    table([], { GlobalSecondaryIndexes: [global("index", [hash("q")])] }),
    `${prefix}Some index key attributes are not defined in AttributeDefinitions. Keys: [q], AttributeDefinitions: [pk, sk]`,
  ],
  [
    "a definition no index uses, before anything else about the index",
    table(["a", "b"], { GlobalSecondaryIndexes: [global("index", [hash("a")], { Projection: {} })] }),
    `${prefix}Some AttributeDefinitions are not used. AttributeDefinitions: [pk, sk, a, b], keys used: [pk, sk, a]`,
  ],
  [
    "too many local indexes",
    many(6, "LocalSecondaryIndexes", [hash("pk"), range("a")]),
    `${prefix}Number of LocalSecondaryIndexes exceeds per-table limit of 5`,
  ],
  [
    "too many global indexes",
    many(21, "GlobalSecondaryIndexes", [hash("a")]),
    `${prefix}GlobalSecondaryIndex count exceeds the per-table limit of 20`,
  ],
  [
    "one name for a local and a global index",
    table(["a"], {
      LocalSecondaryIndexes: [global("dup", [hash("pk"), range("a")])],
      GlobalSecondaryIndexes: [global("dup", [hash("a")])],
    }),
    `${prefix}Duplicate index name: dup`,
  ],
  [
    "a local index of a table without a range key",
    { ...strings("pk", "a"), LocalSecondaryIndexes: [global("index", [hash("pk"), range("a")])] },
    `${prefix}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
  ],
  [
    "a local index without a range key",
    table([], { LocalSecondaryIndexes: [global("index", [hash("pk")])] }),
    `${prefix}Index KeySchema does not have a range key for index: index`,
  ],
  [
    "a local index with another hash key",
    table(["a"], { LocalSecondaryIndexes: [global("index", [hash("a"), range("sk")])] }),
    `${prefix}Index KeySchema does not have the same leading hash key as table KeySchema for index: index. index hash key: a, table hash key: pk`,
  ],
  [
    "a local index with two hash keys",
    table(["a"], { LocalSecondaryIndexes: [global("index", [hash("pk"), hash("a")])] }),
    "ValidationException: Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
  ],
  [
    "a global index that begins with RANGE",
    keyOf(range("a"), hash("b")),
    "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
  ],
  [
    "HASH after RANGE",
    keyOf(hash("a"), range("b"), hash("c")),
    `${prefix}All HASH key attributes must precede RANGE key attributes in the KeySchema`,
  ],
  [
    "five HASH",
    keyOf(hash("a"), hash("b"), hash("c"), hash("d"), hash("e")),
    `${prefix}The KeySchema exceeds the maximum allowed number of HASH key attributes`,
  ],
  [
    "five RANGE",
    keyOf(hash("a"), range("b"), range("c"), range("d"), range("e"), range("f")),
    `${prefix}The KeySchema exceeds the maximum allowed number of RANGE key attributes`,
  ],
  [
    "HASH and RANGE of one name",
    keyOf(hash("a"), range("a")),
    "ValidationException: Both the Hash Key and the Range Key element in the KeySchema have the same name",
  ],
  [
    "one name among many",
    keyOf(hash("a"), hash("b"), range("a")),
    "ValidationException: The KeySchema contains multiple key attributes with the same name",
  ],
  [
    "a local index with two range keys",
    table(["a", "b"], { LocalSecondaryIndexes: [global("index", [hash("pk"), range("a"), range("b")])] }),
    `${prefix}The KeySchema exceeds the maximum allowed number of RANGE key attributes`,
  ],
  [
    "more than a hundred projected names in all",
    projecting([20, 20, 20, 20, 20, 1]),
    `${prefix}Number of NonKeyAttributes over all indexes exceeds per-table limit of 100`,
  ],
  ["no projection type", oneGlobal({ Projection: {} }), `${prefix}Unknown ProjectionType: null`],
  [
    "no projection type of a local index",
    oneLocal({ Projection: {} }),
    `${prefix}Unknown ProjectionType: null`,
  ],
  [
    "INCLUDE of nothing",
    oneGlobal({ Projection: { ProjectionType: "INCLUDE" } }),
    `${prefix}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
  ],
  ...["ALL", "KEYS_ONLY"].map(
    (type) =>
      [
        `${type} with names`,
        oneLocal({ Projection: { ProjectionType: type, NonKeyAttributes: ["x"] } }),
        `${prefix}ProjectionType is ${type}, but NonKeyAttributes is specified`,
      ] as const,
  ),
  [
    "a name projected twice",
    oneGlobal({ Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["x", "__proto__", "x"] } }),
    `${prefix}Duplicate element in NonKeyAttributes: x`,
  ],
  [
    "no throughput of an index of a provisioned table",
    { ...oneGlobal({}), ...provisioned },
    `${prefix}ProvisionedThroughput is not specified for index: index`,
  ],
  [
    "throughput of an index of an on-demand table",
    oneGlobal({ ProvisionedThroughput: units(1, 1) }),
    `${prefix}ProvisionedThroughput should not be specified for index: index when BillingMode is PAY_PER_REQUEST`,
  ],
  [
    "absurd throughput of an index",
    { ...oneGlobal({ ProvisionedThroughput: units(1, 1_000_000_000_001) }), ...provisioned },
    "ValidationException: Given value 1000000000001 for WriteCapacityUnits is out of bounds",
  ],
  [
    "a limit of 0 of an index",
    oneGlobal({ OnDemandThroughput: { MaxReadRequestUnits: 0 } }),
    `${prefix}Requested MaxReadRequestUnits for OnDemandThroughput for index : index is outside of valid range`,
  ],
  [
    "a limit of an index of a provisioned table",
    {
      ...oneGlobal({ ProvisionedThroughput: units(1, 1), OnDemandThroughput: { MaxReadRequestUnits: 5 } }),
      ...provisioned,
    },
    `${prefix}MaxReadRequestUnits for OnDemandThroughput for index: index cannot be specified when table BillingMode is PROVISIONED.`,
  ],
  [
    "little warm throughput of an index",
    oneGlobal({ WarmThroughput: { ReadUnitsPerSecond: 1 } }),
    `${prefix}Requested ReadUnitsPerSecond for WarmThroughput for index index is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial`,
  ],
  [
    "warm throughput below the provisioned one of an index",
    {
      ...oneGlobal({ ProvisionedThroughput: units(5, 5), WarmThroughput: { ReadUnitsPerSecond: 4 } }),
      ...provisioned,
    },
    `${prefix}Requested ReadUnitsPerSecond for WarmThroughput for index index is lower than ReadCapacityUnits of ProvisionedThroughput`,
  ],
];

const good: readonly (readonly [name: string, more: JsonObject])[] = [
  ["a local index", oneLocal({})],
  [
    "a local index on the table's own key",
    table([], { LocalSecondaryIndexes: [global("index", [hash("pk"), range("sk")])] }),
  ],
  ["a global index", oneGlobal({})],
  [
    "a global index on the table's own key",
    table([], { GlobalSecondaryIndexes: [global("index", [hash("pk"), range("sk")])] }),
  ],
  [
    "a global index of eight attributes",
    keyOf(...["a", "b", "c", "d"].map(hash), ...["e", "f", "g", "h"].map(range)),
  ],
  ["a provisioned global index", { ...oneGlobal({ ProvisionedThroughput: units(1, 1) }), ...provisioned }],
  ["as many indexes as there may be", mostIndexes],
  ["a hundred projected names in all", projecting([20, 20, 20, 20, 20])],
  [
    "INCLUDE of key attributes",
    oneGlobal({ Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["pk", "a"] } }),
  ],
];

let tables: TableOperations;
beforeAll(async () => {
  tables = await openTableOperations();
});

test.each(refused)("refuses %s", async (_name, more, text) => {
  expect(await tables.refusal("CreateTable", onDemandTable("Refused", more))).toBe(text);
});

test.each(good)("has nothing against %s", async (_name, more) => {
  const created = await tables.answer("CreateTable", onDemandTable("Good", more));
  expect(created["TableDescription"]).toMatchObject({ TableStatus: "CREATING" });
  await tables.answer("DeleteTable", { TableName: "Good" });
});

const quota = (member: string): string =>
  `exceeds TableMax${member}CapacityUnits of the account in region us-east-1`;

test.each<[string, JsonObject, string]>([
  [
    "units",
    { ...oneGlobal({ ProvisionedThroughput: units(1, 40_001) }), ...provisioned },
    "LimitExceededException: The requested WriteCapacityUnits for index index, 40001, is above the per index maximum for the account in us-east-1. Per index maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
  ],
  [
    "on-demand limits",
    oneGlobal({ OnDemandThroughput: { MaxReadRequestUnits: 40_001 } }),
    `LimitExceededException: Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for index : index ${quota("Read")}`,
  ],
  [
    "warm throughput",
    oneGlobal({ WarmThroughput: { WriteUnitsPerSecond: 40_001 } }),
    `LimitExceededException: Subscriber limit exceeded: Requested WriteUnitsPerSecond for WarmThroughput for index index ${quota("Write")}`,
  ],
])("an index has the quota of a table for %s", async (_name, more, text) => {
  expect(await tables.refusal("CreateTable", onDemandTable("Refused", more))).toBe(text);
});
