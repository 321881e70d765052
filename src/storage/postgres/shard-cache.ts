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
  /** How many groups in a row were ours; another process has groups under the head, too, while these are few. */
  inARow: number;
  readonly shards: Map<ShardId, ShardState>;
}

export class ShardCache {
  readonly #heads = new Map<Head, CachedHead>();

  /** What is known to a group that is number `n` under the head. */
  at(head: Head, n: number): ReadonlyMap<ShardId, ShardState> {
    const cached = this.#heads.get(head);
    if (cached === undefined) return new Map();
    const fits = cached.n === n - 1;
    cached.inARow = fits ? cached.inARow + 1 : 0;
    return fits ? cached.shards : new Map();
  }

  /** Shards that were used last. */
  recent(head: Head): readonly ShardId[] {
    return [...(this.#heads.get(head)?.shards.keys() ?? [])].slice(-recentMax);
  }

  /** Shards worth reading together with the taking of the head, since others are likely to have come between. */
  ahead(head: Head): readonly ShardId[] {
    const { inARow = inARowAlone } = this.#heads.get(head) ?? {};
    return inARow < inARowAlone ? this.recent(head) : [];
  }

  /** Group `n` under the head has committed and left the shards so; what it has used comes last. */
  committed(head: Head, n: number, known: ReadonlyMap<ShardId, ShardState>): void {
    const cached = this.#heads.get(head);
    const fits = cached?.n === n - 1 && cached.shards.size + known.size <= shardsMax;
    const shards = fits ? cached.shards : new Map<ShardId, ShardState>();
    for (const [shard, state] of known) {
      shards.delete(shard);
      shards.set(shard, state);
    }
    this.#heads.set(head, { n, inARow: cached?.inARow ?? inARowAlone, shards });
  }
}

const recentMax = 32;
const inARowAlone = 16;
