/** The table of the volume benchmark: items of 1 KB with three global indexes, and what its clients ask. */
import { groupMark, keyMark, keysPerGroup, sameKeyMark, uniqueMark } from "../load/job.ts";
import type { MixPart } from "../load/mix-job.ts";

export const volumeTable = "bench-volume";
export const itemsPerBatch = 25;
/** In DynamoDB's arithmetic, names of attributes included. */
export const itemBytes = 1024;

const filler = "abcdefghijklmnopqrstuvwxyz012345".repeat(28);
/** A hundred items share `g1` and `g3`, none share `g2`. */
const item =
  `{"pk":{"S":"item-${keyMark}"},"g1":{"S":"owner-${groupMark}"},"s1":{"S":"${uniqueMark}"},` +
  `"g2":{"S":"mail-${sameKeyMark}"},"g3":{"S":"shop-${groupMark}"},"s3":{"S":"item-${sameKeyMark}"},` +
  `"n":{"N":"1"},"changed":{"S":"${uniqueMark}"},"filler":{"S":"${filler}"}}`;
const key = `{"pk":{"S":"item-${keyMark}"}}`;

const string = (AttributeName: string): object => ({ AttributeName, AttributeType: "S" });

function index(IndexName: string, keys: readonly string[], Projection: object): object {
  const [hash, range] = keys;
  const KeySchema = [
    { AttributeName: hash, KeyType: "HASH" },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" }]),
  ];
  return { IndexName, KeySchema, Projection };
}

export const volumeDefinition: object = {
  TableName: volumeTable,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["pk", "g1", "s1", "g2", "g3", "s3"].map(string),
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [
    index("first", ["g1", "s1"], { ProjectionType: "ALL" }),
    index("second", ["g2"], { ProjectionType: "KEYS_ONLY" }),
    index("third", ["g3", "s3"], { ProjectionType: "INCLUDE", NonKeyAttributes: ["n", "changed"] }),
  ],
};

/** Of the item with that number. */
export function keyOf(number: number): object {
  return { pk: { S: `item-${String(number).padStart(keyMark.length, "0")}` } };
}

function batchOf(items: number): string {
  const put = `{"PutRequest":{"Item":${item}}}`;
  return `{"RequestItems":{"${volumeTable}":[${Array.from({ length: items }, () => put).join(",")}]}}`;
}

/** New items, one after the other from this one on. */
export function loadPart(firstKey: number): MixPart {
  return {
    operation: "BatchWriteItem",
    template: batchOf(itemsPerBatch),
    keys: Number.MAX_SAFE_INTEGER,
    keyOrder: "sequential",
    firstKey,
    weight: 1,
  };
}

const batchKeys = 10;

/** What clients ask of a table with so many items: 70 % single items, 22 % queries of the indexes, 8 % batches. */
export function mixedParts(items: number): readonly MixPart[] {
  const update =
    `"Key":${key},"UpdateExpression":"SET n = n + :one, changed = :changed",` +
    `"ConditionExpression":"attribute_exists(pk)",` +
    `"ExpressionAttributeValues":{":one":{"N":"1"},":changed":{"S":"${uniqueMark}"}}`;
  const all = { keys: items, keyOrder: "random" } as const;
  const groups = { keys: Math.floor(items / keysPerGroup), keyOrder: "random" } as const;
  // A batch may not name a key twice: neighbours, one batch after the other.
  const neighbours = { keys: items, keyOrder: "sequential" } as const;
  const keys = Array.from({ length: batchKeys }, () => key).join(",");
  return [
    { operation: "GetItem", template: onTable(`"Key":${key}`), weight: 40, ...all },
    { operation: "UpdateItem", template: onTable(update), weight: 20, ...all },
    { operation: "PutItem", template: onTable(`"Item":${item}`), weight: 10, ...all },
    { operation: "Query", template: query("first", "g1", "owner"), weight: 12, ...groups },
    { operation: "Query", template: query("second", "g2", "mail"), weight: 5, ...all },
    { operation: "Query", template: query("third", "g3", "shop"), weight: 5, ...groups },
    {
      operation: "BatchGetItem",
      template: `{"RequestItems":{"${volumeTable}":{"Keys":[${keys}]}}}`,
      weight: 5,
      ...neighbours,
    },
    { operation: "BatchWriteItem", template: batchOf(batchKeys), weight: 3, ...neighbours },
  ];
}

function onTable(members: string): string {
  return `{"TableName":"${volumeTable}",${members}}`;
}

function query(indexName: string, attribute: string, prefix: string): string {
  return onTable(
    `"IndexName":"${indexName}","Limit":20,"KeyConditionExpression":"${attribute} = :v",` +
      `"ExpressionAttributeValues":{":v":{"S":"${prefix}-${keyMark}"}}`,
  );
}
