/**
 * When requests are due, and which of them are still worth sending. The schedule of an open loop does not wait
 * for anybody: request number i is due at start + i / rate. A closed loop is the schedule on which a request is
 * due whenever somebody can send it. Nothing is stored for a request that waits: its number says all.
 */

export interface Schedule {
  /** Takes the oldest request that is due, and tells since when. */
  take(nowMs: number): number | undefined;
  /** Gives up what has waited too long; returns how many that were. */
  expire(nowMs: number): number;
  /** Due until now, taken and given up ones included. */
  due(nowMs: number): number;
  /** Something is due that was neither taken nor given up. */
  waits(nowMs: number): boolean;
  /** Nothing becomes due after this; what waits may still be taken. */
  end(nowMs: number): void;
}

export interface OpenScheduleOptions {
  readonly startMs: number;
  readonly requestsPerSecond: number;
  readonly waitMsMax: number;
}

export function openSchedule({ startMs, requestsPerSecond, waitMsMax }: OpenScheduleOptions): Schedule {
  const perMs = requestsPerSecond / 1000;
  let next = 0;
  let endMs = Number.POSITIVE_INFINITY;
  /** How many were due at this time. */
  const due = (nowMs: number): number => {
    const untilMs = Math.min(nowMs, endMs);
    return untilMs < startMs ? 0 : Math.floor((untilMs - startMs) * perMs) + 1;
  };
  return {
    take(nowMs) {
      if (next >= due(nowMs)) return undefined;
      return startMs + next++ / perMs;
    },
    expire(nowMs) {
      const expired = Math.max(0, due(nowMs - waitMsMax) - next);
      next += expired;
      return expired;
    },
    due,
    waits: (nowMs) => due(nowMs) > next,
    end(nowMs) {
      endMs = Math.min(endMs, nowMs);
    },
  };
}

export function closedSchedule(): Schedule {
  let taken = 0;
  let ended = false;
  return {
    take(nowMs) {
      if (ended) return undefined;
      taken++;
      return nowMs;
    },
    expire: () => 0,
    due: () => taken,
    waits: () => !ended,
    end() {
      ended = true;
    },
  };
}
