/** What writers of engines answer when a write fails, and what becomes of it for the caller. */
import { StorageError, type StorageErrorCode } from "./errors.ts";
import type { MutationOutcome } from "./types.ts";

export interface OutcomeReply {
  readonly kind: "outcome";
  readonly outcome: MutationOutcome;
}

/** Becomes a StorageError. */
export interface WriteFailure {
  readonly kind: "failed";
  readonly code: StorageErrorCode;
  readonly message: string;
  readonly cause: unknown;
}

/** A bug: a decide function threw, or handed back a commit that breaks the contract. The error as it was thrown. */
export interface WriteFault {
  readonly kind: "fault";
  readonly error: unknown;
}

/** Replies are told apart by their kind; those that are no failures are the engine's own. */
interface AnyReply {
  readonly kind: string;
}

export interface Waiter<Reply extends AnyReply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/** Failures become rejections. */
export function settle<Reply extends AnyReply>({ resolve, reject }: Waiter<Reply>, reply: Reply): void {
  if (!isFailure(reply)) {
    resolve(reply);
  } else if (reply.kind === "failed") {
    reject(new StorageError(reply.code, reply.message, { cause: reply.cause }));
  } else {
    reject(reply.error);
  }
}

/** `failure`: what a driver's error means; any other error is a bug, and no failure. */
export function writeFailureOf(failure: unknown, cause: unknown): WriteFailure | undefined {
  if (!(failure instanceof StorageError)) return undefined;
  return { kind: "failed", code: failure.code, message: failure.message, cause };
}

/** Only what would have been committed is in doubt; refusals wrote nothing, but may have seen what is in doubt. */
export function afterLostCommit<Failure extends AnyReply>(
  reply: AnyReply | undefined,
  failure: Failure,
): OutcomeReply | Failure {
  const wrote = isOutcome(reply) && reply.outcome.kind === "committed";
  return wrote ? { kind: "outcome", outcome: { kind: "unknown" } } : failure;
}

export function tooManyWrites(): StorageError {
  return new StorageError("unavailable", "too many writes are waiting");
}

function isFailure(reply: AnyReply): reply is WriteFailure | WriteFault {
  return reply.kind === "failed" || reply.kind === "fault";
}

function isOutcome(reply: AnyReply | undefined): reply is OutcomeReply {
  return reply?.kind === "outcome";
}
