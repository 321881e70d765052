/**
 * Work that nobody waits for: finishing dropped tables and giving back their space, in small steps with
 * pauses between. Follows the clock of the data, so a frozen clock stops it; its timers keep no process alive.
 */
import type { CancelTimer, Clock } from "../base/index.ts";

/** One small step; answers true when there is more to do at once. */
export type BackgroundStep = () => Promise<boolean>;

export interface BackgroundWork {
  /** Waits for the step that is running; none starts afterwards. */
  stop(): Promise<void>;
}

const pauseMs = 1000;
// Lets requests in between two steps of a long piece of work.
const breathMs = 10;

/** A step that fails is told and tried again after the pause. */
export function startBackgroundWork(
  clock: Clock,
  step: BackgroundStep,
  onFailure: (error: unknown) => void,
): BackgroundWork {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let cancel: CancelTimer = () => undefined;
  const runOnce = async (): Promise<void> => {
    let delayMs = pauseMs;
    try {
      if (await step()) delayMs = breathMs;
    } catch (error) {
      onFailure(error);
    }
    if (!stopped) cancel = clock.schedule(delayMs, run);
  };
  const run = (): void => {
    running = runOnce();
  };
  cancel = clock.schedule(pauseMs, run);
  return {
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}
