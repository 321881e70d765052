// Patience with an end: what is sent again and what is not.
import { expect, test } from "vitest";
import { seededRandom, systemClock, type Clock } from "../base/index.ts";
import { createCaller } from "./caller.ts";
import { CopyStopped } from "./copy-failure.ts";
import type { CallOutcome, End } from "./end.ts";
import { isRetryable } from "./end.ts";

function scripted(outcomes: readonly CallOutcome[]): End & { readonly calls: string[] } {
  const rest = [...outcomes];
  const calls: string[] = [];
  return {
    calls,
    name: "end",
    identity: "end",
    async call({ operation }) {
      calls.push(operation);
      return rest.shift() ?? { kind: "answer", body: { done: true }, sizeBytes: 2 };
    },
    close: async () => undefined,
  };
}

function callerOf(end: End, more: { readonly patienceMs?: number; readonly signal?: AbortSignal } = {}) {
  const waits: number[] = [];
  const clock: Clock = {
    ...systemClock(),
    sleep: async (ms) => {
      waits.push(ms);
    },
  };
  const signal = more.signal ?? new AbortController().signal;
  const patienceMs = more.patienceMs ?? 60_000;
  const caller = createCaller({ end, clock, random: seededRandom(1), signal, patienceMs });
  return { caller, waits };
}

const lost: CallOutcome = { kind: "lost", reason: "reset" };
const throttled: CallOutcome = {
  kind: "refused",
  error: "ThrottlingException",
  message: "slow",
  retryable: true,
};
const denied: CallOutcome = { kind: "refused", error: "AccessDenied", message: "no", retryable: false };

test("sends again what was lost or throttled, and waits longer each time", async () => {
  const end = scripted([lost, throttled, lost, throttled]);
  const { caller, waits } = callerOf(end);
  expect(await caller.need("Scan", {})).toEqual({ done: true });
  expect(end.calls).toHaveLength(5);
  for (const [index, ms] of waits.entries()) {
    expect(ms).toBeGreaterThanOrEqual(25 * 2 ** index);
    expect(ms).toBeLessThanOrEqual(50 * 2 ** index);
  }
});

test("takes a refusal as it is", async () => {
  const end = scripted([denied]);
  const { caller } = callerOf(end);
  expect(await caller.ask("Scan", {})).toEqual(denied);
  await expect(callerOf(scripted([denied])).caller.need("Scan", {})).rejects.toThrow(
    "end: Scan: AccessDenied: no",
  );
  expect(end.calls).toHaveLength(1);
});

test("says why when patience is over", async () => {
  const { caller } = callerOf(scripted([throttled]), { patienceMs: 0 });
  await expect(caller.ask("Scan", {})).rejects.toThrow("end: Scan: ThrottlingException: slow");
});

test("asks nothing any more once it is to stop", async () => {
  const stopping = new AbortController();
  stopping.abort(new CopyStopped("enough"));
  const end = scripted([]);
  await expect(callerOf(end, { signal: stopping.signal }).caller.ask("Scan", {})).rejects.toThrow(
    CopyStopped,
  );
  expect(end.calls).toEqual([]);
});

test("knows which errors pass", () => {
  for (const [error, status, retryable] of [
    ["ProvisionedThroughputExceededException", 400, true],
    ["InternalServerError", 500, true],
    ["HTTP 503", 503, true],
    ["HTTP 429", 429, true],
    ["ValidationException", 400, false],
    ["UnrecognizedClientException", 400, false],
    ["ExpiredTokenException", 400, false],
    ["HTTP 404", 404, false],
  ] as const) {
    expect([error, isRetryable("DynamoDB", error, status)]).toEqual([error, retryable]);
  }
  // Tables that are being made come to an end; captures that are held do not.
  expect(isRetryable("DynamoDB", "LimitExceededException", 400)).toBe(true);
  expect(isRetryable("Stator", "LimitExceededException", 400)).toBe(false);
});
