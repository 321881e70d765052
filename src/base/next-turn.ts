/** The next turn of the event loop, after its sockets were read. A turn is not a time: nothing here waits. */

// Imported, because fake timers of a user's test replace the global.
// eslint-disable-next-line eslint/no-restricted-imports
import { setImmediate } from "node:timers";

export function inNextTurn(task: () => void): void {
  setImmediate(task);
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
