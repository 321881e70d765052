/**
 * Calls an end with patience: what was lost, throttled or met a fault of the server is sent again, with growing waits,
 * until it is answered or patience is over. Everything a copy sends may be sent twice.
 */
import { backOffMs, type Clock, monotonicMs, type Random } from "../base/index.ts";
import { CopyFailure } from "./copy-failure.ts";
import type { Answer, End, EndService, Json, Refusal } from "./end.ts";

export interface CallerOptions {
  readonly end: End;
  /** Whose operations are called; absent: those of tables and items. */
  readonly service?: EndService;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted with a CopyStopped when the copy is to stop. */
  readonly signal: AbortSignal;
  /** How long one call is tried again. */
  readonly patienceMs: number;
  /** Before each wait. */
  readonly onWait?: (reason: string) => void;
}

export interface Caller {
  readonly end: End;
  /** Throws CopyFailure when patience is over, and the signal's reason when the copy is to stop. */
  ask(operation: string, input: Json): Promise<Answer | Refusal>;
  /** The body of the answer; any refusal, too, is a CopyFailure. */
  need(operation: string, input: Json): Promise<Json>;
  /** The same copy, with other patience, another signal or another service. */
  with(changes: Partial<Pick<CallerOptions, "patienceMs" | "signal" | "service">>): Caller;
  /** Waits a little, longer with each attempt from 1 on. */
  backOff(attempt: number, reason: string): Promise<void>;
  /** Waits for something that takes its time. */
  pause(ms: number): Promise<void>;
}

const waits = { firstMs: 50, longestMs: 20_000 } as const;

export function createCaller(options: CallerOptions): Caller {
  const { end, service = "DynamoDB", clock, random, signal, patienceMs, onWait } = options;

  const backOff = async (attempt: number, reason: string): Promise<void> => {
    onWait?.(reason);
    await clock.sleep(backOffMs(attempt, waits, random), signal);
  };

  const ask = async (operation: string, input: Json): Promise<Answer | Refusal> => {
    const untilMs = monotonicMs() + patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      const outcome = await end.call({ service, operation, input }, signal);
      if (outcome.kind === "answer") return outcome;
      signal.throwIfAborted();
      if (outcome.kind === "refused" && !outcome.retryable) return outcome;
      const reason = outcome.kind === "lost" ? outcome.reason : refusalText(outcome);
      if (monotonicMs() >= untilMs) throw new CopyFailure(`${end.name}: ${operation}: ${reason}`);
      await backOff(attempt, reason);
    }
  };

  return {
    end,
    ask,
    async need(operation, input) {
      const outcome = await ask(operation, input);
      if (outcome.kind === "answer") return outcome.body;
      throw new CopyFailure(`${end.name}: ${operation}: ${refusalText(outcome)}`);
    },
    with: (changes) => createCaller({ ...options, ...changes }),
    backOff,
    pause: (ms) => clock.sleep(ms, signal),
  };
}

export function refusalText({ error, message }: Refusal): string {
  return message === "" ? error : `${error}: ${message}`;
}
