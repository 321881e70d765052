/** Which shard of the change log the items of a bucket write to: numbers that need no table, and never meet. */
import { assert } from "../base/index.ts";
import {
  type Keyspace,
  type Placement,
  placementOfShard,
  placementsMax as bucketsPerKeyspace,
  type ShardId,
} from "../storage/contract/index.ts";

/** Shard of one bucket of a table. Keyspaces of tables are high enough to stay clear of shards with a signal. */
export function itemShard(keyspace: Keyspace, bucket: Placement): ShardId {
  assert(bucket >= 0 && bucket < bucketsPerKeyspace, `a bucket is below ${bucketsPerKeyspace}`);
  const shard = keyspace * bucketsPerKeyspace + bucket;
  assert(Number.isSafeInteger(shard), "the shard of a bucket is a safe integer");
  return shard;
}

/** The table and the bucket that write to a shard. */
export function itemShardParts(shard: ShardId): { readonly keyspace: Keyspace; readonly bucket: Placement } {
  return { keyspace: Math.floor(shard / bucketsPerKeyspace), bucket: placementOfShard(shard) };
}
