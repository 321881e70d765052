/** What can become of a request, and how many went which way. */

/**
 * - `answered`: 200 within the time limit
 * - `refused`: an answer within the limit that a client retries by itself
 * - `late`: any answer after the limit
 * - `failed`: any other answer
 * - `unsent`: no connection was free in time
 * - `broken`: the connection ended before the answer
 */
export type Outcome = "answered" | "refused" | "late" | "failed" | "unsent" | "broken";

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

export const noOutcomes: OutcomeCounts = {
  answered: 0,
  refused: 0,
  late: 0,
  failed: 0,
  unsent: 0,
  broken: 0,
};

export const outcomeNames: readonly Outcome[] = Object.keys(noOutcomes) as Outcome[];

export interface TimedAnswer {
  readonly status: number;
  /** Head and body of an answer that is not 200. */
  readonly text: string;
  /** Since the request was due. */
  readonly latencyMs: number;
}

export function outcomeOf({ status, text, latencyMs }: TimedAnswer, limitMs: number): Outcome {
  if (latencyMs > limitMs) return "late";
  if (status === 200) return "answered";
  return isRetryable(status, text) ? "refused" : "failed";
}

/** A client of AWS retries these by itself; a body without a type is not DynamoDB's and no refusal. */
const retryableTypes =
  /"__type" *: *"[^"]*(ServiceUnavailable|InternalServerError|Throttling|ThroughputExceeded|RequestLimitExceeded)/u;

function isRetryable(status: number, text: string): boolean {
  return (status === 503 || status === 500 || status === 400) && retryableTypes.test(text);
}

export function addOutcomes(parts: readonly OutcomeCounts[]): OutcomeCounts {
  const sums = { ...noOutcomes };
  for (const part of parts) for (const name of outcomeNames) sums[name] += part[name];
  return sums;
}

export function subtractOutcomes(counts: OutcomeCounts, before: OutcomeCounts): OutcomeCounts {
  const rest = { ...noOutcomes };
  for (const name of outcomeNames) rest[name] = counts[name] - before[name];
  return rest;
}

export function totalOf(counts: OutcomeCounts): number {
  return outcomeNames.reduce((sum, name) => sum + counts[name], 0);
}
