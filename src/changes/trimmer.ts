/**
 * Forgets log records that every consumer has applied. Three things make that safe: positions are those of the stored
 * cursors; a consumer without a cursor keeps everything; and the list of consumers is read after it was chosen what to
 * trim, so that a consumer missing in it began later and is owed none of these records.
 */
import type { TurnPacer } from "../base/index.ts";
import type { Engine, ShardId } from "../storage/contract/index.ts";
import { cursorKey, decodeCursor } from "./cursors.ts";
import { nextTurnOf } from "./lane.ts";
import type { Slot } from "./lane-schedule.ts";

/** A shard that has consumers. */
export interface ConsumedShard {
  readonly shard: ShardId;
  readonly slots: Set<Slot>;
  readonly cancelWatch: () => void;
  /** Positions through this one are gone, as far as is known; absent: not known. */
  trimmedThrough: number | undefined;
}

export interface TrimOptions {
  readonly engine: Engine;
  readonly pacer: TurnPacer;
  readonly shards: ReadonlyMap<ShardId, ConsumedShard>;
  /** Shards that have lost their last consumer. */
  readonly abandoned: Set<ShardId>;
  /** Each trim is a commit, so it is done for many records at once. */
  readonly recordsMin: number;
  /** Brings the list of consumers up to date. */
  readonly refresh: () => Promise<void>;
  readonly stopped: () => boolean;
}

interface Candidate {
  readonly shard: ShardId;
  readonly through: number;
}

export async function trimBehind(options: TrimOptions): Promise<void> {
  const used = await usedCandidates(options);
  const abandoned = await abandonedCandidates(options);
  if (used.length + abandoned.length === 0) return;
  await options.refresh();
  for (const candidate of used) {
    if (options.stopped()) return;
    await trimUsed(options, candidate);
  }
  for (const { shard, through } of abandoned) {
    if (options.stopped()) return;
    if (options.shards.has(shard)) continue;
    await options.engine.trimLog(shard, through);
    options.abandoned.delete(shard);
  }
}

/** By what is known in memory; nothing is read for a shard that was looked at before. */
async function usedCandidates({
  engine,
  pacer,
  shards,
  recordsMin,
}: TrimOptions): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  const work = pacer.resume();
  try {
    for (const state of shards.values()) {
      if (work.sliceOver()) await nextTurnOf(work);
      const through = slowest(state);
      if (through === 0) continue;
      state.trimmedThrough ??= (await engine.logEnd(state.shard)).oldest - 1;
      if (through - state.trimmedThrough >= recordsMin) candidates.push({ shard: state.shard, through });
    }
  } finally {
    work.end();
  }
  return candidates;
}

async function abandonedCandidates({ engine, pacer, abandoned }: TrimOptions): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  const work = pacer.resume();
  try {
    for (const shard of abandoned) {
      if (work.sliceOver()) await nextTurnOf(work);
      const { last, oldest } = await engine.logEnd(shard);
      if (oldest > last) abandoned.delete(shard);
      else candidates.push({ shard, through: last });
    }
  } finally {
    work.end();
  }
  return candidates;
}

async function trimUsed({ engine, shards }: TrimOptions, { shard, through }: Candidate): Promise<void> {
  const state = shards.get(shard);
  // Abandoned meanwhile: the next trim sees to it.
  if (state === undefined) return;
  const keys = Array.from(state.slots, ({ group }) => cursorKey(group.consumer.id, shard));
  const cursors = await engine.getMany(keys, "strong");
  let upTo = through;
  for (const cursor of cursors) {
    if (cursor === undefined) return;
    upTo = Math.min(upTo, decodeCursor(cursor.value).position);
  }
  if (upTo <= (state.trimmedThrough ?? 0)) return;
  await engine.trimLog(shard, upTo);
  state.trimmedThrough = upTo;
}

function slowest({ slots }: ConsumedShard): number {
  let through = Number.POSITIVE_INFINITY;
  for (const { lane } of slots) through = Math.min(through, lane.through);
  return Number.isFinite(through) ? through : 0;
}
