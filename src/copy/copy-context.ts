/** What every step of a copy works with. */
import type { Clock, Random } from "../base/index.ts";
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
  readonly clock: Clock;
  readonly random: Random;
  /** One line for a person, of what was done or found. */
  readonly say: (line: string) => void;
}

/** The same context for a part of the work that ends earlier. */
export function withSignal(context: CopyContext, signal: AbortSignal): CopyContext {
  const { source, target } = context;
  return { ...context, signal, source: source.with({ signal }), target: target.with({ signal }) };
}
