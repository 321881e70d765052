/** A table as CreateTable would hand it to the catalog; tests say what matters to them. */
import type { Namespace, NewGlobalIndex, NewTable } from "../catalog/index.ts";

export const testNamespace: Namespace = { account: "000000000000", region: "us-east-1" };

/** CREATING until the moment it was made, unless `more` says otherwise. */
export function newTestTable(name: string, createdMs: number, more: Partial<NewTable> = {}): NewTable {
  return {
    name,
    namespace: testNamespace,
    tableId: name,
    arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`,
    bucketCount: 4,
    keySchema: { hash: { name: "pk", type: "S" } },
    attributeDefinitions: [{ name: "pk", type: "S" }],
    status: "CREATING",
    statusUntilMs: createdMs,
    createdMs,
    billingMode: "PAY_PER_REQUEST",
    throughput: { readUnits: 0, writeUnits: 0 },
    throughputHistory: { decreasesToday: 0 },
    warmReadUnits: 12_000,
    warmWriteUnits: 4000,
    deletionProtection: false,
    tags: [],
    ...more,
  };
}

/** By the table's own key. */
export function newTestIndex(name: string): NewGlobalIndex {
  return {
    name,
    bucketCount: 1,
    hash: [{ name: "pk", type: "S" }],
    range: [],
    projection: { type: "ALL" },
    status: "ACTIVE",
    throughput: { readUnits: 0, writeUnits: 0 },
    throughputHistory: { decreasesToday: 0 },
    warmReadUnits: 1,
    warmWriteUnits: 1,
  };
}
