/** Reads of a spread store that met a move of its shards are asked again: nothing was changed by them. */
import { isMoveOfShards } from "./failures.ts";
import type { Ask } from "./reader.ts";

const triesMax = 3;

export function askAgain(ask: Ask): Ask {
  return async (use) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await ask(use);
      } catch (error: unknown) {
        if (tries >= triesMax || !isMoveOfShards(error)) throw error;
      }
    }
  };
}
