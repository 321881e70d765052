/** What signals ask of a copy: to finish what it follows, to stop where it is, to end at once. */
import { CopyStopped } from "../copy/index.ts";
import type { CommandContext, StopSignal } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";

export interface SignalWishes {
  /** Aborted when what was changed is to be applied, and then enough. */
  readonly finish: AbortSignal;
  /** Aborted when the copy is to end at its next step. */
  readonly stop: AbortSignal;
  /** From now on the first signal means to finish. */
  finishFirst(): void;
}

/** A signal while tables are copied stops; one more ends at once. While changes are followed there is one more before these. */
export function signalWishes(context: CommandContext, say: (line: string) => void): SignalWishes {
  const finish = new AbortController();
  const stop = new AbortController();
  let isFollowing = false;
  const heard = (signal: StopSignal): void => {
    // A terminal that was closed, as by a broken connection, wants no finish: writers are not at rest because of it.
    if (isFollowing && signal !== "SIGHUP" && !finish.signal.aborted && !stop.signal.aborted) {
      say("finishing: what is left is applied; the same signal again stops without finishing");
      finish.abort();
    } else if (stop.signal.aborted) {
      context.exit(exitCodes.interrupted);
      return;
    } else {
      stop.abort(new CopyStopped("asked to stop"));
    }
    void context.nextSignal().then(heard);
  };
  void context.nextSignal().then(heard);
  return {
    finish: finish.signal,
    stop: stop.signal,
    finishFirst() {
      isFollowing = true;
    },
  };
}
