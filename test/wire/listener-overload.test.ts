/** A listener that has too much to do, and clients that are slow, greedy or many: who gets what, and who has to go. */
import { afterEach, describe, expect, it } from "vitest";
import { crc32, limits } from "../../src/base/index.ts";
import { microtasksDone } from "../../src/base/clock.ts";
import type { LoopLoad } from "../../src/server/listener.ts";
import { defaultListenerLimits } from "../../src/server/settings.ts";
import type { Dispatch, DispatchResult } from "../../src/wire/index.ts";
import {
  countOf,
  echoDispatch,
  type HttpFixture,
  type HttpFixtureOptions,
  openRaw,
  type RawConnection,
  rawRequest,
  startHttp,
} from "./http-fixture.ts";

const running: HttpFixture[] = [];
const opened: RawConnection[] = [];

async function start(options?: HttpFixtureOptions): Promise<HttpFixture> {
  const fixture = await startHttp(options);
  running.push(fixture);
  return fixture;
}

async function open({ port }: HttpFixture): Promise<RawConnection> {
  const raw = await openRaw(port);
  opened.push(raw);
  return raw;
}

afterEach(async () => {
  for (const { socket } of opened.splice(0)) socket.destroy();
  for (const { listener } of running.splice(0)) await listener.stop();
});

const scan = { "x-amz-target": "DynamoDB_20120810.Scan" };
/** More than the kernel keeps for one connection. */
const largeBytes = 16 * 1024 * 1024;
const large: DispatchResult = { kind: "ok", body: Buffer.alloc(largeBytes, 0x20) };
const largeScans: Dispatch = (call) =>
  call.operation === "Scan" ? Promise.resolve(large) : echoDispatch(call);

/** Asks for a large answer and does not read it. Resolves when the listener holds some of it. */
async function holdLargeAnswer(fixture: HttpFixture): Promise<RawConnection> {
  const raw = await open(fixture);
  raw.socket.pause();
  const before = fixture.listener.load.unsentBytes;
  raw.socket.write(rawRequest("{}", scan));
  while (fixture.listener.load.unsentBytes <= before) await microtasksDone();
  return raw;
}

describe("many requests at once", () => {
  it("of one client do not hold up another's", async () => {
    const order: string[] = [];
    const fixture = await start({
      dispatch: (call) => {
        order.push(JSON.stringify(call.json));
        return echoDispatch(call);
      },
    });
    const greedy = await open(fixture);
    const modest = await open(fixture);
    greedy.socket.write(rawRequest('"greedy"').repeat(100));
    modest.socket.write(rawRequest('"modest"'));
    await greedy.until((received) => countOf(received, '"Echo"') === 100);
    expect(order).toHaveLength(101);
    expect(order.indexOf('"modest"')).toBeLessThan(10);
  });

  it("are all answered to a client that has ended its side", async () => {
    const fixture = await start();
    const raw = await open(fixture);
    raw.socket.end(rawRequest("{}").repeat(20));
    expect(countOf(await raw.closed(), '"Echo"')).toBe(20);
  });
});

describe("slow readers", () => {
  it("are ended when all together hold too much, the one without progress for longest first", async () => {
    const fixture = await start({ dispatch: largeScans, limits: { unsentBytesMax: largeBytes * 1.5 } });
    const slowest = await holdLargeAnswer(fixture);
    const slow = await open(fixture);
    slow.socket.pause();
    slow.socket.write(rawRequest("{}", scan));
    slowest.socket.resume();
    expect((await slowest.closed()).length).toBeLessThan(largeBytes);
    slow.socket.resume();
    const text = await slow.until((received) => received.length > largeBytes);
    expect(text.length).toBeGreaterThan(largeBytes);
    while (fixture.listener.load.unsentBytes > 0) await microtasksDone();
  });

  it("are ended when they take nothing for some time", async () => {
    const fixture = await start({ dispatch: largeScans, limits: { stallTimeoutMs: 30 } });
    const raw = await holdLargeAnswer(fixture);
    while (fixture.listener.load.connections > 0) await microtasksDone();
    expect(fixture.listener.load.unsentBytes).toBe(0);
    raw.socket.resume();
    expect((await raw.closed()).length).toBeLessThan(largeBytes);
  });

  it("get nothing more before they have taken their last answer", async () => {
    let scans = 0;
    const dispatch: Dispatch = (call) => {
      scans += 1;
      return largeScans(call);
    };
    const fixture = await start({ dispatch });
    const raw = await open(fixture);
    raw.socket.pause();
    raw.socket.write(rawRequest("{}", scan).repeat(3));
    while (fixture.listener.load.unsentBytes === 0) await microtasksDone();
    for (let turn = 0; turn < 20; turn++) await microtasksDone();
    expect(scans).toBe(1);
    raw.socket.resume();
    await raw.until((received) => received.length > 3 * largeBytes);
    expect(scans).toBe(3);
  });
});

