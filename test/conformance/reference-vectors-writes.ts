/** What writes consume, of a table and of its indexes. */
import { type JsonObject, N, type Operation, S } from "./case-types.ts";
import {
  filled,
  type IndexedCase,
  type IndexedGroup,
  items,
  perIndex,
  total,
  totalOf,
  type Units,
  unitsJson,
} from "./indexed-case.ts";

const key = items({ pk: "k" });
const sized = (bytes: number, pk = "k"): JsonObject => filled({ pk }, bytes);
const kilobytes = (count: number): number => count * 1024;

interface WriteRow {
  readonly given?: readonly JsonObject[];
  readonly operation: Operation;
  readonly request: JsonObject;
  readonly units: number;
}

function write(name: string, { given = [], operation, request, units }: WriteRow): IndexedCase {
  return {
    name: `${name}: ${units}`,
    table: "plain-hash",
    given,
    operation,
    request: { ...request, ...total },
    expect: { includes: totalOf("plain-hash", units) },
  };
}

const put = (bytes: number): Pick<WriteRow, "operation" | "request"> => ({
  operation: "PutItem",
  request: { Item: sized(bytes) },
});
const remove = { operation: "DeleteItem", request: { Key: key } } as const;
const update = (expression: string, values?: JsonObject): Pick<WriteRow, "operation" | "request"> => ({
  operation: "UpdateItem",
  request: {
    Key: key,
    UpdateExpression: expression,
    ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
  },
});

const single: readonly IndexedCase[] = [
  write("17.2: a new item of 500 B", { ...put(500), units: 1 }),
  write("2: a new item of 1 KB", { ...put(1024), units: 1 }),
  write("2: a new item of 1 KB and a byte", { ...put(1025), units: 2 }),
  write("2: a new item of 400 KB", { ...put(kilobytes(400)), units: 400 }),
  write("17.2: 0.5 KB over 9.5 KB", { given: [sized(9728)], ...put(512), units: 10 }),
  write("3: 9.5 KB over 0.5 KB", { given: [sized(512)], ...put(9728), units: 10 }),
  write("17.2: 9.5 KB deleted", { given: [sized(9728)], ...remove, units: 10 }),
  write("17.2: nothing deleted", { ...remove, units: 1 }),
  write("3: one byte of 9.5 KB changed", {
    given: [sized(9728)],
    ...update("SET n = :n", { ":n": N(1) }),
    units: 10,
  }),
  write("3: 9.5 KB shrunk", { given: [sized(9728)], ...update("REMOVE fil"), units: 10 }),
  write("3: an upsert pays for what it makes", {
    ...update("SET fil = :f", { ":f": S("x".repeat(2100)) }),
    units: 3,
  }),
  write("3: the same value again", {
    given: [sized(9728)],
    ...update("SET fil = fil"),
    units: 10,
  }),
  write("3: the old item is given back for nothing", {
    given: [sized(9728)],
    operation: "PutItem",
    request: { Item: key, ReturnValues: "ALL_OLD" },
    units: 10,
  }),
  write("3: the new item is given back for nothing", {
    given: [sized(9728)],
    operation: "UpdateItem",
    request: {
      Key: key,
      UpdateExpression: "SET n = :n",
      ExpressionAttributeValues: { ":n": N(1) },
      ReturnValues: "ALL_NEW",
    },
    units: 10,
  }),
];

const failed: JsonObject = {
  __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
  message: "The conditional request failed",
};

const several: readonly IndexedCase[] = [
  {
    name: "17.3: BatchWriteItem of 500 B and 3.5 KB: 5",
    table: "plain-hash",
    given: [],
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        "plain-hash": [sized(500, "a"), sized(3584, "b")].map((Item) => ({ PutRequest: { Item } })),
      },
      ...total,
    },
    expect: { includes: { ConsumedCapacity: [{ TableName: "plain-hash", CapacityUnits: 5 }] } },
  },
  {
    name: "3: a failed condition on 300 KB, with 310 KB, tells no units",
    table: "plain-hash",
    given: [sized(kilobytes(300))],
    operation: "PutItem",
    request: { Item: sized(kilobytes(310)), ConditionExpression: "attribute_not_exists(pk)", ...perIndex },
    expect: { error: "ConditionalCheckFailedException", body: failed },
    after: [sized(kilobytes(300))],
  },
];

