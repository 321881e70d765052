/** What is stored of the consumer that feeds an index from its table's change log, and has to go with the index. */
import { cursorKey, itemShard } from "../changes/index.ts";
import type { RecordKey, ShardId } from "../storage/contract/index.ts";
import type { DerivedIndex, TableDescription } from "./types.ts";

/** Follows the change log. A keyspace is never reused, so neither is the name. */
export function indexConsumerId(indexKeyspace: number): string {
  return `index/${indexKeyspace}`;
}

/** Reads the items that were there before the index. */
export function indexBackfillId(indexKeyspace: number): string {
  return `backfill/${indexKeyspace}`;
}

/** The table's change log: one shard for each bucket. */
export function tableShards({
  keyspace,
  bucketCount,
}: Pick<TableDescription, "keyspace" | "bucketCount">): readonly ShardId[] {
  return Array.from({ length: bucketCount }, (_, bucket) => itemShard(keyspace, bucket));
}

/** A cursor for each shard of the table, and how far the backfill has come. Not all of them need exist. */
export function indexRecordKeys(
  table: Pick<TableDescription, "keyspace" | "bucketCount">,
  index: Pick<DerivedIndex, "keyspace">,
): RecordKey[] {
  const consumerId = indexConsumerId(index.keyspace);
  const keys = [cursorKey(indexBackfillId(index.keyspace), 0)];
  for (const shard of tableShards(table)) keys.push(cursorKey(consumerId, shard));
  return keys;
}
