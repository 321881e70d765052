/** Reads one shard of a stream, page by page, through iterators that expire. Knows of no other shard. */
import type { Clock } from "../base/index.ts";
import { type Caller, refusalText } from "./caller.ts";
import { ChangesLost } from "./change-source-types.ts";
import { CopyFailure } from "./copy-failure.ts";
import { type Json, numberIn, objectIn, objectsIn, type Refusal, textIn } from "./end.ts";
import type { ShardPosition } from "./stream-positions.ts";
import { coarseMs, type StreamName } from "./stream-shards.ts";

export interface ShardReader {
  /** When it may be read again. */
  nextMs: number;
  /** Reads that found nothing since one found something, and when the first of them was begun. */
  emptyReads: number;
  emptySinceMs: number;
  lastEmptyMs: number;
  /** About until when its changes are known; undefined: it was not read yet. */
  freshMs: number | undefined;
  iterator: string | undefined;
}

export interface ShardPage {
  readonly keys: readonly Json[];
  /** The same object when there is nothing new to remember. */
  readonly position: ShardPosition;
}

export interface ShardToRead extends StreamName {
  readonly id: string;
  readonly position: ShardPosition;
  readonly reader: ShardReader;
  /** Records that are surely older are passed over. */
  readonly begunMs: number;
}

/** Readers of a shard share five reads a second. */
const busyGapMs = 250;
const quietGapMs = 1000;
/** Records are kept for a day, then forgotten at any moment. */
const keptMs = 24 * 3_600_000;
/**
 * Clocks differ, and times of records are approximate. An hour is more than any of it: AWS refuses requests whose clock is
 * wrong by a quarter of one.
 */
const clockMarginMs = 3_600_000;

export function newShardReader(): ShardReader {
  return {
    nextMs: 0,
    emptyReads: 0,
    emptySinceMs: 0,
    lastEmptyMs: 0,
    freshMs: undefined,
    iterator: undefined,
  };
}

/** `caller`: of the streams. */
export async function readShard(caller: Caller, shard: ShardToRead, clock: Clock): Promise<ShardPage> {
  const { reader, position, begunMs } = shard;
  const askedMs = clock.nowMs();
  const body = await records(caller, shard, askedMs);
  reader.iterator = textIn(body, "NextShardIterator");
  const found = objectsIn(body, "Records").map((record) => objectIn(record, "dynamodb") ?? {});
  const last = found.at(-1);
  if (last === undefined) {
    if (reader.emptyReads === 0) reader.emptySinceMs = askedMs;
    reader.emptyReads += 1;
    reader.lastEmptyMs = askedMs;
  } else {
    reader.emptyReads = 0;
  }
  reader.nextMs = clock.nowMs() + (last === undefined ? quietGapMs : busyGapMs);
  const lastRecordMs = last === undefined ? undefined : createdMs(last);
  reader.freshMs = last === undefined ? askedMs : lastRecordMs;
  const done = reader.iterator === undefined;
  const throughMs = last === undefined && !done ? askedMs : Math.min(lastRecordMs ?? 0, askedMs);
  const isNews = last !== undefined || done || throughMs - position.throughMs >= coarseMs;
  return {
    keys: found
      .filter((record) => (createdMs(record) ?? begunMs) >= begunMs - clockMarginMs)
      .map((record) => objectIn(record, "Keys") ?? {}),
    position: isNews
      ? {
          done,
          after: (last === undefined ? undefined : textIn(last, "SequenceNumber")) ?? position.after,
          throughMs: Math.max(throughMs, position.throughMs),
        }
      : position,
  };
}

function createdMs(record: Json): number | undefined {
  const seconds = numberIn(record, "ApproximateCreationDateTime");
  return seconds === undefined ? undefined : seconds * 1000;
}

/** An iterator that has expired is made anew, once. */
async function records(caller: Caller, shard: ShardToRead, nowMs: number): Promise<Json> {
  for (let isSecond = false; ; isSecond = true) {
    const iterator = shard.reader.iterator ?? (await newIterator(caller, shard, nowMs));
    const outcome = await caller.ask("GetRecords", { ShardIterator: iterator });
    if (outcome.kind === "answer") return outcome.body;
    shard.reader.iterator = undefined;
    if (outcome.error !== "ExpiredIteratorException" || isSecond) {
      throw failureOf(caller, shard, { operation: "GetRecords", refusal: outcome });
    }
  }
}

async function newIterator(caller: Caller, shard: ShardToRead, nowMs: number): Promise<string> {
  const { table, arn, id, position } = shard;
  // From its beginning means from what is left of it, without a word about what is not.
  if (nowMs - position.throughMs > keptMs) throw new ChangesLost(table, tooOld);
  const outcome = await caller.ask("GetShardIterator", {
    StreamArn: arn,
    ShardId: id,
    ...(position.after === undefined
      ? { ShardIteratorType: "TRIM_HORIZON" }
      : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position.after }),
  });
  const operation = "GetShardIterator";
  if (outcome.kind === "refused") throw failureOf(caller, shard, { operation, refusal: outcome });
  const iterator = textIn(outcome.body, "ShardIterator");
  if (iterator !== undefined) return iterator;
  throw new CopyFailure(`${caller.end.name}: GetShardIterator of ${table} answered no iterator`);
}

const tooOld = "its stream was not read for a day and keeps no more than that";

interface RefusedCall {
  readonly operation: string;
  readonly refusal: Refusal;
}

function failureOf(caller: Caller, { table }: ShardToRead, { operation, refusal }: RefusedCall): CopyFailure {
  if (refusal.error === "TrimmedDataAccessException") return new ChangesLost(table, tooOld);
  if (refusal.error === "ResourceNotFoundException") {
    return new ChangesLost(table, "its stream, or a part of it that was not read, is gone");
  }
  return new CopyFailure(`${caller.end.name}: ${operation} of ${table}: ${refusalText(refusal)}`);
}
