// A proxy that cuts, resets and delays what passes through it.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assert } from "../../base/index.ts";
import { settableClock } from "../settable-clock.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
import { until } from "./until.ts";

/** Sends back what it gets. */
let target: Server;
let targetPort = 0;
/** What the target has seen, in order. */
let seen: string[] = [];
let accepted: Socket[] = [];
let clients: Client[] = [];
/** Knows the target's own address. */
let beside: Client;
let besideAccepted: readonly Socket[] = [];
let proxy: TcpProxy;

beforeEach(async () => {
  accepted = [];
  clients = [];
  target = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on("data", (chunk: Buffer) => {
      seen.push(chunk.toString());
      socket.write(chunk);
    });
    socket.on("end", () => {
      seen.push("end");
      socket.end("bye");
    });
    socket.on("error", (error) => {
      seen.push("code" in error ? String(error.code) : error.message);
    });
  });
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
  const address = target.address();
  targetPort = typeof address === "object" ? (address?.port ?? 0) : 0;
  proxy = await startTcpProxy({ target: { host: "127.0.0.1", port: targetPort } });
  beside = client(targetPort);
  await said(beside, "beside");
  besideAccepted = accepted.splice(0);
  seen = [];
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  for (const client of clients) client.socket.destroy();
  for (const socket of [...accepted, ...besideAccepted]) socket.destroy();
  target.close();
  await once(target, "close");
});

interface Client {
  readonly socket: Socket;
  /** Everything received. */
  text(): string;
  /** Resolves when so much has been received. */
  received(text: string): Promise<void>;
  /** How it ended: an error code, or nothing. */
  readonly closed: Promise<string | undefined>;
}

function client(port: number = proxy.port): Client {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let text = "";
  let failure: string | undefined;
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on("error", (error) => {
    failure = "code" in error ? String(error.code) : error.message;
  });
  const made: Client = {
    socket,
    text: () => text,
    received: async (wanted) => {
      while (text !== wanted) await once(socket, "data");
    },
    closed: new Promise((resolve) => {
      socket.once("close", () => {
        resolve(failure);
      });
    }),
  };
  clients.push(made);
  return made;
}

async function said(one: Client, text: string): Promise<void> {
  const before = one.text();
  one.socket.write(text);
  await one.received(before + text);
}

/** Long enough for bytes to have come through the proxy if they could: they go the same way beside it, often. */
async function aWhile(): Promise<void> {
  for (let round = 0; round < 20; round++) await said(beside, "beside");
  seen = seen.filter((text) => text !== "beside");
}

/** Resolves when the target's side of the first connection has gone. */
async function targetClosed(): Promise<void> {
  const [socket] = accepted;
  assert(socket !== undefined, "the target has a connection");
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}

describe("a proxy of a network that misbehaves", () => {
  it("passes bytes and ends both ways", async () => {
    const one = client();
    await said(one, "hello");
    one.socket.end();
    await one.received("hellobye");
    expect(await one.closed).toBeUndefined();
    expect(seen).toStrictEqual(["hello", "end"]);
  });

  it("passes more than fits on the way", async () => {
    const one = client();
    const text = "0123456789".repeat(500_000);
    await said(one, text);
    expect(one.text()).toHaveLength(text.length);
  });

  it("keeps connections open and passes nothing while it is cut", async () => {
    const one = client();
    await said(one, "before ");
    proxy.cut();
    one.socket.write("during");
    await aWhile();
    expect(seen).toStrictEqual(["before "]);
    expect(one.text()).toBe("before ");
    proxy.restore();
    await one.received("before during");
  });

  it("takes new connections while it is cut, and the target hears of them later", async () => {
    proxy.cut();
    const one = client();
    await once(one.socket, "connect");
    one.socket.write("late");
    await aWhile();
    expect(seen).toStrictEqual([]);
    expect(accepted).toHaveLength(0);
    proxy.restore();
    await one.received("late");
    expect(accepted).toHaveLength(1);
  });

  it("can cut the answers alone: the target does what it is asked, and nobody knows", async () => {
    const one = client();
    await said(one, "before ");
    proxy.cut("answers");
    one.socket.write("done");
    await until("the target was asked", 5000, () => seen.includes("done"));
    await aWhile();
    expect(seen).toStrictEqual(["before ", "done"]);
    expect(one.text()).toBe("before ");
    proxy.restore();
    await one.received("before done");
  });

  it("lets neither side learn of the other's end while it is cut", async () => {
    const one = client();
    await said(one, "before");
    proxy.cut();
    one.socket.resetAndDestroy();
    await aWhile();
    expect(seen).toStrictEqual(["before"]);
    proxy.restore();
    await targetClosed();
    expect(seen).toStrictEqual(["before", "ECONNRESET"]);
  });

  it("resets both sides of every connection, and takes new ones", async () => {
    const one = client();
    await said(one, "before");
    proxy.reset();
    expect(await one.closed).toBe("ECONNRESET");
    await targetClosed();
    expect(seen).toStrictEqual(["before", "ECONNRESET"]);
    expect(proxy.connections).toBe(0);
    await said(client(), "after");
  });

  it("resets clients of a target that is not there", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const address = gone.address();
    gone.close();
    await once(gone, "close");
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await using nowhere = await startTcpProxy({ target: { host: "127.0.0.1", port } });
    expect(await client(nowhere.port).closed).toBe("ECONNRESET");
  });

  it("delays bytes there and back, by its clock", async () => {
    const clock = settableClock(1_000_000);
    await using slow = await startTcpProxy({
      target: { host: "127.0.0.1", port: targetPort },
      delayMs: 100,
      clock,
    });
    const one = client(slow.port);
    one.socket.write("slow");
    await aWhile();
    await clock.advance(99);
    await aWhile();
    expect(seen).toStrictEqual([]);
    await clock.advance(1);
    await aWhile();
    expect(seen).toStrictEqual(["slow"]);
    await clock.advance(99);
    await aWhile();
    expect(one.text()).toBe("");
    await clock.advance(1);
    await one.received("slow");
  });
});
