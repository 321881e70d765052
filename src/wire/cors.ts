/** Cross-origin answers for browsers. Off unless asked for: any page could otherwise read the tables. */

/** Origins that may call, e.g. `https://app.example`; `*` stands for every origin. */
export type CorsOrigins = readonly string[];

// Header names a page may read beside the simple ones.
const exposedHeaders = "x-amzn-RequestId, x-amz-crc32, Date";
const preflightMaxAgeSeconds = "172800";

type Headers = Readonly<Record<string, string | undefined>>;

/** Headers for the answer to a preflight (OPTIONS with Origin); undefined when the origin may not call. */
export function preflightHeaders(origins: CorsOrigins, request: Headers): Record<string, string> | undefined {
  const headers = allowOrigin(origins, request["origin"]);
  if (headers === undefined) return undefined;
  headers["Access-Control-Max-Age"] = preflightMaxAgeSeconds;
  const requestHeaders = request["access-control-request-headers"];
  if (requestHeaders !== undefined) headers["Access-Control-Allow-Headers"] = requestHeaders;
  const requestMethod = request["access-control-request-method"];
  if (requestMethod !== undefined) headers["Access-Control-Allow-Methods"] = requestMethod;
  return headers;
}

/** Headers for an ordinary answer; undefined when the request has no origin or it may not call. */
export function crossOriginHeaders(
  origins: CorsOrigins,
  request: Headers,
): Record<string, string> | undefined {
  const headers = allowOrigin(origins, request["origin"]);
  if (headers !== undefined) headers["Access-Control-Expose-Headers"] = exposedHeaders;
  return headers;
}

function allowOrigin(origins: CorsOrigins, origin: string | undefined): Record<string, string> | undefined {
  if (origin === undefined) return undefined;
  if (origins.includes("*")) return { "Access-Control-Allow-Origin": "*" };
  if (!origins.includes(origin)) return undefined;
  return { "Access-Control-Allow-Origin": origin, Vary: "Origin" };
}
