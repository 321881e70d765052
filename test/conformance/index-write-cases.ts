/** Writes on tables with secondary indexes: what is refused for an index, and which entries there are afterwards. */
import {
  B,
  type Expectation,
  invalid,
  type JsonObject,
  L,
  N,
  nil,
  type Refusal,
  S,
  SS,
  text,
  valuesInvalid,
  yes,
} from "./case-types.ts";
import { filled, type IndexedCase, type IndexedGroup, items } from "./indexed-case.ts";

const key = { pk: S("k"), sk: S("s") };
const there = { ...key, g: S("g"), o: N(1), t: S("") };

const wrongType = (attribute: string, expected: string, actual: string, index: string): string =>
  `${valuesInvalid}Type mismatch for Index Key ${attribute} Expected: ${expected} Actual: ${actual} IndexName: ${index}`;
const empty = (kind: string, index: string, attribute: string): string =>
  `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${index}, IndexKey: ${attribute}`;
const emptyByUpdate = (kind: string): string =>
  `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value.`;
const tooLong = (attribute: string, bytes: number, max: number, index: string): string =>
  `${valuesInvalid}Size limit exceeded for Index Key ${attribute} Actual Size: ${bytes} bytes Max Size: ${max} bytes IndexName: ${index}`;
const unsupportedType =
  "The update expression attempted to update the secondary index key to unsupported type";
const beyondLimits =
  "The update expression attempted to update the secondary index key beyond allowed size limits";
const notScalar = (name: string): string =>
  `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: ${name}`;

/** An item that no index of the table takes, in every operation that puts whole items. */
function refusedItem(
  name: string,
  more: JsonObject,
  message: string,
  table = "ruled",
): readonly IndexedCase[] {
  const Item = { ...key, ...more };
  const fine = { ...key, pk: S("other") };
  const nothing = { table, given: [], after: [] } as const;
  return [
    { name: `6: ${name}`, ...nothing, operation: "PutItem", request: { Item }, expect: invalid(message) },
    {
      name: `6: ${name}, in a batch`,
      ...nothing,
      operation: "BatchWriteItem",
      request: {
        RequestItems: { [table]: [fine, Item].map((each) => ({ PutRequest: { Item: each } })) },
      },
      expect: invalid(message),
    },
    {
      name: `12: ${name}, in a transaction`,
      ...nothing,
      operation: "TransactWriteItems",
      request: { TransactItems: [fine, Item].map((each) => ({ Put: { TableName: table, Item: each } })) },
      expect: message.includes("empty") ? invalid(message) : cancelledSecond(message),
    },
  ];
}

/** The first of two actions is without fault. */
function cancelledSecond(message: string): Refusal {
  return {
    error: "TransactionCanceledException",
    body: {
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      CancellationReasons: [{ Code: "None" }, { Code: "ValidationError", Message: message }],
      Message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]",
    },
  };
}

const refusedItems: readonly IndexedCase[] = [
  ...refusedItem("a partition key of another type", { g: N(1) }, wrongType("g", "S", "N", "all-by-g")),
  ...refusedItem(
    "of several indexes the first by name is told",
    { l: S("x") },
    wrongType("l", "N", "S", "keys-by-l"),
  ),
  ...refusedItem(
    "a sort key of another type, without the partition key",
    { n: S("1") },
    wrongType("n", "N", "S", "some-by-g"),
  ),
  ...refusedItem("a list for an index key", { g: L() }, wrongType("g", "S", "L", "all-by-g")),
  ...refusedItem("a set for an index key", { g: SS("g") }, wrongType("g", "S", "SS", "all-by-g")),
  ...refusedItem("a null for an index key", { g: nil }, wrongType("g", "S", "NULL", "all-by-g")),
  ...refusedItem("a Boolean for an index key", { x: yes }, wrongType("x", "B", "BOOL", "all-by-x")),
  ...refusedItem("an empty text", { g: S("") }, empty("string", "all-by-g", "g")),
  ...refusedItem("an empty binary", { x: B("") }, empty("binary", "all-by-x", "x")),
  ...refusedItem("an empty key of a local index", { g: S("") }, empty("string", "byG", "g"), "local-all"),
  ...refusedItem(
    "a partition key of 2049 bytes",
    { g: S("g".repeat(2049)) },
    tooLong("g", 2049, 2048, "all-by-g"),
  ),
  ...refusedItem(
    "a partition key of 2050 bytes in 1025 letters",
    { g: S("é".repeat(1025)) },
    tooLong("g", 2050, 2048, "all-by-g"),
  ),
  ...refusedItem(
    "a sort key of 1025 bytes",
    { g: S("g".repeat(1025)) },
    tooLong("g", 1025, 1024, "byG"),
    "local-all",
  ),
];

