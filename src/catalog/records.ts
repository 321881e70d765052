/** How the catalog is stored: one JSON record per table, ordered by namespace and name, and one allocator record. */
import { assert } from "../base/index.ts";
import { type RecordKey, type ShardId, StorageError, type StoredRecord } from "../storage/contract/index.ts";
import type { Namespace, TableDescription } from "./types.ts";

/** Keyspace of the table records. */
export const tablesKeyspace = 1;
/** Keyspace of the allocator record. */
const allocatorKeyspace = 2;
/** Keyspaces below are the catalog's own and later rooms'. */
const firstTableKeyspace = 1000;
/** Shard of the catalog's own log. All shards with a signal are kept for uses like this; items log in later ones. */
export const catalogShard: ShardId = 1;
/** Written into every table record; a record of a later format is not guessed at. */
const recordFormat = 1;
/** Of a table with captures: a version that does not know them would change items and log nothing. */
const capturedFormat = 2;

/** Holds the keyspace given out last, as decimal text. */
export const allocatorKey: RecordKey = {
  keyspace: allocatorKeyspace,
  placement: 0,
  partition: Buffer.from("keyspaces"),
  sort: new Uint8Array(0),
};

/** The keyspace given out last. */
export function lastKeyspace(allocator: StoredRecord | undefined): number {
  return allocator === undefined
    ? firstTableKeyspace - 1
    : Number(Buffer.from(allocator.value).toString("latin1"));
}

/** A NUL separates account and region, so neither may hold one; table names cannot. */
export function tableKey({ account, region }: Namespace, name: string): RecordKey {
  assert(!account.includes("\0") && !region.includes("\0"), "account and region hold no NUL");
  return {
    keyspace: tablesKeyspace,
    placement: 0,
    partition: Buffer.from(`${account}\0${region}`),
    sort: Buffer.from(name),
  };
}

export function encodeTable(table: TableDescription): Uint8Array {
  const format = table.captures === undefined ? recordFormat : capturedFormat;
  return Buffer.from(JSON.stringify({ format, table }));
}

/** Throws a StorageError for bytes that are damaged or that a later version wrote. */
export function decodeTable({ value }: Pick<StoredRecord, "value">): TableDescription {
  const what = "the catalog holds a table record";
  const formats = [recordFormat, capturedFormat];
  return decodeRecord<{ readonly table: TableDescription }>(value, { formats, what }).table;
}

/** JSON with the format it was written in, which must be one of these. `what`: the beginning of a sentence about the record. */
export function decodeRecord<Content>(
  value: Uint8Array,
  { formats, what }: { readonly formats: readonly number[]; readonly what: string },
): Content {
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
  let record: Content & { readonly format: number };
  try {
    record = JSON.parse(text) as typeof record;
  } catch (error: unknown) {
    throw new StorageError("corrupted", `${what} that is no JSON`, { cause: error });
  }
  if (!formats.includes(record.format)) {
    throw new StorageError("unsupported", `${what} of format ${record.format}`);
  }
  return record;
}