interface TransactionRow {
  readonly given?: readonly JsonObject[];
  readonly actions: readonly JsonObject[];
  readonly units: number;
  readonly more?: JsonObject;
  readonly as?: "ReadCapacityUnits";
  readonly keeps?: boolean;
}

function transaction(name: string, row: TransactionRow): IndexedCase {
  const { given = [], actions, units, more, as = "WriteCapacityUnits", keeps = false } = row;
  return {
    name: `${name}: ${units}`,
    table: "plain-hash",
    ...(keeps ? {} : { given }),
    operation: "TransactWriteItems",
    request: { TransactItems: actions, ...more, ...perIndex },
    expect: { includes: { ConsumedCapacity: [unitsJson("plain-hash", { table: units, as })] } },
  };
}

const inPlain = { TableName: "plain-hash" };
const three = ["a", "b", "c"].map((pk) => ({ Put: { ...inPlain, Item: sized(500, pk) } }));
const check = { ConditionCheck: { ...inPlain, Key: key, ConditionExpression: "attribute_exists(pk)" } };
/** A run of its own on a server that lives longer. */
const token = { ClientRequestToken: `vector-${process.pid}-${Math.floor(process.uptime() * 1e6)}` };

const transactions: readonly IndexedCase[] = [
  transaction("17.7: three times 500 B", { actions: three, units: 6, more: token }),
  transaction("17.7: the same transaction again, as reads", {
    actions: three,
    units: 6,
    more: token,
    as: "ReadCapacityUnits",
    keeps: true,
  }),
  transaction("3: a check of 1.5 KB", { given: [sized(1536)], actions: [check], units: 4 }),
  transaction("3: 9.5 KB deleted", {
    given: [sized(9728)],
    actions: [{ Delete: { ...inPlain, Key: key } }],
    units: 20,
  }),
  transaction("3: 0.5 KB over 9.5 KB", {
    given: [sized(9728)],
    actions: [{ Put: { ...inPlain, Item: sized(512) } }],
    units: 20,
  }),
];

/** The same index as a global and as a local one. */
interface Subject {
  readonly kind: "global" | "local";
  readonly key: Readonly<Record<string, string>>;
}

const subjects: readonly Subject[] = [
  { kind: "global", key: { pk: "k" } },
  { kind: "local", key: { pk: "k", sk: "s" } },
];

interface IndexRow {
  readonly name: string;
  readonly projection: "all" | "keys" | "some";
  readonly given?: JsonObject;
  readonly operation: Operation;
  readonly request: JsonObject;
  readonly table: number;
  /** 0: the index is not touched. */
  readonly index: number;
}

