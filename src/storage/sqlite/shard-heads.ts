/**
 * The head of each log shard: where it ends, what is left of it, whether it is closed. Heads changed by a group
 * are kept apart until its commit, so that a rolled back group leaves no trace.
 */
import { assert } from "../../base/index.ts";
import type { ShardId } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { sql } from "./statements.ts";

export type ShardRow = readonly [
  last: number,
  oldest: number,
  kept: number,
  timeMicros: number,
  closed: number,
];

export interface ShardHead {
  /** Position of the last record ever appended. */
  readonly last: number;
  /** First position readers may see. */
  readonly oldest: number;
  /** First position still in the file. */
  readonly kept: number;
  readonly timeMicros: number;
  readonly closed: boolean;
}

export const emptyShard: ShardHead = { last: 0, oldest: 1, kept: 1, timeMicros: 0, closed: false };

/** Heads are small; this many cost a few megabytes, more are read again from the file. */
const headsMax = 20_000;

export function shardHead(row: ShardRow | undefined): ShardHead | undefined {
  if (row === undefined) {
    return undefined;
  }
  const [last, oldest, kept, timeMicros, closed] = row;
  return { last, oldest, kept, timeMicros, closed: closed !== 0 };
}

export class ShardHeads {
  readonly #get: SqliteStatement;
  readonly #put: SqliteStatement;
  readonly #committed = new Map<ShardId, ShardHead>();
  readonly #changed = new Map<ShardId, ShardHead>();

  constructor(connection: SqliteConnection) {
    this.#get = connection.prepare(sql.getShard);
    this.#get.setReturnArrays(true);
    this.#put = connection.prepare(sql.putShard);
  }

  /** As the open group sees it. */
  head(shard: ShardId): ShardHead {
    return this.#changed.get(shard) ?? this.#committed.get(shard) ?? this.#load(shard);
  }

  change(shard: ShardId, head: ShardHead): void {
    assert(head.kept <= head.oldest && head.oldest <= head.last + 1, "a shard's positions are in order");
    this.#changed.set(shard, head);
  }

  /** Writes the changed heads into the open transaction. */
  write(): void {
    for (const [shard, head] of this.#changed) {
      this.#put.run(shard, head.last, head.oldest, head.kept, head.timeMicros, head.closed ? 1 : 0);
    }
  }

  committed(): void {
    if (this.#committed.size + this.#changed.size > headsMax) {
      this.#committed.clear();
    }
    for (const [shard, head] of this.#changed) {
      this.#committed.set(shard, head);
    }
    this.#changed.clear();
  }

  rolledBack(): void {
    this.#changed.clear();
  }

  #load(shard: ShardId): ShardHead {
    const head = shardHead(this.#get.get(shard) as ShardRow | undefined) ?? emptyShard;
    if (this.#committed.size >= headsMax) {
      this.#committed.clear();
    }
    this.#committed.set(shard, head);
    return head;
  }
}
