/** Rows about tables with secondary indexes: what one is, and the parts many of them are made of. */
import type { Expectation, JsonObject, Operation } from "./case-types.ts";
import { S } from "./case-types.ts";

export interface IndexedCase {
  /** Begins with the section of the reference it comes from, where that has a number. */
  readonly name: string;
  /** One of `indexedTables`. */
  readonly table: string;
  /** Given at all, the table holds just these items before. */
  readonly given?: readonly JsonObject[];
  readonly operation: Operation;
  /** Gets the name of the table where it has no other. */
  readonly request: JsonObject;
  readonly expect: Expectation;
  /** Part of the answer as it came: JSON does not tell 1.0 from 1. */
  readonly textIncludes?: string;
  /** What the table holds afterwards. */
  readonly after?: readonly JsonObject[];
  /** What indexes hold afterwards, by their names. */
  readonly entries?: Readonly<Record<string, readonly JsonObject[]>>;
}

export interface IndexedGroup {
  readonly title: string;
  readonly cases: readonly IndexedCase[];
}

export const total: JsonObject = { ReturnConsumedCapacity: "TOTAL" };
export const perIndex: JsonObject = { ReturnConsumedCapacity: "INDEXES" };

/** An item of these texts that takes exactly so many bytes, with what is missing in `fil`. */
export function filled(texts: Readonly<Record<string, string>>, bytes: number): JsonObject {
  let used = "fil".length;
  for (const [name, value] of Object.entries(texts)) used += name.length + value.length;
  if (used > bytes) throw new Error(`${used} bytes do not fit into ${bytes}`);
  return { ...items(texts), fil: S("x".repeat(bytes - used)) };
}

export function items(texts: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, S(value)]));
}

/** `count` letters, for names of items in their order. */
export function letters(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => "abcdefghijklmnopqrstuvwxyz".charAt(index));
}

export interface Units {
  readonly table: number;
  readonly local?: Readonly<Record<string, number>>;
  readonly global?: Readonly<Record<string, number>>;
  /** Repeated as units of reads or writes, as transactions do. */
  readonly as?: "ReadCapacityUnits" | "WriteCapacityUnits";
}

/** ConsumedCapacity with INDEXES; an index that is not named must not be there. */
export function unitsJson(TableName: string, { table, local, global, as }: Units): JsonObject {
  const capacity = (units: number): JsonObject => ({
    CapacityUnits: units,
    ...(as === undefined ? {} : { [as]: units }),
  });
  const indexes = (units: Readonly<Record<string, number>>): JsonObject =>
    Object.fromEntries(Object.entries(units).map(([name, value]) => [name, capacity(value)]));
  const all = [...Object.values(local ?? {}), ...Object.values(global ?? {})];
  return {
    TableName,
    ...capacity(all.reduce((sum, units) => sum + units, table)),
    Table: capacity(table),
    ...(local === undefined ? {} : { LocalSecondaryIndexes: indexes(local) }),
    ...(global === undefined ? {} : { GlobalSecondaryIndexes: indexes(global) }),
  };
}

export function totalOf(TableName: string, units: number): JsonObject {
  return { ConsumedCapacity: { TableName, CapacityUnits: units } };
}

/** A key condition with its values. */
export function where(condition: string, values: JsonObject, more: JsonObject = {}): JsonObject {
  return { KeyConditionExpression: condition, ExpressionAttributeValues: values, ...more };
}
