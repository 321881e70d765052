/** The mix runner against servers made for the purpose: every request has one outcome, and connections come back. */
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/base/index.ts";
import { keyMark } from "./job.ts";
import { countOf } from "./log-histogram.ts";
import type { MixJob } from "./mix-job.ts";
import { totalOf } from "./outcomes.ts";
import { runMix } from "./run-mix.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function listen(handler: RequestListener): Promise<number> {
  const listening = createServer(handler);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const address = listening.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const part = { operation: "GetItem", template: `{"k":"${keyMark}"}`, keys: 10, keyOrder: "random" } as const;

const job: Omit<MixJob, "port"> = {
  host: "127.0.0.1",
  mix: [{ ...part, weight: 1 }],
  connections: 4,
  pace: { kind: "closed" },
  waitMsMax: 40,
  limitMs: 80,
  warmUpMs: 0,
  windowMs: 100,
  seed: 3,
};

const open = (requestsPerSecond: number): Pick<MixJob, "pace"> => ({
  pace: { kind: "open", requestsPerSecond },
});

describe("a mix", () => {
  it("sends its parts by their weights, one request of a connection at a time", async () => {
    const seen = new Map<string, number>();
    const busy = new Set<unknown>();
    let overlaps = 0;
    const port = await listen((request, response) => {
      if (busy.has(request.socket)) overlaps++;
      busy.add(request.socket);
      const target = String(request.headers["x-amz-target"]);
      seen.set(target, (seen.get(target) ?? 0) + 1);
      request.resume().on("end", () => {
        busy.delete(request.socket);
        response.end("{}");
      });
    });
    const mix = [
      { ...part, weight: 3 },
      { ...part, operation: "Query", weight: 1 },
    ];
    const report = await runMix({ ...job, port, mix });
    const gets = seen.get("DynamoDB_20120810.GetItem") ?? 0;
    const queries = seen.get("DynamoDB_20120810.Query") ?? 0;
    expect(overlaps).toBe(0);
    expect(report.window.answered).toBeGreaterThan(20);
    expect(report.whole.answered).toBe(gets + queries);
    expect(queries).toBeGreaterThan(0);
    expect(gets).toBeGreaterThan(queries);
    expect(countOf(report.latency)).toBe(report.window.answered + report.window.late);
  });

  it("gives up what finds no connection, and accounts for every request that was due", async () => {
    const clock = systemClock();
    const port = await listen((request, response) => {
      request.resume().on("end", () => void clock.schedule(25, () => response.end("{}")));
    });
    const report = await runMix({ ...job, ...open(1_000), port, connections: 2 });
    expect(report.whole.unsent).toBeGreaterThan(30);
    expect(report.whole.answered).toBeGreaterThan(0);
    expect(totalOf(report.whole) + report.unanswered).toBe(report.wholeDue);
    expect(report.unanswered).toBe(0);
  });

  it("tells refusals from answers, and late answers from both", async () => {
    const clock = systemClock();
    let count = 0;
    const port = await listen((request, response) => {
      request.resume().on("end", () => {
        if (count++ % 2 === 0) {
          response.statusCode = 503;
          response.end('{"__type":"com.amazonaws.dynamodb.v20120810#ServiceUnavailable"}');
        } else {
          clock.schedule(120, () => response.end("{}"));
        }
      });
    });
    const report = await runMix({ ...job, ...open(50), port, connections: 20 });
    expect(report.whole.refused).toBeGreaterThan(0);
    expect(report.whole.late).toBeGreaterThan(0);
    expect(report.whole.answered).toBe(0);
    expect(report.firstFailure).toBeUndefined();
  });

  it("counts requests whose connection ends, and opens another", async () => {
    let count = 0;
    const port = await listen((request, response) => {
      if (count++ === 0) request.socket.destroy();
      else request.resume().on("end", () => response.end("{}"));
    });
    const report = await runMix({ ...job, ...open(200), port, connections: 1, windowMs: 200 });
    expect(report.whole.broken).toBe(1);
    expect(report.reconnects).toBe(1);
    expect(report.whole.answered).toBeGreaterThan(0);
  });

  it("rejects when nobody listens", async () => {
    const port = await listen(() => {});
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    await expect(runMix({ ...job, port })).rejects.toThrow(/ECONNREFUSED/u);
  });
});
