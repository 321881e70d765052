/** How the catalog is stored: one JSON record per table, ordered by namespace and name, and one allocator record. */
import type { RecordKey } from "../storage/contract/index.ts";
import type { Namespace, TableDescription } from "./types.ts";

/** Keyspace of the table records. */
export const tablesKeyspace = 1;
/** Keyspace of the allocator record. */
const allocatorKeyspace = 2;
/** Keyspaces below are the catalog's own and later rooms'. */
export const firstTableKeyspace = 1000;

export const allocatorKey: RecordKey = {
  keyspace: allocatorKeyspace,
  placement: 0,
  partition: Buffer.from("keyspaces"),
  sort: new Uint8Array(0),
};

/** Names of tables, accounts and regions hold no NUL. */
export function tableKey({ account, region }: Namespace, name: string): RecordKey {
  return {
    keyspace: tablesKeyspace,
    placement: 0,
    partition: Buffer.from(`${account}\0${region}`),
    sort: Buffer.from(name),
  };
}

export function encodeTable(table: TableDescription): Uint8Array {
  return Buffer.from(JSON.stringify(table));
}

/** Trusted bytes of ours. */
export function decodeTable(value: Uint8Array): TableDescription {
  return JSON.parse(Buffer.from(value).toString("utf8")) as TableDescription;
}
