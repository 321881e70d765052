/** A listener that stops under load: what was sent is answered, and nobody is left without a word. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { microtasksDone } from "../../src/base/clock.ts";
import type { TlsMaterial } from "../../src/server/tls-files.ts";
import { type EndlessClient, startEndlessClient } from "./endless-client.ts";
import {
  countOf,
  type HttpFixture,
  type HttpFixtureOptions,
  openRaw,
  rawRequest,
  startHttp,
} from "./http-fixture.ts";

const running: HttpFixture[] = [];

/** However late a client is, it has asked before it is taken for quiet. */
const patient = { drainQuietMs: 9000 } as const;

async function start(options?: HttpFixtureOptions): Promise<HttpFixture> {
  const fixture = await startHttp(options);
  running.push(fixture);
  return fixture;
}

afterEach(async () => {
  for (const { listener } of running.splice(0)) await listener.stop();
});

function certificate(): TlsMaterial {
  const read = (name: string): Buffer => readFileSync(new URL(`certificates/${name}`, import.meta.url));
  return { cert: read("first.cert.pem"), key: read("first.key.pem") };
}

async function endsOf(clients: readonly EndlessClient[]): Promise<ReadonlyMap<string, number>> {
  const kinds = new Map<string, number>();
  for (const { end } of clients) {
    const { kind } = await end;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}

describe("a stop under load", () => {
  it.each([
    ["plain", undefined],
    ["encrypted", certificate()],
  ])("answers every request of clients that go on sending (%s)", async (_name, tls) => {
    const fixture = await start({ limits: patient, ...(tls === undefined ? {} : { tls }) });
    const clients = Array.from({ length: 50 }, () =>
      startEndlessClient({ port: fixture.port, tls: tls !== undefined }),
    );
    await Promise.all(clients.map(({ begun }) => begun));
    await fixture.listener.stop();
    // Each was busy, so each was told; an end without a word would be luck.
    expect(await endsOf(clients)).toEqual(new Map([["told", 50]]));
  });

  it("answers clients that connect for each request until there is no door any more", async () => {
    const fixture = await start({ limits: patient });
    const clients = Array.from({ length: 50 }, () =>
      startEndlessClient({ port: fixture.port, answersPerConnection: 1 }),
    );
    await Promise.all(clients.map(({ begun }) => begun));
    await fixture.listener.stop();
    const ends = await endsOf(clients);
    expect([ends.get("ended"), ends.get("lost")]).toEqual([undefined, undefined]);
  });

  it("accepts those who are connected as far as they can tell", async () => {
    const fixture = await start();
    const connections = await Promise.all(Array.from({ length: 100 }, () => openRaw(fixture.port)));
    for (const { socket } of connections) socket.write(rawRequest("{}"));
    await fixture.listener.stop();
    for (const connection of connections) expect(await connection.closed()).toContain('{"Echo":{}}');
  });

  it("answers a request that came in the moment of the stop, on a connection that was idle", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("{}"));
    await raw.until((received) => received.endsWith("}}"));
    const stopped = fixture.listener.stop();
    raw.socket.write(rawRequest('{"late":true}'));
    expect(await raw.closed()).toContain('{"Echo":{"late":true}}');
    await stopped;
  });

  it("answers all that was sent at once, and says at the last that it is the last", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    raw.socket.write(rawRequest("{}").repeat(100));
    await raw.until((received) => received.includes("}}"));
    await fixture.listener.stop();
    const text = await raw.closed();
    expect(countOf(text, '{"Echo":{}}')).toBe(100);
    expect(text.indexOf("Connection: close")).toBeGreaterThan(text.lastIndexOf("HTTP/1.1"));
    expect(countOf(text, "Connection: close")).toBe(1);
  });

  it("waits for the rest of a request that has begun", async () => {
    const fixture = await start();
    const raw = await openRaw(fixture.port);
    const whole = rawRequest('{"slow":true}');
    await raw.flush(whole.slice(0, -5));
    await untilConnected(fixture);
    const stopped = fixture.listener.stop();
    await raw.flush(whole.slice(-5));
    expect(await raw.closed()).toContain('{"Echo":{"slow":true}}');
    await stopped;
  });

  it("ends quiet connections by a plain end, not by a reset", async () => {
    const fixture = await start({ limits: { drainQuietMs: 0 } });
    const raw = await openRaw(fixture.port);
    let errors = 0;
    raw.socket.on("error", () => {
      errors += 1;
    });
    await fixture.listener.stop();
    expect([await raw.closed(), errors]).toEqual(["", 0]);
  });
});

async function untilConnected({ listener }: HttpFixture): Promise<void> {
  while (listener.load.connections === 0) await microtasksDone();
}