const accepted: readonly IndexedCase[] = [
  putOf("6: a partition key of 2048 bytes", "global-all", { pk: S("k"), g: S("g".repeat(2048)) }),
  putOf("6: a sort key of 1024 bytes", "local-all", { ...key, g: S("g".repeat(1024)) }),
];

function putOf(name: string, table: string, Item: JsonObject): IndexedCase {
  return {
    name,
    table,
    given: [],
    operation: "PutItem",
    request: { Item },
    expect: { body: {} },
    entries: { byG: [Item] },
  };
}

/** UpdateItem on an item that is there; it stays as it is. */
function refusedUpdate(
  name: string,
  expression: string,
  value: JsonObject | undefined,
  expect: Refusal,
): IndexedCase {
  return {
    name,
    table: "ruled",
    given: [there],
    operation: "UpdateItem",
    request: {
      Key: key,
      UpdateExpression: expression,
      ...(value === undefined ? {} : { ExpressionAttributeValues: { ":v": value } }),
    },
    expect,
    after: [there],
    entries: { "all-by-g": [there] },
  };
}

const long = S("g".repeat(2049));

const refusedUpdates: readonly IndexedCase[] = [
  refusedUpdate("6: another type", "SET g = :v", N(1), invalid(wrongType("g", "S", "N", "all-by-g"))),
  refusedUpdate(
    "6: another type at run time",
    "SET g = if_not_exists(nowhere, :v)",
    N(1),
    invalid(unsupportedType),
  ),
  refusedUpdate("6: another type from another attribute", "SET g = o", undefined, invalid(unsupportedType)),
  refusedUpdate("6: a list at run time", "SET g = list_append(:v, :v)", L(), invalid(unsupportedType)),
  refusedUpdate("6: a set made by ADD", "ADD x :v", { BS: ["AQ=="] }, invalid(unsupportedType)),
  refusedUpdate("5: an empty text", "SET g = :v", S(""), invalid(emptyByUpdate("string"))),
  refusedUpdate("5: an empty binary", "SET x = :v", B(""), invalid(emptyByUpdate("binary"))),
  refusedUpdate(
    "5: an empty text from another attribute",
    "SET g = t",
    undefined,
    invalid(emptyByUpdate("string")),
  ),
  refusedUpdate("6: 2049 bytes", "SET g = :v", long, invalid(beyondLimits)),
  refusedUpdate(
    "6: 2049 bytes at run time",
    "SET g = if_not_exists(nowhere, :v)",
    long,
    invalid(beyondLimits),
  ),
  refusedUpdate("6: a path into an index key", "SET g.a = :v", N(1), invalid(notScalar("g"))),
  refusedUpdate("6: an element of an index key", "REMOVE l[0]", undefined, invalid(notScalar("l"))),
  refusedUpdate("6: a value from inside an index key", "SET a = g.b", undefined, invalid(notScalar("g"))),
  {
    name: "6: another type by AttributeUpdates",
    table: "ruled",
    given: [there],
    operation: "UpdateItem",
    request: { Key: key, AttributeUpdates: { g: { Value: N(1), Action: "PUT" } } },
    expect: invalid(wrongType("g", "S", "N", "all-by-g")),
    after: [there],
  },
  {
    name: "1: a failed condition is told before what happens at run time",
    table: "ruled",
    given: [there],
    operation: "UpdateItem",
    request: {
      Key: key,
      UpdateExpression: "SET g = o",
      ConditionExpression: "attribute_exists(nowhere)",
    },
    expect: { error: "ConditionalCheckFailedException", message: text.conditionFailed },
    after: [there],
  },
  {
    name: "6: a path into an index key in a condition",
    table: "ruled",
    given: [],
    operation: "PutItem",
    request: { Item: key, ConditionExpression: "attribute_exists(g.a)" },
    expect: invalid(notScalar("g")),
    after: [],
  },
  ...[
    ["another type", "SET g = o", undefined, unsupportedType] as const,
    ["too many bytes", "SET g = :v", long, beyondLimits] as const,
  ].map(([name, expression, value, message]): IndexedCase => ({
    name: `12: ${name} in a transaction`,
    table: "ruled",
    given: [there],
    operation: "TransactWriteItems",
    request: {
      TransactItems: [
        { Put: { TableName: "ruled", Item: { ...key, pk: S("other") } } },
        {
          Update: {
            TableName: "ruled",
            Key: key,
            UpdateExpression: expression,
            ...(value === undefined ? {} : { ExpressionAttributeValues: { ":v": value } }),
          },
        },
      ],
    },
    expect: cancelledSecond(message),
    after: [there],
  })),
];

