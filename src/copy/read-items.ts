/** Reads items by their keys, with strong consistency, until each is answered or known not to be there. */
import { monotonicMs } from "../base/index.ts";
import { type Caller, refusalText } from "./caller.ts";
import { CopyFailure } from "./copy-failure.ts";
import { type Json, objectIn, objectsIn } from "./end.ts";

/** The service reads of a batch what it can; without any progress for this long it is not going to. */
const patienceMs = 300_000;

/** Of at most a hundred different keys; in no order, without those that are not there. */
export async function readItems(
  source: Caller,
  table: string,
  keys: readonly Json[],
): Promise<readonly Json[]> {
  const items: Json[] = [];
  let rest = keys;
  let untilMs = monotonicMs() + patienceMs;
  for (let attempt = 1; rest.length > 0; attempt += 1) {
    const outcome = await source.ask("BatchGetItem", {
      RequestItems: { [table]: { Keys: rest, ConsistentRead: true } },
    });
    if (outcome.kind === "refused") {
      throw new CopyFailure(`${source.end.name}: BatchGetItem of ${table}: ${refusalText(outcome)}`);
    }
    items.push(...objectsIn(objectIn(outcome.body, "Responses") ?? {}, table));
    const unprocessed = objectIn(objectIn(outcome.body, "UnprocessedKeys") ?? {}, table);
    const left = objectsIn(unprocessed ?? {}, "Keys");
    if (left.length === 0) break;
    if (left.length < rest.length) {
      // Sixteen megabytes were answered: the rest is asked for at once.
      untilMs = monotonicMs() + patienceMs;
      attempt = 0;
    } else {
      if (monotonicMs() >= untilMs) {
        throw new CopyFailure(`${source.end.name}: BatchGetItem leaves keys undone, again and again`);
      }
      await source.backOff(attempt, "keys of a batch were left undone");
    }
    rest = left;
  }
  return items;
}
