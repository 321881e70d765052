/**
 * A frozen clock that a test advances, or sets to any time, also an earlier one, as an operator may do to a
 * machine. Timers run only by `advance`.
 */
import { adjustableClock, type Clock } from "../base/index.ts";

export interface SettableClock extends Clock {
  /** Moves the time forward and runs what becomes due. */
  advance(ms: number): Promise<void>;
  /** Another time at once, forward or back; runs nothing. */
  set(nowMs: number): void;
}

export function settableClock(startMs: number): SettableClock {
  // Set to the moment and not stopped there: a millisecond may pass between the two calls.
  const clock = adjustableClock({ startMs: startMs - 60_000 });
  clock.freeze(startMs);
  let offsetMs = 0;
  return {
    nowMs: () => clock.nowMs() + offsetMs,
    nowMicros: () => clock.nowMicros() + offsetMs * 1000,
    schedule: (delayMs, task) => clock.schedule(delayMs, task),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    advance: (ms) => clock.advance(ms),
    set: (nowMs) => {
      offsetMs = nowMs - clock.nowMs();
    },
  };
}
