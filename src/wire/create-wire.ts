/**
 * From the parts of an HTTP request to the parts of its answer, in DynamoDB's order of checks: method and
 * content type, size, JSON, target, signature, empty body, then the dispatcher. Knows neither sockets nor
 * operations, so it can be fuzzed alone.
 */
import {
  type ApiError,
  errorBody,
  internalServerError,
  serializationError,
  serviceUnavailable,
  unknownOperation,
} from "../api/index.ts";
import { type Clock, createTurnPacer, monotonicMs, type Random, type TurnPacer } from "../base/index.ts";
import { answer, type AnswerContent, noBody, tooLargeAnswer, unknownOperationXml } from "./answer.ts";
import { jsonContentType, readContentType } from "./content-type.ts";
import { type CorsOrigins, crossOriginHeaders, preflightHeaders } from "./cors.ts";
import { createHttpDate } from "./http-date.ts";
import {
  createInternalPaths,
  type InternalPaths,
  internalPrefix,
  type InternalRoutes,
  pathOf,
} from "./internal-paths.ts";
import { crc32InSlices, largeBodyBytes, readLargeBody, sha256InSlices } from "./large-bodies.ts";
import { isGzip, parseJsonBody, type ParsedBody, unpackGzip } from "./request-body.ts";
import { createRequestIds } from "./request-id.ts";
import { acceptsGzip, gzipThresholdBytes, packGzip } from "./response-gzip.ts";
import { type Authenticate, type AuthMode, createAuthenticator } from "./sigv4/authenticator.ts";
import { defaultAccount } from "./sigv4/credentials.ts";
import { createTargetReader, type OperationExists, type Target, type TargetReader } from "./target.ts";
import type { Dispatch, Identity, RequestFacts, WireRequest, WireResponse } from "./types.ts";

export interface WireOptions {
  readonly dispatch: Dispatch;
  /** Operations that do not exist are refused before anything is authenticated. */
  readonly operationExists: OperationExists;
  readonly auth: AuthMode;
  readonly clock: Clock;
  readonly random: Random;
  /** Of the thread this wire works on: large bodies take their turns through it. Absent: a pacer of its own. */
  readonly pacer?: TurnPacer;
  /** Named in the health text, and the region of the one namespace when `shared` is set. */
  readonly region: string;
  /** All regions and accounts see the same tables. */
  readonly shared: boolean;
  /** Absent: no cross-origin answers. */
  readonly corsOrigins?: CorsOrigins;
  /** Largest request body, packed or unpacked. */
  readonly maxBodyBytes: number;
  /** False while the server starts or stops; absent: always ready. */
  readonly ready?: () => boolean;
  readonly internalRoutes?: InternalRoutes;
  /** Called once per answer; absent: nothing is measured. */
  readonly observe?: (facts: RequestFacts) => void;
}

export interface Wire {
  /** Never rejects: a fault inside answers InternalServerError and is told to `observe`. */
  handle(request: WireRequest): Promise<WireResponse>;
  /** The answer to a request the listener turns away itself (overload, a strange Host). */
  refuse(request: WireRequest, error: ApiError): Promise<WireResponse>;
}

/** Filled in while a request is worked on. */
interface Trace {
  readonly requestId: string;
  target: Target | undefined;
  identity: Identity | undefined;
  errorName: string | undefined;
  cause: unknown;
}

interface Parts {
  readonly options: WireOptions;
  readonly pacer: TurnPacer;
  readonly authenticate: Authenticate;
  readonly readTarget: TargetReader;
  readonly internalPaths: InternalPaths;
  readonly httpDate: () => string;
  readonly healthText: Uint8Array;
}

export function createWire(options: WireOptions): Wire {
  const { auth, clock, region, shared } = options;
  const sharedNamespace = shared ? { region, account: defaultAccount } : undefined;
  const authenticate = createAuthenticator({ auth, clock, sharedNamespace });
  const parts: Parts = {
    options,
    pacer: options.pacer ?? createTurnPacer(),
    authenticate,
    readTarget: createTargetReader(options.operationExists),
    internalPaths: createInternalPaths({
      authenticate: auth.mode === "signed" ? authenticate : undefined,
      ready: options.ready ?? (() => true),
      routes: options.internalRoutes,
    }),
    httpDate: createHttpDate(clock),
    // DynamoDB's own text, the blank at its end included.
    healthText: Buffer.from(`healthy: dynamodb.${region}.amazonaws.com `),
  };
  const nextRequestId = createRequestIds(options.random);
  const run = observed(options.observe, nextRequestId);
  return {
    handle: (request) => run(request, (trace) => respondOrFail(parts, request, trace)),
    refuse: (request, error) => run(request, (trace) => errorAnswer(parts, request, { trace, error })),
  };
}

