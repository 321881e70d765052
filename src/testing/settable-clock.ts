/**
 * A frozen clock that a test advances, or sets to any time, also an earlier one, as an operator may do to a
 * machine. Timers run only by `advance`. Its state is in shared memory, so that another thread can show the same time.
 */
import { adjustableClock, type AdjustableClock, type Clock } from "../base/index.ts";

export interface SettableClock extends Clock {
  /** For `sharedSettableClock` on another thread. */
  readonly shared: SettableTime;
  /** Moves the time forward and runs what becomes due. */
  advance(ms: number): Promise<void>;
  /** Another time at once, forward or back; runs nothing. */
  set(nowMs: number): void;
}

/** Plain data; can be posted to a thread. */
export interface SettableTime {
  readonly line: SharedArrayBuffer;
  /** Milliseconds that `set` added to the line, in 64 bits. */
  readonly offset: SharedArrayBuffer;
}

export function settableClock(startMs: number): SettableClock {
  // Set to the moment and not stopped there: a millisecond may pass between the two calls.
  const clock = adjustableClock({ startMs: startMs - 60_000 });
  clock.freeze(startMs);
  return clockOver(clock, new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));
}

/** Shows the time of a clock made on another thread. */
export function sharedSettableClock({ line, offset }: SettableTime): SettableClock {
  return clockOver(adjustableClock({ shared: line }), offset);
}

function clockOver(clock: AdjustableClock, offset: SharedArrayBuffer): SettableClock {
  const offsets = new BigInt64Array(offset);
  const offsetMs = (): number => Number(Atomics.load(offsets, 0));
  return {
    shared: { line: clock.shared, offset },
    nowMs: () => clock.nowMs() + offsetMs(),
    nowMicros: () => clock.nowMicros() + offsetMs() * 1000,
    schedule: (delayMs, task) => clock.schedule(delayMs, task),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    advance: (ms) => clock.advance(ms),
    set: (nowMs) => {
      Atomics.store(offsets, 0, BigInt(nowMs - clock.nowMs()));
    },
  };
}
