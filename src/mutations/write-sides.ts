/** The two sides of an item write: what is there, and what the write leaves behind. */
import { bytesEqual, limits } from "../base/index.ts";
import { applyUpdate, onlyRemoves } from "../expressions/index.ts";
import type { StoredRecord } from "../storage/contract/index.ts";
import {
  decodeItem,
  encodeItem,
  itemSizeBytes,
  nestingLevels,
  recordHeader,
  recordJson,
  valuesEqual,
  type Item,
} from "../values/index.ts";
import { updatedIndexKeyIssue } from "./derived-writes.ts";
import type { ItemWrite } from "./item-write.ts";

const emptyItem: Item = new Map();

/** The present record, read lazily: most puts need only its header. */
export interface Present {
  readonly json: Uint8Array | undefined;
  readonly sizeBytes: number;
  readonly item: () => Item;
}

/** What the write leaves behind; `json` undefined for no item. */
export interface Target {
  readonly json: Uint8Array | undefined;
  readonly sizeBytes: number;
  readonly item: (() => Item) | undefined;
}

export function presentItem(record: StoredRecord | undefined): Present {
  if (record === undefined) return { json: undefined, sizeBytes: 0, item: () => emptyItem };
  const json = recordJson(record.value);
  let item: Item | undefined;
  return {
    json,
    sizeBytes: recordHeader(record.value).sizeBytes,
    item: () => (item ??= decodeItem(json)),
  };
}

export type TargetResult =
  | ({ readonly kind: "target" } & Target)
  | { readonly kind: "invalid"; readonly message: string };

export function targetItem(write: ItemWrite, present: Present): TargetResult {
  const { action } = write;
  switch (action.kind) {
    case "put":
      return { kind: "target", json: action.json, sizeBytes: action.sizeBytes, item: undefined };
    case "delete":
      return { kind: "target", json: undefined, sizeBytes: 0, item: undefined };
    case "update":
      return updateTarget(write, action, present);
    case "check":
      return { kind: "target", json: present.json, sizeBytes: present.sizeBytes, item: undefined };
  }
}

function updateTarget(
  { derived }: ItemWrite,
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
  const keyIssue =
    derived === undefined
      ? undefined
      : updatedIndexKeyIssue(derived.indexes, absent ? undefined : present.item(), item);
  if (keyIssue !== undefined) return { kind: "invalid", message: keyIssue };
  const sizeBytes = itemSizeBytes(item);
  if (sizeBytes > limits.itemBytesMax) return { kind: "invalid", message: updateTooLarge };
  if (nestingLevels(item) > limits.nestingLevelsMax) {
    return { kind: "invalid", message: nestingMessage };
  }
  return { kind: "target", json: encodeItem(item), sizeBytes, item: () => item };
}

/** Text for documents nested too deeply, also used for items and values that arrive so. */
export const nestingMessage: string =
  "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

export const updateTooLarge = "Item size to update has exceeded the maximum allowed size";

/** Parsed; undefined for no item. */
export function targetContent({ json, item }: Target): Item | undefined {
  if (json === undefined) return undefined;
  return item === undefined ? decodeItem(json) : item();
}

/** A write that leaves the item equal writes nothing: no version, no log record (as in DynamoDB's streams). */
export function isUnchanged(present: Present, target: Target): boolean {
  if (present.json === undefined || target.json === undefined) return present.json === target.json;
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
