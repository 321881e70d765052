/** For tests of the wire: one over a dispatcher that answers by the operation's name. */
import { type Clock, adjustableClock, seededRandom } from "../../src/base/index.ts";
import { validationError } from "../../src/api/index.ts";
import { createWire, type Wire, type WireOptions } from "../../src/wire/create-wire.ts";
import type { DispatchCall, DispatchResult, WireRequest } from "../../src/wire/types.ts";

export const testNowMs: number = Date.UTC(2026, 10, 21, 6, 31, 0);
export const testDate = "20261121T063100Z";

export interface WireFixture {
  readonly wire: Wire;
  readonly calls: DispatchCall[];
  readonly clock: Clock;
}

export function wireFixture(options: Partial<WireOptions> = {}): WireFixture {
  const clock = adjustableClock({ startMs: testNowMs });
  clock.freeze();
  const calls: DispatchCall[] = [];
  const wire = createWire({
    dispatch: (call) => {
      calls.push(call);
      return fakeDispatch(call);
    },
    operationExists: (service, operation) =>
      service === "DynamoDB" ? knownOperations.includes(operation) : operation === "ListStreams",
    auth: { mode: "open" },
    clock,
    random: seededRandom(7),
    region: "us-east-1",
    shared: false,
    maxBodyBytes: 100_000,
    ...options,
  });
  return { wire, calls, clock };
}

const knownOperations = ["ListTables", "GetItem", "PutItem", "Scan", "Query", "TagResource"];

/** ListTables echoes, GetItem fails, PutItem throws, Query answers bytes, Scan much, TagResource nothing. */
async function fakeDispatch(call: DispatchCall): Promise<DispatchResult> {
  switch (call.operation) {
    case "GetItem":
      return { kind: "error", error: validationError("é: no such thing") };
    case "PutItem":
      throw new Error("a secret detail");
    case "Query":
      return { kind: "ok", body: new TextEncoder().encode('{"Count":0}') };
    case "Scan":
      return { kind: "ok", body: `{"Text":"${"é".repeat(5000)}"}` };
    case "TagResource":
      return { kind: "ok", body: "" };
    default:
      return { kind: "ok", body: JSON.stringify({ Echo: call.json }) };
  }
}

export const openAuthorization: string =
  "AWS4-HMAC-SHA256 Credential=key/20261121/eu-west-1/dynamodb/aws4_request, " +
  `SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${"a".repeat(64)}`;

/** Overrides of headers; undefined takes one away. */
export type HeaderChanges = Readonly<Record<string, string | undefined>>;

export function wireRequest(
  body: string | Uint8Array = "{}",
  headers: HeaderChanges = {},
  rest: Partial<WireRequest> = {},
): WireRequest {
  return {
    method: "POST",
    url: "/",
    headers: {
      host: "localhost:8000",
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.ListTables",
      "x-amz-date": testDate,
      authorization: openAuthorization,
      ...headers,
    },
    body: typeof body === "string" ? Buffer.from(body) : body,
    ...rest,
  };
}

export function bodyText(response: { readonly body: Uint8Array }): string {
  return Buffer.from(response.body).toString("utf8");
}
