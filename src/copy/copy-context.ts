/** What every step of a copy works with. */
import type { Caller } from "./caller.ts";
import type { CopyProgress } from "./progress.ts";
import type { StateKeeper } from "./state-file.ts";
import type { WriteRate } from "./write-rate.ts";

export interface CopyContext {
  readonly source: Caller;
  readonly target: Caller;
  readonly rate: WriteRate;
  readonly keeper: StateKeeper;
  readonly progress: CopyProgress;
  /** Segments that are worked on at a time. */
  readonly workersMax: number;
  readonly signal: AbortSignal;
  /** One line for a person, of what was done or found. */
  readonly say: (line: string) => void;
}
