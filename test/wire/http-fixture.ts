/** For tests over a real socket: a listener on a free port over a dispatcher under the test's control. */
import { connect, type Socket } from "node:net";
import { adjustableClock, seededRandom } from "../../src/base/index.ts";
import { createHostCheck } from "../../src/server/host-check.ts";
import {
  createListener,
  type Listener,
  type ListenerCounts,
  type LoopLoad,
} from "../../src/server/listener.ts";
import { defaultListenerLimits, type ListenerLimits } from "../../src/server/settings.ts";
import type { TlsMaterial } from "../../src/server/tls-files.ts";
import { createWire, type Dispatch } from "../../src/wire/index.ts";
import { openAuthorization, testDate, testNowMs } from "./wire-fixture.ts";

export interface HttpFixture {
  readonly port: number;
  readonly listener: Listener;
}

export interface HttpFixtureOptions {
  readonly dispatch?: Dispatch;
  readonly limits?: Partial<ListenerLimits>;
  readonly allowedHosts?: readonly string[];
  readonly load?: LoopLoad;
  readonly counts?: ListenerCounts;
  readonly tls?: TlsMaterial;
  readonly shared?: boolean;
  /** Any free one when absent. */
  readonly port?: number;
}

/** Echoes the request; Scan answers 10,000 characters. */
export const echoDispatch: Dispatch = async (call) => ({
  kind: "ok",
  body: call.operation === "Scan" ? `{"Text":"${"x".repeat(10_000)}"}` : JSON.stringify({ Echo: call.json }),
});

export async function startHttp(options: HttpFixtureOptions = {}): Promise<HttpFixture> {
  const wire = createWire({
    dispatch: options.dispatch ?? echoDispatch,
    operationExists: () => true,
    auth: { mode: "open" },
    clock: adjustableClock({ startMs: testNowMs }),
    random: seededRandom(1),
    region: "us-east-1",
    shared: false,
    maxBodyBytes: 16_777_216,
  });
  const listener = await createListener({
    wire,
    hostAllowed: createHostCheck("127.0.0.1", options.allowedHosts ?? []),
    // Few of these clients wait for anybody, and each stop would wait for them.
    limits: { ...defaultListenerLimits, drainQuietMs: 50, ...options.limits },
    tls: options.tls,
    random: seededRandom(2),
    ...(options.load === undefined ? {} : { load: options.load }),
    ...(options.counts === undefined ? {} : { counts: options.counts }),
  });
  const outcome = await listener.listen("127.0.0.1", options.port ?? 0, { shared: options.shared ?? false });
  if (outcome.kind === "failed") throw new Error(outcome.cannotShare ? "cannot share" : outcome.message);
  return { port: outcome.port, listener };
}

export const requestHeaders: Readonly<Record<string, string>> = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-target": "DynamoDB_20120810.ListTables",
  "x-amz-date": testDate,
  authorization: openAuthorization,
};

/** A request as bytes on the wire. */
export function rawRequest(body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = { host: "localhost", ...requestHeaders, "content-length": `${body.length}`, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

export interface RawConnection {
  readonly socket: Socket;
  /** Resolves when the bytes are with the operating system. */
  flush(text: string): Promise<void>;
  /** Everything received so far. */
  received(): string;
  /** Resolves when the predicate holds or the connection is closed, with everything received. */
  until(holds: (received: string) => boolean): Promise<string>;
  closed(): Promise<string>;
}

export async function openRaw(port: number): Promise<RawConnection> {
  let text = "";
  let ended = false;
  let check = (): void => undefined;
  const socket = connect(port, "127.0.0.1");
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    check();
  });
  // A reset is one way to be closed.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    ended = true;
    check();
  });
  const until = (holds: (received: string) => boolean): Promise<string> =>
    new Promise((resolve) => {
      check = () => {
        if (ended || holds(text)) resolve(text);
      };
      check();
    });
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve);
  });
  const flush = (piece: string): Promise<void> =>
    new Promise((resolve) => {
      socket.write(piece, () => resolve());
    });
  return { socket, flush, received: () => text, until, closed: () => until(() => false) };
}

export function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
