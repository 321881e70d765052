/** Requests that the rows about tables vary. */
import type { JsonObject } from "./case-types.ts";

/** A good CreateTable with the partition key `pk`, of a table no row leaves behind. */
export function newTable(more: JsonObject): JsonObject {
  return {
    TableName: "refused-table",
    AttributeDefinitions: [attribute("pk")],
    KeySchema: [hash("pk")],
    BillingMode: "PAY_PER_REQUEST",
    ...more,
  };
}

export function attribute(name: string, type = "S"): JsonObject {
  return { AttributeName: name, AttributeType: type };
}

export function hash(name: string): JsonObject {
  return { AttributeName: name, KeyType: "HASH" };
}

export function range(name: string): JsonObject {
  return { AttributeName: name, KeyType: "RANGE" };
}

export function units(reads: number, writes: number): JsonObject {
  return { ReadCapacityUnits: reads, WriteCapacityUnits: writes };
}

export function provisioned(reads: number, writes: number): JsonObject {
  return { BillingMode: "PROVISIONED", ProvisionedThroughput: units(reads, writes) };
}
