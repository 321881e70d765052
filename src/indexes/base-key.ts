/** From an index entry back to its item. */
import type { TableDescription } from "../catalog/index.ts";
import { itemKey } from "../partitions/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { encodeKeyValue, isScalar, type Item } from "../values/index.ts";

/** The record key of the item whose key attributes these are; undefined when some are missing. */
export function baseKey(
  table: Pick<TableDescription, "keySchema" | "keyspace" | "bucketCount">,
  entry: Item,
): RecordKey | undefined {
  const { hash, range } = table.keySchema;
  const partition = entry.get(hash.name);
  const sort = range === undefined ? undefined : entry.get(range.name);
  if (partition === undefined || !isScalar(partition)) return undefined;
  if (range === undefined) return itemKey(table, encodeKeyValue(partition), new Uint8Array(0));
  if (sort === undefined || !isScalar(sort)) return undefined;
  return itemKey(table, encodeKeyValue(partition), encodeKeyValue(sort));
}
