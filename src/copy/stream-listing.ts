/** Keeps the list of a stream's shards fresh enough: new ones come when others are closed. */
import type { Clock } from "../base/index.ts";
import type { Caller } from "./caller.ts";
import { listShards, type ShardList, type StreamName } from "./stream-shards.ts";

/** For each call it takes: AWS allows ten calls a second in an account. */
const listEveryMs = 5000;
/** The same while the shards are awaited that follow a closed one. */
const awaitEveryMs = 1000;
/** They are listed soon after; where there are none, as after an odd end, this is enough. */
const childrenWithinMs = 60_000;
/** A shard that was split has several; this is enough for the others when one is listed. */
const siblingsWithinMs = 10_000;

export interface StreamListing {
  now(): Promise<ShardList>;
  /** The last one unless it is old. */
  recent(): Promise<ShardList>;
  /** This shard was read to its end. */
  drained(id: string): void;
  /** No shard was read to its end whose followers may be listed only later. */
  isWhole(): boolean;
}

/** `caller`: of the streams. The name is asked for each time, since it is found out late. */
export function streamListing(caller: Caller, name: () => StreamName, clock: Clock): StreamListing {
  /** Until when shards are awaited that follow this one. */
  const awaitedUntilMs = new Map<string, number>();
  let list: ShardList | undefined;
  const now = async (): Promise<ShardList> => {
    list = await listShards(caller, name(), clock.nowMs());
    const parents = new Set([...list.shards.values()].map(({ parentId }) => parentId));
    for (const [id, untilMs] of awaitedUntilMs) {
      if (list.atMs >= untilMs) awaitedUntilMs.delete(id);
      else if (parents.has(id)) awaitedUntilMs.set(id, Math.min(untilMs, list.atMs + siblingsWithinMs));
    }
    return list;
  };
  return {
    now,
    async recent() {
      const everyMs = awaitedUntilMs.size > 0 ? awaitEveryMs : listEveryMs;
      return list !== undefined && clock.nowMs() - list.atMs < everyMs * list.pages ? list : now();
    },
    drained(id) {
      awaitedUntilMs.set(id, clock.nowMs() + childrenWithinMs);
    },
    isWhole: () => awaitedUntilMs.size === 0,
  };
}
