/** An end over HTTP: a Stator server, DynamoDB Local or AWS, asked by signed requests. */
import { type Clock, crc32 } from "../base/index.ts";
import { createRequestSigner, type Credential } from "../wire/index.ts";
import {
  type CallOutcome,
  type End,
  type EndService,
  isJson,
  isRetryable,
  type Json,
  textIn,
} from "./end.ts";
import { streamsUrl } from "./end-address.ts";
import { createHttpClient, type HttpClient, type HttpOutcome } from "./http-request.ts";

export interface HttpEndOptions {
  readonly url: URL;
  readonly region: string;
  readonly credential: Credential;
  readonly clock: Clock;
  readonly connectionsMax: number;
  readonly timeoutMs?: number;
}

const timeoutMsDefault = 60_000;
const contentType = "application/x-amz-json-1.0";

/** What stands before the dot in X-Amz-Target. */
const targetPrefixes: Readonly<Record<EndService, string>> = {
  DynamoDB: "DynamoDB_20120810",
  DynamoDBStreams: "DynamoDBStreams_20120810",
  Stator: "Stator_20261121",
};

export function httpEnd(options: HttpEndOptions): End {
  const { url, region, credential, clock, connectionsMax, timeoutMs = timeoutMsDefault } = options;
  const clientAt = (place: URL): HttpClient =>
    createHttpClient({ url: place, clock, timeoutMs, connectionsMax });
  const tables = { url, client: clientAt(url) };
  const streamsAt = streamsUrl(url);
  const streams = streamsAt.host === url.host ? tables : { url: streamsAt, client: clientAt(streamsAt) };
  const sign = createRequestSigner({ credential, region, service: "dynamodb", clock });
  const name = `${url.origin}${url.pathname === "/" ? "" : url.pathname}`;
  return {
    name: `${name} (${region})`,
    identity: `${name} ${region}`,
    async call({ service, operation, input }, signal): Promise<CallOutcome> {
      const place = service === "DynamoDBStreams" ? streams : tables;
      const body = Buffer.from(JSON.stringify(input));
      const headers = sign({
        method: "POST",
        url: place.url.pathname,
        headers: {
          host: place.url.host,
          "content-type": contentType,
          "x-amz-target": `${targetPrefixes[service]}.${operation}`,
        },
        body,
      });
      return outcomeOf(service, await place.client.post(headers, body, signal));
    },
    async close() {
      for (const { client } of new Set([tables, streams])) client.close();
    },
  };
}

function outcomeOf(service: EndService, outcome: HttpOutcome): CallOutcome {
  if (outcome.kind === "lost") return outcome;
  const { status, headers, body } = outcome;
  const checksum = headers["x-amz-crc32"];
  if (checksum !== undefined && Number(checksum) !== crc32(body)) {
    return { kind: "lost", reason: "the answer was damaged on its way (its checksum is another)" };
  }
  const json = parsed(body);
  if (status === 200 && json !== undefined) return { kind: "answer", body: json, sizeBytes: body.length };
  return refusalOf(service, status, json ?? {});
}

function refusalOf(service: EndService, status: number, json: Json): CallOutcome {
  const type = textIn(json, "__type") ?? "";
  const error = type === "" ? `HTTP ${status}` : type.slice(type.lastIndexOf("#") + 1);
  const message =
    textIn(json, "message") ??
    textIn(json, "Message") ??
    (type === "" ? "this is not how a DynamoDB endpoint answers" : "");
  return { kind: "refused", error, message, retryable: isRetryable(service, error, status) };
}

/** Undefined for what is not a JSON object: an error page of something else. */
function parsed(body: Buffer): Json | undefined {
  if (body.length === 0) return {};
  try {
    const json: unknown = JSON.parse(body.toString("utf8"));
    return isJson(json) ? json : undefined;
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
