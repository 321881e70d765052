/**
 * The HTTP listener: sockets, limits and time bounds around the wire. Every bound answers or closes; nothing
 * waits for ever and nothing grows without limit.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type ApiError, apiError, serviceUnavailable } from "../api/index.ts";
import { limits as baseLimits, systemClock } from "../base/index.ts";
import type { Wire, WireRequest, WireResponse } from "../wire/index.ts";
import { type BodyBudget, readBody, type ReadBody } from "./body-reader.ts";
import type { HostCheck } from "./host-check.ts";
import { discardRest } from "./discard-rest.ts";
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

/** What all requests of one listener share. */
interface ListenerState {
  readonly options: ListenerOptions;
  readonly budget: BodyBudget;
  requestsInFlight: number;
  stopping: boolean;
  /** Called when the last request in flight is answered during a stop. */
  onIdle: (() => void) | undefined;
}

const oneWriteBytesMax = 8192;

const noBytes: Uint8Array = new Uint8Array(0);

export function createListener(options: ListenerOptions): Listener {
  const state: ListenerState = {
    options,
    budget: { bytes: 0 },
    requestsInFlight: 0,
    stopping: false,
    onIdle: undefined,
  };
  const server = createHttpServer(options, (message, response) => accept(state, message, response));
  server.maxConnections = options.limits.connectionsMax;
  return {
    listen: (host, port) => listen(server, host, port),
    setTls(material) {
      if ("setSecureContext" in server) server.setSecureContext(material);
    },
    stop: () => stop(server, state),
  };
}

type RequestListener = (message: IncomingMessage, response: ServerResponse) => void;

function createHttpServer({ limits, tls }: ListenerOptions, onRequest: RequestListener): Server | TlsServer {
  const settings = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(2000, limits.headersTimeoutMs, limits.requestTimeoutMs),
    noDelay: true,
  };
  return tls === undefined
    ? createServer(settings, onRequest)
    : createTlsServer({ ...settings, ...tls }, onRequest);
}

function listen(server: Server | TlsServer, host: string, port: number): Promise<ListenOutcome> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      resolve({ kind: "failed", code: error.code ?? "unknown", message: error.message });
    };
    server.once("error", onError);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", onError);
      const { address, port: boundPort } = server.address() as AddressInfo;
      resolve({ kind: "listening", address, port: boundPort });
    });
  });
}

async function stop(server: Server | TlsServer, state: ListenerState): Promise<void> {
  state.stopping = true;
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  if (state.requestsInFlight > 0) {
    await new Promise<void>((resolve) => {
      // Real time, even where a test steers the clock of the data: sockets do not wait for it.
      const cancel = systemClock().schedule(state.options.limits.drainMs, resolve);
      state.onIdle = () => {
        cancel();
        resolve();
      };
    });
  }
  server.closeIdleConnections();
  // Whoever has not sent a whole request by now never had an answer coming.
  server.closeAllConnections();
  await closed;
}

function accept(state: ListenerState, message: IncomingMessage, response: ServerResponse): void {
  const { limits, hostAllowed } = state.options;
  response.sendDate = false;
  state.requestsInFlight += 1;
  const exchange: Exchange = { message, response, bodyBytes: 0 };
  response.once("close", () => {
    state.budget.bytes -= exchange.bodyBytes;
    state.requestsInFlight -= 1;
    if (state.requestsInFlight === 0) state.onIdle?.();
  });
  if (!hostAllowed(message.headers.host)) {
    turnAway(state, exchange, strangeHost(message.headers.host));
  } else if (
    state.requestsInFlight > limits.requestsInFlightMax ||
    state.budget.bytes > limits.bodyBytesInFlightMax
  ) {
    turnAway(state, exchange, serviceUnavailable());
  } else {
    readBody(message, { bytesMax: baseLimits.requestBytesMax, budget: state.budget }, (read) => {
      if (read.kind === "aborted") return;
      if (read.kind === "body") exchange.bodyBytes = read.body.length;
      void reply(state, exchange, read);
    });
  }
}

/** One request and its answer. */
interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** What of the budget this request holds. */
  bodyBytes: number;
}

async function reply(state: ListenerState, exchange: Exchange, read: ReadBody): Promise<void> {
  const body = read.kind === "body" ? read.body : noBytes;
  const request = toWireRequest(exchange.message, body, read.kind === "tooLarge");
  finish(state, exchange, await state.options.wire.handle(request));
}

/** Answers without looking at the body. */
function turnAway(state: ListenerState, exchange: Exchange, error: ApiError): void {
  const request = toWireRequest(exchange.message, noBytes, false);
  void state.options.wire.refuse(request, error).then((answer) => {
    finish(state, exchange, answer);
  });
}

function toWireRequest(message: IncomingMessage, body: Uint8Array, bodyTooLarge: boolean): WireRequest {
  return {
    method: message.method ?? "",
    url: message.url ?? "",
    // Only set-cookie is ever a list, and nothing here reads it.
    headers: message.headers as Readonly<Record<string, string | undefined>>,
    body,
    bodyTooLarge,
  };
}

function finish(state: ListenerState, { message, response }: Exchange, answer: WireResponse): void {
  if (response.destroyed) return;
  const whole = message.complete;
  if (state.stopping || !whole) response.setHeader("Connection", "close");
  response.writeHead(answer.status, answer.headers);
  if (whole) {
    endWith(response, answer.body);
    return;
  }
  if (answer.body.length > 0) response.write(answer.body);
  else response.flushHeaders();
  discardRest(message, () => response.end());
}

/**
 * A small body goes out as text, one character per byte: Node then writes headers and body in one piece and
 * not as a vector of two, which saves about 2 µs of some 22 (test/wire/measure-cost.ts).
 */
function endWith(response: ServerResponse, body: Uint8Array): void {
  if (body.length > oneWriteBytesMax) response.end(body);
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1"), "latin1");
}

function strangeHost(host: string | undefined): ApiError {
  const name = (host ?? "").slice(0, 200);
  return apiError(
    "AccessDeniedException",
    `This server does not answer to the host '${name}'. Allow it with --allowed-hosts.`,
  );
}
