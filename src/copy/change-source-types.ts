/**
 * Where the changes of a table are heard of: what all kinds have in common. A source tells keys of items that were changed,
 * and nothing of what they were changed to: the items are then read from the table itself, so that a key that is heard of
 * twice, or late, does no harm.
 */
import type { Clock } from "../base/index.ts";
import type { Caller } from "./caller.ts";
import { CopyFailure } from "./copy-failure.ts";
import type { Json } from "./end.ts";
import type { FollowState } from "./follow-state.ts";

export interface ChangePage {
  /** Of items that were changed; the same key may come several times. */
  readonly keys: readonly Json[];
  /** Where the next read goes on when all of these were applied; the same object when there is nothing new to remember. */
  readonly positions: Json;
  /** Every change that was made before this moment of the clock was in this page or in one before it; undefined: not so yet. */
  readonly completeToMs: number | undefined;
  /** About how old the newest changes are that were heard of, where they are the oldest; undefined: not known. */
  readonly behindMs?: number | undefined;
}

/** Reads follow each other: one at a time, each from the positions of the page before. */
export interface ChangeSource {
  /**
   * From the moment this resolves every change is kept until it was read. May be called again while no page was read.
   * `save` makes what is said in the follow state durable.
   */
  begin(save: () => Promise<void>): Promise<Json>;
  /** Waits a little where there is nothing to expect. Throws ChangesLost when changes after these positions are gone. */
  read(positions: Json): Promise<ChangePage>;
  /** To be called now and then while nothing is read, with the positions of the last page; answers those that take their place. */
  keep(positions: Json): Promise<Json>;
  /** The source need not keep changes any more. Answers what was done, for a person. */
  end(): Promise<string>;
}

export interface ChangeSourceOptions {
  readonly source: Caller;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly table: string;
  readonly keyNames: readonly string[];
  /** `place` and `switchedOn` are set by `begin`. */
  readonly follow: FollowState;
  /** Tables that are followed at the same time, about: each asks less often when there are many. */
  readonly tables: number;
}

/** Changes are gone that were not applied; going on would leave the target wrong without a word. */
export class ChangesLost extends CopyFailure {
  constructor(table: string, reason: string) {
    super(
      `${table}: ${reason}, so changes are missing; with --follow --sync the same command compares both ends, ` +
        "puts what differs and follows anew",
    );
  }
}

/** How long a table that was quiet is left alone. */
export function idlePauseMs(tables: number): number {
  return Math.max(500, 20 * tables);
}
