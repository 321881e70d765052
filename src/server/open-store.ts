/** Picks the engine of a store. The only place besides the threads' that knows there is more than one. */
import type { Clock } from "../base/index.ts";
import type { DecideRegistry, Engine } from "../storage/contract/index.ts";
import { openSqliteEngine } from "../storage/sqlite/index.ts";
import { openPostgresStorage } from "./postgres-storage.ts";
import type { StatorSettings, StorageChoice } from "./settings.ts";

export interface StoreParts extends Pick<StatorSettings, "onWritingState" | "onReachable"> {
  readonly decide: DecideRegistry;
  readonly clock: Clock;
}

/** Rejects with a StorageError when the data cannot be opened. */
export function openStore(choice: StorageChoice, parts: StoreParts): Promise<Engine> {
  const { decide, clock, onWritingState, onReachable } = parts;
  if (choice.kind === "postgres") {
    return openPostgresStorage(choice, {
      decide,
      clock,
      ...(onReachable === undefined ? {} : { onReachable }),
    });
  }
  return openSqliteEngine({
    location: choice,
    decide,
    clock,
    ...(onWritingState === undefined ? {} : { onWritingState }),
  });
}
