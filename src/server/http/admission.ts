/**
 * Decides at a request's head whether it is worth beginning. What is turned away here has cost next to nothing; what
 * is let in will be answered. Only requests that can be work are ever turned away: probes come by GET.
 */
import type { Random } from "../../base/index.ts";
import type { ListenerLimits } from "../settings.ts";
import type { RequestHead } from "./request-head.ts";

/** How late this thread's event loop is. */
export interface LoopLoad {
  readonly delayMs: number;
  /** Called once for each request, whatever becomes of it. */
  touch(): void;
}

/** What is being worked on. */
export interface WorkLoad {
  readonly requestsInFlight: number;
  readonly bodyBytes: number;
}

export interface AdmissionOptions {
  readonly limits: ListenerLimits;
  readonly work: WorkLoad;
  /** Absent: lateness turns nobody away. */
  readonly loop: LoopLoad | undefined;
  readonly random: Random;
}

/** Let in however late the loop is, so that a server that was stopped for a while finds out that it no longer is. */
const shareMin = 1 / 16;
const uint32Values = 0x1_0000_0000;

export interface Admission {
  admits(head: RequestHead): boolean;
}

/**
 * The share of requests let in by a late loop is (allowed lateness) / (lateness). All that came together made the
 * loop so late; of that, just this share takes the allowed time. So lateness settles near what is allowed, work
 * goes on at the pace of the machine, and the rest hears at once that it should come back later. By lot, because
 * counting to n would pick the same clients each time round.
 */
export function createAdmission({ limits, work, loop, random }: AdmissionOptions): Admission {
  const { requestsInFlightMax, bodyBytesInFlightMax, shedDelayMsMax } = limits;
  const drawn = (delayMs: number): boolean => {
    const share = Math.max(shareMin, shedDelayMsMax / delayMs);
    return random.uint32() < share * uint32Values;
  };
  return {
    admits({ method }) {
      loop?.touch();
      if (method !== "POST") return true;
      if (work.requestsInFlight >= requestsInFlightMax || work.bodyBytes >= bodyBytesInFlightMax)
        return false;
      if (loop === undefined) return true;
      const { delayMs } = loop;
      return delayMs <= shedDelayMsMax || drawn(delayMs);
    },
  };
}
