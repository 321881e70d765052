/** What a thread's first answer means for whoever started it. */
import { StorageError } from "../../storage/contract/index.ts";
import type { FromRouter, FromWriter } from "./thread-messages.ts";

/** Takes the place of an answer that does not come any more. */
export interface Ended {
  readonly kind: "ended";
  readonly reason: string;
}

/** Throws a StorageError that says why the store was not opened. */
export function assertOpened(outcome: FromRouter | FromWriter | Ended, who: string): void {
  if (outcome.kind === "ended") {
    throw new StorageError("unavailable", `${who} did not start: ${outcome.reason}`);
  }
  if (outcome.kind === "notOpened") throw new StorageError(outcome.code, outcome.message);
}
