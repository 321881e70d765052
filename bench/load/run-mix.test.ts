/** The mix runner against servers made for the purpose: every request has one outcome, and connections come back. */
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/base/index.ts";
import { keyMark } from "./job.ts";
import { countOf } from "./log-histogram.ts";
import type { MixJob } from "./mix-job.ts";
import { noOutcomes, totalOf } from "./outcomes.ts";
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

/** Nobody has to be quick: no request is given up, and no answer is late, unless a test says so. */
const patienceMs = 60_000;

const job: Omit<MixJob, "port"> = {
  host: "127.0.0.1",
  mix: [{ ...part, weight: 1 }],
  connections: 4,
  pace: { kind: "closed" },
  waitMsMax: patienceMs,
  limitMs: patienceMs,
  warmUpMs: 0,
  windowMs: 100,
  seed: 3,
};

const open = (requestsPerSecond: number): Pick<MixJob, "pace"> => ({
  pace: { kind: "open", requestsPerSecond },
});

/** Answers 503 and 200 by turns, each after `delayMs`. */
function refusesEachSecond(delayMs: number): RequestListener {
  const clock = systemClock();
  let count = 0;
  return (request, response) => {
    const refused = count++ % 2 === 0;
    const answer = (): void => {
      response.statusCode = refused ? 503 : 200;
      response.end(refused ? '{"__type":"com.amazonaws.dynamodb.v20120810#ServiceUnavailable"}' : "{}");
    };
    request.resume().on("end", () => void clock.schedule(delayMs, answer));
  };
}

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
    // All 200 that are due in the window are sent, however long that takes.
    const report = await runMix({ ...job, ...open(2_000), port, mix });
    const gets = seen.get("DynamoDB_20120810.GetItem") ?? 0;
    const queries = seen.get("DynamoDB_20120810.Query") ?? 0;
    expect(overlaps).toBe(0);
    expect(report.wholeDue).toBeGreaterThan(150);
    expect(report.whole).toEqual({ ...noOutcomes, answered: report.wholeDue });
    expect(gets + queries).toBe(report.wholeDue);
    expect(queries).toBeGreaterThan(0);
    expect(gets).toBeGreaterThan(queries);
    expect(countOf(report.latency)).toBe(report.window.answered);
  });

  it("sends the next request of a connection at its answer when the pace is closed", async () => {
    const sent = new Map<unknown, number>();
    const port = await listen((request, response) => {
      sent.set(request.socket, (sent.get(request.socket) ?? 0) + 1);
      request.resume().on("end", () => response.end("{}"));
    });
    // The shortest is enough, unless the machine stands still for as long.
    for (const windowMs of [100, 1_000, 5_000]) {
      sent.clear();
      const report = await runMix({ ...job, port, windowMs });
      const total = [...sent.values()].reduce((sum, count) => sum + count, 0);
      expect(sent.size).toBe(job.connections);
      expect(report.whole).toEqual({ ...noOutcomes, answered: total });
      expect(report.wholeDue).toBe(total);
      expect(countOf(report.latency)).toBe(report.window.answered);
      if ([...sent.values()].every((count) => count > 1)) return;
    }
    expect.fail("some connection was used once only");
  });

  it("gives up what finds no connection, and accounts for every request that was due", async () => {
    const clock = systemClock();
    const port = await listen((request, response) => {
      request.resume().on("end", () => void clock.schedule(25, () => response.end("{}")));
    });
    const report = await runMix({ ...job, ...open(1_000), port, connections: 2, waitMsMax: 40 });
    expect(report.whole.unsent).toBeGreaterThan(30);
    expect(report.whole.answered).toBeGreaterThan(0);
    expect(totalOf(report.whole) + report.unanswered).toBe(report.wholeDue);
    expect(report.unanswered).toBe(0);
  });

  it("tells refusals from answers", async () => {
    const port = await listen(refusesEachSecond(0));
    const report = await runMix({ ...job, ...open(50), port, connections: 20 });
    const { answered, refused } = report.whole;
    expect(report.whole).toEqual({ ...noOutcomes, answered, refused });
    expect(answered + refused).toBe(report.wholeDue);
    expect(refused - answered).toBe(report.wholeDue % 2);
    expect(answered).toBeGreaterThan(0);
    expect(report.firstFailure).toBeUndefined();
  });

  it("tells late answers from both", async () => {
    const port = await listen(refusesEachSecond(30));
    const report = await runMix({ ...job, ...open(50), port, connections: 20, limitMs: 20 });
    expect(report.whole).toEqual({ ...noOutcomes, late: report.wholeDue });
    expect(report.wholeDue).toBeGreaterThan(1);
    expect(report.firstFailure).toBeUndefined();
  });

  it("counts requests whose connection ends, and opens another", async () => {
    let count = 0;
    const port = await listen((request, response) => {
      if (count++ === 0) request.socket.destroy();
      else request.resume().on("end", () => response.end("{}"));
    });
    const report = await runMix({ ...job, ...open(200), port, connections: 1, windowMs: 200 });
    expect(report.whole).toEqual({ ...noOutcomes, broken: 1, answered: report.wholeDue - 1 });
    expect(report.reconnects).toBe(1);
    expect(report.whole.answered).toBeGreaterThan(0);
  });

  it("rejects when nobody listens", async () => {
    const port = await listen(() => {});
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    await expect(runMix({ ...job, port })).rejects.toThrow(/ECONNREFUSED/u);
  });
});
