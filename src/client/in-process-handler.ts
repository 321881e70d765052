/**
 * What an AWS SDK client takes as `requestHandler`: hands requests to a wire in this process, no socket
 * between. The types are the SDK's in structure only, so that nothing of it has to be installed.
 */
import type { WireRequest, WireResponse } from "../wire/index.ts";

/** The parts of the SDK's HttpRequest that are read. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** An AbortSignal, or the SDK's older one. */
export interface SdkAbortSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener?(type: "abort", listener: () => void, options?: { once: boolean }): void;
  removeEventListener?(type: "abort", listener: () => void): void;
}

export interface SdkHandlerOptions {
  readonly abortSignal?: SdkAbortSignal;
}

export interface InProcessHandler {
  readonly metadata: { readonly handlerProtocol: string };
  /** Rejects with an AbortError as soon as the signal is aborted; what was begun may still take effect. */
  handle(request: SdkRequest, options?: SdkHandlerOptions): Promise<{ response: SdkResponse }>;
  /** Nothing to configure: the SDK's options for sockets have no effect. */
  updateHttpClientConfig(key: never, value: never): void;
  httpHandlerConfigs(): Record<string, never>;
  /** Clients call it when they are destroyed; the server they share goes on. */
  destroy(): void;
}

export function createInProcessHandler(
  answer: (request: WireRequest) => Promise<WireResponse>,
): InProcessHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request, { abortSignal } = {}) {
      if (abortSignal?.aborted === true) throw abortError(abortSignal);
      const answered = answer(toWireRequest(request));
      const response = abortSignal === undefined ? await answered : await untilAborted(answered, abortSignal);
      return { response: toSdkResponse(response) };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

function toWireRequest({ method, path, query, headers, body }: SdkRequest): WireRequest {
  const lowerCase: Record<string, string> = {};
  for (const name of Object.keys(headers)) lowerCase[name.toLowerCase()] = headers[name] ?? "";
  return { method, url: path + queryText(query), headers: lowerCase, body: bodyBytes(body) };
}

function queryText(query: SdkRequest["query"]): string {
  if (query === undefined) return "";
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    for (const each of typeof value === "string" || value === null ? [value] : value) {
      pairs.push(
        each === null ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(each)}`,
      );
    }
  }
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

function bodyBytes(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array(0);
  if (typeof body === "string") return Buffer.from(body, "utf8");
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new TypeError("the in-process handler takes bodies as text or bytes only");
}

/** The SDK looks headers up in lower case. */
function toSdkResponse({ status, headers, body }: WireResponse): SdkResponse {
  const lowerCase: Record<string, string> = {};
  for (const name of Object.keys(headers)) lowerCase[name.toLowerCase()] = headers[name] ?? "";
  return { statusCode: status, headers: lowerCase, body };
}

function untilAborted<T>(answered: Promise<T>, signal: SdkAbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(abortError(signal));
    signal.addEventListener?.("abort", aborted, { once: true });
    answered.then(resolve, reject).finally(() => signal.removeEventListener?.("abort", aborted));
  });
}

/** The name is what the SDK and its users look for. */
function abortError(signal: SdkAbortSignal): Error {
  if (signal.reason instanceof Error && signal.reason.name === "AbortError") return signal.reason;
  const error = new Error("Request aborted", { cause: signal.reason });
  error.name = "AbortError";
  return error;
}
