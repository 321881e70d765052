/** Capacity units: the arithmetic of reads and writes, and the ConsumedCapacity member of answers. */
import { limits } from "../base/index.ts";
import type { IndexUnits, ItemWriteResult } from "../mutations/index.ts";
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

/** Items fetched for index entries: `count` is of 4 KB each begun, item by item. */
export function fetchUnits(count: number, consistency: Consistency): number {
  return count * consistencyFactor(consistency);
}

/** Per 1 KB of the larger of the item before and after; at least one. */
export function writeUnits(oldSizeBytes: number, newSizeBytes: number): number {
  return Math.max(1, Math.ceil(Math.max(oldSizeBytes, newSizeBytes) / limits.writeUnitBytes));
}

/**
 * Of a search: "scales with the size of the vector data the search examines and returns", at least a kilobyte. A search
 * here examines every vector of its partition, DynamoDB's a part of them that grows with their logarithm; how it
 * counts them is unconfirmed.
 */
export function vectorSearchBytes({
  comparedBytes,
  returnedBytes,
}: {
  readonly comparedBytes: number;
  readonly returnedBytes: number;
}): number {
  return Math.max(vectorSearchBytesMin, comparedBytes + returnedBytes);
}

const vectorSearchBytesMin = 1024;

type WrittenResult = Extract<ItemWriteResult, { kind: "written" }>;

function consistencyFactor(consistency: Consistency): number {
  return consistency === "strong" ? 1 : 0.5;
}

/** What one request consumed of one table. Units of vector indexes are bytes, which are shown apart and added to nothing. */
export interface ConsumedUnits {
  /** Of the table itself. */
  readonly tableUnits: number;
  /** Of the indexes that were touched. */
  readonly indexes?: readonly IndexUnits[] | undefined;
  /** Present: the units are also shown as those of reads or of writes, as transactions do. */
  readonly transactional?: "read" | "write";
}

/** Of one write that took place. */
export function writtenUnits({
  oldSizeBytes,
  newSizeBytes,
  indexUnits,
}: Pick<WrittenResult, "oldSizeBytes" | "newSizeBytes" | "indexUnits">): ConsumedUnits {
  return { tableUnits: writeUnits(oldSizeBytes, newSizeBytes), indexes: indexUnits };
}

/** Of several writes to one table: units add up, each index is named once. All of one kind. */
export function sumOfUnits(list: readonly ConsumedUnits[]): ConsumedUnits {
  let tableUnits = 0;
  const indexes = new Map<string, IndexUnits>();
  for (const consumed of list) {
    tableUnits += consumed.tableUnits;
    for (const { name, kind, units } of consumed.indexes ?? []) {
      indexes.set(name, { name, kind, units: (indexes.get(name)?.units ?? 0) + units });
    }
  }
  const transactional = list[0]?.transactional;
  return {
    tableUnits,
    indexes: [...indexes.values()],
    ...(transactional === undefined ? {} : { transactional }),
  };
}

/**
 * JSON of one ConsumedCapacity; undefined when it was not asked for. `tableName` as the request spelled it. Operations
 * that answer a list of them have one for each table.
 */
export function consumedCapacityJson(
  asked: ReturnConsumedCapacity | undefined,
  tableName: string,
  { tableUnits, indexes = [], transactional }: ConsumedUnits,
): string | undefined {
  if (asked === undefined || asked === "NONE") return undefined;
  const totalUnits = indexes.reduce(
    (sum, { kind, units }) => (kind === "vector" ? sum : sum + units),
    tableUnits,
  );
  const total = `"TableName":${JSON.stringify(tableName)},${unitsJson(totalUnits, transactional)}`;
  if (asked === "TOTAL") return `{${total}}`;
  const local = indexes.filter(({ kind }) => kind === "local");
  const global = indexes.filter(({ kind }) => kind === "global");
  return (
    `{${total},"Table":{${unitsJson(tableUnits, transactional)}}` +
    indexesJson("LocalSecondaryIndexes", local, transactional) +
    indexesJson("GlobalSecondaryIndexes", global, transactional) +
    vectorIndexesJson(indexes) +
    "}"
  );
}

function indexesJson(
  member: string,
  indexes: readonly IndexUnits[],
  transactional: ConsumedUnits["transactional"],
): string {
  if (indexes.length === 0) return "";
  const members = indexes.map(
    ({ name, units }) => `${JSON.stringify(name)}:{${unitsJson(units, transactional)}}`,
  );
  return `,"${member}":{${members.join(",")}}`;
}

function vectorIndexesJson(indexes: readonly IndexUnits[]): string {
  const members = indexes
    .filter(({ kind }) => kind === "vector")
    .map(({ name, units }) => `${JSON.stringify(name)}:{"VectorWriteRequestBytes":${doubleJson(units)}}`);
  return members.length === 0 ? "" : `,"VectorIndexes":{${members.join(",")}}`;
}

function unitsJson(units: number, transactional: ConsumedUnits["transactional"]): string {
  const amount = doubleJson(units);
  if (transactional === undefined) return `"CapacityUnits":${amount}`;
  const member = transactional === "read" ? "ReadCapacityUnits" : "WriteCapacityUnits";
  return `"CapacityUnits":${amount},"${member}":${amount}`;
}

/** DynamoDB writes doubles with a fraction: 1.0, not 1. Large ones have an exponent, which needs none. */
export function doubleJson(value: number): string {
  const text = String(value);
  return Number.isInteger(value) && !text.includes("e") ? `${text}.0` : text;
}
