/**
 * Reads the signature of a request, from the Authorization header or from the query string, into one form.
 * Says which parts are missing; whether they are any good is checked elsewhere.
 */
import type { WireRequest } from "../types.ts";
import { type QueryParameter, queryValue, readQuery } from "./query-string.ts";
import { type AuthRefusal, bothForms, incompleteSignature, missingToken } from "./refusals.ts";

/** What a request says of its signature; nothing of it is verified. */
export interface SignatureClaim {
  readonly kind: "claim";
  readonly algorithm: string;
  /** keyid/date/region/service/term */
  readonly credential: string;
  /** Lower-case names separated by semicolons, as sent. */
  readonly signedHeaders: string;
  readonly signature: string;
  /** X-Amz-Date, or Date. */
  readonly date: string;
  readonly sessionToken: string | undefined;
  /** Lifetime of a signed URL in seconds, as sent. */
  readonly expires: string | undefined;
  readonly query: readonly QueryParameter[];
}

export function readSignatureClaim(request: WireRequest): SignatureClaim | AuthRefusal {
  const header = request.headers["authorization"];
  const query = request.url.includes("?") ? readQuery(request.url) : [];
  const signedUrl = query.some((parameter) => parameter.name === "X-Amz-Algorithm");
  if (header !== undefined && signedUrl) return bothForms();
  if (header === undefined) return signedUrl ? readSignedUrl(query) : missingToken();
  if (!header.startsWith("AWS4-")) return missingToken();
  return readAuthorization(header, request, query);
}

/** The date a header-signed request was signed at; an empty one counts as absent. */
export function signedDateOf(request: WireRequest): string | undefined {
  const date = request.headers["x-amz-date"] ?? request.headers["date"];
  return date === "" ? undefined : date;
}

/** The text of step 3 for a header whose parts are there but whose date is not. */
export function missingParts(header: string, missing: readonly string[], dateMissing: boolean): AuthRefusal {
  let message = missing.map((name) => `Authorization header requires '${name}' parameter. `).join("");
  if (dateMissing) {
    message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  return incompleteSignature(`${message}Authorization=${header}`);
}

function readAuthorization(
  header: string,
  request: WireRequest,
  query: readonly QueryParameter[],
): SignatureClaim | AuthRefusal {
  const space = header.indexOf(" ");
  const parameters = new Map<string, string>();
  for (const piece of space < 0 ? [] : header.slice(space + 1).split(",")) {
    const pair = piece.trim();
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals < 0) return badPair(pair, header);
    parameters.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const credential = parameters.get("Credential");
  const signature = parameters.get("Signature");
  const signedHeaders = parameters.get("SignedHeaders");
  const date = signedDateOf(request);
  if (!credential || !signature || !signedHeaders || date === undefined) {
    const missing = ["Credential", "Signature", "SignedHeaders"].filter((name) => !parameters.get(name));
    return missingParts(header, missing, date === undefined);
  }
  return {
    kind: "claim",
    algorithm: space < 0 ? header : header.slice(0, space),
    credential,
    signedHeaders,
    signature,
    date,
    sessionToken: request.headers["x-amz-security-token"],
    expires: undefined,
    query,
  };
}

function badPair(pair: string, header: string): AuthRefusal {
  return incompleteSignature(
    `'${pair}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`,
  );
}

function readSignedUrl(query: readonly QueryParameter[]): SignatureClaim | AuthRefusal {
  const algorithm = queryValue(query, "X-Amz-Algorithm");
  const credential = queryValue(query, "X-Amz-Credential");
  const signature = queryValue(query, "X-Amz-Signature");
  const signedHeaders = queryValue(query, "X-Amz-SignedHeaders");
  const date = queryValue(query, "X-Amz-Date");
  if (
    algorithm === undefined ||
    credential === undefined ||
    signature === undefined ||
    signedHeaders === undefined ||
    date === undefined
  ) {
    return missingUrlParts(query);
  }
  return {
    kind: "claim",
    algorithm,
    credential,
    signedHeaders,
    signature,
    date,
    sessionToken: queryValue(query, "X-Amz-Security-Token"),
    expires: queryValue(query, "X-Amz-Expires"),
    query,
  };
}

const signedUrlParts = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-SignedHeaders",
  "X-Amz-Date",
] as const;

function missingUrlParts(query: readonly QueryParameter[]): AuthRefusal {
  const missing = signedUrlParts.filter((name) => queryValue(query, name) === undefined);
  const sentences = missing.map((name) => `AWS query-string parameters must include '${name}'. `);
  return incompleteSignature(`${sentences.join("")}Re-examine the query-string parameters.`);
}
