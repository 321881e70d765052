/** Lists of keys as the parameters of a statement. */
import type { RecordKey } from "../contract/index.ts";
import type { PostgresParameter } from "./driver.ts";
import { type StoredKey, storedKey } from "./stored-key.ts";
import { byteaArray, int4Array, int8Array } from "./wire-arrays.ts";

/** Keyspaces, placements, heads, digests: as `keyList` in statements.ts has them. */
export function keyListParameters(keys: readonly RecordKey[]): PostgresParameter[] {
  return [
    int8Array(keys.map(({ keyspace }) => keyspace)),
    int4Array(keys.map(({ placement }) => placement)),
    ...storedParameters(keys.map(storedKey)),
  ];
}

/** Heads and digests. */
export function storedParameters(stored: readonly StoredKey[]): PostgresParameter[] {
  return [byteaArray(stored.map(({ head }) => head)), byteaArray(stored.map(({ digest }) => digest))];
}
