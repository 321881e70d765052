/** The line between an engine and whoever writes for it, within one thread. */
import type { WritePort, WritePortEvents } from "../storage/remote/index.ts";

/** Two ends of a line; a message takes a turn, and closing one end tells both. */
export function portPair(): readonly [WritePort, WritePort] {
  const ends: [WritePortEvents | undefined, WritePortEvents | undefined] = [undefined, undefined];
  let open = true;
  const end = (own: 0 | 1, other: 0 | 1): WritePort => ({
    post: (message) => {
      const copy = structuredClone(message);
      setImmediate(() => {
        if (open) ends[other]?.message(copy);
      });
    },
    listen: (events) => {
      ends[own] = events;
    },
    close: () => {
      if (!open) return;
      // What was posted before arrives before.
      setImmediate(() => {
        if (!open) return;
        open = false;
        for (const each of ends) each?.closed();
      });
    },
  });
  return [end(0, 1), end(1, 0)];
}
