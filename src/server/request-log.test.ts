// What a log line tells of a request, and what it keeps to itself.
import { describe, expect, it } from "vitest";
import type { RequestFacts } from "../wire/index.ts";
import { openRequestLog } from "./request-log.ts";

const facts: RequestFacts = {
  requestId: "ID",
  method: "POST",
  status: 400,
  operation: "GetItem",
  identity: { accessKeyId: "AKID", namespace: { region: "eu-west-1", account: "000000000000" } },
  errorName: "ResourceNotFoundException",
  cause: undefined,
  requestBytes: 10,
  responseBytes: 20,
  durationMs: 1.23456,
};

async function linesOf(
  log: Parameters<typeof openRequestLog>[0],
  durations: readonly number[],
): Promise<unknown[]> {
  const lines: string[] = [];
  const observe = await openRequestLog(log, { write: (line) => void lines.push(line) });
  for (const durationMs of durations) observe?.({ ...facts, durationMs });
  return lines.map((line) => JSON.parse(line) as unknown);
}

describe("request log", () => {
  it("is off by default", async () => {
    expect(await openRequestLog({ requests: false })).toBeUndefined();
  });

  it("writes one line per request", async () => {
    expect(await linesOf({ requests: true }, [1.23456])).toEqual([
      {
        level: 30,
        time: expect.any(Number),
        name: "stator",
        requestId: "ID",
        method: "POST",
        operation: "GetItem",
        status: 400,
        error: "ResourceNotFoundException",
        region: "eu-west-1",
        account: "000000000000",
        requestBytes: 10,
        responseBytes: 20,
        durationMs: 1.235,
        msg: "request",
      },
    ]);
  });

  it("writes slow requests only, when asked for those", async () => {
    expect(await linesOf({ requests: false, slowMs: 5 }, [1, 5, 7])).toMatchObject([
      { level: 40, durationMs: 5, msg: "slow request" },
      { durationMs: 7 },
    ]);
  });

  it("writes a slow request once when both are on", async () => {
    expect(await linesOf({ requests: true, slowMs: 5 }, [1, 7])).toMatchObject([
      { msg: "request" },
      { msg: "slow request" },
    ]);
  });
});
