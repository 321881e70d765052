// What answers tell of item collections.
import { expect, test } from "vitest";
import type { TableDescription } from "../catalog/index.ts";
import { newTestTable } from "../testing/new-table.ts";
import { collectionMetricsJson } from "./collection-metrics.ts";

const table = { ...newTestTable("Tab", 0), keyspace: 1000, epoch: 1 } as TableDescription;
const gigabyte = 1024 ** 3;

test.each([
  [0, "0.0,1.0"],
  [gigabyte - 1, "0.0,1.0"],
  [gigabyte, "1.0,2.0"],
  [9.5 * gigabyte, "9.0,10.0"],
])("a collection of %d bytes is estimated as [%s]", (bytes, range) => {
  const json = collectionMetricsJson(table, { type: "S", value: 'a"b' }, bytes);
  expect(json).toBe(`{"ItemCollectionKey":{"pk":{"S":"a\\"b"}},"SizeEstimateRangeGB":[${range}]}`);
});
