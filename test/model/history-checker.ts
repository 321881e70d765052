/**
 * Judges a history: nothing is lost, done twice or half there, every read saw what had been written and nothing else,
 * and transactions, plain writes and plain strong reads together have an order that explains them all and agrees with
 * real time (strictly serializable, which holds per-item linearizability). Reads that promise less are only asked
 * whether each item they saw was ever there.
 */
import { assert } from "../../src/base/index.ts";
import { findCycle } from "./history-graph.ts";
import type { History, Operation, Seen } from "./history.ts";

const problemsMax = 10;

/** One sentence per contradiction; none: the history is as promised. */
export function checkHistory(history: History): readonly string[] {
  const trails = [...trailProblems(history), ...lostProblems(history)];
  // What follows takes the final trails for the order of writes.
  const problems = trails.length > 0 ? trails : [...seenProblems(history)];
  if (problems.length === 0) {
    problems.push(...halfProblems(history), ...sumProblems(history));
    const cycle = findCycle(happened(history), history.final);
    if (cycle !== undefined) problems.push(`no order explains this: ${cycle}`);
  }
  return problems.slice(0, problemsMax);
}

/** What took place, as far as anybody knows, and what was refused with a look at items. */
function happened({ operations, final }: History): readonly Operation[] {
  return operations.filter((operation) => {
    const { end, isolation, appends, seen } = operation;
    if (isolation === "committed") return false;
    if (end === "unknown") return appends.some(({ key }) => isIn(final, key, operation));
    return end === "done" || seen.length > 0;
  });
}

function isIn(final: History["final"], key: string, { name }: Operation): boolean {
  return final.get(key)?.trail.includes(name) ?? false;
}

/** Names that should not be in the trails, or not twice. */
function* trailProblems({ operations, final }: History): Generator<string> {
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  for (const { key, trail } of final.values()) {
    const names = new Set<string>();
    for (const name of trail) {
      const operation = byName.get(name);
      if (names.has(name)) yield `${name} was done twice to ${key}`;
      else if (operation === undefined) yield `nobody did ${name}, which ${key} has`;
      else if (!operation.appends.some((append) => append.key === key)) yield `${name} never was for ${key}`;
      else if (operation.end === "refused") yield `${name} was refused, and ${key} has it`;
      names.add(name);
    }
  }
}

/** Writes that should be in the trails, and are in none or in some only. */
function* lostProblems({ operations, final }: History): Generator<string> {
  for (const operation of operations) {
    const { name, end, appends } = operation;
    if (end === "refused" || appends.length === 0) continue;
    const missing = appends.filter(({ key }) => !isIn(final, key, operation)).map(({ key }) => key);
    if (missing.length === 0 || (end === "unknown" && missing.length === appends.length)) continue;
    const how = missing.length === appends.length ? "was acknowledged and is lost" : "is half there";
    yield `${name} ${how}: it is missing in ${missing.join(", ")}`;
  }
}

/** Items that never were as somebody saw them. */
function* seenProblems({ operations, final }: History): Generator<string> {
  const amounts = new Map<string, number>();
  for (const { name, appends } of operations) {
    for (const { key, amount } of appends) amounts.set(`${key} ${name}`, amount);
  }
  const wrong = (seen: Seen): string | undefined => {
    const { key, trail, balance } = seen;
    const last = final.get(key)?.trail ?? [];
    const at = trail.findIndex((name, index) => last[index] !== name);
    if (at !== -1)
      return `${key} with ${trail[at]} in place ${at}, where ${last[at] ?? "nothing"} came to be`;
    const due = trail.reduce((sum, name) => sum + (amounts.get(`${key} ${name}`) ?? 0), 0);
    return due === balance ? undefined : `${key} with the balance ${balance}, which its trail makes ${due}`;
  };
  for (const seen of final.values()) {
    const problem = wrong(seen);
    if (problem !== undefined) yield `at the end there was ${problem}`;
  }
  for (const operation of operations) {
    if (operation.end === "unknown" && !operation.appends.some(({ key }) => isIn(final, key, operation)))
      continue;
    for (const problem of operation.seen.map(wrong)) {
      if (problem !== undefined) yield `${operation.name} saw ${problem}`;
    }
  }
}

/** Reads of several items that saw a write of two of them in one only. The order finds them too, in more words. */
function* halfProblems(history: History): Generator<string> {
  const { operations, final } = history;
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  const places = placesIn(final);
  for (const { name: reader, seen } of happened(history)) {
    if (seen.length < 2) continue;
    const lengths = new Map(seen.map(({ key, trail }) => [key, trail.length]));
    for (const { key, trail } of seen) {
      for (const name of trail) {
        const writer = byName.get(name);
        assert(writer !== undefined, "trails were checked");
        const unseen = writer.appends.find((append) => {
          const length = lengths.get(append.key);
          return length !== undefined && (places.get(`${append.key} ${name}`) ?? 0) >= length;
        });
        if (unseen !== undefined) yield `${reader} saw half of ${name}: in ${key}, and not in ${unseen.key}`;
      }
    }
  }
}

function placesIn(final: History["final"]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const { key, trail } of final.values()) {
    for (const [place, name] of trail.entries()) places.set(`${key} ${name}`, place);
  }
  return places;
}

function* sumProblems({ operations }: History): Generator<string> {
  for (const { name, end, seen, sum } of operations) {
    if (end !== "done" || sum === undefined) continue;
    const found = seen.reduce((total, { balance }) => total + balance, 0);
    if (found !== sum) yield `${name} saw balances that add up to ${found}, not ${sum}`;
  }
}
