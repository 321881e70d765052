/**
 * A network that misbehaves between a client and a server, on loopback: it can stop passing bytes without ending any
 * connection (a partition, a machine that lost its power), end all of them, or be slow. Ends pass through in order
 * behind the bytes before them, so that while it is cut neither side learns that the other has gone.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { type Clock, systemClock } from "../../base/index.ts";
import { type Lane, type LaneRules, openLane, resetSocket } from "./tcp-lane.ts";

export interface TcpProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** On the way there and again on the way back. */
  readonly delayMs?: number;
  /** For the delay. */
  readonly clock?: Clock;
}

/** Which bytes are kept back; without answers, the server does what the client asks and the client does not know. */
export type CutDirection = "both" | "requests" | "answers";

export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Now open, those that hang too. */
  readonly connections: number;
  /** From now on nothing passes; new connections are taken and hang. */
  cut(direction?: CutDirection): void;
  /** Everything that was kept back passes. */
  restore(): void;
  /** Ends every connection with a reset, on both sides; new ones are as before. */
  reset(): void;
  /** Of bytes that arrive from now on. */
  setDelay(delayMs: number): void;
}

const host = "127.0.0.1";
const connectionsMax = 1000;

interface Connection {
  /** Does what had to wait. */
  resume(): void;
  reset(): void;
}

export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const state = { cutRequests: false, cutAnswers: false, delayMs: options.delayMs ?? 0 };
  const rules = {
    clock: options.clock ?? systemClock(),
    delayMs: (): number => state.delayMs,
  };
  const requests: LaneRules = { ...rules, isCut: () => state.cutRequests };
  const answers: LaneRules = { ...rules, isCut: () => state.cutAnswers };
  const connections = new Set<Connection>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    const connection = openConnection({ client, target: options.target, requests, answers, closed });
    connections.add(connection);
    function closed(): void {
      connections.delete(connection);
    }
  });
  server.maxConnections = connectionsMax;
  const reset = (): void => {
    for (const connection of connections) connection.reset();
  };
  return {
    host,
    port: await listen(server),
    get connections() {
      return connections.size;
    },
    cut: (direction = "both") => {
      state.cutRequests = direction !== "answers";
      state.cutAnswers = direction !== "requests";
    },
    restore: () => {
      state.cutRequests = false;
      state.cutAnswers = false;
      for (const connection of connections) connection.resume();
    },
    reset,
    setDelay: (delayMs) => {
      state.delayMs = delayMs;
    },
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      reset();
      await closed;
    },
  };
}

interface ConnectionParts {
  readonly client: Socket;
  readonly target: { readonly host: string; readonly port: number };
  readonly requests: LaneRules;
  readonly answers: LaneRules;
  readonly closed: () => void;
}

/** The server hears of a client only when requests pass. */
function openConnection({ client, target, requests, answers, closed }: ConnectionParts): Connection {
  let lanes: readonly Lane[] = [];
  let upstream: Socket | undefined;
  const closedAll = (): void => {
    if (client.closed && (upstream?.closed ?? true)) closed();
  };
  const open = (): void => {
    upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
    upstream.once("close", closedAll);
    lanes = [openLane(client, upstream, requests), openLane(upstream, client, answers)];
  };
  client.on("error", () => undefined);
  client.once("close", closedAll);
  if (!requests.isCut()) open();
  return {
    resume: () => {
      if (upstream === undefined && !client.destroyed) open();
      for (const lane of lanes) lane.resume();
    },
    reset: () => {
      resetSocket(client);
      if (upstream !== undefined) resetSocket(upstream);
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host }, () => {
      server.unref();
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("a proxy listens on a port"));
      else resolve(address.port);
    });
  });
}
