/** Indexes as the checker sees them: what each should hold, where, and whom it follows. */
import { bytesEqual } from "../base/index.ts";
import { type DerivedIndex, derivedIndexes, type TableDescription } from "../catalog/index.ts";
import type { Engine, StoredRecord } from "../storage/contract/index.ts";
import {
  decodeItem,
  type Item,
  recordAttachment,
  recordHeader,
  recordIntact,
  recordJson,
  valuesEqual,
} from "../values/index.ts";
import { type BackfillProgress, readBackfill } from "./backfill.ts";
import { type IndexEntry, indexEntry } from "./index-entry.ts";
import { builtShape, type EntryShape, localShape, tableKeyAttributes } from "./index-shape.ts";
import { vectorBytes } from "./index-output.ts";
import type { Placed } from "./verify-walk.ts";

export interface CheckedIndex extends Placed {
  /** For sentences. */
  readonly name: string;
  readonly local: boolean;
  /** Undefined when the item is not in the index. */
  readonly entryOf: (item: Item) => IndexEntry | undefined;
  readonly holds: (stored: StoredRecord, entry: IndexEntry) => boolean;
  /** What it follows; absent: its entries are written together with the items. */
  readonly fedBy?: { readonly table: TableDescription; readonly index: DerivedIndex };
  /** How far it has been filled; absent: it holds all items. */
  readonly backfill?: BackfillProgress;
}

/** Those that can be checked: nobody keeps an index in step that is being deleted, or whose table is. */
export async function checkedIndexes(
  engine: Engine,
  table: TableDescription,
): Promise<readonly CheckedIndex[]> {
  const tableKey = tableKeyAttributes(table);
  const ofShape = (shape: EntryShape): CheckedIndex => ({
    name: shape.name,
    keyspace: shape.keyspace,
    bucketCount: shape.bucketCount,
    local: shape.kind === "local",
    entryOf: (item) => indexEntry(shape, tableKey, item),
    holds: holdsEntry,
  });
  const local = (table.localIndexes ?? []).map((index) => ofShape(localShape(index, table)));
  const built: CheckedIndex[] = [];
  for (const index of table.status === "DELETING" ? [] : derivedIndexes(table)) {
    if (index.status === "DELETING") continue;
    const fed = { ...ofShape(builtShape(index, tableKey)), fedBy: { table, index } };
    const backfill = index.backfill === undefined ? undefined : await readBackfill(engine, index.keyspace);
    built.push(backfill === undefined || backfill.done ? fed : { ...fed, backfill });
  }
  return [...local, ...built];
}

function holdsEntry({ value }: StoredRecord, { item, sizeBytes, vector }: IndexEntry): boolean {
  if (!recordIntact(value) || recordHeader(value).sizeBytes !== sizeBytes) return false;
  if (!sameBytes(recordAttachment(value), vector && vectorBytes(vector))) return false;
  const entry = decodeItem(recordJson(value));
  return valuesEqual({ type: "M", value: entry }, { type: "M", value: item });
}

function sameBytes(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : bytesEqual(left, right);
}
