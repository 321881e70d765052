/** What clients noticed of one failure, in numbers. */
import type { FaultEnd } from "./pair-faults.ts";
import type { CallLog } from "./retrying-caller.ts";
import type { StaleReads } from "./stale-reads.ts";

export interface RoundFigures {
  readonly name: string;
  readonly calls: number;
  /** Without a single acknowledged write, at most. */
  readonly outageMs: number;
  /** From its first attempt to its answer. */
  readonly longestCallMs: number;
  /** From a request to what came of it, an error perhaps. */
  readonly longestAttemptMs: number;
  readonly failures: number;
  /** Failed, and perhaps done. */
  readonly unknown: number;
  /** The last request that failed began so long after all was there again; 0: none did. */
  readonly lateFailureMs: number;
}

const writes = new Set(["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"]);

export function figuresOf(
  { attempts, calls }: CallLog,
  { name, startedMs, backMs }: Pick<FaultEnd, "name" | "startedMs" | "backMs">,
): RoundFigures {
  // Who is told that his own transaction is under way has been served.
  const failed = attempts.filter(({ failure }) => failure !== undefined && !failure.startsWith("400 "));
  // That a server is not there is no failure of the other one.
  const answered = failed.filter(({ failure }) => failure?.includes("ECONNREFUSED") === false);
  const late = answered.map((attempt) => attempt.startedMs - backMs);
  const written = calls.filter(({ operation, status }) => status === 200 && writes.has(operation));
  return {
    name,
    calls: calls.length,
    outageMs: longestGapMs(
      written.map(({ endedMs }) => endedMs),
      startedMs,
    ),
    longestCallMs: Math.max(0, ...calls.map((call) => call.endedMs - call.startedMs)),
    longestAttemptMs: Math.max(0, ...attempts.map((attempt) => attempt.endedMs - attempt.startedMs)),
    failures: failed.length,
    unknown: failed.filter(({ isUnknown }) => isUnknown).length,
    lateFailureMs: Math.max(0, ...late),
  };
}

function longestGapMs(moments: readonly number[], fromMs: number): number {
  let longest = 0;
  let last = fromMs;
  for (const moment of moments.filter((each) => each > fromMs).toSorted((left, right) => left - right)) {
    longest = Math.max(longest, moment - last);
    last = moment;
  }
  return longest;
}

export function roundText(round: RoundFigures, stale: StaleReads): string {
  const ms = (value: number): string => `${Math.round(value)} ms`;
  return [
    round.name,
    `${round.calls} calls`,
    `outage ${ms(round.outageMs)}`,
    `longest call ${ms(round.longestCallMs)}`,
    `slowest answer ${ms(round.longestAttemptMs)}`,
    `${round.failures} failed requests, ${round.unknown} of them unknown`,
    `the last ${ms(round.lateFailureMs)} after it was over`,
    `eventual reads: ${staleText([stale])}`,
  ].join("; ");
}

/** Of all rounds. */
export function roundsText(all: readonly RoundFigures[], stale: readonly StaleReads[]): string {
  const outages = all.map(({ outageMs }) => Math.round(outageMs)).toSorted((left, right) => left - right);
  const failovers = all.filter(({ name }) => name.includes("promoted"));
  const sum = (of: (round: RoundFigures) => number): number =>
    all.reduce((total, round) => total + of(round), 0);
  return [
    `${all.length} rounds with ${failovers.length} failovers`,
    `${sum(({ calls }) => calls)} calls`,
    `${sum(({ failures }) => failures)} failed requests, ${sum(({ unknown }) => unknown)} of them unknown`,
    `no write was acknowledged for ${outages.join(", ")} ms`,
    `eventual reads: ${staleText(stale)}`,
  ].join("; ");
}

function staleText(all: readonly StaleReads[]): string {
  const reads = all.reduce((sum, each) => sum + each.reads, 0);
  const ages = all.flatMap(({ agesMs }) => agesMs).toSorted((left, right) => left - right);
  const age = (share: number): number => Math.round(ages[Math.floor((ages.length - 1) * share)] ?? 0);
  const share = reads === 0 ? 0 : (100 * ages.length) / reads;
  return `${ages.length} of ${reads} stale (${share.toFixed(2)} %), p50 ${age(0.5)} ms, p99 ${age(0.99)} ms, at most ${age(1)} ms`;
}
