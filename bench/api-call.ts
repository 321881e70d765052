/** One operation over HTTP with no SDK in between, for what the SDK would hide or slow down. */

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  /** Empty when the text is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Well formed and worth nothing: servers that trust everyone accept it. */
const authorization =
  "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000000000000000000000000000000000000000000000000000000000000000";

const timeoutMs = 60_000;

/** A text or bytes are sent as they are. */
export async function apiCall(endpoint: string, operation: string, request: unknown): Promise<ApiAnswer> {
  const sendAsIs = typeof request === "string" || request instanceof Uint8Array;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization,
    },
    body: sendAsIs ? request : JSON.stringify(request),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  return { status: response.status, text, body: parsedObject(text) };
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

function parsedObject(text: string): ApiAnswer["body"] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as ApiAnswer["body"]) : {};
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
