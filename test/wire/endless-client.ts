/** A client that sends one request after the other for as long as its connection lasts, and tells how it ended. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { rawRequest } from "./http-fixture.ts";

export interface EndlessClientOptions {
  readonly port: number;
  readonly tls?: boolean;
  /** Takes a new connection after so many answers; absent: never. */
  readonly answersPerConnection?: number;
}

/**
 * `told`: the last answer said that it was the last. `ended`: nothing was asked when the connection ended. `refused`: no
 * new connection. `lost`: a request was sent and has no whole answer.
 */
export type ClientEnd = "told" | "ended" | "refused" | "lost";

export interface EndlessClient {
  /** Resolves at the first answer. */
  readonly begun: Promise<void>;
  readonly end: Promise<{ readonly kind: ClientEnd; readonly answers: number }>;
}

const request = rawRequest("{}");
const lastOne = "Connection: close";

export function startEndlessClient(options: EndlessClientOptions): EndlessClient {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  return { begun, end: run(options, begin) };
}

interface ConnectionEnd {
  readonly kind: ClientEnd | "enough";
  readonly answers: number;
}

async function run(
  options: EndlessClientOptions,
  begin: () => void,
): Promise<{ readonly kind: ClientEnd; readonly answers: number }> {
  let answers = 0;
  for (;;) {
    const end = await useConnection(options, begin);
    answers += end.answers;
    if (end.kind !== "enough") return { kind: end.kind, answers };
  }
}

function useConnection(
  { port, tls = false, answersPerConnection = Number.POSITIVE_INFINITY }: EndlessClientOptions,
  begin: () => void,
): Promise<ConnectionEnd> {
  return new Promise((resolve) => {
    let received = "";
    let answers = 0;
    let waiting = false;
    let connected = false;
    const socket: Socket = tls
      ? connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
      : connect(port, "127.0.0.1");
    const send = (): void => {
      waiting = true;
      socket.write(request);
    };
    const settle = (kind: ConnectionEnd["kind"]): void => {
      resolve({ kind, answers });
      socket.destroy();
    };
    socket.on(tls ? "secureConnect" : "connect", () => {
      connected = true;
      send();
    });
    socket.on("data", (piece: Buffer) => {
      received += piece.toString("latin1");
      if (!received.endsWith("}}")) return;
      waiting = false;
      answers += 1;
      begin();
      const told = received.includes(lastOne);
      received = "";
      if (told) settle("told");
      else if (answers >= answersPerConnection) settle("enough");
      else send();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => settle(waiting ? "lost" : connected ? "ended" : "refused"));
  });
}
