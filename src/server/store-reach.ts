/**
 * Whether a store on another machine can be reached, as one thread of a server knows it. Told once when it is lost and
 * once when it is back; what fails meanwhile for that reason is not told again and again.
 */
import { StorageError } from "../storage/contract/index.ts";
import type { Note } from "./notes.ts";

export interface StoreReach {
  /** As the engine said last. */
  readonly isReachable: boolean;
  /** What the engine says, as often as it likes. */
  readonly tell: (reachable: boolean, reason: string | undefined) => void;
  /** Whether a failure needs no further words. */
  readonly explains: (failure: unknown) => boolean;
}

/** `note` absent: another thread tells people. */
export function createStoreReach(note?: Note): StoreReach {
  let isReachable = true;
  return {
    get isReachable() {
      return isReachable;
    },
    tell: (reachable, reason) => {
      if (reachable === isReachable) return;
      isReachable = reachable;
      const why = reason === undefined ? "" : `: ${reason}`;
      note?.(reachable ? "the store is reached again" : `the store cannot be reached${why}`);
    },
    explains: (failure) => !isReachable && failure instanceof StorageError && failure.code === "unavailable",
  };
}