type Run = (request: WireRequest, work: (trace: Trace) => Promise<WireResponse>) => Promise<WireResponse>;

/** Gives each request its id and, where somebody wants to know, tells how it went. */
function observed(observe: WireOptions["observe"], nextRequestId: () => string): Run {
  if (observe === undefined) return (_request, work) => work(newTrace(nextRequestId()));
  return async (request, work) => {
    const startMs = monotonicMs();
    const trace = newTrace(nextRequestId());
    const response = await work(trace);
    observe(factsOf(request, { trace, response, startMs }));
    return response;
  };
}

async function respondOrFail(parts: Parts, request: WireRequest, trace: Trace): Promise<WireResponse> {
  try {
    return await respond(parts, request, trace);
  } catch (error) {
    trace.cause = error;
    return errorAnswer(parts, request, { trace, error: internalServerError() });
  }
}

function newTrace(requestId: string): Trace {
  return { requestId, target: undefined, identity: undefined, errorName: undefined, cause: undefined };
}

function respond(parts: Parts, request: WireRequest, trace: Trace): Promise<WireResponse> | WireResponse {
  const { corsOrigins, maxBodyBytes } = parts.options;
  if (request.url.startsWith(internalPrefix)) return respondInternally(parts, request, trace);
  if (request.method === "OPTIONS" && corsOrigins !== undefined) {
    const allowed = preflightHeaders(corsOrigins, request.headers);
    if (allowed !== undefined) return send(parts, trace, { status: 200, body: noBody, more: allowed });
  }
  if (request.method === "GET" && pathOf(request.url) === "/") {
    return send(parts, trace, { status: 200, body: parts.healthText });
  }
  if (request.method !== "POST") return notDynamoDb(parts, trace);
  if (request.bodyTooLarge === true || request.body.length > maxBodyBytes) {
    return tooLarge(parts, trace);
  }
  const contentType = readContentType(request.headers["content-type"]);
  if (contentType === undefined && request.body.length > 0) return notDynamoDb(parts, trace);
  if (isGzip(request.headers["content-encoding"]) && request.body.length > 0) {
    return respondUnpacked(parts, request, trace);
  }
  return respondToJson(parts, request, { trace, body: request.body });
}

async function respondUnpacked(parts: Parts, request: WireRequest, trace: Trace): Promise<WireResponse> {
  const unpacked = await unpackGzip(request.body, parts.options.maxBodyBytes);
  switch (unpacked.kind) {
    case "bytes":
      return respondToJson(parts, request, { trace, body: unpacked.bytes });
    case "tooLarge":
      return tooLarge(parts, trace);
    case "malformed":
      return errorAnswer(parts, request, { trace, error: serializationError() });
  }
}

function respondToJson(
  parts: Parts,
  request: WireRequest,
  { trace, body }: { readonly trace: Trace; readonly body: Uint8Array },
): Promise<WireResponse> {
  if (Math.max(body.length, request.body.length) > largeBodyBytes) {
    return respondToLarge(parts, request, { trace, body });
  }
  return respondToParsed(parts, request, { trace, parsed: parseJsonBody(body) });
}

/** A busy thread refuses large requests here, before anything is done for them. */
async function respondToLarge(
  parts: Parts,
  request: WireRequest,
  { trace, body }: { readonly trace: Trace; readonly body: Uint8Array },
): Promise<WireResponse> {
  const work = parts.pacer.begin();
  let answered: Promise<WireResponse>;
  try {
    const read = await readLargeBody(body, work);
    if (read.kind === "busy")
      return await errorAnswer(parts, request, { trace, error: serviceUnavailable() });
    // What is signed is the body as sent, packed or not. In mode `open` nobody looks.
    const signed = parts.options.auth.mode === "signed";
    const payloadHash = signed ? await sha256InSlices(request.body, work) : undefined;
    // Not awaited: the last slice is the part of the operation that comes before its first wait.
    answered = respondToParsed(parts, request, { trace, parsed: read.parsed, payloadHash });
  } finally {
    work.end();
  }
  return answered;
}

interface ParsedRequest {
  readonly trace: Trace;
  readonly parsed: ParsedBody;
  readonly payloadHash?: string | undefined;
}

