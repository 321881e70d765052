/** One POST over HTTP: the whole answer or why there is none, within bounds of time and size. Knows nothing of DynamoDB. */
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Clock } from "../base/index.ts";

export interface HttpClient {
  post(
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<HttpOutcome>;
  close(): void;
}

export type HttpOutcome =
  | {
      readonly kind: "response";
      readonly status: number;
      readonly headers: IncomingMessage["headers"];
      readonly body: Buffer;
    }
  | { readonly kind: "lost"; readonly reason: string };

export interface HttpClientOptions {
  readonly url: URL;
  readonly clock: Clock;
  /** From the request to the end of the answer. */
  readonly timeoutMs: number;
  readonly connectionsMax: number;
}

/** No answer of a copy comes near: a page of Scan is a megabyte of items. */
const responseBytesMax = 64 * 1024 * 1024;

/** Connections are kept and used again. */
export function createHttpClient({ url, clock, timeoutMs, connectionsMax }: HttpClientOptions): HttpClient {
  const isTls = url.protocol === "https:";
  const settings = { keepAlive: true, maxSockets: connectionsMax };
  const agent = isTls ? new HttpsAgent(settings) : new HttpAgent(settings);
  const send = isTls ? httpsRequest : httpRequest;
  return {
    post: (headers, body, signal) =>
      new Promise((resolve) => {
        const request = send(url, {
          agent,
          method: "POST",
          headers: { ...headers, "content-length": body.length },
          signal,
        });
        const cancel = clock.schedule(timeoutMs, () => {
          request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
        });
        const end = (outcome: HttpOutcome): void => {
          cancel();
          resolve(outcome);
        };
        const fail = (error: NodeJS.ErrnoException): void =>
          end({ kind: "lost", reason: error.message === "" ? (error.code ?? "no answer") : error.message });
        request.on("error", fail);
        request.on("response", (response) => collect(response, { request, fail, end }));
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}

interface Collecting {
  readonly request: { destroy(error: Error): void };
  readonly fail: (error: Error) => void;
  readonly end: (outcome: HttpOutcome) => void;
}

function collect(response: IncomingMessage, { request, fail, end }: Collecting): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > responseBytesMax) request.destroy(new Error("the answer is too large"));
  });
  response.on("error", fail);
  response.on("end", () => {
    const { statusCode: status = 0, headers } = response;
    end({ kind: "response", status, headers, body: Buffer.concat(chunks, sizeBytes) });
  });
}
