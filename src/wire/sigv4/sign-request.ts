/**
 * Signs requests to other endpoints of DynamoDB, with the canonical request by which requests to us are checked: what
 * one end writes the other reads.
 */
import type { Clock } from "../../base/index.ts";
import type { WireRequest } from "../types.ts";
import { stringToSign } from "./canonical-request.ts";
import type { CredentialScope } from "./credential-scope.ts";
import type { Credential } from "./credentials.ts";
import { readQuery } from "./query-string.ts";
import { formatSignedDate } from "./signed-date.ts";
import { createSigningKeys } from "./signing-keys.ts";

export interface RequestSignerOptions {
  readonly credential: Credential;
  readonly region: string;
  /** As scopes name it: `dynamodb`. */
  readonly service: string;
  readonly clock: Clock;
}

/** The headers to send: those given, all of them signed, with date, session token and signature. */
export type RequestSigner = (request: WireRequest) => Readonly<Record<string, string>>;

export function createRequestSigner(options: RequestSignerOptions): RequestSigner {
  const { credential, region, service, clock } = options;
  const signingKeys = createSigningKeys();
  return (request) => {
    const date = formatSignedDate(clock.nowMs());
    const headers: Record<string, string> = { "x-amz-date": date };
    for (const [name, value] of Object.entries(request.headers)) {
      if (value !== undefined) headers[name] = value;
    }
    if (credential.sessionToken !== undefined) headers["x-amz-security-token"] = credential.sessionToken;
    const scope: CredentialScope = {
      kind: "scope",
      accessKeyId: credential.accessKeyId,
      day: date.slice(0, 8),
      region,
      service,
      terminator: "aws4_request",
    };
    const names = Object.keys(headers).sort();
    const signedHeaders = names.join(";");
    const query = readQuery(request.url);
    const text = stringToSign(
      { ...request, headers },
      { scope, date, query, signedHeaders, signedHeaderNames: names },
    );
    const signature = signingKeys(credential, scope)(text);
    const scopeText = `${scope.accessKeyId}/${scope.day}/${region}/${service}/${scope.terminator}`;
    const authorization =
      `AWS4-HMAC-SHA256 Credential=${scopeText}, ` + `SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return { ...headers, authorization };
  };
}
