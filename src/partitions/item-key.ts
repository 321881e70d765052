/**
 * The storage key of an item: bucket as placement, then (hash, partition key), then sort key, so that the
 * items of a bucket are ordered by hash and a scan segment is one slice of the hash space.
 */
import type { RecordKey } from "../storage/contract/index.ts";
import { bucketOf, hashPartitionKey } from "./hash.ts";

const hashBytes = 4;

/** The part of a table's description that places its items. */
export interface PlacedTable {
  readonly keyspace: number;
  readonly bucketCount: number;
}

/** Ordered bytes of the key's two attributes (`sort` empty without a sort key) to a storage key. */
export function itemKey(table: PlacedTable, partition: Uint8Array, sort: Uint8Array): RecordKey {
  const hash = hashPartitionKey(partition);
  return {
    keyspace: table.keyspace,
    placement: bucketOf(hash, table.bucketCount),
    partition: hashedPartition(hash, partition),
    sort,
  };
}

/** The hash a storage key was placed by. */
export function hashOfKey(key: RecordKey): number {
  const bytes = key.partition;
  return (((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0;
}

/** First possible `partition` bytes of a hash: the bound of a scan segment. */
export function hashBound(hash: number): Uint8Array {
  return hashedPartition(hash, new Uint8Array(0));
}

function hashedPartition(hash: number, partition: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(hashBytes + partition.length);
  bytes.writeUInt32BE(hash, 0);
  bytes.set(partition, hashBytes);
  return bytes;
}