/** The cases of section 4, then its arithmetic. */
function indexRows({ key: texts }: Subject): readonly IndexRow[] {
  const Key = items(texts);
  const item = (bytes: number, more: Readonly<Record<string, string>> = {}): JsonObject =>
    filled({ ...texts, ...more }, bytes);
  const indexed = (bytes: number, g = "g"): JsonObject => item(bytes, { g });
  const puts = (Item: JsonObject): Pick<IndexRow, "operation" | "request"> => ({
    operation: "PutItem",
    request: { Item },
  });
  const updates = (expression: string, value?: string): Pick<IndexRow, "operation" | "request"> => ({
    operation: "UpdateItem",
    request: {
      Key,
      UpdateExpression: expression,
      ...(value === undefined ? {} : { ExpressionAttributeValues: { ":v": S(value) } }),
    },
  });
  const deletes = { operation: "DeleteItem", request: { Key } } as const;
  const all = { projection: "all" } as const;
  const keys = { projection: "keys" } as const;
  const some = { projection: "some" } as const;
  // Room for what keys only entries hold beside the value of g.
  const keyBytes = Object.entries(texts).reduce((sum, [name, value]) => sum + name.length + value.length, 1);
  return [
    { name: "absent before and after", ...all, ...puts(item(2500)), table: 3, index: 0 },
    {
      name: "absent, then changed",
      ...all,
      given: item(2500),
      ...updates("SET a = :v", "a"),
      table: 3,
      index: 0,
    },
    { name: "it appears with its item", ...all, ...puts(indexed(2500)), table: 3, index: 3 },
    { name: "it appears", ...all, given: item(2500), ...updates("SET g = :v", "g"), table: 3, index: 3 },
    { name: "it disappears", ...all, given: indexed(2500), ...updates("REMOVE g"), table: 3, index: 3 },
    { name: "it is replaced by none", ...all, given: indexed(2500), ...puts(item(500)), table: 3, index: 3 },
    { name: "its item is deleted", ...all, given: indexed(2500), ...deletes, table: 3, index: 3 },
    { name: "no item is deleted", ...all, ...deletes, table: 1, index: 0 },
    {
      name: "17.4: another key, 1 KB",
      ...all,
      given: indexed(1024),
      ...updates("SET g = :v", "h"),
      table: 1,
      index: 2,
    },
    {
      name: "another key, 2.5 KB to 0.5 KB",
      ...all,
      given: indexed(2560),
      ...puts(indexed(512, "h")),
      table: 3,
      index: 3 + 1,
    },
    {
      name: "another key, 0.5 KB to 2.5 KB",
      ...all,
      given: indexed(512),
      ...puts(indexed(2560, "h")),
      table: 3,
      index: 1 + 3,
    },
    { name: "the same key, shrunk", ...all, given: indexed(2560), ...puts(indexed(512)), table: 3, index: 3 },
    { name: "the same key, grown", ...all, given: indexed(512), ...puts(indexed(2560)), table: 3, index: 3 },
    {
      name: "one byte changed",
      ...all,
      given: indexed(9728),
      ...updates("SET a = :v", "a"),
      table: 10,
      index: 10,
    },
    {
      name: "nothing changed by a put",
      ...all,
      given: indexed(2500),
      ...puts(indexed(2500)),
      table: 3,
      index: 0,
    },
    {
      name: "nothing changed by an update",
      ...all,
      given: indexed(2500),
      ...updates("SET g = :v", "g"),
      table: 3,
      index: 0,
    },
    {
      name: "17.4: KEYS_ONLY, something else changed",
      ...keys,
      given: indexed(500),
      ...updates("SET a = :v", "a"),
      table: 1,
      index: 0,
    },
    {
      name: "KEYS_ONLY, something else of 9.5 KB changed",
      ...keys,
      given: indexed(9728),
      ...updates("SET a = :v", "a"),
      table: 10,
      index: 0,
    },
    { name: "KEYS_ONLY, it appears with 9.5 KB", ...keys, ...puts(indexed(9728)), table: 10, index: 1 },
    {
      name: "KEYS_ONLY, another key of 9.5 KB",
      ...keys,
      given: indexed(9728),
      ...updates("SET g = :v", "h"),
      table: 10,
      index: 2,
    },
    {
      name: "KEYS_ONLY, an entry of 1 KB without 100 B more",
      ...keys,
      ...puts(indexed(3000, "g".repeat(1024 - keyBytes))),
      table: 3,
      index: 1,
    },
    {
      name: "INCLUDE, what is projected changed",
      ...some,
      given: indexed(2500),
      ...updates("SET a = :v", "a"),
      table: 3,
      index: 1,
    },
    {
      name: "INCLUDE, something else changed",
      ...some,
      given: indexed(2500),
      ...updates("SET b = :v", "b"),
      table: 3,
      index: 0,
    },
    {
      name: "INCLUDE, 2 KB that are projected removed",
      ...some,
      given: item(2500, { g: "g", a: "a".repeat(2048) }),
      ...updates("REMOVE a"),
      table: 3,
      index: 3,
    },
  ];
}

const tableOf = (kind: Subject["kind"], { projection }: IndexRow): string => `${kind}-${projection}`;

