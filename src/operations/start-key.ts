/** ExclusiveStartKey of Query and Scan: where a page resumes. The item it names need not exist. */
import { validationError } from "../api/index.ts";
import { assert } from "../base/index.ts";
import type { KeyAttribute } from "../catalog/index.ts";
import { entryKey, tableKeyAttributes } from "../indexes/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { type Item, parseItem, type ScalarValue, type ValueIssue } from "../values/index.ts";
import type { WireItem } from "./attribute-values.ts";
import { refuseLongPartitionKey, refuseLongSortKey } from "./key-sizes.ts";
import { keyOfParameter, refuseEmptyKey } from "./primary-key.ts";
import { isTargetKey, type ReadTarget } from "./read-target.ts";

export const startKeyPrefix = "The provided starting key is invalid";
const mismatch = `${startKeyPrefix}: The provided key element does not match the schema`;

/** Its attribute values, checked before the table is looked up. */
export function startKeyItem(wire: WireItem | undefined): Item | undefined {
  if (wire === undefined) return undefined;
  const parsed = parseItem(wire);
  if (parsed.kind === "item") return parsed.item;
  throw validationError(bareIssue(parsed) ? parsed.message : `${startKeyPrefix}: ${parsed.message}`);
}

/** Duplicates and bad numbers are reported without the prefix. */
function bareIssue(issue: ValueIssue): boolean {
  return issue.code === "duplicates" || issue.code === "number";
}

/** The storage key of a start key that names exactly the attributes of LastEvaluatedKey. */
export function startRecordKey(target: ReadTarget, item: Item, operation: "Query" | "Scan"): RecordKey {
  return target.index === undefined
    ? tableStartKey(target, item, operation)
    : entryStartKey(target, target.index, { item, operation });
}

function tableStartKey(target: ReadTarget, item: Item, operation: "Query" | "Scan"): RecordKey {
  const counts = item.size === target.pageKey.length;
  // Query counts first and says no more; Scan has one text for both.
  if (operation === "Query" && !counts) throw validationError(startKeyPrefix);
  if (!counts || !target.pageKey.every((attribute) => fits(item, attribute))) throw validationError(mismatch);
  return keyOfParameter(target.table, item);
}

/** Whatever is wrong with the attributes of the index, and all of it in a Scan, has the bare text. */
function entryStartKey(
  target: ReadTarget,
  index: NonNullable<ReadTarget["index"]>,
  { item, operation }: { readonly item: Item; readonly operation: "Query" | "Scan" },
): RecordKey {
  if (item.size !== target.pageKey.length) throw validationError(startKeyPrefix);
  for (const attribute of target.pageKey) {
    if (fits(item, attribute)) continue;
    const bare = operation === "Scan" || isTargetKey(target, attribute.name);
    throw validationError(bare ? startKeyPrefix : mismatch);
  }
  for (const attribute of target.pageKey) {
    for (const value of valuesOf(item, [attribute])) refuseEmptyKey(attribute, value);
  }
  const tableKey = tableKeyAttributes(target.table);
  refuseLongKey(item, target.hash, target.range);
  refuseLongKey(item, tableKey.slice(0, 1), tableKey.slice(1));
  const key = entryKey(index, tableKey, item);
  assert(key !== undefined, "a start key holds every key attribute");
  return key;
}

function refuseLongKey(item: Item, hash: readonly KeyAttribute[], range: readonly KeyAttribute[]): void {
  refuseLongPartitionKey(valuesOf(item, hash));
  refuseLongSortKey(valuesOf(item, range));
}

function fits(item: Item, { name, type }: KeyAttribute): boolean {
  return item.get(name)?.type === type;
}

/** Only for attributes whose type has been checked. */
function valuesOf(item: Item, attributes: readonly KeyAttribute[]): readonly ScalarValue[] {
  return attributes.flatMap(({ name }) => {
    const value = item.get(name);
    return value === undefined ? [] : [value as ScalarValue];
  });
}
