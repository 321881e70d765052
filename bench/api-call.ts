/** One operation over HTTP with no SDK in between, for what the SDK would hide or slow down. */
import { benchKeys, createSigner, signedHeaders } from "./load/signer.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  /** Empty when the text is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

const timeoutMs = 60_000;

export async function apiCall(endpoint: string, operation: string, request: unknown): Promise<ApiAnswer> {
  const { status, text } = await apiText(endpoint, operation, request);
  return { status, text, body: parsedObject(text) };
}

/** A text or bytes are sent as they are; the answer is not parsed. */
export async function apiText(
  endpoint: string,
  operation: string,
  request: unknown,
): Promise<Pick<ApiAnswer, "status" | "text">> {
  const body = request instanceof Uint8Array ? request : Buffer.from(requestText(request), "utf8");
  const signer = createSigner({ host: new URL(endpoint).host, operation, ...benchKeys });
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": signer.amzDate,
      authorization: `AWS4-HMAC-SHA256 Credential=${signer.credential}, SignedHeaders=${signedHeaders}, Signature=${signer.sign(body)}`,
    },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, text: await response.text() };
}

/** Throws unless the answer is 200. */
export async function apiCallOk(
  endpoint: string,
  operation: string,
  request: unknown,
): Promise<ApiAnswer["body"]> {
  const answer = await apiCall(endpoint, operation, request);
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${answer.text.slice(0, 2_000)}`);
  return answer.body;
}

function requestText(request: unknown): string {
  return typeof request === "string" ? request : JSON.stringify(request);
}

function parsedObject(text: string): ApiAnswer["body"] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as ApiAnswer["body"]) : {};
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
