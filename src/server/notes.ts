/** Lines for a person watching the server: faults, and tables asked for in the wrong namespace. */
import { monotonicMs } from "../base/index.ts";
import type { Namespace } from "../catalog/index.ts";
import type { WritingState } from "../storage/sqlite/index.ts";
import type { RequestFacts } from "../wire/index.ts";

export type Note = (line: string) => void;

// Beyond this many different tables nobody reads the lines any more.
const elsewhereMax = 1000;

/** Tells each table and namespace once: the usual reason is a client with another region or access key. */
export function createElsewhereNote(
  note: Note,
): (name: string, asked: Namespace, found: readonly Namespace[]) => void {
  const told = new Set<string>();
  return (name, asked, found) => {
    const key = `${asked.account}/${asked.region}/${name}`;
    if (told.has(key) || told.size >= elsewhereMax) return;
    told.add(key);
    const places = found.slice(0, 5).map(placeText).join(" and ");
    note(
      `table ${name} was asked for in ${placeText(asked)}, where it does not exist; it exists in ${places}. ` +
        "Use that region and access key, or start with --shared.",
    );
  };
}

/** Told in full; what a broken disk makes of every request is counted. */
const faultsMax = 10;
const faultsWindowMs = 10_000;

/** Tells faults with what is needed to find them again, the first ones of each ten seconds. */
export function createFaultNote(
  note: Note,
  nowMs: () => number = monotonicMs,
): (facts: RequestFacts) => void {
  let windowEndMs = 0;
  let faults = 0;
  return (facts) => {
    if (facts.cause === undefined) return;
    if (nowMs() >= windowEndMs) {
      if (faults > faultsMax) note(`${faults - faultsMax} further faults of that time were not told`);
      windowEndMs = nowMs() + faultsWindowMs;
      faults = 0;
    }
    faults += 1;
    if (faults > faultsMax) return;
    note(
      `fault in ${facts.operation ?? facts.method}, request ${facts.requestId}: ${causeText(facts.cause)}`,
    );
  };
}

export function writingStateText(state: WritingState, reason: string | undefined): string {
  return `writing is ${state}${reason === undefined ? "" : `: ${reason}`}`;
}

export function causeText(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : "not an Error";
}

function placeText({ region, account }: Namespace): string {
  return `region ${region}, account ${account}`;
}
