/** Stores that tests open and never close, as those of the model engine: looked at for contradictions after the test. */
import type { Engine } from "../storage/contract/index.ts";

const left: Engine[] = [];

export function inspectAfterTest(engine: Engine): void {
  left.push(engine);
}

/** Each is given out once. */
export function takeLeftStores(): readonly Engine[] {
  return left.splice(0);
}
