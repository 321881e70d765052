/**
 * Calls servers as an SDK does that knows several of them: what fails in a way that may pass is sent again, each time to
 * the next server. It is more careful than an SDK in one thing: what may have been done is sent again only when doing it
 * twice does no harm. That an answer says "not done" when something was done would be found as a write done twice.
 */
import { apiCall } from "../../bench/api-call.ts";
import { monotonicMs, type Random, systemClock } from "../../src/base/index.ts";
import type { CallAnswer } from "../model/history-requests.ts";

/** One request on its way to one server. Moments are monotonic. */
export interface CallAttempt {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly operation: string;
  readonly endpoint: string;
  /** Undefined: answered. */
  readonly failure: string | undefined;
  readonly isUnknown: boolean;
}

export interface AnsweredCall {
  readonly operation: string;
  readonly status: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** What has happened to the calls of all clients. */
export interface CallLog {
  readonly attempts: CallAttempt[];
  /** Calls that were answered, however often they were sent. */
  readonly calls: AnsweredCall[];
  /** Calls that were tried for too long; told here too, since their caller may take that for an unknown outcome. */
  readonly givenUp: string[];
}

export function newCallLog(): CallLog {
  return { attempts: [], calls: [], givenUp: [] };
}

export interface CallerOptions {
  /** Of servers that should be there; asked before each attempt. */
  readonly endpoints: () => readonly string[];
  readonly random: Random;
  readonly log: CallLog;
  /** Who asks for longer is told that nothing works. */
  readonly giveUpMs: number;
}

/** It may have been done or not, and sending it again could do it twice. */
export class UnknownOutcome extends Error {}

const firstPauseMs = 25;
const pauseMsMax = 400;
/** Nothing was done; it is worth another try. */
const transient = new Set([
  "ServiceUnavailable",
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "TransactionInProgressException",
]);
const reads = new Set(["GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "DescribeTable"]);

export class RetryingCaller {
  readonly #options: CallerOptions;
  #turn: number;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#turn = options.random.below(2);
  }

  /** Resolves with an answer that no repetition changes. `again`: it may be done twice. Rejects with UnknownOutcome. */
  async call(operation: string, body: object, again?: boolean): Promise<CallAnswer> {
    const mayRepeat = again ?? isHarmless(operation, body);
    const { random, giveUpMs, log } = this.#options;
    const startedMs = monotonicMs();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      const result = await this.#attempt(operation, body);
      if (result.kind === "answered") {
        const { answer } = result;
        log.calls.push({ operation, status: answer.status, startedMs, endedMs: monotonicMs() });
        return answer;
      }
      if (result.isUnknown && !mayRepeat) throw new UnknownOutcome(result.failure);
      if (monotonicMs() - startedMs > giveUpMs) {
        const text = `${operation} was tried for ${giveUpMs} ms: ${result.failure}`;
        log.givenUp.push(text);
        throw new Error(text);
      }
      await systemClock().sleep(random.below(pauseMs));
    }
  }

  /** Where the next call goes first: elsewhere. */
  turn(): void {
    this.#turn += 1;
  }

  async #attempt(operation: string, body: object): Promise<AttemptEnd> {
    const endpoints = this.#options.endpoints();
    const endpoint = endpoints[this.#turn % endpoints.length] ?? "";
    const startedMs = monotonicMs();
    const end = await attempt(endpoint, operation, body);
    const failure = end.kind === "failed" ? end.failure : undefined;
    const isUnknown = end.kind === "failed" && end.isUnknown;
    const { log } = this.#options;
    log.attempts.push({ startedMs, endedMs: monotonicMs(), operation, endpoint, failure, isUnknown });
    if (end.kind === "failed") this.turn();
    return end;
  }
}

type AttemptEnd =
  | { readonly kind: "answered"; readonly answer: CallAnswer }
  | { readonly kind: "failed"; readonly failure: string; readonly isUnknown: boolean };

async function attempt(endpoint: string, operation: string, body: object): Promise<AttemptEnd> {
  let answer;
  try {
    answer = await apiCall(endpoint, operation, body);
  } catch (error: unknown) {
    const failure = causeOf(error);
    return { kind: "failed", failure, isUnknown: !failure.includes("ECONNREFUSED") };
  }
  const { status, text } = answer;
  if (status === 200) return { kind: "answered", answer };
  const name = String(answer.body["__type"]).split("#").at(-1) ?? "";
  const failure = `${status} ${text.slice(0, 200)}`;
  if (transient.has(name)) return { kind: "failed", failure, isUnknown: false };
  if (status >= 500) return { kind: "failed", failure, isUnknown: true };
  return { kind: "answered", answer };
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? `${String(cause.code)} ` : "";
  return cause instanceof Error ? `${code}${cause.message}` : error.message;
}

function isHarmless(operation: string, body: object): boolean {
  return reads.has(operation) || (operation === "TransactWriteItems" && "ClientRequestToken" in body);
}
