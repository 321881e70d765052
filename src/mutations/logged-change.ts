/**
 * The record of the change log about one write of an item. Its images hold what the readers of the log need, which for
 * a table that is only captured are the key attributes: those are the same before and after, so one side is enough.
 */
import { encodeItemChange, itemShard } from "../changes/index.ts";
import type { Commit } from "../storage/contract/index.ts";
import { encodeItem, type Item } from "../values/index.ts";
import type { DerivedPlan, ItemSide, WrittenPlace } from "./derived-plan.ts";

type LoggedRecord = NonNullable<Commit["log"]>[number];

export function loggedChange(
  plan: DerivedPlan,
  place: WrittenPlace,
  { before, after }: { readonly before: ItemSide; readonly after: ItemSide },
): LoggedRecord {
  const { loggedNames } = plan.indexes;
  return recordOf(plan, place, {
    before: { image: imageOf(before, loggedNames), sizeBytes: before.sizeBytes },
    after: { image: imageOf(after, loggedNames), sizeBytes: after.sizeBytes },
  });
}

/** Whether nothing of an item has to be known but its key. */
export function logsKeysOnly({ indexes: { local, global, vector } }: DerivedPlan): boolean {
  return local.length + global.length + vector.length === 0;
}

export interface ChangedKey {
  /** Either side of the write. */
  readonly item: Item;
  /** 0 where there is no item. */
  readonly beforeSizeBytes: number;
  readonly afterSizeBytes: number;
}

/** The same as `loggedChange` for such a plan. */
export function loggedKey(
  plan: DerivedPlan,
  place: WrittenPlace,
  { item, beforeSizeBytes, afterSizeBytes }: ChangedKey,
): LoggedRecord {
  const key = pickedImage(item, plan.indexes.loggedNames ?? []);
  const side = (sizeBytes: number): LoggedSide => ({ image: sizeBytes === 0 ? undefined : key, sizeBytes });
  return recordOf(plan, place, { before: side(beforeSizeBytes), after: side(afterSizeBytes) });
}

interface LoggedSide {
  readonly image: Uint8Array | undefined;
  readonly sizeBytes: number;
}

function recordOf(
  { epoch, indexes }: DerivedPlan,
  { keyspace, key: { placement, partition, sort } }: WrittenPlace,
  { before, after }: { readonly before: LoggedSide; readonly after: LoggedSide },
): LoggedRecord {
  return {
    shard: itemShard(keyspace, placement),
    value: encodeItemChange({
      keyspace,
      epoch,
      partition,
      sort,
      ...(before.image === undefined ? {} : { before: before.image }),
      ...(after.image === undefined ? {} : { after: after.image }),
      beforeSizeBytes: before.sizeBytes,
      afterSizeBytes: after.sizeBytes,
      whole: indexes.loggedNames === undefined,
      source: 0,
    }),
  };
}

function imageOf({ item, json }: ItemSide, names: readonly string[] | undefined): Uint8Array | undefined {
  if (item === undefined) return undefined;
  return names === undefined ? (json ?? encodeItem(item)) : pickedImage(item, names);
}

function pickedImage(item: Item, names: readonly string[]): Uint8Array {
  const wanted = new Set(names);
  return encodeItem(new Map([...item].filter(([name]) => wanted.has(name))));
}
