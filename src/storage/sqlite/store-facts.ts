/**
 * What every connection to a store must know at once, in memory that threads share: how often keyspaces were
 * dropped, and the signals of the first log shards. Changed by the writer after a commit and before it is answered.
 */
import { assert } from "../../base/index.ts";
import { type ShardId, signalledShardsMax } from "../contract/index.ts";
import type { GroupResult } from "./group-result.ts";

const dropsAt = 0;
const signalsAt = 1;
const wordBytes = 4;

export class StoreFacts {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** `memory`: of the store's other threads; absent for the first one. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer((signalsAt + signalledShardsMax) * wordBytes);
    this.#words = new Int32Array(this.memory);
  }

  /** Has changed when a keyspace was dropped, or the space of one was given back. */
  get drops(): number {
    return Atomics.load(this.#words, dropsAt);
  }

  signal(shard: ShardId): number {
    assert(shard < signalledShardsMax, `only shards below ${signalledShardsMax} have a signal`);
    return Atomics.load(this.#words, signalsAt + shard);
  }

  /** For the writer, between a group's commit and its answers. */
  committed({ grownShards, droppedKeyspaces, reclaimedKeyspaces }: GroupResult): void {
    if (droppedKeyspaces.length > 0 || reclaimedKeyspaces.length > 0) Atomics.add(this.#words, dropsAt, 1);
    for (const shard of grownShards) {
      if (shard < signalledShardsMax) Atomics.add(this.#words, signalsAt + shard, 1);
    }
  }
}
