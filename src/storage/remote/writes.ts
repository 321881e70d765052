/** The way an engine's writes take, to a writer on the same thread or on another one. */
import type { RecordKey, ShardId } from "../contract/index.ts";
import type { WriteReply, WriteRequest } from "./write-messages.ts";

export interface Writes {
  /**
   * Resolves when the request is durable or refused; rejects with a StorageError (`unavailable` when too much waits,
   * with nothing done), or with a bug.
   */
  submit(request: WriteRequest): Promise<WriteReply>;
  /** Which of the keys are held now; waits for no write. Rejects with a StorageError. */
  held(keys: readonly RecordKey[]): Promise<readonly boolean[]>;
  /** The shard's growth is told from some moment on, at which it is told once. */
  watch(shard: ShardId): void;
  unwatch(shard: ShardId): void;
  /** Waits for what was accepted, which is decided at once. Nothing is submitted afterwards. */
  close(): Promise<void>;
}
