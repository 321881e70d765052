/** Decides one item write on the newest record: condition, new item, size and nesting rules, counters. */
import { countDeltas } from "../catalog/index.ts";
import { evaluateCondition, updatedAttributes } from "../expressions/index.ts";
import type {
  Commit,
  CounterDelta,
  RecordKey,
  RecordWrite,
  StoredRecord,
} from "../storage/contract/index.ts";
import { encodeRecord, type Item, writeItemJson } from "../values/index.ts";
import type { ItemSide, WrittenPlace } from "./derived-plan.ts";
import { type DerivedWrites, derivedWrites } from "./derived-writes.ts";
import { loggedKey, logsKeysOnly } from "./logged-change.ts";
import type { ImageJson, ItemWrite, ItemWriteResult } from "./item-write.ts";
import {
  isUnchanged,
  type Present,
  presentItem,
  type Target,
  targetContent,
  targetItem,
  updateTooLarge,
} from "./write-sides.ts";

/** Where and when an item is written, and what was found there. */
export interface WriteState {
  readonly record: StoredRecord | undefined;
  readonly nowMicros: number;
  /** Of the item's collection; 0 for tables without local indexes. */
  readonly collectionBytes: number;
}

export type ItemDecision =
  | { readonly kind: "commit"; readonly commit: Commit; readonly result: WrittenResult }
  | { readonly kind: "refuse"; readonly result: Exclude<ItemWriteResult, WrittenResult> };

type WrittenResult = Extract<ItemWriteResult, { kind: "written" }>;

/** Exported for everything that writes items; `key` is where `record` was read. */
export function decideItemWrite(write: ItemWrite, key: RecordKey, state: WriteState): ItemDecision {
  const present = presentItem(state.record);
  if (write.condition !== undefined && !evaluateCondition(write.condition, present.item())) {
    return refuse(conditionFailed(write, present));
  }
  const target = targetItem(write, present);
  if (target.kind === "invalid") return refuse(target);
  const result = written(write, present, target);
  if (isUnchanged(present, target)) {
    const collection = write.derived?.indexes.local.length ? { collectionBytes: state.collectionBytes } : {};
    return { kind: "commit", commit: { records: [] }, result: { ...result, ...collection } };
  }
  return changedItem({ write, key, state }, { present, target, result });
}

function refuse(result: Extract<ItemDecision, { kind: "refuse" }>["result"]): ItemDecision {
  return { kind: "refuse", result };
}

interface Writing {
  readonly write: ItemWrite;
  readonly key: RecordKey;
  readonly state: WriteState;
}

interface Change {
  readonly present: Present;
  readonly target: Target;
  readonly result: WrittenResult;
}

function changedItem({ write, key, state }: Writing, { present, target, result }: Change): ItemDecision {
  const { nowMicros } = state;
  const records = recordWrites({ write, key, nowMicros }, target);
  const counters = counterDeltas(write.keyspace, present, target);
  const derived = derivedOf({ write, key, state }, present, target);
  if (derived === undefined) return { kind: "commit", commit: { records, counters }, result };
  if (derived.kind !== "derived") return refuse(derivedRefusal(write, derived.kind));
  const { commit, units, collectionBytes } = derived;
  return {
    kind: "commit",
    commit: {
      records: [...records, ...commit.records],
      counters: [...counters, ...(commit.counters ?? [])],
      ...(commit.log === undefined ? {} : { log: commit.log }),
    },
    result: {
      ...result,
      ...(units.length === 0 ? {} : { indexUnits: units }),
      ...(collectionBytes === undefined ? {} : { collectionBytes }),
    },
  };
}

function derivedOf(
  { write, key, state }: Writing,
  present: Present,
  target: Target,
): DerivedWrites | undefined {
  if (write.derived === undefined) return undefined;
  const place: WrittenPlace = {
    key,
    keyspace: write.keyspace,
    regionId: write.regionId,
    nowMicros: state.nowMicros,
    collectionBytes: state.collectionBytes,
  };
  if (logsKeysOnly(write.derived)) {
    const record = loggedKey(write.derived, place, {
      item: targetContent(target) ?? present.item(),
      beforeSizeBytes: present.sizeBytes,
      afterSizeBytes: target.sizeBytes,
    });
    return { kind: "derived", commit: { records: [], log: [record] }, units: [] };
  }
  const before: ItemSide = {
    item: present.json === undefined ? undefined : present.item(),
    json: present.json,
    sizeBytes: present.sizeBytes,
  };
  const after: ItemSide = { item: targetContent(target), json: target.json, sizeBytes: target.sizeBytes };
  return derivedWrites(write.derived, place, { before, after });
}

/** The texts for an item that is too large together with its local entries are unconfirmed. */
function derivedRefusal(
  { action }: ItemWrite,
  kind: "collectionFull" | "tooLarge",
): Extract<ItemDecision, { kind: "refuse" }>["result"] {
  if (kind === "collectionFull") return { kind };
  const message =
    action.kind === "update" ? updateTooLarge : "Item size has exceeded the maximum allowed size";
  return { kind: "invalid", message };
}

function conditionFailed(
  write: ItemWrite,
  present: Present,
): Extract<ItemWriteResult, { kind: "conditionFailed" }> {
  const failed = { kind: "conditionFailed", oldSizeBytes: present.sizeBytes } as const;
  return write.returnOnFailure && present.json !== undefined ? { ...failed, item: present.json } : failed;
}

function recordWrites(
  place: { readonly write: ItemWrite; readonly key: RecordKey; readonly nowMicros: number },
  target: Target,
): readonly RecordWrite[] {
  if (target.json === undefined) return [{ kind: "delete", key: place.key }];
  const header = {
    sizeBytes: target.sizeBytes,
    writeTimeMicros: place.nowMicros,
    regionId: place.write.regionId,
  };
  return [{ kind: "put", key: place.key, value: encodeRecord(header, target.json) }];
}

function counterDeltas(keyspace: number, present: Present, target: Target): readonly CounterDelta[] {
  return countDeltas(keyspace, {
    items: (target.json === undefined ? 0 : 1) - (present.json === undefined ? 0 : 1),
    bytes: target.sizeBytes - present.sizeBytes,
  });
}

function written(write: ItemWrite, present: Present, target: Target): WrittenResult {
  const sizes = { kind: "written", oldSizeBytes: present.sizeBytes, newSizeBytes: target.sizeBytes } as const;
  const attributes = returnedImage(write, present, target);
  return attributes === undefined ? sizes : { ...sizes, attributes };
}

function returnedImage(write: ItemWrite, present: Present, target: Target): ImageJson | undefined {
  switch (write.returned) {
    case "none":
      return undefined;
    case "allOld":
      return present.json;
    case "allNew":
      return target.json;
    case "updatedOld":
      return pickUpdated(write, present.json === undefined ? undefined : present.item());
    case "updatedNew":
      return pickUpdated(write, target.item?.());
  }
}

function pickUpdated(write: ItemWrite, item: Item | undefined): string | undefined {
  if (item === undefined || write.action.kind !== "update" || write.action.plan === undefined)
    return undefined;
  const picked = updatedAttributes(write.action.plan, item);
  return picked.size === 0 ? undefined : writeItemJson(picked);
}
