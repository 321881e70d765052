/** One direction of a proxied connection: what arrives at one socket leaves at the other, in order, late or not at all. */
import type { Socket } from "node:net";
import type { CancelTimer, Clock } from "../../base/index.ts";

export interface LaneRules {
  readonly clock: Clock;
  readonly delayMs: () => number;
  /** While this holds, nothing is read and nothing is written. */
  readonly isCut: () => boolean;
}

export interface Lane {
  /** After what held it back has ended. */
  resume(): void;
}

/** A piece of the way: bytes, or how the sender has ended. */
interface Arrival {
  readonly what: Uint8Array | "end" | "reset";
  readonly dueMs: number;
}

/** So much is on the way at most; then the sender waits, as with a full network buffer. */
const bytesOnTheWayMax = 1024 * 1024;

export function openLane(from: Socket, to: Socket, rules: LaneRules): Lane {
  const waiting: Arrival[] = [];
  let waitingBytes = 0;
  let lastDueMs = 0;
  let isFull = false;
  let cancel: CancelTimer | undefined;

  const arrive = (what: Arrival["what"]): void => {
    // A shorter delay overtakes nothing.
    lastDueMs = Math.max(lastDueMs, rules.clock.nowMs() + rules.delayMs());
    waiting.push({ what, dueMs: lastDueMs });
    waitingBytes += sizeOf(what);
    deliver();
  };
  const deliver = (): void => {
    cancel?.();
    cancel = undefined;
    for (let next = waiting[0]; next !== undefined && !isFull && !rules.isCut(); next = waiting[0]) {
      const waitMs = next.dueMs - rules.clock.nowMs();
      if (waitMs > 0) {
        cancel = rules.clock.schedule(waitMs, deliver);
        break;
      }
      waiting.shift();
      waitingBytes -= sizeOf(next.what);
      isFull = !pass(next.what, to);
    }
    if (rules.isCut() || waitingBytes > bytesOnTheWayMax) from.pause();
    else from.resume();
  };

  from.on("data", arrive);
  from.on("end", () => {
    arrive("end");
  });
  from.on("error", () => {
    arrive("reset");
  });
  to.on("drain", () => {
    isFull = false;
    deliver();
  });
  deliver();
  return { resume: deliver };
}

/** False when the socket takes no more until it has drained. */
function pass(what: Arrival["what"], to: Socket): boolean {
  if (to.destroyed) return true;
  if (what === "reset") resetSocket(to);
  else if (what === "end") to.end();
  else return to.write(what);
  return true;
}

/** A socket that is saying goodbye cannot be reset: in a thread, Node would wait for its end for ever. */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function sizeOf(what: Arrival["what"]): number {
  return typeof what === "string" ? 0 : what.length;
}
