/**
 * What crosses the border between an engine and its writer: plain data both ways, so that the writer can be on a
 * thread of its own.
 */
import type {
  Lease,
  Mutation,
  OutcomeReply,
  ReclaimProgress,
  RecordKey,
  ShardId,
  WriteFailure,
  WriteFault,
} from "../contract/index.ts";

export type WriteRequest =
  | { readonly kind: "mutate"; readonly mutation: Mutation }
  | { readonly kind: "trimLog"; readonly shard: ShardId; readonly through: number }
  | { readonly kind: "lease"; readonly name: string; readonly owner: string; readonly ttlMs: number }
  | { readonly kind: "releaseLease"; readonly lease: Lease }
  | { readonly kind: "reclaim" };

/** Asked of the writer's thread, not of the writer: answered at once. */
export interface HoldQuestion {
  readonly kind: "held";
  readonly keys: readonly RecordKey[];
}

/** Told to the writer's thread, which has no answer to it. */
export type PortNote =
  /** Growth of these shards is news from now on, and no longer of those. What begins is answered with news of it. */
  | { readonly kind: "watch"; readonly begin: readonly ShardId[]; readonly end: readonly ShardId[] }
  /** What this port has that is held back is to be decided at once. */
  | { readonly kind: "hurry" };

/** Requests and questions of a port are numbered by both sides as they come, from 1. */
export type PortMessage = WriteRequest | HoldQuestion | PortNote;

export type WriteReply =
  | OutcomeReply
  | { readonly kind: "lease"; readonly lease: Lease | undefined }
  | { readonly kind: "progress"; readonly progress: ReclaimProgress }
  | { readonly kind: "held"; readonly held: readonly boolean[] }
  | { readonly kind: "done" }
  | WriteFailure
  | WriteFault;

/**
 * What a group means for a connection, whoever asked for it. First value of each message to a port; then come replies,
 * each after the number of its request.
 */
export interface GroupNews {
  /** Of those it watches. */
  readonly grownShards: readonly ShardId[];
}

/** Errors do not cross threads: their texts do. */
interface ErrorTexts {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function plainReply(reply: WriteReply): unknown {
  if (reply.kind === "failed") return { ...reply, cause: errorTexts(reply.cause) };
  if (reply.kind === "fault") return { kind: "fault", error: errorTexts(reply.error) };
  return reply;
}

export function readReply(plain: unknown): WriteReply {
  const reply = plain as WriteReply;
  if (reply.kind === "failed") return { ...reply, cause: errorOf(reply.cause as ErrorTexts) };
  if (reply.kind === "fault") return { kind: "fault", error: errorOf(reply.error as ErrorTexts) };
  return reply;
}

function errorTexts(error: unknown): ErrorTexts {
  return error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack }
    : { name: "Error", message: String(error), stack: undefined };
}

function errorOf({ name, message, stack }: ErrorTexts): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