describe("slow senders", () => {
  const part = rawRequest("x".repeat(600), { "content-length": "900" });

  it("lose to newer ones when all together hold too much", async () => {
    const fixture = await start({ limits: { bodyBytesInFlightMax: 1000 } });
    const older = await open(fixture);
    await older.flush(part);
    while (fixture.listener.load.incomingBytes === 0) await microtasksDone();
    const newer = await open(fixture);
    await newer.flush(part);
    expect(await older.closed()).toMatch(/^HTTP\/1\.1 408 /);
    await newer.flush("x".repeat(300));
    // No JSON, but read to its end.
    expect(await newer.until((received) => received.includes("\r\n\r\n"))).toContain(
      "SerializationException",
    );
    expect(fixture.listener.load).toMatchObject({ incomingBytes: 0, bodyBytes: 0, requestsInFlight: 0 });
  });

  it("turn nobody away, however many they are", async () => {
    const fixture = await start({ limits: { bodyBytesInFlightMax: 10_000, requestsInFlightMax: 5 } });
    for (let count = 0; count < 30; count++) {
      const slow = await open(fixture);
      await slow.flush(part);
    }
    const raw = await open(fixture);
    raw.socket.write(rawRequest("{}"));
    expect(await raw.until((received) => received.endsWith("}"))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("are given up when they send nothing for some time", async () => {
    const fixture = await start({ limits: { stallTimeoutMs: 30 } });
    const raw = await open(fixture);
    raw.socket.write(part);
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 408 /);
  });
});

interface LoopStub extends LoopLoad {
  delayMs: number;
  touched: number;
}

function loopStub(delayMs: number): LoopStub {
  return {
    delayMs,
    touched: 0,
    touch() {
      this.touched += 1;
    },
  };
}

describe("a late event loop", () => {
  async function askMany(delayMs: number): Promise<{
    readonly text: string;
    readonly answered: number;
    readonly refused: number;
    readonly loop: LoopStub;
  }> {
    const loop = loopStub(delayMs);
    const counted = { answered: 0, refused: 0 };
    const counts = {
      answered: () => void (counted.answered += 1),
      refused: () => void (counted.refused += 1),
    };
    const fixture = await start({ load: loop, counts });
    const raw = await open(fixture);
    raw.socket.write(rawRequest("{}").repeat(400));
    const text = await raw.until((received) => countOf(received, "\r\n\r\n{") === 400);
    expect([countOf(text, "HTTP/1.1 200"), countOf(text, "HTTP/1.1 503")]).toEqual([
      counted.answered,
      counted.refused,
    ]);
    return { text, ...counted, loop };
  }

  it("turns nobody away as long as it is within its limit", async () => {
    const { answered, loop } = await askMany(1000);
    expect([answered, loop.touched]).toEqual([400, 400]);
  });

  it("lets in the share that it can do in the time", async () => {
    const { answered } = await askMany(4000);
    expect(answered).toBeGreaterThan(70);
    expect(answered).toBeLessThan(130);
  });

  it("lets some in however late it is", async () => {
    const { answered } = await askMany(1_000_000);
    expect(answered).toBeGreaterThan(10);
    expect(answered).toBeLessThan(50);
  });

  it("turns away with whole answers, each with an id of its own", async () => {
    const { text, refused } = await askMany(1_000_000);
    const answers = text.split("HTTP/1.1 ").filter((answer) => answer.startsWith("503"));
    const ids = new Set<string | undefined>();
    for (const answer of answers) {
      const [head = "", body = ""] = answer.split("\r\n\r\n");
      expect(JSON.parse(body)).toMatchObject({
        __type: "com.amazonaws.dynamodb.v20120810#ServiceUnavailable",
      });
      expect(head).toContain(`\r\nx-amz-crc32: ${crc32(Buffer.from(body))}\r\n`);
      expect(head).toContain(`\r\nContent-Length: ${body.length}\r\n`);
      expect(head).toContain("\r\nContent-Type: application/x-amz-json-1.0");
      expect(head).toContain("\r\nDate: Sat, 21 Nov 2026 06:31:00 GMT");
      ids.add(/x-amzn-RequestId: ([A-Z0-9]{52})\r\n/.exec(head)?.[1]);
    }
    expect(ids.size).toBe(refused);
    expect(ids).not.toContain(undefined);
  });

  it("answers probes", async () => {
    const fixture = await start({ load: loopStub(1_000_000) });
    const raw = await open(fixture);
    raw.socket.write("GET /_stator/health HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(20));
    const text = await raw.until((received) => countOf(received, '{"status":"ok"}') === 20);
    expect(text).not.toContain("503");
  });
});

describe("a request turned away before its body has come", () => {
  async function refusedOnce(body: string, sent: string): Promise<RawConnection> {
    const loop = loopStub(0);
    const fixture = await start({ limits: { requestsInFlightMax: 0 }, load: loop });
    const raw = await open(fixture);
    raw.socket.write(rawRequest(body).slice(0, -body.length) + sent);
    await raw.until((received) => received.endsWith("}"));
    expect(raw.received()).toMatch(/^HTTP\/1\.1 503 /);
    return raw;
  }

  it("costs no connection when the body is small", async () => {
    const body = "x".repeat(10_000);
    const raw = await refusedOnce(body, "xxx");
    expect(raw.received()).not.toContain("Connection: close");
    raw.socket.write(`${body.slice(3)}GET /_stator/health HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    expect(await raw.until((received) => received.includes("200 OK"))).toContain("200 OK");
  });

  it("ends the connection when the body is large", async () => {
    const raw = await refusedOnce("x".repeat(100_000), "");
    expect(raw.received()).toContain("Connection: close");
  });
});

describe("connections", () => {
  it("beyond the limit are closed at once, and others take the place of those who leave", async () => {
    const fixture = await start({ limits: { connectionsMax: 2 } });
    const first = await open(fixture);
    await open(fixture);
    while (fixture.listener.load.connections < 2) await microtasksDone();
    const third = await openRaw(fixture.port);
    expect(await third.closed()).toBe("");
    first.socket.destroy();
    while (fixture.listener.load.connections > 1) await microtasksDone();
    const next = await open(fixture);
    next.socket.write(rawRequest("{}"));
    expect(await next.until((received) => received.endsWith("}"))).toContain("200 OK");
  });
});

/** Libuv knows shared ports on these only. */
const canShare = process.platform === "linux" || process.platform === "freebsd";

describe("a shared port", () => {
  it.skipIf(canShare)("is said to be unknown where it is", async () => {
    await expect(start({ shared: true })).rejects.toThrow("cannot share");
  });

  it.runIf(canShare)("is served by several listeners", async () => {
    const first = await start({ shared: true });
    const second = await start({ shared: true, port: first.port });
    const served = (): boolean => [first, second].every(({ listener }) => listener.load.connections > 0);
    // The kernel deals connections out by lot.
    for (let count = 0; count < 200 && !served(); count++) {
      const raw = await open(first);
      raw.socket.write(rawRequest("{}"));
      await raw.until((received) => received.endsWith("}"));
    }
    expect(served()).toBe(true);
  });

  it.runIf(canShare)("is not shared with a listener that wants it alone", async () => {
    const { port } = await start({ shared: true });
    await expect(start({ port })).rejects.toThrow("EADDRINUSE");
  });
});

describe("the default limits", () => {
  it("have room for the largest body and the largest answer", () => {
    expect(defaultListenerLimits.bodyBytesInFlightMax).toBeGreaterThan(limits.requestBytesMax);
    expect(defaultListenerLimits.unsentBytesMax).toBeGreaterThan(limits.batchResponseBytesMax);
  });
});