const tooLarge = invalid(text.itemTooLarge);
const half = 204_800;

function sizedPut(name: string, table: string, Item: JsonObject, expect: Expectation): IndexedCase {
  const stored = "error" in expect ? [] : [Item];
  return { name, table, given: [], operation: "PutItem", request: { Item }, expect, after: stored };
}

const local = { pk: "k", sk: "s", g: "g" };
const unindexed = { pk: "k", sk: "s" };
// pk, sk and g with their values.
const keysEntryBytes = 8;

const sizes: readonly IndexedCase[] = [
  sizedPut("1.3: item and local entry of 400 KB together", "local-all", filled(local, half), { body: {} }),
  sizedPut("1.3: one byte more", "local-all", filled(local, half + 1), tooLarge),
  sizedPut("1.3: no entry, no second size", "local-all", filled(unindexed, 2 * half), { body: {} }),
  sizedPut("1.3: an entry of keys only", "local-keys", filled(local, 2 * half - keysEntryBytes), {
    body: {},
  }),
  sizedPut(
    "1.3: an entry of keys only and a byte",
    "local-keys",
    filled(local, 2 * half - keysEntryBytes + 1),
    tooLarge,
  ),
  sizedPut("1.3: global entries do not count", "global-all", filled({ pk: "k", g: "g" }, 2 * half), {
    body: {},
  }),
  {
    name: "1.3: an update that makes a local entry of a large item",
    table: "local-all",
    given: [filled(unindexed, half)],
    operation: "UpdateItem",
    request: {
      Key: items(unindexed),
      UpdateExpression: "SET g = :g",
      ExpressionAttributeValues: { ":g": S("g") },
    },
    expect: invalid(text.updateTooLarge),
    after: [filled(unindexed, half)],
  },
  {
    name: "12: an item and its entry that are too large in a transaction",
    table: "local-all",
    given: [],
    operation: "TransactWriteItems",
    request: {
      TransactItems: [items(unindexed), filled({ ...local, sk: "t" }, half + 1)].map((Item) => ({
        Put: { TableName: "local-all", Item },
      })),
    },
    expect: cancelledSecond(text.itemTooLarge),
    after: [],
  },
];

const unprojected = { b: S("b") };
const indexed = {
  pk: S("k"),
  sk: S("s"),
  g: S("g"),
  l: N(1),
  n: N(2),
  x: B("AQ=="),
  a: S("a"),
  ...unprojected,
};
const keysOnly = { pk: S("k"), sk: S("s"), l: N(1) };

interface ResultRow {
  readonly given?: readonly JsonObject[];
  readonly expression?: string;
  readonly put?: JsonObject;
  readonly entries: NonNullable<IndexedCase["entries"]>;
}

function result(name: string, { given = [], expression, put, entries }: ResultRow): IndexedCase {
  return {
    name: `semantics 7: ${name}`,
    table: "ruled",
    given,
    operation: expression === undefined ? "PutItem" : "UpdateItem",
    request: expression === undefined ? { Item: put ?? {} } : { Key: key, UpdateExpression: expression },
    expect: { body: {} },
    entries,
  };
}

const { g: _g, ...withoutG } = indexed;
const { n: _n, ...withoutN } = indexed;
const { b: _b, ...withoutB } = indexed;

