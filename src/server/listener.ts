/**
 * The HTTP listener: sockets, limits and time bounds around the wire. Every bound answers or closes; nothing
 * waits for ever and nothing grows without limit. HTTP/1.1 itself is read and written in `http/`: Node's own
 * server costs more than all the rest of a GetItem (ADR 0011).
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import { type ApiError, apiError, serviceUnavailable } from "../api/index.ts";
import { limits as baseLimits, monotonicMs, systemClock } from "../base/index.ts";
import type { Wire } from "../wire/index.ts";
import type { HostCheck } from "./host-check.ts";
import { Connection, type ConnectionHost, type ListenerLoad } from "./http/connection.ts";
import { createHeaderNames, type RequestHead } from "./http/request-head.ts";
import type { ListenerLimits } from "./settings.ts";
import type { TlsMaterial } from "./tls-files.ts";

export interface ListenerOptions {
  readonly wire: Wire;
  readonly hostAllowed: HostCheck;
  readonly limits: ListenerLimits;
  readonly tls: TlsMaterial | undefined;
}

export type ListenOutcome =
  | { readonly kind: "listening"; readonly address: string; readonly port: number }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

export interface Listener {
  listen(host: string, port: number): Promise<ListenOutcome>;
  /** New connections use the new certificate; open ones keep theirs. */
  setTls(material: TlsMaterial): void;
  /** Stops accepting, answers what is in flight for at most `drainMs`, then closes every connection. */
  stop(): Promise<void>;
}

const sweepMsMax = 2000;

export function createListener(options: ListenerOptions): Listener {
  return new HttpListener(options);
}

class HttpListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server | TlsServer;
  readonly #connections = new Set<Connection>();
  readonly #load: ListenerLoad = { requestsInFlight: 0, bodyBytes: 0, stopping: false };
  #cancelSweep: (() => void) | undefined;
  /** Called when the last connection is gone during a stop. */
  #onEmpty: (() => void) | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { limits, tls } = options;
    const host = this.#connectionHost();
    const accept = (socket: Socket): void => {
      this.#connections.add(new Connection(socket, host));
    };
    // Half-open: a client may end its side and still wait for its answer. TLS knows no such thing.
    this.#server =
      tls === undefined
        ? createServer({ noDelay: true, allowHalfOpen: true }, accept)
        : createTlsServer({ noDelay: true, ...tls, handshakeTimeout: limits.headersTimeoutMs }, accept);
    this.#server.maxConnections = limits.connectionsMax;
    // A failed handshake is its client's affair.
    this.#server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  }

  listen(host: string, port: number): Promise<ListenOutcome> {
    const server = this.#server;
    return new Promise((resolve) => {
      const onError = (error: NodeJS.ErrnoException): void => {
        resolve({ kind: "failed", code: error.code ?? "unknown", message: error.message });
      };
      server.once("error", onError);
      server.listen({ host, port, exclusive: true }, () => {
        server.off("error", onError);
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
    this.#load.stopping = true;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const connection of this.#connections) {
      if (connection.idle) connection.destroy();
    }
    if (this.#connections.size > 0) await this.#emptyOrLate();
    // Whoever has not sent a whole request by now never had an answer coming.
    for (const connection of this.#connections) connection.destroy();
    this.#cancelSweep?.();
    await closed;
  }

  #emptyOrLate(): Promise<void> {
    return new Promise((resolve) => {
      // Real time, even where a test steers the clock of the data: sockets do not wait for it.
      const cancel = systemClock().schedule(this.#options.limits.drainMs, resolve);
      this.#onEmpty = () => {
        cancel();
        resolve();
      };
    });
  }

  #connectionHost(): ConnectionHost {
    const { wire, limits } = this.#options;
    return {
      limits,
      bodyBytesMax: baseLimits.requestBytesMax,
      names: createHeaderNames(),
      load: this.#load,
      admit: (head) => {
        const error = this.#refusal(head);
        return error === undefined ? undefined : (request) => wire.refuse(request, error);
      },
      handle: (request) => wire.handle(request),
      closed: (connection) => {
        this.#connections.delete(connection);
        if (this.#connections.size === 0) this.#onEmpty?.();
      },
    };
  }

  #refusal({ headers }: RequestHead): ApiError | undefined {
    const { hostAllowed, limits } = this.#options;
    if (!hostAllowed(headers["host"])) return strangeHost(headers["host"]);
    const full =
      this.#load.requestsInFlight > limits.requestsInFlightMax ||
      this.#load.bodyBytes > limits.bodyBytesInFlightMax;
    return full ? serviceUnavailable() : undefined;
  }

  /** One timer for all connections: none of them pays for timers of its own. */
  #scheduleSweep(): void {
    const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs } = this.#options.limits;
    const intervalMs = Math.min(sweepMsMax, headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs);
    this.#cancelSweep = systemClock().schedule(intervalMs, () => {
      const nowMs = monotonicMs();
      for (const connection of this.#connections) {
        if (nowMs > connection.deadlineMs) connection.expire();
      }
      this.#scheduleSweep();
    });
  }
}

function strangeHost(host: string | undefined): ApiError {
  const name = (host ?? "").slice(0, 200);
  return apiError(
    "AccessDeniedException",
    `This server does not answer to the host '${name}'. Allow it with --allowed-hosts.`,
  );
}
