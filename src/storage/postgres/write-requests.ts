/** What waits for a group, and what it is answered. */
import type {
  Mutation,
  OutcomeReply,
  RecordKey,
  ShardId,
  WriteFailure,
  WriteFault,
} from "../contract/index.ts";
import type { Head } from "./heads.ts";

export type WriteRequest =
  /** `holdId`: what it holds was placed in the store under this name, and is released with it. */
  | { readonly kind: "mutate"; readonly mutation: Mutation; readonly holdId?: string }
  /** Answered `done` when the keys are held, or with a conflict. */
  | { readonly kind: "placeHold"; readonly keys: readonly RecordKey[]; readonly holdId: string }
  /** For one whose mutation could not be decided. Answered `done`. */
  | { readonly kind: "releaseHold"; readonly keys: readonly RecordKey[]; readonly holdId: string }
  | { readonly kind: "trimLog"; readonly shard: ShardId; readonly through: number };

export type WriteReply = OutcomeReply | { readonly kind: "done" } | WriteFailure | WriteFault;

export interface Waiting {
  readonly request: WriteRequest;
  /** May grow when its decision turns out to need more. */
  readonly heads: readonly Head[];
  /** Of its arrival; monotonic. */
  readonly sinceMs: number;
  readonly settle: (reply: WriteReply) => void;
}
