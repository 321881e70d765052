/** An end over HTTP: a Stator server, DynamoDB Local or AWS, asked by signed requests. */
import { type Clock, crc32 } from "../base/index.ts";
import { createRequestSigner, type Credential } from "../wire/index.ts";
import { type CallOutcome, type End, isJson, isRetryable, type Json, textIn } from "./end.ts";
import { createHttpClient, type HttpOutcome } from "./http-request.ts";

export interface HttpEndOptions {
  readonly url: URL;
  readonly region: string;
  readonly credential: Credential;
  readonly clock: Clock;
  readonly connectionsMax: number;
  readonly timeoutMs?: number;
}

const timeoutMsDefault = 60_000;
const targetPrefix = "DynamoDB_20120810";
const contentType = "application/x-amz-json-1.0";

export function httpEnd(options: HttpEndOptions): End {
  const { url, region, credential, clock, connectionsMax, timeoutMs = timeoutMsDefault } = options;
  const client = createHttpClient({ url, clock, timeoutMs, connectionsMax });
  const sign = createRequestSigner({ credential, region, service: "dynamodb", clock });
  const name = `${url.origin}${url.pathname === "/" ? "" : url.pathname}`;
  return {
    name: `${name} (${region})`,
    identity: `${name} ${region}`,
    async call(operation, input, signal): Promise<CallOutcome> {
      const body = Buffer.from(JSON.stringify(input));
      const headers = sign({
        method: "POST",
        url: url.pathname,
        headers: {
          host: url.host,
          "content-type": contentType,
          "x-amz-target": `${targetPrefix}.${operation}`,
        },
        body,
      });
      return outcomeOf(await client.post(headers, body, signal));
    },
    close: async () => client.close(),
  };
}

function outcomeOf(outcome: HttpOutcome): CallOutcome {
  if (outcome.kind === "lost") return outcome;
  const { status, headers, body } = outcome;
  const checksum = headers["x-amz-crc32"];
  if (checksum !== undefined && Number(checksum) !== crc32(body)) {
    return { kind: "lost", reason: "the answer was damaged on its way (its checksum is another)" };
  }
  const json = parsed(body);
  if (status === 200 && json !== undefined) return { kind: "answer", body: json, sizeBytes: body.length };
  return refusalOf(status, json ?? {});
}

function refusalOf(status: number, json: Json): CallOutcome {
  const type = textIn(json, "__type") ?? "";
  const error = type === "" ? `HTTP ${status}` : type.slice(type.lastIndexOf("#") + 1);
  const message =
    textIn(json, "message") ??
    textIn(json, "Message") ??
    (type === "" ? "this is not how a DynamoDB endpoint answers" : "");
  return { kind: "refused", error, message, retryable: isRetryable(error, status) };
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
