/** The load driver against servers made for the purpose: it counts, paces, measures and signs as it says. */
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/base/index.ts";
import { groupMark, keyMark, type LoadJob, sameKeyMark, uniqueMark } from "./job.ts";
import { requestBytes } from "./request-bytes.ts";
import { runJob } from "./run-job.ts";

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

/** Answers every body with what `body` makes of it. */
function responder(body: (text: string) => string, seen: string[] = []): RequestListener {
  return (request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => {
      seen.push(text);
      response.end(body(text));
    });
  };
}

const job: Omit<LoadJob, "port"> = {
  host: "127.0.0.1",
  operation: "PutItem",
  template: `{"key":"${keyMark}","text":"${uniqueMark}"}`,
  keys: 50,
  keyOrder: "random",
  connections: 4,
  pace: { kind: "closed" },
  warmUpMs: 0,
  windowMs: 60_000,
  requestsMax: 200,
  seed: 7,
};

describe("the load driver", () => {
  it("sends requests that all differ, with keys in range, and counts the answers", async () => {
    const seen: string[] = [];
    const port = await listen(responder(() => "{}", seen));
    const report = await runJob({ ...job, port });
    expect(report.answers).toBeGreaterThanOrEqual(200);
    expect(report.failures).toBe(0);
    expect(report.latency.p50).toBeGreaterThan(0);
    expect(report.latency.max).toBeGreaterThanOrEqual(report.latency.p99);
    expect(new Set(seen).size).toBe(seen.length);
    const keys = seen.map((text) => Number((JSON.parse(text) as { key: string }).key));
    expect(Math.max(...keys)).toBeLessThan(50);
    expect(new Set(keys).size).toBeGreaterThan(25);
  });

  it("reads answers that come in pieces or in chunks of unknown number", async () => {
    const port = await listen((request, response) => {
      request.resume().on("end", () => {
        // No content-length: Node sends it chunked, in several writes.
        response.write("{");
        setImmediate(() => response.end("}".padEnd(20_000, " ")));
      });
    });
    const report = await runJob({ ...job, port, requestsMax: 40 });
    expect(report.answers).toBeGreaterThanOrEqual(40);
    expect(report.bytesPerAnswer).toBeGreaterThan(20_000);
  });

  it("counts answers that are not 200 and keeps the first", async () => {
    const port = await listen((request, response) => {
      request.resume().on("end", () => {
        response.statusCode = 400;
        response.end("what is wrong");
      });
    });
    const report = await runJob({ ...job, port, requestsMax: 20 });
    expect(report.failures).toBeGreaterThanOrEqual(20);
    expect(report.firstFailure).toContain("what is wrong");
  });

  it("rejects when the server goes away", async () => {
    const port = await listen((request) => request.socket.destroy());
    await expect(runJob({ ...job, port })).rejects.toThrow(/^PutItem: /u);
  });

  it("paces an open loop by the schedule and counts the wait for a slow server", async () => {
    const clock = systemClock();
    const port = await listen((request, response) => {
      request.resume().on("end", () => void clock.schedule(60, () => response.end("{}")));
    });
    const pace = { kind: "open", requestsPerSecond: 500 } as const;
    const report = await runJob({
      ...job,
      port,
      pace,
      connections: 1,
      windowMs: 150,
      requestsMax: 1_000_000,
    });
    // One connection and 60 ms an answer: most of the 75 requests that were due could not be sent.
    expect(report.unsent).toBeGreaterThan(40);
    // The second request was due 2 ms after the start and sent when the first was answered.
    expect(report.latency.max).toBeGreaterThan(100_000);
  });
});

describe("request bytes", () => {
  it("keep their length and end in the body", () => {
    const request = requestBytes({ ...job, port: 8000 });
    let next = 0;
    request.renew(() => next++, 12_345);
    const text = request.bytes.toString("utf8");
    const [head = "", body = ""] = text.split("\r\n\r\n");
    expect(body).toBe('{"key":"0000000000","text":"0070000009ix"}');
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(head).toContain("x-amz-target: DynamoDB_20120810.PutItem");
  });

  it("carry a new signature for a new body when they are signed", () => {
    const signWith = { accessKeyId: "key", secretAccessKey: "secret" };
    const request = requestBytes({ ...job, port: 8000, signWith });
    const signature = (): string | undefined =>
      /Signature=([0-9a-f]{64})/u.exec(request.bytes.toString("latin1"))?.[1];
    request.renew(() => 1, 1);
    const first = signature();
    request.renew(() => 2, 2);
    expect(first).toBeDefined();
    expect(signature()).not.toBe(first);
    request.renew(() => 1, 1);
    expect(signature()).toBe(first);
  });
});

describe("marks of key numbers", () => {
  it("are another number at each place, the last one again, or what a hundred numbers share", () => {
    const template = `${keyMark} ${sameKeyMark} ${groupMark} ${keyMark} ${groupMark}`;
    const request = requestBytes({ ...job, host: "localhost", port: 1, template });
    const keys = [1234, 99];
    request.renew(() => keys.shift() ?? 0, 0);
    const body = request.bytes.toString("latin1").split("\r\n").at(-1);
    expect(body?.split(" ").map(Number)).toEqual([1234, 1234, 12, 99, 0]);
  });
});
