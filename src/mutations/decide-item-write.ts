/** Decides one item write on the newest record: condition, new item, size and nesting rules, counters. */
import { bytesEqual, limits } from "../base/index.ts";
import { tableCounters } from "../catalog/index.ts";
import { applyUpdate, evaluateCondition, onlyRemoves, updatedAttributes } from "../expressions/index.ts";
import type {
  CounterDelta,
  Decision,
  RecordKey,
  RecordWrite,
  StoredRecord,
} from "../storage/contract/index.ts";
import {
  decodeItem,
  encodeItem,
  encodeRecord,
  itemSizeBytes,
  nestingLevels,
  recordHeader,
  recordJson,
  valuesEqual,
  writeItemJson,
  type Item,
} from "../values/index.ts";
import type { ImageJson, ItemWrite, ItemWriteResult } from "./item-write.ts";

const emptyItem: Item = new Map();

/** The present record, read lazily: most puts need only its header. */
interface Present {
  readonly json: Uint8Array | undefined;
  readonly sizeBytes: number;
  readonly item: () => Item;
}

/** What the write leaves behind; `json` undefined for no item. */
interface Target {
  readonly json: Uint8Array | undefined;
  readonly sizeBytes: number;
  readonly item: (() => Item) | undefined;
}

/** Exported for everything that writes items; `key` is where `record` was read. */
export function decideItemWrite(
  write: ItemWrite,
  key: RecordKey,
  state: { readonly record: StoredRecord | undefined; readonly nowMicros: number },
): Decision {
  const present = presentItem(state.record);
  if (write.condition !== undefined && !evaluateCondition(write.condition, present.item())) {
    return refuse(conditionFailed(write, present));
  }
  const target = targetItem(write, present);
  if (target.kind === "invalid") return refuse(target);
  return {
    kind: "commit",
    commit: {
      records: recordWrites({ write, key, nowMicros: state.nowMicros }, present, target),
      counters: counterDeltas(write.keyspace, present, target),
    },
    result: written(write, present, target),
  };
}

function refuse(result: ItemWriteResult): Decision {
  return { kind: "refuse", result };
}

function presentItem(record: StoredRecord | undefined): Present {
  if (record === undefined) return { json: undefined, sizeBytes: 0, item: () => emptyItem };
  const json = recordJson(record.value);
  let item: Item | undefined;
  return {
    json,
    sizeBytes: recordHeader(record.value).sizeBytes,
    item: () => (item ??= decodeItem(json)),
  };
}

function conditionFailed(write: ItemWrite, present: Present): ItemWriteResult {
  const failed = { kind: "conditionFailed", oldSizeBytes: present.sizeBytes } as const;
  return write.returnOnFailure && present.json !== undefined ? { ...failed, item: present.json } : failed;
}

type TargetResult =
  | ({ readonly kind: "target" } & Target)
  | { readonly kind: "invalid"; readonly message: string };

function targetItem(write: ItemWrite, present: Present): TargetResult {
  const { action } = write;
  switch (action.kind) {
    case "put":
      return { kind: "target", json: action.json, sizeBytes: action.sizeBytes, item: undefined };
    case "delete":
      return { kind: "target", json: undefined, sizeBytes: 0, item: undefined };
    case "update":
      return updateTarget(action, present);
  }
}

function updateTarget(
  action: Extract<ItemWrite["action"], { kind: "update" }>,
  present: Present,
): TargetResult {
  const absent = present.json === undefined;
  if (absent && action.plan !== undefined && onlyRemoves(action.plan)) {
    // Nothing to remove from: succeeds, creates nothing (semantics observed on the live service).
    const applied = applyUpdate(action.plan, action.key);
    if (applied.kind === "updateIssue") return { kind: "invalid", message: applied.message };
    return { kind: "target", json: undefined, sizeBytes: 0, item: () => emptyItem };
  }
  const base = absent ? action.key : present.item();
  const applied =
    action.plan === undefined ? { kind: "updated" as const, item: base } : applyUpdate(action.plan, base);
  if (applied.kind === "updateIssue") return { kind: "invalid", message: applied.message };
  const { item } = applied;
  if (item === base && !absent) {
    return { kind: "target", json: present.json, sizeBytes: present.sizeBytes, item: () => item };
  }
  const sizeBytes = itemSizeBytes(item);
  if (sizeBytes > limits.itemBytesMax) {
    return { kind: "invalid", message: "Item size to update has exceeded the maximum allowed size" };
  }
  if (nestingLevels(item) > limits.nestingLevelsMax) {
    return { kind: "invalid", message: nestingMessage };
  }
  return { kind: "target", json: encodeItem(item), sizeBytes, item: () => item };
}

/** Text for documents nested too deeply, also used for items and values that arrive so. */
export const nestingMessage: string =
  "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

function recordWrites(
  place: { readonly write: ItemWrite; readonly key: RecordKey; readonly nowMicros: number },
  present: Present,
  target: Target,
): readonly RecordWrite[] {
  if (target.json === undefined)
    return present.json === undefined ? [] : [{ kind: "delete", key: place.key }];
  if (unchanged(present, target)) return [];
  const header = {
    sizeBytes: target.sizeBytes,
    writeTimeMicros: place.nowMicros,
    regionId: place.write.regionId,
  };
  return [{ kind: "put", key: place.key, value: encodeRecord(header, target.json) }];
}

/** A write that leaves the item equal writes nothing: no version, no log record (as in DynamoDB's streams). */
function unchanged(present: Present, target: Target): boolean {
  if (present.json === undefined || target.json === undefined) return false;
  if (present.sizeBytes !== target.sizeBytes) return false;
  if (present.json === target.json || bytesEqual(present.json, target.json)) return true;
  if (!sameBytesInSomeOrder(present.json, target.json)) return false;
  const item = target.item === undefined ? decodeItem(target.json) : target.item();
  return valuesEqual({ type: "M", value: present.item() }, { type: "M", value: item });
}

/**
 * Equal items have equal canonical texts but for the order of attributes and set members, so their bytes
 * have one sum. Spares parsing both sides of nearly every put over an item of the same size.
 */
function sameBytesInSomeOrder(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) difference += (left[index] ?? 0) - (right[index] ?? 0);
  return difference === 0;
}

function counterDeltas(keyspace: number, present: Present, target: Target): readonly CounterDelta[] {
  const deltas: CounterDelta[] = [];
  const items = (target.json === undefined ? 0 : 1) - (present.json === undefined ? 0 : 1);
  if (items !== 0) deltas.push({ counter: { keyspace, index: tableCounters.items }, delta: items });
  const bytes = target.sizeBytes - present.sizeBytes;
  if (bytes !== 0) deltas.push({ counter: { keyspace, index: tableCounters.bytes }, delta: bytes });
  return deltas;
}

function written(write: ItemWrite, present: Present, target: Target): ItemWriteResult {
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
