/** ExclusiveStartKey of Query and Scan: where a page resumes. */
import { validationError } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { type Item, parseItem, type ValueIssue } from "../values/index.ts";
import type { WireItem } from "./attribute-values.ts";
import { keyOfParameter } from "./primary-key.ts";

export const startKeyPrefix = "The provided starting key is invalid";

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

/** The storage key of a start key that names exactly the table's key attributes. */
export function startRecordKey(table: TableDescription, item: Item, operation: "Query" | "Scan"): RecordKey {
  const { hash, range } = table.keySchema;
  const names = range === undefined ? 1 : 2;
  // Query counts first and says no more; Scan has one text for both.
  if (operation === "Query" && item.size !== names) throw validationError(startKeyPrefix);
  const fits =
    item.size === names &&
    item.get(hash.name)?.type === hash.type &&
    (range === undefined || item.get(range.name)?.type === range.type);
  if (!fits) {
    throw validationError(`${startKeyPrefix}: The provided key element does not match the schema`);
  }
  return keyOfParameter(table, item);
}