function indexCases(subject: Subject): readonly IndexedCase[] {
  const { kind } = subject;
  return indexRows(subject).map((row) => {
    const table = tableOf(kind, row);
    const units: Units = { table: row.table, ...(row.index === 0 ? {} : { [kind]: { byG: row.index } }) };
    return {
      name: `4: ${row.name}: ${row.table} + ${row.index}`,
      table,
      given: row.given === undefined ? [] : [row.given],
      operation: row.operation,
      request: { ...row.request, ...perIndex },
      expect: { body: { ConsumedCapacity: unitsJson(table, units) } },
    };
  });
}

const partOf = (
  name: string,
  given: readonly JsonObject[],
  expression: string,
  index: number,
): IndexedCase => ({
  name: `4: ${name}: ${index}`,
  table: "many-keys",
  given,
  operation: "UpdateItem",
  request: { Key: key, UpdateExpression: expression, ExpressionAttributeValues: { ":n": N(1) }, ...perIndex },
  expect: {
    body: {
      ConsumedCapacity: unitsJson("many-keys", {
        table: 1,
        ...(index === 0 ? {} : { global: { byMany: index } }),
      }),
    },
  },
});
const whole = { pk: S("k"), a: S("a"), b: N(1), c: S("c"), d: N(1) };
const { d: _, ...withoutD } = whole;

const severalKeys: readonly IndexedCase[] = [
  partOf("the last key attribute comes", [withoutD], "SET d = :n", 1),
  partOf("one of several comes", [{ pk: S("k"), c: S("c") }], "SET b = :n", 0),
  partOf("one of several changes", [{ ...whole, d: N(2) }], "SET d = :n", 2),
  partOf(
    "one of several is the same number, written in another way",
    [{ ...whole, d: N("1.0") }],
    "SET d = :n",
    0,
  ),
  partOf("something that is not projected changes", [whole], "SET z = :n", 0),
  partOf("something that is projected changes", [whole], "SET e = :n", 1),
];

const both = { pk: "k", sk: "s", g: "g" };
const twice = (bytes: number): readonly JsonObject[] =>
  ["a", "b"].map((sk) => filled({ ...both, sk }, bytes));

const together: readonly IndexedCase[] = [
  {
    name: "4: both kinds are written: 3 + 3 + 3",
    table: "both-kinds",
    given: [],
    operation: "PutItem",
    request: { Item: filled(both, 2500), ...perIndex },
    expect: {
      body: {
        ConsumedCapacity: unitsJson("both-kinds", {
          table: 3,
          local: { localByG: 3 },
          global: { globalByG: 3 },
        }),
      },
    },
  },
  {
    name: "4: a batch adds up by index: 6 + 6 + 6",
    table: "both-kinds",
    given: [],
    operation: "BatchWriteItem",
    request: {
      RequestItems: { "both-kinds": twice(2500).map((Item) => ({ PutRequest: { Item } })) },
      ...perIndex,
    },
    expect: {
      includes: {
        ConsumedCapacity: [
          unitsJson("both-kinds", { table: 6, local: { localByG: 6 }, global: { globalByG: 6 } }),
        ],
      },
    },
  },
  {
    // That what a transaction does to indexes costs twice, too, is unconfirmed.
    name: "4: a transaction doubles them: 12 + 12 + 12",
    table: "both-kinds",
    given: [],
    operation: "TransactWriteItems",
    request: {
      TransactItems: twice(2500).map((Item) => ({ Put: { TableName: "both-kinds", Item } })),
      ...perIndex,
    },
    expect: {
      includes: {
        ConsumedCapacity: [
          unitsJson("both-kinds", {
            table: 12,
            local: { localByG: 12 },
            global: { globalByG: 12 },
            as: "WriteCapacityUnits",
          }),
        ],
      },
    },
  },
];

export const writeVectors: readonly IndexedGroup[] = [
  { title: "one item", cases: single },
  { title: "several items", cases: several },
  { title: "transactions", cases: transactions },
  ...subjects.map((subject) => ({ title: `${subject.kind} index`, cases: indexCases(subject) })),
  { title: "keys of several attributes", cases: severalKeys },
  { title: "several indexes", cases: together },
];
