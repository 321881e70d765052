/** What goes into the wire and what comes out, as plain data: no socket and no node:http in sight. */
import type { ApiError, ServiceName } from "../api/index.ts";

/** Region and account of a request. Same shape as the catalog's. */
export interface Namespace {
  readonly account: string;
  readonly region: string;
}

export interface WireRequest {
  readonly method: string;
  /** Path and query as sent, e.g. `/` or `/?X-Amz-Algorithm=...`. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As received, still packed when Content-Encoding says so. */
  readonly body: Uint8Array;
  /** The listener stopped reading because the body is over the limit; `body` is then empty. */
  readonly bodyTooLarge?: boolean;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly the bytes to send; `x-amz-crc32` is over them. */
  readonly body: Uint8Array;
}

export interface DispatchCall {
  readonly service: ServiceName;
  readonly operation: string;
  /** The request body after JSON.parse. */
  readonly json: unknown;
  readonly namespace: Namespace;
  readonly requestId: string;
}

export type DispatchResult =
  | { readonly kind: "ok"; readonly body: Uint8Array | string }
  /** `cause`: what a server fault was made of, for the log only. */
  | { readonly kind: "error"; readonly error: ApiError; readonly cause?: unknown };

/** Checks the shape of the request and runs the operation. */
export type Dispatch = (call: DispatchCall) => Promise<DispatchResult>;

/** Who sent a request, as far as the signature tells. */
export interface Identity {
  readonly accessKeyId: string;
  readonly namespace: Namespace;
}

/** What one answered request looked like; the server logs it. Holds no secrets and no item data. */
export interface RequestFacts {
  readonly requestId: string;
  readonly method: string;
  readonly status: number;
  readonly operation: string | undefined;
  readonly identity: Identity | undefined;
  /** Name of the API error answered, if one was. */
  readonly errorName: string | undefined;
  /** What a server fault was made of. */
  readonly cause: unknown;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationMs: number;
}
