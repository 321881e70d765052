/**
 * The workloads: what each sends, on which table, and what a right answer looks like. Every write carries
 * bytes that were not written before: a server may skip a write that changes nothing.
 */
import { keyMark, type KeyOrder, uniqueMark } from "./load/job.ts";

export interface Workload {
  readonly name: string;
  readonly summary: string;
  readonly operation: string;
  readonly template: string;
  readonly keys: number;
  readonly keyOrder: KeyOrder;
  /** What is wrong with an answer to this request; asked once before anything is measured. */
  readonly problem: (answer: Readonly<Record<string, unknown>>) => string | undefined;
}

/** Items with a partition key only, and collections of a hundred items. */
export const itemsTable = "bench-items";
export const collectionsTable = "bench-collections";

const itemsCount = 10_000;
const collectionsCount = 100;
const itemsPerCollection = 100;
const batchGetKeys = 25;
const batchWriteItems = 25;

/** Makes an item 1 KB in DynamoDB's arithmetic: key, counter, a text that changes, the rest. */
const padding = "abcdefghijklmnopqrstuvwxyz012345".repeat(29);
const smallPadding = "abcdefghijklmnopqrstuvwxyz".repeat(5);

const item = `{"pk":{"S":"item-${keyMark}"},"n":{"N":"1"},"changed":{"S":"${uniqueMark}"},"filler":{"S":"${padding}"}}`;
const key = `{"pk":{"S":"item-${keyMark}"}}`;
const collectionKey = `{"S":"collection-${keyMark}"}`;

const noProblem = (): undefined => undefined;

function repeated(text: string, times: number): string {
  return Array.from({ length: times }, () => text).join(",");
}

function update(name: string, summary: string, keys: number): Workload {
  return {
    name,
    summary,
    operation: "UpdateItem",
    template: `{"TableName":"${itemsTable}","Key":${key},"UpdateExpression":"SET n = n + :one, changed = :changed","ExpressionAttributeValues":{":one":{"N":"1"},":changed":{"S":"${uniqueMark}"}},"ReturnValues":"UPDATED_NEW"}`,
    keys,
    keyOrder: "random",
    problem: ({ Attributes: attributes }) => (attributes === undefined ? "no Attributes" : undefined),
  };
}

export const workloads: readonly Workload[] = [
  {
    name: "get",
    summary: "GetItem of 1 KB, keys spread over 10,000",
    operation: "GetItem",
    template: `{"TableName":"${itemsTable}","Key":${key}}`,
    keys: itemsCount,
    keyOrder: "random",
    problem: ({ Item: found }) => (found === undefined ? "no Item" : undefined),
  },
  {
    name: "put",
    summary: "PutItem of 1 KB, keys spread over 10,000",
    operation: "PutItem",
    template: `{"TableName":"${itemsTable}","Item":${item}}`,
    keys: itemsCount,
    keyOrder: "random",
    problem: noProblem,
  },
  update("update", "UpdateItem counting up, keys spread over 10,000", itemsCount),
  update("update-hot", "UpdateItem counting up, always the same item", 1),
  {
    name: "query",
    summary: "Query of a collection of 100 items of 200 bytes",
    operation: "Query",
    template: `{"TableName":"${collectionsTable}","KeyConditionExpression":"pk = :pk","ExpressionAttributeValues":{":pk":${collectionKey}}}`,
    keys: collectionsCount,
    keyOrder: "random",
    problem: ({ Count: count }) => (count === itemsPerCollection ? undefined : `Count is ${String(count)}`),
  },
  {
    name: "batch-get",
    summary: "BatchGetItem of 25 items of 1 KB",
    operation: "BatchGetItem",
    template: `{"RequestItems":{"${itemsTable}":{"Keys":[${repeated(key, batchGetKeys)}]}}}`,
    keys: itemsCount,
    // One after the other: a batch may not name a key twice.
    keyOrder: "sequential",
    problem: ({ Responses: found }) => {
      const items = (found as Readonly<Record<string, readonly unknown[]>> | undefined)?.[itemsTable];
      return items?.length === batchGetKeys ? undefined : `${items?.length ?? 0} items`;
    },
  },
  {
    name: "batch-write",
    summary: "BatchWriteItem of 25 items of 1 KB",
    operation: "BatchWriteItem",
    template: `{"RequestItems":{"${itemsTable}":[${repeated(`{"PutRequest":{"Item":${item}}}`, batchWriteItems)}]}}`,
    keys: itemsCount,
    keyOrder: "sequential",
    problem: ({ UnprocessedItems: left }) =>
      Object.keys(left ?? {}).length === 0 ? undefined : "items were left unprocessed",
  },
  {
    name: "scan",
    summary: "Scan of a page of 100 items of 1 KB",
    operation: "Scan",
    template: `{"TableName":"${itemsTable}","Limit":100,"ExclusiveStartKey":${key}}`,
    keys: itemsCount,
    keyOrder: "random",
    problem: ({ Count: count }) => (Number(count) > 0 ? undefined : `Count is ${String(count)}`),
  },
];

export const tableDefinitions: readonly object[] = [
  {
    TableName: itemsTable,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  },
  {
    TableName: collectionsTable,
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    BillingMode: "PAY_PER_REQUEST",
  },
];

/** The request of a workload with its marks replaced, for a call that is looked at. */
export function sampleRequest(template: string): string {
  let next = 0;
  return template
    .replaceAll(keyMark, () => String(next++).padStart(keyMark.length, "0"))
    .replaceAll(uniqueMark, "sample".padEnd(uniqueMark.length, "-"));
}

/** Items as the fill puts them, for servers that are filled in another way. */
export function firstItems(count: number = itemsCount): readonly { readonly pk: { readonly S: string } }[] {
  return Array.from(
    { length: count },
    (_, index) => JSON.parse(withKey(item, index)) as { pk: { S: string } },
  );
}

/** The requests that fill the tables: every key of every workload exists afterwards. */
export function fillRequests(): readonly object[] {
  const items = batches(itemsCount, itemsTable, (index) => JSON.parse(withKey(item, index)) as object);
  const entries = batches(collectionsCount * itemsPerCollection, collectionsTable, (index) => ({
    pk: JSON.parse(withKey(collectionKey, Math.floor(index / itemsPerCollection))) as object,
    sk: { S: `entry-${String(index % itemsPerCollection).padStart(4, "0")}` },
    filler: { S: smallPadding },
  }));
  return [...items, ...entries];
}

function batches(count: number, table: string, itemAt: (index: number) => object): readonly object[] {
  return Array.from({ length: count / batchWriteItems }, (_, batch) => ({
    RequestItems: {
      [table]: Array.from({ length: batchWriteItems }, (_unused, index) => ({
        PutRequest: { Item: itemAt(batch * batchWriteItems + index) },
      })),
    },
  }));
}

function withKey(template: string, value: number): string {
  return template
    .replaceAll(keyMark, String(value).padStart(keyMark.length, "0"))
    .replaceAll(uniqueMark, "first".padEnd(uniqueMark.length, "-"));
}
