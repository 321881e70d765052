/**
 * Sends one operation and gives back the status and the parsed body, to the server named by STATOR_ENDPOINT
 * or, without it, to an engine inside this process. Nothing here knows how an answer is made.
 */
import { open, type OpenOptions, type Stator } from "../../src/index.ts";
import type { JsonObject } from "./case-types.ts";

export interface CallResult {
  readonly status: number;
  /** The body as it came; a few successes have none. */
  readonly text: string;
  /** An empty body is taken for an object without members. */
  readonly body: JsonObject;
}

export interface Harness {
  /** A text is sent as the body as it is. */
  call(operation: string, request: JsonObject | string): Promise<CallResult>;
  close(): Promise<void>;
}

/** The same requests in both places: what stands between is the wire, with a socket or without. */
export async function openHarness(): Promise<Harness> {
  const endpoint = process.env["STATOR_ENDPOINT"];
  return endpoint === undefined ? statorHarness() : httpHarness(endpoint);
}

/** Well formed, of no use anywhere: the test servers trust every key. */
const authorization =
  "AWS4-HMAC-SHA256 Credential=conformance/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000000000000000000000000000000000000000000000000000000000000000";

export function requestHeaders(operation: string): Readonly<Record<string, string>> {
  return {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `DynamoDB_20120810.${operation}`,
    "x-amz-date": "20260101T000000Z",
    authorization,
  };
}

export interface StatorHarness extends Harness {
  readonly stator: Stator;
}

export async function statorHarness(options: OpenOptions = {}): Promise<StatorHarness> {
  const stator = await open(options);
  const { requestHandler } = stator.clientConfig();
  return {
    stator,
    async call(operation, request) {
      const { response } = await requestHandler.handle({
        method: "POST",
        path: "/",
        headers: { host: "stator.localhost", ...requestHeaders(operation) },
        body: requestText(request),
      });
      return callResult(response.statusCode, Buffer.from(response.body).toString("utf8"));
    },
    close: () => stator.close(),
  };
}

function httpHarness(endpoint: string): Harness {
  return {
    async call(operation, request) {
      const response = await fetch(endpoint, {
        method: "POST",
        headers: requestHeaders(operation),
        body: requestText(request),
      });
      return callResult(response.status, await response.text());
    },
    async close() {},
  };
}

export function requestText(request: JsonObject | string): string {
  return typeof request === "string" ? request : JSON.stringify(request);
}

export function callResult(status: number, text: string): CallResult {
  return { status, text, body: text === "" ? {} : (JSON.parse(text) as JsonObject) };
}
