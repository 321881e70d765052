/** How ConsumedCapacity and ItemCollectionMetrics look in answers, after the samples of the documentation. */
import { constraint, entry, type JsonObject, S, shapeErrors } from "./case-types.ts";
import {
  filled,
  type IndexedCase,
  type IndexedGroup,
  items,
  perIndex,
  total,
  totalOf,
  unitsJson,
  where,
} from "./indexed-case.ts";

const artist = { Artist: "Acme Band" };
const song = { ...artist, SongTitle: "Happy Day", AlbumTitle: "Songs About Life" };
const byAlbum = { IndexName: "AlbumTitleIndex", ...where("Artist = :a", { ":a": S("Acme Band") }) };
const inG = { IndexName: "byG", ...where("g = :g", { ":g": S("g") }) };
const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/global-all";
const item = { pk: "k", g: "g" };

const single: readonly IndexedCase[] = [
  {
    name: "5: a local index is read, per index",
    table: "Music",
    given: [items(song)],
    operation: "Query",
    request: { ...byAlbum, ...perIndex },
    expect: {
      body: {
        Items: [items(song)],
        Count: 1,
        ScannedCount: 1,
        ConsumedCapacity: {
          CapacityUnits: 0.5,
          TableName: "Music",
          Table: { CapacityUnits: 0 },
          LocalSecondaryIndexes: { AlbumTitleIndex: { CapacityUnits: 0.5 } },
        },
      },
    },
    textIncludes: '"Table":{"CapacityUnits":0.0}',
  },
  {
    name: "5: a local index is read, in total",
    table: "Music",
    given: [items(song)],
    operation: "Query",
    request: { ...byAlbum, Select: "COUNT", ...total },
    expect: { body: { Count: 1, ScannedCount: 1, ...totalOf("Music", 0.5) } },
    textIncludes: '"CapacityUnits":0.5',
  },
  {
    name: "5: a local index is written: 6.0, of them 3.0 and 3.0",
    table: "local-all",
    given: [],
    operation: "PutItem",
    request: { Item: filled({ pk: "k", sk: "s", g: "g" }, 3000), ...perIndex },
    expect: {
      body: {
        ConsumedCapacity: {
          CapacityUnits: 6,
          TableName: "local-all",
          Table: { CapacityUnits: 3 },
          LocalSecondaryIndexes: { byG: { CapacityUnits: 3 } },
        },
      },
    },
    textIncludes: '"CapacityUnits":6.0',
  },
  {
    name: "5: a global index is read, per index",
    table: "global-all",
    given: [items(item)],
    operation: "Query",
    request: { ...inG, Select: "COUNT", ...perIndex },
    expect: {
      body: {
        Count: 1,
        ScannedCount: 1,
        ConsumedCapacity: {
          CapacityUnits: 0.5,
          TableName: "global-all",
          Table: { CapacityUnits: 0 },
          GlobalSecondaryIndexes: { byG: { CapacityUnits: 0.5 } },
        },
      },
    },
  },
  {
    name: "5: a total holds what global indexes write",
    table: "global-all",
    given: [],
    operation: "PutItem",
    request: { Item: items(item), ...total },
    expect: { body: totalOf("global-all", 2) },
    textIncludes: '{"ConsumedCapacity":{"TableName":"global-all","CapacityUnits":2.0}}',
  },
  {
    name: "5: NONE tells nothing",
    table: "global-all",
    given: [],
    operation: "PutItem",
    request: { Item: items(item), ReturnConsumedCapacity: "NONE" },
    expect: { body: {} },
  },
  {
    name: "5: another value is refused",
    table: "global-all",
    operation: "PutItem",
    request: { Item: items(item), ReturnConsumedCapacity: "ALL" },
    expect: shapeErrors(entry("returnConsumedCapacity", "ALL", constraint.oneOf("INDEXES, TOTAL, NONE"))),
  },
  {
    name: "5: GetItem touches no index",
    table: "both-kinds",
    given: [items({ pk: "k", sk: "s", g: "g" })],
    operation: "GetItem",
    request: { Key: items({ pk: "k", sk: "s" }), ...perIndex },
    expect: { includes: { ConsumedCapacity: unitsJson("both-kinds", { table: 0.5 }) } },
    textIncludes: '"Table":{"CapacityUnits":0.5}}',
  },
  {
    name: "5: a Query of the table touches no index",
    table: "both-kinds",
    given: [items({ pk: "k", sk: "s", g: "g" })],
    operation: "Query",
    request: { ...where("pk = :k", { ":k": S("k") }), Select: "COUNT", ...perIndex },
    expect: {
      body: { Count: 1, ScannedCount: 1, ConsumedCapacity: unitsJson("both-kinds", { table: 0.5 }) },
    },
  },
  {
    name: "5: the table is called as the request called it",
    table: "global-all",
    given: [items(item)],
    operation: "Query",
    request: { ...inG, TableName: arn, Select: "COUNT", ...perIndex },
    expect: {
      body: {
        Count: 1,
        ScannedCount: 1,
        ConsumedCapacity: unitsJson(arn, { table: 0, global: { byG: 0.5 } }),
      },
    },
  },
];

const bothTables = (pk: string): JsonObject => ({
  "plain-hash": [{ PutRequest: { Item: items({ pk }) } }],
  "global-all": [{ PutRequest: { Item: items({ pk, g: "g" }) } }],
});

