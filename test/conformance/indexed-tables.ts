/** Tables with secondary indexes for the rows of this folder: how they are made, and how they are filled. */
import type { JsonObject } from "./case-types.ts";
import type { Harness } from "./harness.ts";
import { readAll } from "./table-contents.ts";

type ScalarType = "S" | "N" | "B";

interface IndexedKey {
  readonly hash: readonly string[];
  readonly range?: readonly string[];
  /** Names stand for INCLUDE. */
  readonly projection: "ALL" | "KEYS_ONLY" | readonly string[];
}

export interface IndexedTable {
  readonly name: string;
  /** The partition key first. */
  readonly key: readonly string[];
  /** Key attributes that are no strings. */
  readonly types?: Readonly<Record<string, ScalarType>>;
  readonly local?: Readonly<Record<string, IndexedKey>>;
  readonly global?: Readonly<Record<string, IndexedKey>>;
}

const byG = { hash: ["g"] };
const localByG = { hash: ["pk"], range: ["g"] };
const localByL = { hash: ["pk"], range: ["l"] };

/** One index each, so that nothing else adds to what a row counts; then those with several. */
export const indexedTables: readonly IndexedTable[] = [
  { name: "plain-hash", key: ["pk"] },
  { name: "plain-range", key: ["pk", "sk"] },
  { name: "shirts", key: ["shirt-color"] },
  { name: "messages", key: ["Id"], types: { Id: "N" } },
  { name: "threads", key: ["ForumName", "Subject"] },
  { name: "global-all", key: ["pk"], global: { byG: { ...byG, projection: "ALL" } } },
  { name: "global-keys", key: ["pk"], global: { byG: { ...byG, projection: "KEYS_ONLY" } } },
  { name: "global-some", key: ["pk"], global: { byG: { ...byG, projection: ["a"] } } },
  {
    name: "global-same",
    key: ["pk", "sk"],
    global: { inverted: { ...inverted(), projection: "KEYS_ONLY" } },
  },
  { name: "local-all", key: ["pk", "sk"], local: { byG: { ...localByG, projection: "ALL" } } },
  { name: "local-keys", key: ["pk", "sk"], local: { byG: { ...localByG, projection: "KEYS_ONLY" } } },
  { name: "local-some", key: ["pk", "sk"], local: { byG: { ...localByG, projection: ["a"] } } },
  {
    name: "both-kinds",
    key: ["pk", "sk"],
    local: { localByG: { ...localByG, projection: "ALL" } },
    global: { globalByG: { ...byG, projection: "ALL" } },
  },
  {
    name: "Music",
    key: ["Artist", "SongTitle"],
    local: { AlbumTitleIndex: { hash: ["Artist"], range: ["AlbumTitle"], projection: "KEYS_ONLY" } },
  },
  {
    name: "many-keys",
    key: ["pk"],
    types: { b: "N", d: "N" },
    global: { byMany: { hash: ["a", "b"], range: ["c", "d"], projection: ["e"] } },
  },
  {
    name: "most-keys",
    key: ["pk", "sk"],
    global: {
      byEight: { hash: ["h1", "h2", "h3", "h4"], range: ["r1", "r2", "r3", "r4"], projection: "KEYS_ONLY" },
    },
  },
  {
    // Names out of the order of the alphabet: the first by name is neither local nor the first of its list.
    name: "ruled",
    key: ["pk", "sk"],
    types: { l: "N", n: "N", x: "B" },
    local: {
      "local-all": { ...localByL, projection: "ALL" },
      "local-keys": { ...localByL, projection: "KEYS_ONLY" },
      "local-some": { ...localByL, projection: ["a"] },
    },
    global: {
      "some-by-g": { ...byG, range: ["n"], projection: ["a"] },
      "all-by-g": { ...byG, projection: "ALL" },
      "keys-by-l": { hash: ["l"], projection: "KEYS_ONLY" },
      "all-by-x": { hash: ["x"], projection: "ALL" },
    },
  },
];

function inverted(): Pick<IndexedKey, "hash" | "range"> {
  return { hash: ["sk"], range: ["pk"] };
}

export function createIndexedTable({ name, key, types = {}, local, global }: IndexedTable): JsonObject {
  const keys = Object.values({ ...local, ...global }).flatMap(({ hash, range = [] }) => [...hash, ...range]);
  return {
    TableName: name,
    AttributeDefinitions: [...new Set([...key, ...keys])].map((attribute) => ({
      AttributeName: attribute,
      AttributeType: types[attribute] ?? "S",
    })),
    KeySchema: keySchema(key.slice(0, 1), key.slice(1)),
    ...(local === undefined ? {} : { LocalSecondaryIndexes: indexes(local) }),
    ...(global === undefined ? {} : { GlobalSecondaryIndexes: indexes(global) }),
    BillingMode: "PAY_PER_REQUEST",
  };
}

function indexes(named: Readonly<Record<string, IndexedKey>>): readonly JsonObject[] {
  return Object.entries(named).map(([IndexName, { hash, range, projection }]) => ({
    IndexName,
    KeySchema: keySchema(hash, range ?? []),
    Projection:
      typeof projection === "string"
        ? { ProjectionType: projection }
        : { ProjectionType: "INCLUDE", NonKeyAttributes: projection },
  }));
}

function keySchema(hash: readonly string[], range: readonly string[]): readonly JsonObject[] {
  return [
    ...hash.map((AttributeName) => ({ AttributeName, KeyType: "HASH" })),
    ...range.map((AttributeName) => ({ AttributeName, KeyType: "RANGE" })),
  ];
}

export function indexedTable(name: string): IndexedTable {
  const table = indexedTables.find((each) => each.name === name);
  if (table === undefined) throw new Error(`no table ${name} with indexes`);
  return table;
}

const batchMax = 25;

/** Afterwards the table holds these items and no others. */
export async function fillIndexed(
  harness: Harness,
  { name: table, key }: Pick<IndexedTable, "name" | "key">,
  items: readonly JsonObject[],
): Promise<void> {
  const old = await readAll(harness, table);
  const removed = old.map((item) => ({
    DeleteRequest: { Key: Object.fromEntries(key.map((name) => [name, item[name]])) },
  }));
  const put = items.map((item) => ({ PutRequest: { Item: item } }));
  for (const requests of [removed, put]) {
    for (let first = 0; first < requests.length; first += batchMax) {
      const request = { RequestItems: { [table]: requests.slice(first, first + batchMax) } };
      const { status, text } = await harness.call("BatchWriteItem", request);
      if (status !== 200) throw new Error(`BatchWriteItem ${table}: ${text}`);
    }
  }
}
