/** How far each shard of a stream was read, as JSON for the state file and back. */
import { type Json, numberIn, objectsIn, textIn } from "./end.ts";

export interface StreamPositions {
  /** When the changes were begun to be kept; older records are of no use. */
  readonly begunMs: number;
  /** When the shards were last listed: one that was not among them then holds only what came later. */
  readonly listedMs: number;
  readonly shards: ReadonlyMap<string, ShardPosition>;
}

export interface ShardPosition {
  /** Closed and read to its end, or closed before the begin. */
  readonly done: boolean;
  /** Sequence number of the last record that was applied; undefined: read it from its beginning. */
  readonly after: string | undefined;
  /** Whatever this shard was given before was read; may be some minutes too early, never too late. */
  readonly throughMs: number;
}

export function streamPositions(json: Json): StreamPositions {
  const shards = new Map<string, ShardPosition>();
  for (const entry of objectsIn(json, "shards")) {
    shards.set(textIn(entry, "id") ?? "", {
      done: entry["done"] === true,
      after: textIn(entry, "after"),
      throughMs: numberIn(entry, "throughMs") ?? 0,
    });
  }
  return { begunMs: numberIn(json, "begunMs") ?? 0, listedMs: numberIn(json, "listedMs") ?? 0, shards };
}

export function streamPositionsJson({ begunMs, listedMs, shards }: StreamPositions): Json {
  return { begunMs, listedMs, shards: [...shards].map(([id, position]) => ({ id, ...position })) };
}
