/** The shards of a stream as the service lists them, and what a new list means for what was read so far. */
import type { Caller } from "./caller.ts";
import { refusalText } from "./caller.ts";
import { ChangesLost } from "./change-source-types.ts";
import { CopyFailure } from "./copy-failure.ts";
import { type Json, objectIn, objectsIn, textIn } from "./end.ts";
import type { ShardPosition, StreamPositions } from "./stream-positions.ts";

export interface ListedShard {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly isClosed: boolean;
}

export interface ShardList {
  /** When it was asked for. */
  readonly atMs: number;
  readonly shards: ReadonlyMap<string, ListedShard>;
  /** Calls it took. */
  readonly pages: number;
}

export interface StreamName {
  readonly table: string;
  readonly arn: string;
}

const stillWriting: ReadonlySet<string | undefined> = new Set(["ENABLING", "ENABLED"]);

/** Throws ChangesLost when the stream is gone or takes no more changes. `caller`: of the streams. */
export async function listShards(
  caller: Caller,
  { table, arn }: StreamName,
  atMs: number,
): Promise<ShardList> {
  const shards = new Map<string, ListedShard>();
  let pages = 0;
  let start: string | undefined;
  do {
    const input = { StreamArn: arn, ...(start === undefined ? {} : { ExclusiveStartShardId: start }) };
    const outcome = await caller.ask("DescribeStream", input);
    if (outcome.kind === "refused") {
      if (outcome.error === "ResourceNotFoundException") throw new ChangesLost(table, "its stream is gone");
      throw new CopyFailure(`${caller.end.name}: DescribeStream of ${table}: ${refusalText(outcome)}`);
    }
    const description = objectIn(outcome.body, "StreamDescription") ?? {};
    if (!stillWriting.has(textIn(description, "StreamStatus"))) {
      throw new ChangesLost(table, "its stream was switched off");
    }
    for (const shard of objectsIn(description, "Shards").map(listedShard)) shards.set(shard.id, shard);
    start = textIn(description, "LastEvaluatedShardId");
    pages += 1;
  } while (start !== undefined);
  return { atMs, shards, pages };
}

function listedShard(shard: Json): ListedShard {
  const range = objectIn(shard, "SequenceNumberRange") ?? {};
  return {
    id: textIn(shard, "ShardId") ?? "",
    parentId: textIn(shard, "ParentShardId"),
    isClosed: textIn(range, "EndingSequenceNumber") !== undefined,
  };
}

/**
 * Where reading begins. What a closed shard holds was written before, and is in the table. An open one is read from its
 * beginning: it is hours old at most, since the service opens new ones every four hours or so, and its position is then a
 * name that does not expire. (LATEST would be an iterator, which is worth nothing after a quarter of an hour.)
 */
export function firstPositions({ shards, atMs }: ShardList): StreamPositions {
  const positions = [...shards.values()].map(({ id, isClosed }): readonly [string, ShardPosition] => [
    id,
    { done: isClosed, after: undefined, throughMs: atMs },
  ]);
  return { begunMs: atMs, listedMs: atMs, shards: new Map(positions) };
}

/** Written to the state file no more often than this without a need. */
export const coarseMs = 300_000;
/** A shard is listed for a day after it was closed. */
const forgottenMs = 48 * 3_600_000;

/** With the shards that are new; the same object when nothing is to be remembered. */
export function withListed(positions: StreamPositions, { shards, atMs }: ShardList): StreamPositions {
  const added = [...shards.keys()].filter((id) => !positions.shards.has(id));
  if (added.length === 0 && atMs - positions.listedMs < coarseMs) return positions;
  const kept = [...positions.shards].filter(
    ([id, { done, throughMs }]) => !done || shards.has(id) || atMs - throughMs < forgottenMs,
  );
  const next = new Map(kept);
  for (const id of added) {
    next.set(id, { done: false, after: undefined, throughMs: positions.listedMs });
  }
  return { ...positions, listedMs: atMs, shards: next };
}

/**
 * Shards that may be read now. A shard waits for its parent: order is of no use to a copy, but what is oldest is forgotten
 * first. A parent that is not known is forgotten already.
 */
export function readableShards(
  { shards }: StreamPositions,
  list: ReadonlyMap<string, ListedShard>,
): readonly string[] {
  return [...shards]
    .filter(([id, { done }]) => {
      const parentId = list.get(id)?.parentId;
      return !done && (parentId === undefined || shards.get(parentId)?.done !== false);
    })
    .map(([id]) => id);
}
