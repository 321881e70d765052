/**
 * Ends of log shards under one head as this process left them. They hold while nobody else has committed a group under
 * the head: while its count of groups has grown by our own only.
 */
import type { ShardId } from "../contract/index.ts";
import type { Head } from "./heads.ts";

export interface ShardState {
  /** Position of the last record ever appended. */
  readonly last: number;
  /** First position readers may see. */
  readonly oldest: number;
  readonly timeMicros: number;
  readonly closed: boolean;
}

export const emptyShard: ShardState = { last: 0, oldest: 1, timeMicros: 0, closed: false };

/** States are small; this many under one head cost a megabyte, more are read again. */
const shardsMax = 5000;

interface CachedHead {
  n: number;
  readonly shards: Map<ShardId, ShardState>;
}

export class ShardCache {
  readonly #heads = new Map<Head, CachedHead>();

  /** What is known to a group that is number `n` under the head. */
  at(head: Head, n: number): ReadonlyMap<ShardId, ShardState> {
    const cached = this.#heads.get(head);
    return cached?.n === n - 1 ? cached.shards : new Map();
  }

  /** Shards worth reading ahead, because a group of others may have come between. */
  recent(head: Head): readonly ShardId[] {
    return [...(this.#heads.get(head)?.shards.keys() ?? [])].slice(0, aheadMax);
  }

  /** Group `n` under the head has committed and left the shards so. */
  committed(head: Head, n: number, known: ReadonlyMap<ShardId, ShardState>): void {
    const cached = this.#heads.get(head);
    const fits = cached?.n === n - 1 && cached.shards.size + known.size <= shardsMax;
    const shards = fits ? cached.shards : new Map<ShardId, ShardState>();
    for (const [shard, state] of known) shards.set(shard, state);
    this.#heads.set(head, { n, shards });
  }
}

const aheadMax = 32;
