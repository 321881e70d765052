/** The canonical request and the string to sign of Signature Version 4, as the server sees them. */
import { hash } from "node:crypto";
import type { WireRequest } from "../types.ts";
import type { CredentialScope } from "./credential-scope.ts";
import { canonicalQuery, encodeUri, type QueryParameter } from "./query-string.ts";

/** The parts of a request that its signature covers. */
export interface SignedMaterial {
  readonly scope: CredentialScope;
  /** As sent, in the order sent. */
  readonly signedHeaders: string;
  readonly signedHeaderNames: readonly string[];
  readonly date: string;
  readonly query: readonly QueryParameter[];
  /** SHA-256 of the body in hex where somebody has taken it already. */
  readonly payloadHash?: string | undefined;
}

const emptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Latin1 text: header values arrive with one character per byte. */
export function stringToSign(request: WireRequest, material: SignedMaterial): string {
  const { scope, date } = material;
  const canonical = canonicalRequest(request, material);
  const digest = hash("sha256", Buffer.from(canonical, "latin1"), "hex");
  const scopeText = `${scope.day}/${scope.region}/${scope.service}/${scope.terminator}`;
  return `AWS4-HMAC-SHA256\n${date}\n${scopeText}\n${digest}`;
}

/**
 * The payload hash is always taken over the body received. A client's own claim in x-amz-content-sha256 is
 * an ordinary signed header, so `UNSIGNED-PAYLOAD` does not verify (only S3 documents it; unconfirmed here).
 */
function canonicalRequest(request: WireRequest, material: SignedMaterial): string {
  const { body } = request;
  const payloadHash =
    material.payloadHash ?? (body.length === 0 ? emptyBodyHash : hash("sha256", body, "hex"));
  const query = material.query.length === 0 ? "" : canonicalQuery(material.query);
  const headers = canonicalHeaders(request, material.signedHeaderNames);
  return `${request.method}\n${canonicalPath(request.url)}\n${query}\n${headers}\n${material.signedHeaders}\n${payloadHash}`;
}

function canonicalHeaders(request: WireRequest, names: readonly string[]): string {
  let lines = "";
  for (const name of names) lines += `${name}:${headerValue(request, name)}\n`;
  return lines;
}

/** Names come from the client: `constructor` must not find the method of the object. */
function headerValue(request: WireRequest, name: string): string {
  const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
  if (value === undefined) return "";
  const trimmed = value.trim();
  return trimmed.includes("  ") ? trimmed.replaceAll(/ {2,}/g, " ") : trimmed;
}

/** All services but S3 encode the path that was sent, which is encoded already, once more. */
function canonicalPath(url: string): string {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  if (path === "/") return path;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encodeUri(segment));
  }
  const slash = path.endsWith("/") && segments.length > 0 ? "/" : "";
  return `/${segments.join("/")}${slash}`;
}
