/** The ItemCollectionMetrics member of answers: how large the item collection of a written item is. */
import type { TableDescription } from "../catalog/index.ts";
import { type AttributeValue, type Item, writeItemJson } from "../values/index.ts";

const gigabyte = 1024 ** 3;

/**
 * JSON of one ItemCollectionMetrics. The estimate is the gigabyte the size lies in, as in the documentation's
 * examples ([0.0, 1.0]); how DynamoDB chooses its bounds for larger collections is unconfirmed.
 */
export function collectionMetricsJson(
  table: TableDescription,
  keyValue: AttributeValue,
  collectionBytes: number,
): string {
  const key = writeItemJson(new Map([[table.keySchema.hash.name, keyValue]]));
  const lower = Math.floor(collectionBytes / gigabyte);
  return `{"ItemCollectionKey":${key},"SizeEstimateRangeGB":[${lower}.0,${lower + 1}.0]}`;
}

/** Of one write that took place; undefined for a table without local indexes. */
export function itemMetricsJson(
  { table, collectionBytes }: { readonly table: TableDescription; readonly collectionBytes?: number },
  keyed: Item,
): string | undefined {
  const keyValue = keyed.get(table.keySchema.hash.name);
  if (collectionBytes === undefined || keyValue === undefined) return undefined;
  return collectionMetricsJson(table, keyValue, collectionBytes);
}

/** Of several writes to one table: a list with each collection once, as it was last seen. */
export function metricsListJson(
  writes: readonly { readonly written: Parameters<typeof itemMetricsJson>[0]; readonly keyed: Item }[],
): string | undefined {
  const collections = new Map<string, string>();
  for (const { written, keyed } of writes) {
    const metrics = itemMetricsJson(written, keyed);
    const keyValue = keyed.get(written.table.keySchema.hash.name);
    if (metrics !== undefined) collections.set(JSON.stringify(keyValue), metrics);
  }
  return collections.size === 0 ? undefined : `[${[...collections.values()].join(",")}]`;
}
