/** Waiting for the end of something that may never end. */
import type { Clock } from "../../base/index.ts";

export interface LimitedWait {
  /** Real time, whatever the clock of the data says. */
  readonly timers: Pick<Clock, "schedule">;
  readonly limitMs: number;
  /** Told when the limit has passed. */
  readonly onLate: () => void;
}

/** Resolves when the work has ended, well or badly, or when the limit has passed. */
export function endOrLimit(work: Promise<unknown>, { timers, limitMs, onLate }: LimitedWait): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timers.schedule(limitMs, () => {
      onLate();
      resolve();
    });
    const ended = (): void => {
      cancel();
      resolve();
    };
    void work.then(ended, ended);
  });
}
