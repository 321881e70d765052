/**
 * A table with indexes whose items and entries are written straight into the store, and the operations over it: for
 * tests of reads. Nothing keeps entries in step with items here; tests say what is there.
 */
import { createTurnPacer, seededRandom } from "../base/index.ts";
import { type Catalog, type GlobalIndex, type LocalIndex, type TableDescription } from "../catalog/index.ts";
import { createExpressionCompiler } from "../expressions/index.ts";
import { indexEntry, tableIndexes, tableKeyAttributes } from "../indexes/index.ts";
import { createDispatch, type Services } from "../operations/index.ts";
import { itemKey } from "../partitions/index.ts";
import { createStatementParser } from "../partiql/index.ts";
import type { DecideFunction, Engine, RecordKey, RecordWrite } from "../storage/contract/index.ts";
import {
  encodeItem,
  encodeKeyValue,
  encodeRecord,
  type Item,
  itemSizeBytes,
  type ScalarValue,
} from "../values/index.ts";
import { openModelEngine } from "./model-engine.ts";
import { newTestTable, testNamespace } from "./new-table.ts";
import { settableClock } from "./settable-clock.ts";

type JsonObject = Readonly<Record<string, unknown>>;

export interface IndexedTable {
  readonly engine: Engine;
  readonly table: TableDescription;
  /** Items and their entries in every index. */
  readonly put: (items: readonly Item[]) => Promise<void>;
  /** The item, or the entries, alone: what is seen between two moments. */
  readonly putItem: (item: Item) => Promise<void>;
  readonly removeItem: (item: Item) => Promise<void>;
  readonly removeEntries: (item: Item) => Promise<void>;
  /** The answer parsed, or `Error: text`. */
  readonly call: (operation: string, input: JsonObject) => Promise<JsonObject | string>;
  /** The answer as it is sent. */
  readonly body: (operation: string, input: JsonObject) => Promise<string>;
}

export type IndexedShape = Pick<TableDescription, "keySchema" | "localIndexes" | "globalIndexes">;

export interface IndexedTableOptions {
  readonly table: IndexedShape;
  readonly services?: Partial<Services>;
}

const writeKind = "write";
const write: DecideFunction = (args) => ({
  kind: "commit",
  commit: { records: args as readonly RecordWrite[] },
  result: undefined,
});

/** As if the catalog had made it; the numbers of its indexes' keyspaces are the caller's. */
export function indexedDescription(shape: IndexedShape): TableDescription {
  const plain: Omit<TableDescription, keyof IndexedShape | "keyspace" | "epoch" | "vectorIndexes"> =
    newTestTable("Items", 0, { status: "ACTIVE" });
  return { ...plain, keyspace: 100, epoch: 1, ...shape };
}

/** The table is called `Items` and has four buckets. */
export function openIndexedTable({ table: shape, services }: IndexedTableOptions): IndexedTable {
  const clock = settableClock(1_767_225_600_000);
  const engine = openModelEngine({ decide: new Map([[writeKind, write]]), clock });
  const table = indexedDescription(shape);
  const dispatch = createDispatch({
    engine,
    catalog: catalogOf(table),
    clock,
    random: seededRandom(1),
    pacer: createTurnPacer(),
    compiler: createExpressionCompiler({ cacheEntriesMax: 10 }),
    statements: createStatementParser({ cacheEntriesMax: 10 }),
    collectionBytesMax: 1e9,
    regionId: 0,
    ...services,
  });
  const run = async (records: readonly RecordWrite[]): Promise<void> => {
    await engine.mutate({ kind: writeKind, epochs: [], keys: [], args: records });
  };
  const result = async (operation: string, json: JsonObject): Promise<string> => {
    const call = { service: "DynamoDB", operation, json, namespace: testNamespace, requestId: "R" } as const;
    const done = await dispatch(call);
    if (done.kind === "ok")
      return typeof done.body === "string" ? done.body : Buffer.from(done.body).toString();
    if (done.cause instanceof Error) throw done.cause;
    throw done.error;
  };
  return {
    engine,
    table,
    put: (items) => run(items.flatMap((item) => [itemPut(table, item), ...entryPuts(table, item)])),
    putItem: (item) => run([itemPut(table, item)]),
    removeItem: (item) => run([{ kind: "delete", key: keyOf(table, item) }]),
    removeEntries: (item) => run(entryPuts(table, item).map(({ key }) => ({ kind: "delete", key }))),
    body: result,
    async call(operation, json) {
      try {
        return JSON.parse(await result(operation, json)) as JsonObject;
      } catch (error) {
        if (error instanceof Error && "code" in error) return `${String(error.code)}: ${error.message}`;
        throw error;
      }
    },
  };
}

export function newGlobalIndex(
  index: Pick<GlobalIndex, "name" | "keyspace" | "hash"> & Partial<GlobalIndex>,
): GlobalIndex {
  return {
    range: [],
    bucketCount: 4,
    projection: { type: "ALL" },
    sinceEpoch: 1,
    status: "ACTIVE",
    throughput: { readUnits: 0, writeUnits: 0 },
    throughputHistory: { decreasesToday: 0 },
    warmReadUnits: 12_000,
    warmWriteUnits: 4000,
    ...index,
  };
}

export function newLocalIndex(
  index: Pick<LocalIndex, "name" | "keyspace" | "range"> & Partial<LocalIndex>,
): LocalIndex {
  return { projection: { type: "ALL" }, ...index };
}

/** Only what data operations ask for. */
function catalogOf(table: TableDescription): Catalog {
  const catalog: Pick<Catalog, "isCurrent" | "find" | "namespacesOf"> = {
    isCurrent: () => true,
    find: (_, name) => (name === table.name ? table : undefined),
    namespacesOf: () => [],
  };
  return catalog as Catalog;
}

function keyOf(table: TableDescription, item: Item): RecordKey {
  const [partition, sort] = tableKeyAttributes(table).map(({ name }) =>
    encodeKeyValue(item.get(name) as ScalarValue),
  );
  return itemKey(table, partition ?? new Uint8Array(0), sort ?? new Uint8Array(0));
}

function itemPut(table: TableDescription, item: Item): RecordWrite {
  return { kind: "put", key: keyOf(table, item), value: valueOf(item) };
}

function entryPuts(table: TableDescription, item: Item): readonly RecordWrite[] {
  const indexes = tableIndexes(table);
  return [...(indexes?.local ?? []), ...(indexes?.global ?? [])].flatMap((index) => {
    const entry = indexEntry(index, tableKeyAttributes(table), item);
    return entry === undefined ? [] : [{ kind: "put", key: entry.key, value: valueOf(entry.item) }];
  });
}

function valueOf(item: Item): Uint8Array {
  const header = { sizeBytes: itemSizeBytes(item), writeTimeMicros: 1, regionId: 0 };
  return encodeRecord(header, encodeItem(item));
}
