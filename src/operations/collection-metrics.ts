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

/**
 * Of several writes: the map with a list for each table that has local indexes, in which each collection is once, as it
 * was last seen. Undefined when there is none.
 */
export function metricsMapJson(
  writes: readonly (Parameters<typeof itemMetricsJson>[0] & {
    /** The table as the request spelled it. */
    readonly reference: string;
    readonly keyed: Item;
  })[],
): string | undefined {
  const tables = new Map<string, Map<string, string>>();
  for (const { reference, keyed, ...written } of writes) {
    const metrics = itemMetricsJson(written, keyed);
    if (metrics === undefined) continue;
    const collections = tables.get(reference) ?? new Map<string, string>();
    tables.set(reference, collections);
    collections.set(JSON.stringify(keyed.get(written.table.keySchema.hash.name)), metrics);
  }
  if (tables.size === 0) return undefined;
  const members = [...tables].map(
    ([reference, collections]) => `${JSON.stringify(reference)}:[${[...collections.values()].join(",")}]`,
  );
  return `{${members.join(",")}}`;
}
