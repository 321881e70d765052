/** What the writer says of a batch. */
import type { Keyspace, ShardId } from "../contract/index.ts";
import type { WriteReply } from "../remote/index.ts";

/** `full`: the disk is full, each next request tries again. `stopped`: no write is taken any more. */
export type WritingState = "open" | "full" | "stopped";

/** The answer to one batch of requests, sent when what was written is durable. */
export interface GroupResult {
  /** In order, for the first requests of the batch; the rest was not looked at and has to be sent again. */
  readonly replies: readonly WriteReply[];
  readonly grownShards: readonly ShardId[];
  readonly droppedKeyspaces: readonly Keyspace[];
  readonly reclaimedKeyspaces: readonly Keyspace[];
  readonly writing: WritingState;
}
