/** Consumed capacity: the developer guide's arithmetic, worked examples included. */
import { type CaseGroup, type ConformanceCase, type JsonObject, N, S } from "./case-types.ts";

const key = { pk: S("k") };

/** An item of exactly this many bytes under the key above: "pk" + 1, "fil" + filling. */
function sized(bytes: number, partition = "k"): JsonObject {
  return { pk: S(partition), fil: S("x".repeat(bytes - 2 - partition.length - 3)) };
}

const total = { ReturnConsumedCapacity: "TOTAL" };

function consumed(units: number): JsonObject {
  return { ConsumedCapacity: { TableName: "hash", CapacityUnits: units } };
}

function get(bytes: number | undefined, consistent: boolean, units: number): ConformanceCase {
  return {
    name: `GetItem of ${bytes ?? "no"} bytes, ${consistent ? "consistent" : "eventual"}: ${units}`,
    operation: "GetItem",
    request: { TableName: "hash", Key: key, ConsistentRead: consistent, ...total },
    given: bytes === undefined ? [] : [sized(bytes)],
    expect: { includes: consumed(units) },
  };
}

const gets: readonly ConformanceCase[] = [
  get(3500, false, 0.5),
  get(3500, true, 1),
  get(8192, false, 1),
  get(8192, true, 2),
  get(4096, true, 1),
  get(4097, true, 2),
  get(4097, false, 1),
  get(undefined, false, 0.5),
  get(undefined, true, 1),
  {
    name: "a projection does not make it cheaper",
    operation: "GetItem",
    request: { TableName: "hash", Key: key, ProjectionExpression: "pk", ConsistentRead: true, ...total },
    given: [sized(8192)],
    expect: { body: { Item: key, ...consumed(2) } },
  },
];

const puts: readonly ConformanceCase[] = [
  {
    name: "a new item of 500 bytes: 1",
    operation: "PutItem",
    request: { TableName: "hash", Item: sized(500), ...total },
    given: [],
    expect: { body: consumed(1) },
  },
  {
    name: "1024 bytes: 1",
    operation: "PutItem",
    request: { TableName: "hash", Item: sized(1024), ...total },
    given: [],
    expect: { body: consumed(1) },
  },
  {
    name: "1025 bytes: 2",
    operation: "PutItem",
    request: { TableName: "hash", Item: sized(1025), ...total },
    given: [],
    expect: { body: consumed(2) },
  },
  {
    name: "0.5 KB over 9.5 KB: 10",
    operation: "PutItem",
    request: { TableName: "hash", Item: sized(512), ...total },
    given: [sized(9728)],
    expect: { body: consumed(10) },
  },
  {
    name: "9.5 KB over 0.5 KB: 10",
    operation: "PutItem",
    request: { TableName: "hash", Item: sized(9728), ...total },
    given: [sized(512)],
    expect: { body: consumed(10) },
  },
  {
    name: "deleting 9.5 KB: 10",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: key, ...total },
    given: [sized(9728)],
    expect: { body: consumed(10) },
  },
  {
    name: "deleting nothing: 1",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: key, ...total },
    given: [],
    expect: { body: consumed(1) },
  },
  {
    name: "updating one small attribute of 9.5 KB: 10",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      UpdateExpression: "SET n = :n",
      ExpressionAttributeValues: { ":n": N(1) },
      ...total,
    },
    given: [sized(9728)],
    expect: { body: consumed(10) },
  },
  {
    name: "shrinking 9.5 KB by an update: 10",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, UpdateExpression: "REMOVE fil", ...total },
    given: [sized(9728)],
    expect: { body: consumed(10) },
  },
  {
    name: "an upsert pays for what it makes: 3",
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: key,
      UpdateExpression: "SET fil = :p",
      ExpressionAttributeValues: { ":p": S("x".repeat(2100)) },
      ...total,
    },
    given: [],
    expect: { body: consumed(3) },
  },
];

const listed = (units: number): JsonObject => ({
  ConsumedCapacity: [{ TableName: "hash", CapacityUnits: units }],
});

const batches: readonly ConformanceCase[] = [
  {
    name: "writing 500 B and 3.5 KB: 5",
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        hash: [{ PutRequest: { Item: sized(500, "a") } }, { PutRequest: { Item: sized(3584, "b") } }],
      },
      ...total,
    },
    given: [],
    expect: { body: { UnprocessedItems: {}, ...listed(5) } },
  },
  {
    name: "reading 1.5 KB and 6.5 KB eventually: 1.5",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [{ pk: S("a") }, { pk: S("b") }] } }, ...total },
    given: [sized(1536, "a"), sized(6656, "b")],
    expect: { includes: { UnprocessedKeys: {}, ...listed(1.5) } },
  },
  {
    name: "reading 1.5 KB and 6.5 KB consistently: 3",
    operation: "BatchGetItem",
    request: {
      RequestItems: { hash: { Keys: [{ pk: S("a") }, { pk: S("b") }], ConsistentRead: true } },
      ...total,
    },
    given: [sized(1536, "a"), sized(6656, "b")],
    expect: { includes: listed(3) },
  },
  {
    name: "reading nothing costs the minimum for each key: 1",
    operation: "BatchGetItem",
    request: { RequestItems: { hash: { Keys: [{ pk: S("a") }, { pk: S("b") }] } }, ...total },
    given: [],
    expect: { includes: listed(1) },
  },
];

