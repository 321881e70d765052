/** Waiting for another process, which has no way to tell: asked again and again, with a limit. */
import { monotonicMs, systemClock } from "../../base/index.ts";

const askAgainMs = 10;

/** Rejects when the limit has passed; `what` says what should have become true. */
export async function until(
  what: string,
  limitMs: number,
  done: () => boolean | Promise<boolean>,
): Promise<void> {
  const clock = systemClock();
  const endMs = monotonicMs() + limitMs;
  // The clock's timers keep no process alive, and a script may have nothing else to wait for.
  const { port1: alive } = new MessageChannel();
  alive.ref();
  try {
    while (!(await done())) {
      if (monotonicMs() > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
      await clock.sleep(askAgainMs);
    }
  } finally {
    alive.close();
  }
}
