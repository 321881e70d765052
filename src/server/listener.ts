/**
 * The HTTP listener: sockets, limits and time bounds around the wire. Every bound answers or closes; nothing
 * waits for ever and nothing grows without limit. HTTP/1.1 itself is read and written in `http/`: Node's own
 * server costs more than all the rest of a GetItem (ADR 0011).
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type * as tls from "node:tls";
import { type ApiError, apiError, serviceUnavailable } from "../api/index.ts";
import {
  limits as baseLimits,
  monotonicMs,
  nextTurn,
  type Random,
  systemClock,
  systemRandom,
} from "../base/index.ts";
import type { Wire } from "../wire/index.ts";
import type { HostCheck } from "./host-check.ts";
import { type Admission, createAdmission, type LoopLoad } from "./http/admission.ts";
import { Connection } from "./http/connection.ts";
import type { ConnectionHost, Refusal, SharedLoad, SlowClient } from "./http/connection-host.ts";
import { Drain } from "./http/drain.ts";
import { HeldBytes } from "./http/held-bytes.ts";
import { createOverloadAnswers, type OverloadAnswers } from "./http/overload-answers.ts";
import { createHeaderNames, type RequestHead } from "./http/request-head.ts";
import { createTurns } from "./http/turns.ts";
import type { ListenerLimits } from "./settings.ts";
import type { TlsMaterial } from "./tls-files.ts";

export type { LoopLoad } from "./http/admission.ts";

export interface ListenerOptions {
  readonly wire: Wire;
  readonly hostAllowed: HostCheck;
  readonly limits: ListenerLimits;
  readonly tls: TlsMaterial | undefined;
  /** Lateness of this thread's event loop; absent: it turns nobody away. */
  readonly load?: LoopLoad;
  readonly counts?: ListenerCounts;
  /** Picks who is turned away by a late loop; absent: the system's. */
  readonly random?: Random;
}

/** Told as it happens, once for each request; must be cheap. */
export interface ListenerCounts {
  answered(): void;
  /** Turned away with 503 because there was too much to do. */
  refused(): void;
}

export interface ListenOptions {
  /** Several listeners take the port, each its share of the connections; absent: this one alone. */
  readonly shared?: boolean;
}

export type ListenOutcome =
  | { readonly kind: "listening"; readonly address: string; readonly port: number }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      /** The platform has no shared ports: listen once, not shared. */
      readonly cannotShare: boolean;
    };

/** What clients occupy at the moment. */
export interface ListenerLoad {
  readonly connections: number;
  /** Received as a whole and not answered. */
  readonly requestsInFlight: number;
  readonly bodyBytes: number;
  /** Of bodies still being received. */
  readonly incomingBytes: number;
  /** Of answers not taken. */
  readonly unsentBytes: number;
}

export interface Listener {
  readonly load: ListenerLoad;
  listen(host: string, port: number, options?: ListenOptions): Promise<ListenOutcome>;
  /** New connections use the new certificate; open ones keep theirs. */
  setTls(material: TlsMaterial): void;
  /** Stops accepting, answers what was sent for at most `drainMs`, then closes every connection. */
  stop(): Promise<void>;
}

const sweepMsMax = 2000;
/** What systems without shared ports say. */
const cannotShareCodes: ReadonlySet<string> = new Set(["ENOTSUP", "ENOPROTOOPT", "ENOSYS"]);

/** TLS is loaded where it is used: it would cost each router that does without a megabyte or more. */
export async function createListener(options: ListenerOptions): Promise<Listener> {
  return new HttpListener(options, options.tls === undefined ? undefined : await import("node:tls"));
}

class HttpListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server | tls.Server;
  readonly #connections = new Set<Connection>();
  /** With TLS: the sockets below, whether or not their handshake is done. */
  readonly #rawSockets = new Set<Socket>();
  readonly #load: SharedLoad;
  readonly #admission: Admission;
  readonly #overload: OverloadAnswers;
  readonly #serve: (socket: Socket) => void;
  #accepted = 0;
  #ended = false;
  #cancelSweep: (() => void) | undefined;
  #drain: Drain | undefined;

  /** `tlsModule`: given when there is a certificate. */
  constructor(options: ListenerOptions, tlsModule: typeof tls | undefined) {
    this.#options = options;
    const { limits, tls: material, wire, load: loop, random = systemRandom() } = options;
    this.#load = createSharedLoad(limits);
    this.#admission = createAdmission({ limits, work: this.#load, loop, random });
    this.#overload = createOverloadAnswers({
      refuse: (request) => wire.refuse(request, serviceUnavailable()),
    });
    const host = this.#connectionHost();
    const gone = (connection: Connection): void => {
      this.#connections.delete(connection);
      this.#drain?.connectionGone();
    };
    this.#serve = (socket) => {
      this.#connections.add(new Connection(socket, host, gone));
    };
    const accept = (socket: Socket): void => {
      if (this.#drain?.serveNow(socket) !== false) this.#serve(socket);
    };
    // Half-open: a client may end its side and still wait for its answer. TLS knows no such thing.
    this.#server =
      tlsModule === undefined
        ? createServer({ noDelay: true, allowHalfOpen: true }, accept)
        : tlsModule.createServer(
            { noDelay: true, ...material, handshakeTimeout: limits.headersTimeoutMs },
            accept,
          );
    this.#server.maxConnections = limits.connectionsMax;
    this.#server.on("connection", (socket: Socket) => this.#count(socket));
    // A failed handshake is its client's affair.
    this.#server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  }

  get load(): ListenerLoad {
    const { requestsInFlight, bodyBytes, incoming, unsent } = this.#load;
    return {
      connections: this.#connections.size,
      requestsInFlight,
      bodyBytes,
      incomingBytes: incoming.totalBytes,
      unsentBytes: unsent.totalBytes,
    };
  }

  listen(host: string, port: number, { shared = false }: ListenOptions = {}): Promise<ListenOutcome> {
    const server = this.#server;
    return new Promise((resolve) => {
      const onError = ({ code = "unknown", message }: NodeJS.ErrnoException): void => {
        const cannotShare = shared && cannotShareCodes.has(code);
        resolve({ kind: "failed", code, message, cannotShare });
      };
      server.once("error", onError);
      server.listen({ host, port, exclusive: true, reusePort: shared }, () => {
        server.off("error", onError);
        // A connection that could not be accepted is gone; out of file descriptors, Node closes the newest itself.
        server.on("error", () => undefined);
        this.#scheduleSweep();
        const { address, port: boundPort } = server.address() as AddressInfo;
        resolve({ kind: "listening", address, port: boundPort });
      });
    });
  }

  setTls(material: TlsMaterial): void {
    if ("setSecureContext" in this.#server) this.#server.setSecureContext(material);
  }

  async stop(): Promise<void> {
    const { drainMs, drainQuietMs } = this.#options.limits;
    let closed: Promise<void> | undefined;
    this.#drain = new Drain({
      connections: this.#connections,
      drainMs,
      quietMs: drainQuietMs,
      accepted: () => this.#accepted,
      handshakes: () => this.#rawSockets.size - (this.#rawSockets.size > 0 ? this.#connections.size : 0),
      stopAccepting: () => {
        closed = this.#closeServer();
      },
      serve: this.#serve,
      beginLeaving: () => {
        this.#load.stopping = true;
      },
    });
    await this.#drain.run();
    // Whoever has not sent a whole request by now never had an answer coming.
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#rawSockets) socket.destroy();
    this.#ended = true;
    this.#cancelSweep?.();
    await closed;
  }

  #closeServer(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #count(socket: Socket): void {
    this.#accepted += 1;
    if (this.#options.tls === undefined) return;
    this.#rawSockets.add(socket);
    socket.once("close", () => this.#rawSockets.delete(socket));
  }

  #connectionHost(): ConnectionHost {
    const { wire, limits, counts } = this.#options;
    return {
      limits,
      bodyBytesMax: baseLimits.requestBytesMax,
      names: createHeaderNames(),
      load: this.#load,
      turns: createTurns(),
      admit: (head) => this.#refusal(head),
      handle: (request) => wire.handle(request),
      answered: () => counts?.answered(),
    };
  }

  #refusal(head: RequestHead): Refusal | undefined {
    const { wire, hostAllowed, counts } = this.#options;
    const host = head.headers["host"];
    if (!hostAllowed(host)) {
      return { kind: "asked", answer: (request) => wire.refuse(request, strangeHost(host)) };
    }
    if (this.#admission.admits(head)) return undefined;
    counts?.refused();
    return this.#overload.refusal(head);
  }

  /**
   * One timer for all connections: none of them pays for timers of its own. It looks at them after the sockets were read: when
   * the loop is late, what arrived in time must not count as late.
   */
  #scheduleSweep(): void {
    const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, stallTimeoutMs } = this.#options.limits;
    const timeoutMsMin = Math.min(headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, stallTimeoutMs);
    this.#cancelSweep = systemClock().schedule(Math.min(sweepMsMax, timeoutMsMin), () => {
      void this.#sweep();
    });
  }

  async #sweep(): Promise<void> {
    const nowMs = monotonicMs();
    await nextTurn();
    for (const connection of this.#connections) {
      if (nowMs > connection.deadlineMs) connection.expire();
    }
    if (!this.#ended) this.#scheduleSweep();
  }
}

function createSharedLoad({ bodyBytesInFlightMax, unsentBytesMax }: ListenerLimits): SharedLoad {
  const giveUp = (client: SlowClient): void => client.giveUp();
  return {
    requestsInFlight: 0,
    bodyBytes: 0,
    incoming: new HeldBytes({ bytesMax: bodyBytesInFlightMax, giveUp }),
    unsent: new HeldBytes({ bytesMax: unsentBytesMax, giveUp }),
    stopping: false,
  };
}

function strangeHost(host: string | undefined): ApiError {
  const name = (host ?? "").slice(0, 200);
  return apiError(
    "AccessDeniedException",
    `This server does not answer to the host '${name}'. Allow it with --allowed-hosts.`,
  );
}
