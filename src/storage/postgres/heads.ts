/**
 * Heads: rows whose locks make one writer at a time of all that share them. Records of a placement and log shards of it
 * have the same head, so that the commit of an item takes one.
 */
import type { Commit, Mutation, Placement, RecordKey, ShardId } from "../contract/index.ts";
import { placementOfShard } from "../contract/index.ts";

/** Number of a head. */
export type Head = number;

export class HeadMap {
  /** Fixed when the store was made. */
  readonly count: number;
  /** All of them, in order. */
  readonly all: readonly Head[];

  constructor(count: number) {
    this.count = count;
    this.all = Array.from({ length: count }, (_, head) => head);
  }

  ofPlacement(placement: Placement): Head {
    return placement % this.count;
  }

  ofShard(shard: ShardId): Head {
    return placementOfShard(shard) % this.count;
  }

  /** What a mutation surely needs; its decision may need more. One that names no key has to start somewhere. */
  ofMutation({ keys }: Mutation): readonly Head[] {
    return this.ofKeys(keys);
  }

  ofKeys(keys: readonly RecordKey[]): readonly Head[] {
    const first = keys[0];
    if (first === undefined) return [0];
    const head = this.ofPlacement(first.placement);
    if (keys.every(({ placement }) => this.ofPlacement(placement) === head)) return [head];
    return inOrder(keys.map(({ placement }) => this.ofPlacement(placement)));
  }

  /** A new epoch or the end of a keyspace concerns writers under every head. */
  ofCommit(commit: Commit): readonly Head[] {
    if ((commit.setEpochs?.length ?? 0) > 0 || (commit.dropKeyspaces?.length ?? 0) > 0) return this.all;
    const { records, log = [], closeShards = [], trimShards = [] } = commit;
    return inOrder([
      ...records.map(({ key }) => this.ofPlacement(key.placement)),
      ...log.map(({ shard }) => this.ofShard(shard)),
      ...closeShards.map((shard) => this.ofShard(shard)),
      ...trimShards.map((shard) => this.ofShard(shard)),
    ]);
  }
}

/** Once each and in the order in which locks are taken, so that no two groups ever wait for each other. */
export function inOrder(heads: readonly Head[]): readonly Head[] {
  return [...new Set(heads)].toSorted((left, right) => left - right);
}
