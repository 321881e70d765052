/** The listener over a real socket: order, limits, time bounds, and a stop in good order. */
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { Agent, request } from "undici";
import { crc32 } from "../../src/base/index.ts";
import type { Dispatch, DispatchResult } from "../../src/wire/index.ts";
import {
  countOf,
  echoDispatch,
  type HttpFixture,
  type HttpFixtureOptions,
  openRaw,
  rawRequest,
  requestHeaders,
  startHttp,
} from "./http-fixture.ts";

const running: HttpFixture[] = [];
const agents: Agent[] = [];

async function start(options?: HttpFixtureOptions): Promise<HttpFixture> {
  const fixture = await startHttp(options);
  running.push(fixture);
  return fixture;
}

function agent(): Agent {
  const made = new Agent({ connections: 1 });
  agents.push(made);
  return made;
}

afterEach(async () => {
  for (const each of agents.splice(0)) await each.destroy();
  for (const { listener } of running.splice(0)) await listener.stop();
});

async function post(
  { port }: HttpFixture,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly headers: Record<string, unknown>; readonly body: Buffer }> {
  const response = await request(`http://localhost:${port}/`, {
    method: "POST",
    headers: { ...requestHeaders, ...headers },
    body: typeof body === "string" ? body : Buffer.from(body),
    dispatcher: agent(),
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.from(await response.body.arrayBuffer()),
  };
}

/** A dispatcher whose answers (but those of Scan) wait until the test releases them. */
function heldDispatch(): {
  readonly dispatch: Dispatch;
  readonly release: () => void;
  readonly started: Promise<void>;
} {
  const { promise: held, resolve: release } = Promise.withResolvers<DispatchResult>();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  return {
    dispatch: (call) => {
      if (call.operation === "Scan") return echoDispatch(call);
      start();
      return held;
    },
    release: () => release({ kind: "ok", body: '{"Held":true}' }),
    started,
  };
}

describe("requests over a socket", () => {
  it("are answered with one length, one date and the checksum of the bytes", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest('{"a":"b"}'));
    const text = await raw.until((received) => received.endsWith("}"));
    raw.socket.destroy();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(countOf(text.toLowerCase(), "\r\ndate:")).toBe(1);
    expect(countOf(text.toLowerCase(), "\r\ncontent-length: 18\r\n")).toBe(1);
    expect(text).toContain(`\r\nx-amz-crc32: ${crc32(Buffer.from('{"Echo":{"a":"b"}}'))}\r\n`);
    expect(text).toMatch(/\r\nx-amzn-RequestId: [A-Z0-9]{52}\r\n/);
    expect(text).toContain("\r\nServer: Server\r\n");
  });

  it("keep their text beyond ASCII, small and large", async () => {
    const fixture = await start();
    for (const length of [1, 5000]) {
      const body = JSON.stringify({ text: "é€😀".repeat(length) });
      const answer = await post(fixture, body);
      expect(answer.body.toString("utf8")).toBe(`{"Echo":${body}}`);
    }
  });

  it("share a connection", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    for (let count = 1; count <= 3; count++) {
      raw.socket.write(rawRequest(`{"n":${count}}`));
      await raw.until((received) => countOf(received, "}}") === count);
    }
    raw.socket.destroy();
    expect(raw.received()).toContain('{"Echo":{"n":3}}');
    expect(raw.received()).not.toContain("Connection: close");
  });

  it("are answered in order when pipelined", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    raw.socket.write(Array.from({ length: 20 }, (_, n) => rawRequest(`{"n":${n}}`)).join(""));
    const text = await raw.until((received) => countOf(received, "}}") === 20);
    raw.socket.destroy();
    const numbers = [...text.matchAll(/\{"n":(\d+)\}/g)].map((match) => Number(match[1]));
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it("may come in pieces", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    const whole = rawRequest('{"slow":true}');
    for (const piece of [whole.slice(0, 10), whole.slice(10, -8), whole.slice(-8)]) {
      await raw.flush(piece);
    }
    expect(await raw.until((received) => received.endsWith("}}"))).toContain('{"Echo":{"slow":true}}');
    raw.socket.destroy();
  });

  it("may be packed, and get packed answers when they ask", async () => {
    const fixture = await start();
    const answer = await post(fixture, gzipSync("{}"), {
      "content-encoding": "gzip",
      "accept-encoding": "gzip",
      "x-amz-target": "DynamoDB_20120810.Scan",
    });
    expect(answer.headers["content-encoding"]).toBe("gzip");
    expect(answer.headers["x-amz-crc32"]).toBe(`${crc32(answer.body)}`);
    expect(gunzipSync(answer.body).toString()).toContain("xxxx");
  });
});

