/**
 * Where an item lives. The hash is part of the storage format: it must never change. CRC-32 is native and
 * fast, the finalizer (MurmurHash3's) spreads its bits, since the bucket is taken from the topmost ones.
 */
import { crc32 } from "../base/index.ts";

/** Unsigned 32-bit hash of the ordered bytes of a partition key. */
export function hashPartitionKey(partitionKey: Uint8Array): number {
  let hash = crc32(partitionKey) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The top bits of the hash. `bucketCount` is a power of two, fixed when the table is created. */
export function bucketOf(hash: number, bucketCount: number): number {
  return Math.floor((hash / 0x1_0000_0000) * bucketCount);
}

/** What one partition serves per second. */
const partitionReadUnits = 3000;
const partitionWriteUnits = 1000;

/**
 * Buckets of a new table: as many as the partitions DynamoDB would start with, rounded up to a power of two.
 * On-demand tables start at 12,000/4,000, hence with four.
 */
export function initialBucketCount(warm: {
  readonly readUnits: number;
  readonly writeUnits: number;
}): number {
  const partitions = Math.max(warm.readUnits / partitionReadUnits, warm.writeUnits / partitionWriteUnits);
  return 2 ** Math.ceil(Math.log2(Math.max(1, partitions)));
}
