/**
 * Forgets log records that every consumer has applied and every reader has acknowledged. Three things make that safe:
 * positions are those of the stored cursors; who has no cursor keeps everything; and the list of consumers and readers
 * is read after it was chosen what to trim, so that one missing in it began later and is owed none of these records.
 */
import type { TurnPacer } from "../base/index.ts";
import type { Engine, ShardId } from "../storage/contract/index.ts";
import { cursorKey, decodeCursor } from "./cursors.ts";
import { nextTurnOf } from "./lane.ts";
import type { HeldShards } from "./held-shards.ts";
import type { Slot } from "./lane-schedule.ts";
import { readerCursors } from "./log-reader.ts";

/** A shard that has consumers. */
export interface ConsumedShard {
  readonly shard: ShardId;
  readonly slots: Set<Slot>;
  readonly cancelWatch: () => void;
}

export interface TrimOptions {
  readonly engine: Engine;
  readonly pacer: TurnPacer;
  readonly shards: ReadonlyMap<ShardId, ConsumedShard>;
  /** Shards that have readers, whether they have consumers or not. */
  readonly held: HeldShards;
  /** Positions through these are gone, as far as is known. */
  readonly trimmed: Map<ShardId, number>;
  /** Shards that have lost their last consumer and reader. */
  readonly abandoned: Set<ShardId>;
  /** Each trim is a commit, so it is done for many records at once. */
  readonly recordsMin: number;
  /** Brings the lists of consumers and readers up to date. */
  readonly refresh: () => Promise<void>;
  readonly stopped: () => boolean;
}

interface Candidate {
  readonly shard: ShardId;
  readonly through: number;
}

export async function trimBehind(options: TrimOptions): Promise<void> {
  const used = [...(await usedCandidates(options)), ...(await heldCandidates(options))];
  const abandoned = await abandonedCandidates(options);
  if (used.length + abandoned.length === 0) return;
  await options.refresh();
  for (const candidate of used) {
    if (options.stopped()) return;
    await trimUsed(options, candidate);
  }
  for (const { shard, through } of abandoned) {
    if (options.stopped()) return;
    if (options.shards.has(shard) || options.held.has(shard)) continue;
    await options.engine.trimLog(shard, through);
    options.abandoned.delete(shard);
  }
}

/** By what is known in memory; nothing is read for a shard that was looked at before. */
async function usedCandidates(options: TrimOptions): Promise<readonly Candidate[]> {
  const { pacer, shards } = options;
  const candidates: Candidate[] = [];
  const work = pacer.resume();
  try {
    for (const state of shards.values()) {
      if (work.sliceOver()) await nextTurnOf(work);
      const candidate = { shard: state.shard, through: slowest(state) };
      if (await isWorthIt(options, candidate)) candidates.push(candidate);
    }
  } finally {
    work.end();
  }
  return candidates;
}

/** Shards without a consumer here. One read for each reader: its cursors move without anybody being told. */
async function heldCandidates(options: TrimOptions): Promise<readonly Candidate[]> {
  const { engine, shards, held } = options;
  const throughs = new Map<ShardId, number>();
  for (const reader of held.readers) {
    const cursors = await readerCursors(engine, reader);
    for (const [index, shard] of reader.shards.entries()) {
      const position = cursors?.[index]?.position ?? 0;
      if (!shards.has(shard)) throughs.set(shard, Math.min(position, throughs.get(shard) ?? position));
    }
  }
  const candidates: Candidate[] = [];
  for (const [shard, through] of throughs) {
    if (await isWorthIt(options, { shard, through })) candidates.push({ shard, through });
  }
  return candidates;
}

async function isWorthIt(
  { engine, trimmed, recordsMin }: TrimOptions,
  { shard, through }: Candidate,
): Promise<boolean> {
  if (through === 0) return false;
  const gone = trimmed.get(shard) ?? (await engine.logEnd(shard)).oldest - 1;
  trimmed.set(shard, gone);
  return through - gone >= recordsMin;
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

async function trimUsed(options: TrimOptions, { shard, through }: Candidate): Promise<void> {
  const { engine, shards, held, trimmed } = options;
  const consumers = Array.from(shards.get(shard)?.slots ?? [], ({ group }) => group.consumer.id);
  const ids = [...consumers, ...held.readersOf(shard)];
  // Abandoned meanwhile: the next trim sees to it.
  if (ids.length === 0) return;
  const keys = ids.map((id) => cursorKey(id, shard));
  const cursors = await engine.getMany(keys, "strong");
  let upTo = through;
  for (const cursor of cursors) {
    if (cursor === undefined) return;
    upTo = Math.min(upTo, decodeCursor(cursor.value).position);
  }
  if (upTo <= (trimmed.get(shard) ?? 0)) return;
  await engine.trimLog(shard, upTo);
  trimmed.set(shard, upTo);
}

function slowest({ slots }: ConsumedShard): number {
  let through = Number.POSITIVE_INFINITY;
  for (const { lane } of slots) through = Math.min(through, lane.through);
  return Number.isFinite(through) ? through : 0;
}
