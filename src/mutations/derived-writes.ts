/**
 * What a write of an item carries with it in the same commit: entries of local indexes, the size of the item
 * collection, and one record of the change log when some consumer has to know. Global and vector indexes are not written
 * here: their consumers read the log.
 */
import { limits } from "../base/index.ts";
import { countDeltas, tableCounters } from "../catalog/index.ts";
import {
  type EntryChange,
  entryChange,
  entryRecord,
  type EntryShape,
  entryWriteBytes,
  entryWriteUnits,
  indexKeyIssue,
  type IndexShape,
  type TableIndexes,
} from "../indexes/index.ts";
import type { Commit, CounterDelta, CounterId, RecordKey, RecordWrite } from "../storage/contract/index.ts";
import type { Item } from "../values/index.ts";
import type { DerivedPlan, ItemSide, WrittenPlace } from "./derived-plan.ts";
import { loggedChange } from "./logged-change.ts";

/** Write units of an index, before a transaction doubles them; of a vector index its bytes. */
export interface IndexUnits {
  readonly name: string;
  readonly kind: "local" | "global" | "vector";
  readonly units: number;
}

export type DerivedWrites =
  | {
      readonly kind: "derived";
      readonly commit: Commit;
      readonly units: readonly IndexUnits[];
      /** After this write; absent without local indexes. */
      readonly collectionBytes?: number;
    }
  | { readonly kind: "collectionFull" }
  /** Item and local entries together are larger than an item may be. */
  | { readonly kind: "tooLarge" };

/** The counter a decide function needs to know about this plan, if any. */
export function collectionCounter(
  { indexes }: DerivedPlan,
  key: RecordKey,
  keyspace: number,
): CounterId | undefined {
  if (indexes.local.length === 0) return undefined;
  return { keyspace, index: tableCounters.collectionBytes, part: key.partition };
}

/** For a write that changes something. */
export function derivedWrites(
  plan: DerivedPlan,
  place: WrittenPlace,
  sides: { readonly before: ItemSide; readonly after: ItemSide },
): DerivedWrites {
  const { indexes } = plan;
  const items = { before: sides.before.item, after: sides.after.item };
  const changeOf = (index: EntryShape): EntryChange => entryChange(index, indexes.tableKey, items);
  const local = indexes.local.map((index) => ({ index, change: changeOf(index) }));
  const built = [...indexes.global, ...indexes.vector].map((index) => ({ index, change: changeOf(index) }));
  const collection = collectionGrowth(local, sides);
  if (collection.afterBytes > limits.itemBytesMax) return { kind: "tooLarge" };
  const deltaBytes = collection.afterBytes - collection.beforeBytes;
  const collectionBytes = place.collectionBytes + deltaBytes;
  if (local.length > 0 && deltaBytes > 0 && collectionBytes > plan.collectionBytesMax) {
    return { kind: "collectionFull" };
  }
  return {
    kind: "derived",
    commit: {
      records: local.flatMap((changed) => entryWrites(changed, place, sides.after.json)),
      counters: [
        ...local.flatMap(({ index, change }) => entryCounters(index, change)),
        ...collectionDelta(plan, place, deltaBytes),
      ],
      ...(indexes.captured || built.some(({ change }) => isChange(change))
        ? { log: [loggedChange(plan, place, sides)] }
        : {}),
    },
    units: [...local, ...built].flatMap(({ index, change }) => indexUnits(index, change)),
    ...(local.length === 0 ? {} : { collectionBytes }),
  };
}

interface ChangedEntry {
  readonly index: IndexShape;
  readonly change: EntryChange;
}

/** The item and its local entries, on each side. */
function collectionGrowth(
  local: readonly ChangedEntry[],
  { before, after }: { readonly before: ItemSide; readonly after: ItemSide },
): { readonly beforeBytes: number; readonly afterBytes: number } {
  let beforeBytes = before.sizeBytes;
  let afterBytes = after.sizeBytes;
  for (const { change } of local) {
    beforeBytes += change.before?.sizeBytes ?? 0;
    afterBytes += change.after?.sizeBytes ?? 0;
  }
  return { beforeBytes, afterBytes };
}

function collectionDelta(plan: DerivedPlan, place: WrittenPlace, delta: number): readonly CounterDelta[] {
  const counter = collectionCounter(plan, place.key, place.keyspace);
  return counter === undefined || delta === 0 ? [] : [{ counter, delta }];
}

function isChange({ removes, puts }: EntryChange): boolean {
  return removes || puts;
}

function entryWrites(
  { index, change: { before, after, removes, puts } }: ChangedEntry,
  { nowMicros, regionId }: WrittenPlace,
  json: Uint8Array | undefined,
): readonly RecordWrite[] {
  const writes: RecordWrite[] = [];
  if (removes && before !== undefined) writes.push({ kind: "delete", key: before.key });
  if (puts && after !== undefined) {
    const value = entryRecord(index, after, { json, writeTimeMicros: nowMicros, regionId });
    writes.push({ kind: "put", key: after.key, value });
  }
  return writes;
}

function entryCounters({ keyspace }: IndexShape, { before, after }: EntryChange): readonly CounterDelta[] {
  const items = Number(after !== undefined) - Number(before !== undefined);
  const bytes = (after?.sizeBytes ?? 0) - (before?.sizeBytes ?? 0);
  return countDeltas(keyspace, { items, bytes });
}

function indexUnits({ name, kind }: EntryShape, change: EntryChange): readonly IndexUnits[] {
  const units = kind === "vector" ? entryWriteBytes(change) : entryWriteUnits(change);
  return units === 0 ? [] : [{ name, kind, units }];
}

/** Which rule of the index keys an update breaks, with DynamoDB's text. What it leaves alone may be as it is. */
export function updatedIndexKeyIssue(
  indexes: TableIndexes,
  before: Item | undefined,
  after: Item,
): string | undefined {
  const issue = indexKeyIssue(indexes, after, (name) => before?.get(name) !== after.get(name));
  if (issue === undefined) return undefined;
  switch (issue.kind) {
    case "vector":
      // Another text than that of a put is not known (unconfirmed).
      return issue.text;
    case "size":
      return "The update expression attempted to update the secondary index key beyond allowed size limits";
    case "type":
      return "The update expression attempted to update the secondary index key to unsupported type";
    case "empty":
      // The text for empty values that stand in the request; that one which is computed gets it, too, is unconfirmed.
      return (
        "One or more parameter values are not valid. The update expression attempted to update a secondary index key to a " +
        "value that is not supported. The AttributeValue for a key attribute cannot contain an empty " +
        `${issue.attribute.type === "S" ? "string" : "binary"} value.`
      );
  }
}