const results: readonly IndexedCase[] = [
  result("every index holds what it projects", {
    put: indexed,
    entries: {
      "local-all": [indexed],
      "local-keys": [keysOnly],
      "local-some": [{ ...keysOnly, a: S("a") }],
      "all-by-g": [indexed],
      "some-by-g": [{ ...key, g: S("g"), n: N(2), a: S("a") }],
      "keys-by-l": [keysOnly],
      "all-by-x": [indexed],
    },
  }),
  result("without index keys there is no entry", {
    given: [indexed],
    put: { ...key, a: S("a") },
    entries: {
      "local-all": [],
      "local-keys": [],
      "all-by-g": [],
      "some-by-g": [],
      "keys-by-l": [],
      "all-by-x": [],
    },
  }),
  result("a partition key alone is not enough for an index with a sort key", {
    put: withoutN,
    entries: { "all-by-g": [withoutN], "some-by-g": [], "local-all": [withoutN] },
  }),
  result("an entry goes with its key", {
    given: [indexed],
    expression: "REMOVE g",
    entries: { "all-by-g": [], "some-by-g": [], "local-all": [withoutG] },
  }),
  result("an entry moves with its key", {
    given: [indexed],
    expression: "SET l = n",
    entries: {
      "local-keys": [{ ...keysOnly, l: N(2) }],
      "keys-by-l": [{ ...keysOnly, l: N(2) }],
      "local-all": [{ ...indexed, l: N(2) }],
    },
  }),
  result("what is not projected changes only entries with all", {
    given: [indexed],
    expression: "REMOVE b",
    entries: {
      "all-by-g": [withoutB],
      "local-all": [withoutB],
      "some-by-g": [{ ...key, g: S("g"), n: N(2), a: S("a") }],
    },
  }),
  {
    name: "semantics 7: keys of entries need not be unique",
    table: "global-keys",
    given: ["a", "b", "c"].map((pk) => items({ pk, g: "same" })),
    operation: "DeleteItem",
    request: { Key: items({ pk: "b" }) },
    expect: { body: {} },
    entries: { byG: ["a", "c"].map((pk) => items({ pk, g: "same" })) },
  },
  {
    name: "semantics 7: a batch keeps entries in step",
    table: "both-kinds",
    given: [items({ pk: "p", sk: "1", g: "g" })],
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        "both-kinds": [
          { DeleteRequest: { Key: items({ pk: "p", sk: "1" }) } },
          { PutRequest: { Item: items({ pk: "p", sk: "2", g: "h" }) } },
          { PutRequest: { Item: items({ pk: "p", sk: "3" }) } },
        ],
      },
    },
    expect: { body: { UnprocessedItems: {} } },
    entries: {
      localByG: [items({ pk: "p", sk: "2", g: "h" })],
      globalByG: [items({ pk: "p", sk: "2", g: "h" })],
    },
  },
  {
    name: "semantics 7: a transaction keeps entries in step",
    table: "both-kinds",
    given: [items({ pk: "p", sk: "1", g: "g" }), items({ pk: "p", sk: "2", g: "g" })],
    operation: "TransactWriteItems",
    request: {
      TransactItems: [
        { Delete: { TableName: "both-kinds", Key: items({ pk: "p", sk: "1" }) } },
        {
          Update: {
            TableName: "both-kinds",
            Key: items({ pk: "p", sk: "2" }),
            UpdateExpression: "SET g = :g",
            ExpressionAttributeValues: { ":g": S("h") },
          },
        },
        { Put: { TableName: "both-kinds", Item: items({ pk: "q", sk: "1", g: "i" }) } },
      ],
    },
    expect: { body: {} },
    entries: {
      localByG: [items({ pk: "p", sk: "2", g: "h" }), items({ pk: "q", sk: "1", g: "i" })],
      globalByG: [items({ pk: "p", sk: "2", g: "h" }), items({ pk: "q", sk: "1", g: "i" })],
    },
  },
  {
    name: "semantics 7: a cancelled transaction leaves entries alone",
    table: "both-kinds",
    given: [items({ pk: "p", sk: "1", g: "g" })],
    operation: "TransactWriteItems",
    request: {
      TransactItems: [
        { Delete: { TableName: "both-kinds", Key: items({ pk: "p", sk: "1" }) } },
        {
          ConditionCheck: {
            TableName: "both-kinds",
            Key: items({ pk: "p", sk: "2" }),
            ConditionExpression: "attribute_exists(pk)",
          },
        },
      ],
    },
    expect: { error: "TransactionCanceledException" },
    entries: {
      localByG: [items({ pk: "p", sk: "1", g: "g" })],
      globalByG: [items({ pk: "p", sk: "1", g: "g" })],
    },
  },
];

export const indexWriteGroups: readonly IndexedGroup[] = [
  { title: "items refused", cases: refusedItems },
  { title: "keys that just fit", cases: accepted },
  { title: "updates refused", cases: refusedUpdates },
  { title: "400 KB with local entries", cases: sizes },
  { title: "entries", cases: results },
];