const lists: readonly IndexedCase[] = [
  {
    name: "5: BatchWriteItem tells of each table",
    table: "global-all",
    given: [],
    operation: "BatchWriteItem",
    request: { RequestItems: bothTables("k"), ...perIndex },
    expect: {
      body: {
        UnprocessedItems: {},
        ConsumedCapacity: [
          unitsJson("plain-hash", { table: 1 }),
          unitsJson("global-all", { table: 1, global: { byG: 1 } }),
        ],
      },
    },
  },
  {
    name: "5: BatchGetItem touches no index",
    table: "both-kinds",
    given: [],
    operation: "BatchGetItem",
    request: { RequestItems: { "both-kinds": { Keys: [items({ pk: "k", sk: "s" })] } }, ...perIndex },
    expect: {
      body: {
        Responses: { "both-kinds": [] },
        UnprocessedKeys: {},
        ConsumedCapacity: [unitsJson("both-kinds", { table: 0.5 })],
      },
    },
  },
  {
    name: "5: TransactWriteItems names the units of writes, in each part",
    table: "global-all",
    given: [],
    operation: "TransactWriteItems",
    request: { TransactItems: [{ Put: { TableName: "global-all", Item: items(item) } }], ...perIndex },
    expect: {
      body: {
        ConsumedCapacity: [
          {
            TableName: "global-all",
            CapacityUnits: 4,
            WriteCapacityUnits: 4,
            Table: { CapacityUnits: 2, WriteCapacityUnits: 2 },
            GlobalSecondaryIndexes: { byG: { CapacityUnits: 2, WriteCapacityUnits: 2 } },
          },
        ],
      },
    },
  },
  {
    name: "5: TransactGetItems names the units of reads, for each table",
    table: "plain-hash",
    given: [],
    operation: "TransactGetItems",
    request: {
      TransactItems: [
        { Get: { TableName: "plain-hash", Key: items({ pk: "a" }) } },
        { Get: { TableName: "both-kinds", Key: items({ pk: "a", sk: "b" }) } },
        { Get: { TableName: "plain-hash", Key: items({ pk: "b" }) } },
      ],
      ...total,
    },
    expect: {
      body: {
        Responses: [{}, {}, {}],
        ConsumedCapacity: [
          { TableName: "plain-hash", CapacityUnits: 4, ReadCapacityUnits: 4 },
          { TableName: "both-kinds", CapacityUnits: 2, ReadCapacityUnits: 2 },
        ],
      },
    },
  },
];

const metrics = { ReturnItemCollectionMetrics: "SIZE" };
const inLocal = { pk: "k", sk: "s", g: "g" };
const sizeOf = (pk: string): JsonObject => ({
  ItemCollectionKey: items({ pk }),
  SizeEstimateRangeGB: [0, 1],
});

function measured(
  name: string,
  row: Pick<IndexedCase, "operation" | "request"> & { readonly table?: string; readonly body: JsonObject },
): IndexedCase {
  const { table = "local-all", operation, request, body } = row;
  return {
    name: `5: ${name}`,
    table,
    given: [],
    operation,
    request: { ...request, ...metrics },
    expect: { body },
  };
}

const collections: readonly IndexedCase[] = [
  {
    ...measured("PutItem tells the size of the collection", {
      operation: "PutItem",
      request: { Item: items(inLocal) },
      body: { ItemCollectionMetrics: sizeOf("k") },
    }),
    textIncludes: '"SizeEstimateRangeGB":[0.0,1.0]',
  },
  measured("UpdateItem does", {
    operation: "UpdateItem",
    request: { Key: items({ pk: "k", sk: "s" }) },
    body: { ItemCollectionMetrics: sizeOf("k") },
  }),
  measured("DeleteItem does, even of nothing", {
    operation: "DeleteItem",
    request: { Key: items({ pk: "k", sk: "s" }) },
    body: { ItemCollectionMetrics: sizeOf("k") },
  }),
  measured("a table without local indexes has none", {
    table: "global-all",
    operation: "PutItem",
    request: { Item: items(item) },
    body: {},
  }),
  measured("BatchWriteItem lists each collection once, by table", {
    operation: "BatchWriteItem",
    request: {
      RequestItems: {
        "local-all": ["k", "k", "l"].map((pk, number) => ({
          PutRequest: { Item: items({ pk, sk: String(number) }) },
        })),
        "plain-hash": [{ PutRequest: { Item: items({ pk: "k" }) } }],
      },
    },
    body: { UnprocessedItems: {}, ItemCollectionMetrics: { "local-all": [sizeOf("k"), sizeOf("l")] } },
  }),
  measured("TransactWriteItems lists each collection once, by table", {
    operation: "TransactWriteItems",
    request: {
      TransactItems: ["k", "k", "l"].map((pk, number) => ({
        Put: { TableName: "local-all", Item: items({ pk, sk: String(number) }) },
      })),
    },
    body: { ItemCollectionMetrics: { "local-all": [sizeOf("k"), sizeOf("l")] } },
  }),
];

export const layoutVectors: readonly IndexedGroup[] = [
  { title: "one object", cases: single },
  { title: "a list", cases: lists },
  { title: "item collections", cases: collections },
];