async function respondToParsed(
  parts: Parts,
  request: WireRequest,
  { trace, parsed, payloadHash }: ParsedRequest,
): Promise<WireResponse> {
  const refuse = (error: ApiError): Promise<WireResponse> => errorAnswer(parts, request, { trace, error });
  if (parsed.kind === "malformed") return refuse(serializationError());
  const target = parts.readTarget(request.headers["x-amz-target"]);
  if (target === undefined) return refuse(unknownOperation());
  trace.target = target;
  const sender = parts.authenticate(request, target.service.signingName, payloadHash);
  if (sender.kind === "refused") return refuse(sender.error);
  trace.identity = sender.identity;
  if (parsed.kind === "empty") return refuse(serializationError());
  const result = await parts.options.dispatch({
    service: target.service.service,
    operation: target.operation,
    json: parsed.json,
    namespace: sender.identity.namespace,
    requestId: trace.requestId,
  });
  if (result.kind === "error") {
    trace.cause = result.cause;
    return refuse(result.error);
  }
  return sendJson(parts, request, { trace, status: 200, body: result.body });
}

async function respondInternally(parts: Parts, request: WireRequest, trace: Trace): Promise<WireResponse> {
  const outcome = await parts.internalPaths(request);
  if ("kind" in outcome) return errorAnswer(parts, request, { trace, error: outcome.error });
  const { status, contentType, body } = outcome;
  return send(parts, trace, { status, contentType, body: toBytes(body) });
}

function errorAnswer(
  parts: Parts,
  request: WireRequest,
  { trace, error }: { readonly trace: Trace; readonly error: ApiError },
): Promise<WireResponse> {
  trace.errorName = error.code;
  return sendJson(parts, request, { trace, status: error.httpStatus, body: errorBody(error) });
}

interface JsonAnswer {
  readonly trace: Trace;
  readonly status: number;
  readonly body: Uint8Array | string;
}

/** The answer to what came as JSON: its content type, packed or with cross-origin headers where asked for. */
async function sendJson(
  parts: Parts,
  { headers }: WireRequest,
  { trace, status, body }: JsonAnswer,
): Promise<WireResponse> {
  const contentType = readContentType(headers["content-type"]) ?? jsonContentType;
  const { corsOrigins } = parts.options;
  const more = corsOrigins === undefined ? undefined : crossOriginHeaders(corsOrigins, headers);
  const bytes = toBytes(body);
  if (bytes.length < gzipThresholdBytes || !acceptsGzip(headers["accept-encoding"])) {
    const checksum = bytes.length > largeBodyBytes ? await pacedChecksum(parts, bytes) : undefined;
    return send(parts, trace, { status, contentType, body: bytes, checksum, more });
  }
  const packed = await packGzip(bytes);
  const checksum = packed.length > largeBodyBytes ? await pacedChecksum(parts, packed) : undefined;
  return send(parts, trace, {
    status,
    contentType,
    body: packed,
    checksum,
    more: { ...more, "Content-Encoding": "gzip" },
  });
}

/** The operation has been carried out, so this is never refused. */
async function pacedChecksum({ pacer }: Parts, body: Uint8Array): Promise<number> {
  const work = pacer.resume();
  try {
    return await crc32InSlices(body, work);
  } finally {
    work.end();
  }
}

function send(parts: Parts, trace: Trace, content: Omit<AnswerContent, "requestId" | "date">): WireResponse {
  const { status, body, checksum, contentType, more } = content;
  return answer({
    status,
    body,
    checksum,
    contentType,
    more,
    requestId: trace.requestId,
    date: parts.httpDate(),
  });
}

function notDynamoDb(parts: Parts, trace: Trace): WireResponse {
  trace.errorName = "UnknownOperationException";
  return send(parts, trace, { status: 404, body: unknownOperationXml });
}

function tooLarge(parts: Parts, trace: Trace): WireResponse {
  trace.errorName = "RequestEntityTooLarge";
  return tooLargeAnswer(trace.requestId, parts.httpDate());
}

function toBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === "string" ? Buffer.from(body, "utf8") : body;
}

function factsOf(
  request: WireRequest,
  {
    trace,
    response,
    startMs,
  }: { readonly trace: Trace; readonly response: WireResponse; readonly startMs: number },
): RequestFacts {
  return {
    requestId: trace.requestId,
    method: request.method,
    status: response.status,
    operation: trace.target?.operation,
    identity: trace.identity,
    errorName: trace.errorName,
    cause: trace.cause,
    requestBytes: request.body.length,
    responseBytes: response.body.length,
    durationMs: monotonicMs() - startMs,
  };
}
