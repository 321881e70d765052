/** What an engine knows of each keyspace, and what follows from it for a mutation and for its commit. */
import { assert } from "../../base/index.ts";
import type { Commit, EpochCheck, Keyspace, ShardId } from "./types.ts";

/** Kept for ever as `reclaimed`, since keyspaces are never reused. Stored by these numbers. */
export const keyspacePhases = { inUse: 0, dropped: 1, reclaimed: 2 } as const;

export interface KeyspaceState {
  readonly epoch: number;
  readonly phase: number;
}

/** Of one that nobody has set an epoch of. */
export const newKeyspace: KeyspaceState = { epoch: 0, phase: keyspacePhases.inUse };

/** As the open group sees it. */
export interface DecidedState {
  readonly keyspace: (keyspace: Keyspace) => KeyspaceState;
  readonly isClosed: (shard: ShardId) => boolean;
}

/** The first check that names an old description or a dropped keyspace, with what is true now. */
export function firstStale(
  checks: readonly EpochCheck[],
  stateOf: DecidedState["keyspace"],
): EpochCheck | undefined {
  for (const { keyspace, epoch } of checks) {
    const state = stateOf(keyspace);
    if (epoch < state.epoch || isDropped(state)) return { keyspace, epoch: state.epoch };
  }
  return undefined;
}

export function isDropped({ phase }: KeyspaceState): boolean {
  return phase !== keyspacePhases.inUse;
}

/** Programmer errors that only the newest state shows, found before the first of the commit's writes. */
export function checkCommitOn({ keyspace: stateOf, isClosed }: DecidedState, commit: Commit): void {
  for (const { key } of commit.records) {
    assert(!isDropped(stateOf(key.keyspace)), "a dropped keyspace is not written");
  }
  for (const { counter } of commit.counters ?? []) {
    assert(!isDropped(stateOf(counter.keyspace)), "a dropped keyspace is not counted");
  }
  for (const { shard } of commit.log ?? []) {
    assert(!isClosed(shard), "a closed shard takes no records");
  }
  for (const { keyspace, epoch } of commit.setEpochs ?? []) {
    assert(epoch >= stateOf(keyspace).epoch, "an epoch never goes back");
  }
}