/** `count` items of one partition, `bytes` bytes each. */
function collection(count: number, bytes: number): readonly JsonObject[] {
  return Array.from({ length: count }, (_, index) => {
    const sort = `s${String(index).padStart(4, "0")}`;
    return { pk: S("p"), sk: S(sort), fil: S("x".repeat(bytes - 2 - 1 - 2 - sort.length - 3)) };
  });
}

const rangeConsumed = (units: number): JsonObject => ({
  ConsumedCapacity: { TableName: "range", CapacityUnits: units },
});

function query(name: string, more: JsonObject, given: readonly JsonObject[], units: number): ConformanceCase {
  const { ExpressionAttributeValues: values, ...rest } = more as { ExpressionAttributeValues?: JsonObject };
  return {
    name: `Query: ${name}: ${units}`,
    operation: "Query",
    request: {
      TableName: "range",
      KeyConditionExpression: "pk = :p",
      ...rest,
      ExpressionAttributeValues: { ":p": S("p"), ...values },
      ...total,
    },
    given,
    expect: { includes: rangeConsumed(units) },
  };
}

// The guide's example: items of together 40.8 KB are rounded up once, to 44 KB.
const tenItems = collection(10, 4178);

const queries: readonly ConformanceCase[] = [
  query("40.8 KB in ten items, consistent", { ConsistentRead: true }, tenItems, 11),
  query("40.8 KB in ten items, eventual", {}, tenItems, 5.5),
  query(
    "1500 items of 64 bytes, consistent",
    { ConsistentRead: true, Select: "COUNT" },
    collection(1500, 64),
    24,
  ),
  query(
    "a filter does not make it cheaper",
    { FilterExpression: "attribute_exists(nothing)" },
    tenItems,
    5.5,
  ),
  query("a projection does not make it cheaper", { ProjectionExpression: "sk" }, tenItems, 5.5),
  query("counting costs the same", { Select: "COUNT" }, tenItems, 5.5),
  query("only what was evaluated counts", { Limit: 2, ConsistentRead: true }, tenItems, 3),
  query("nothing found, eventual", {}, [], 0.5),
  query("nothing found, consistent", { ConsistentRead: true }, [], 1),
];

const layouts: readonly ConformanceCase[] = [
  {
    name: "NONE reports nothing",
    operation: "GetItem",
    request: { TableName: "hash", Key: key, ReturnConsumedCapacity: "NONE" },
    given: [],
    expect: { body: {} },
  },
  {
    name: "INDEXES adds the table's part",
    operation: "GetItem",
    request: { TableName: "hash", Key: key, ReturnConsumedCapacity: "INDEXES" },
    given: [],
    expect: {
      body: { ConsumedCapacity: { TableName: "hash", CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } } },
    },
  },
  {
    name: "INDEXES of a write",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ReturnConsumedCapacity: "INDEXES" },
    given: [],
    expect: {
      body: { ConsumedCapacity: { TableName: "hash", CapacityUnits: 1, Table: { CapacityUnits: 1 } } },
    },
  },
  {
    name: "a failed condition reports nothing",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ConditionExpression: "attribute_exists(pk)", ...total },
    given: [],
    expect: {
      error: "ConditionalCheckFailedException",
      body: {
        __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
        message: "The conditional request failed",
      },
    },
  },
];

/** Sizes of values, seen through the units of an item at a kilobyte's edge. */
function sizeOf(name: string, value: JsonObject, bytes: number): readonly ConformanceCase[] {
  const around = (all: number): JsonObject => ({
    pk: S("k"),
    v: value,
    fil: S("x".repeat(all - 2 - 1 - 1 - bytes - 3)),
  });
  return [1024, 1025].map((all) => ({
    name: `${name} takes ${bytes} bytes (${all} in all)`,
    operation: "PutItem",
    request: { TableName: "hash", Item: around(all), ...total },
    given: [],
    expect: { body: consumed(all === 1024 ? 1 : 2) },
  }));
}

const sizes: readonly ConformanceCase[] = [
  ...sizeOf("an empty text", S(""), 0),
  ...sizeOf("é", S("é"), 2),
  ...sizeOf("an emoji", S("\u{1f600}"), 4),
  ...sizeOf("three bytes of binary", { B: "AQID" }, 3),
  ...sizeOf("a Boolean", { BOOL: false }, 1),
  ...sizeOf("a null", { NULL: true }, 1),
  ...sizeOf("an empty list", { L: [] }, 3),
  ...sizeOf("an empty map", { M: {} }, 3),
  ...sizeOf("a list of two texts", { L: [S("ab"), S("c")] }, 3 + 2 + 3),
  ...sizeOf("a map of one text", { M: { key: S("ab") } }, 3 + 1 + 3 + 2),
  ...sizeOf("a nested list", { L: [{ L: [] }] }, 3 + 1 + 3),
  ...sizeOf("a set of texts", { SS: ["ab", "c"] }, 3),
];

export const capacityGroups: readonly CaseGroup[] = [
  { title: "GetItem", cases: gets },
  { title: "single writes", cases: puts },
  { title: "batches", cases: batches },
  { title: "Query", cases: queries },
  { title: "layout", cases: layouts },
  { title: "item sizes", cases: sizes },
];