describe("limits", () => {
  it("answers 413 in chunks to a length over 16 MB, before the body has come", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("{", { "content-length": "16777217" }));
    const head = await raw.until((received) => received.includes("\r\n\r\n"));
    expect(head).toMatch(/^HTTP\/1\.1 413 /);
    expect(head).toContain("Transfer-Encoding: chunked");
    expect(head).toContain("Connection: close");
    raw.socket.destroy();
  });

  it("answers 413 to a client that sends all of a huge body first", async () => {
    const fixture = await start();
    const answer = await post(fixture, Buffer.alloc(20_000_000, 0x20));
    expect([answer.status, answer.body.length]).toEqual([413, 0]);
  });

  it("answers 413 to a huge body of unknown length", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("", { "transfer-encoding": "chunked" }).replace(/content-length: 0\r\n/, ""));
    const chunk = Buffer.from(`100000\r\n${" ".repeat(0x100000)}\r\n`);
    for (let count = 0; count < 17; count++) raw.socket.write(chunk);
    expect(await raw.until((received) => received.includes("\r\n\r\n"))).toMatch(/^HTTP\/1\.1 413 /);
    raw.socket.end("0\r\n\r\n");
    expect(await raw.closed()).toMatch(/\r\n0\r\n\r\n$/);
  });

  it("refuses headers that are too large", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("{}", { "x-large": "x".repeat(20_000) }));
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("refuses what is no HTTP", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    raw.socket.write("hello\r\n\r\n");
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("gives a slow body only so much time", async () => {
    const fixture = await start({ limits: { requestTimeoutMs: 30, headersTimeoutMs: 30 } });
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("{", { "content-length": "2" }));
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("gives slow headers only so much time", async () => {
    const fixture = await start({ limits: { requestTimeoutMs: 30, headersTimeoutMs: 30 } });
    const raw = await openRaw(fixture.port);
    raw.socket.write("POST / HTTP/1.1\r\nhost: local");
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("turns requests away while too many are in flight, and serves again afterwards", async () => {
    const held = heldDispatch();
    const fixture = await start({ dispatch: held.dispatch, limits: { requestsInFlightMax: 1 } });
    const first = post(fixture, "{}");
    await held.started;
    const second = await post(fixture, "{}");
    expect(second.status).toBe(503);
    expect(second.body.toString()).toContain("#ServiceUnavailable");
    held.release();
    expect((await first).status).toBe(200);
    expect((await post(fixture, "{}")).status).toBe(200);
  });

  it("turns requests away while bodies in flight fill the budget", async () => {
    const held = heldDispatch();
    const fixture = await start({ dispatch: held.dispatch, limits: { bodyBytesInFlightMax: 10 } });
    const first = post(fixture, '{"a":"0123456789"}');
    await held.started;
    expect((await post(fixture, "{}")).status).toBe(503);
    held.release();
    expect((await first).status).toBe(200);
    expect((await post(fixture, "{}")).status).toBe(200);
  });

  it("survives clients that leave at any moment", async () => {
    const held = heldDispatch();
    const fixture = await start({ dispatch: held.dispatch });
    const inBody = await openRaw(fixture.port);
    inBody.socket.write(rawRequest("{", { "content-length": "100" }));
    const inFlight = await openRaw(fixture.port);
    inFlight.socket.write(rawRequest("{}"));
    await held.started;
    inBody.socket.destroy();
    inFlight.socket.destroy();
    held.release();
    expect((await post(fixture, "{}")).status).toBe(200);
  });
});

describe("Host header", () => {
  it.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", ""])(
    "refuses '%s'",
    async (host) => {
      const fixture = await start();
      const raw = await openRaw(fixture.port);
      raw.socket.write(rawRequest("{}", { host }));
      const text = await raw.until((received) => received.endsWith("}"));
      raw.socket.destroy();
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
      expect(text).toContain("#AccessDeniedException");
    },
  );

  it.each([
    "localhost:1",
    "LOCALHOST",
    "127.0.0.1:8000",
    "127.1.2.3",
    "[::1]:8000",
    "a.localhost.",
    "stator:8000",
  ])("answers '%s'", async (host) => {
    const fixture = await start({ allowedHosts: ["Stator"] });
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("{}", { host }));
    const text = await raw.until((received) => received.endsWith("}"));
    raw.socket.destroy();
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("stop", () => {
  it("answers what is in flight, tells the client to leave, and takes nothing new", async () => {
    const held = heldDispatch();
    const fixture = await start({ dispatch: held.dispatch });
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("{}"));
    await held.started;
    const idle = await openRaw(fixture.port);
    idle.socket.write(rawRequest("{}", { "x-amz-target": "DynamoDB_20120810.Scan" }));
    await idle.until((received) => received.endsWith("}"));
    const stopped = fixture.listener.stop();
    await idle.closed();
    await expect(post(fixture, "{}")).rejects.toThrow("ECONNREFUSED");
    held.release();
    const text = await raw.closed();
    expect(text).toContain('{"Held":true}');
    expect(text).toContain("Connection: close");
    await stopped;
  });

  it("waits only so long", async () => {
    const held = heldDispatch();
    const fixture = await start({ dispatch: held.dispatch, limits: { drainMs: 20 } });
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("{}"));
    await held.started;
    await fixture.listener.stop();
    expect(await raw.closed()).toBe("");
    held.release();
  });

  it("does not wait for requests whose client has left, pipelined ones included", async () => {
    const held = heldDispatch();
    const fixture = await start({ dispatch: held.dispatch, limits: { drainMs: 60_000 } });
    const raw = await openRaw(fixture.port);
    await raw.flush(rawRequest("{}").repeat(5));
    await held.started;
    raw.socket.destroy();
    await raw.closed();
    // By the time this one is answered, the server has seen the other connection end.
    for (let count = 0; count < 3; count++) {
      await post(fixture, "{}", { "x-amz-target": "DynamoDB_20120810.Scan" });
    }
    held.release();
    await fixture.listener.stop();
  });

  it("does not wait for a request that never ends", async () => {
    const fixture = await start({ limits: { drainMs: 20 } });
    const raw = await openRaw(fixture.port);
    await raw.flush(rawRequest("{", { "content-length": "100" }));
    await fixture.listener.stop();
    expect(await raw.closed()).toBe("");
  });

  it("says why it cannot listen", async () => {
    const { port } = await start();
    await expect(startHttp({ port })).rejects.toThrow("EADDRINUSE");
  });
});
