/** Capacity units: the arithmetic of reads and writes, and the ConsumedCapacity member of answers. */
import { limits } from "../base/index.ts";
import type { Consistency } from "../storage/contract/index.ts";

export type ReturnConsumedCapacity = "INDEXES" | "TOTAL" | "NONE";

/** A strong read of up to 4 KB is one unit, an eventual one half; a missing item costs the minimum. */
export function readUnits(sizeBytes: number, consistency: Consistency): number {
  return Math.max(1, Math.ceil(sizeBytes / limits.readUnitBytes)) * consistencyFactor(consistency);
}

/**
 * A page of Query or Scan: sizes added up, rounded once. At least the minimum for every partition looked at
 * (documented as "based on consistency and the number of partitions searched"; that the minimum is per
 * partition is inferred, and decided here alone).
 */
export function pageReadUnits(
  sizeBytes: number,
  partitionsVisited: number,
  consistency: Consistency,
): number {
  const rounded = Math.ceil(sizeBytes / limits.readUnitBytes);
  return Math.max(rounded, partitionsVisited, 1) * consistencyFactor(consistency);
}

/** Per 1 KB of the larger of the item before and after; at least one. */
export function writeUnits(oldSizeBytes: number, newSizeBytes: number): number {
  return Math.max(1, Math.ceil(Math.max(oldSizeBytes, newSizeBytes) / limits.writeUnitBytes));
}

function consistencyFactor(consistency: Consistency): number {
  return consistency === "strong" ? 1 : 0.5;
}

/** JSON of ConsumedCapacity; undefined when it was not asked for. `tableName` as the request spelled it. */
export function consumedCapacityJson(
  asked: ReturnConsumedCapacity | undefined,
  tableName: string,
  units: number,
): string | undefined {
  if (asked === undefined || asked === "NONE") return undefined;
  const name = JSON.stringify(tableName);
  const amount = doubleJson(units);
  const table = asked === "INDEXES" ? `,"Table":{"CapacityUnits":${amount}}` : "";
  return `{"TableName":${name},"CapacityUnits":${amount}${table}}`;
}

/** DynamoDB writes doubles with a fraction: 1.0, not 1. */
function doubleJson(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
