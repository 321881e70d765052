/**
 * The request log: at most one JSON line per request, on standard error, only when asked for. Never holds
 * keys, items, signatures or tokens.
 */
import type { RequestFacts } from "../wire/index.ts";
import type { LogSettings } from "./settings.ts";

export type Observe = (facts: RequestFacts) => void;

/** Where the lines go; tests give their own. */
export interface LogStream {
  write(line: string): void;
}

/** Undefined when neither log is on; pino is then not even loaded. */
export async function openRequestLog(log: LogSettings, stream?: LogStream): Promise<Observe | undefined> {
  const { requests, slowMs } = log;
  if (!requests && slowMs === undefined) return undefined;
  const { pino } = await import("pino");
  const logger = pino({ base: { name: "stator" } }, stream ?? pino.destination({ dest: 2, sync: true }));
  return (facts) => {
    const slow = slowMs !== undefined && facts.durationMs >= slowMs;
    if (slow) logger.warn(logFields(facts), "slow request");
    else if (requests) logger.info(logFields(facts), "request");
  };
}

function logFields(facts: RequestFacts): Record<string, unknown> {
  const { identity } = facts;
  return {
    requestId: facts.requestId,
    method: facts.method,
    operation: facts.operation,
    status: facts.status,
    error: facts.errorName,
    region: identity?.namespace.region,
    account: identity?.namespace.account,
    requestBytes: facts.requestBytes,
    responseBytes: facts.responseBytes,
    durationMs: Math.round(facts.durationMs * 1000) / 1000,
  };
}
