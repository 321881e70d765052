/** The checks of mode `signed`: clock, access key, signature, session token. */
import { timingSafeEqual } from "node:crypto";
import type { WireRequest } from "../types.ts";
import { type SignedMaterial, stringToSign } from "./canonical-request.ts";
import type { Credential, Credentials } from "./credentials.ts";
import {
  type AuthRefusal,
  badSessionToken,
  expiredSessionToken,
  invalidSignature,
  signatureMismatch,
  unknownAccessKey,
} from "./refusals.ts";
import { formatSignedDate, skewMsMax } from "./signed-date.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Seven days, the longest lifetime of a signed URL. */
const expiresSecondsMax = 604_800;

export interface SignatureToVerify extends SignedMaterial {
  readonly signature: string;
  readonly sessionToken: string | undefined;
}

export interface VerifyContext {
  readonly credentials: Credentials;
  readonly signingKeys: SigningKeys;
  readonly nowMs: number;
}

/** `expires`: the lifetime of a signed URL in seconds, as sent; headers live for the allowed skew. */
export function checkSkew(
  date: { readonly text: string; readonly timeMs: number },
  nowMs: number,
  expires: string | undefined,
): AuthRefusal | undefined {
  const lifetimeMs = expires === undefined ? skewMsMax : lifetimeOf(expires);
  if (lifetimeMs === undefined) {
    return invalidSignature(`X-Amz-Expires must be between 1 and ${expiresSecondsMax} seconds`);
  }
  if (date.timeMs < nowMs - lifetimeMs) {
    const now = formatSignedDate(nowMs);
    const limit = formatSignedDate(nowMs - lifetimeMs);
    return invalidSignature(
      `Signature expired: ${date.text} is now earlier than ${limit} (${now} - ${lifetimeMs / 60_000} min.)`,
    );
  }
  if (date.timeMs > nowMs + skewMsMax) {
    const now = formatSignedDate(nowMs);
    const limit = formatSignedDate(nowMs + skewMsMax);
    return invalidSignature(
      `Signature not yet current: ${date.text} is still later than ${limit} (${now} + 15 min.)`,
    );
  }
  return undefined;
}

/** The credential that signed the request, or why it is refused. */
export function verifySignature(
  request: WireRequest,
  signature: SignatureToVerify,
  context: VerifyContext,
): Credential | AuthRefusal {
  const credential = context.credentials.get(signature.scope.accessKeyId);
  if (credential === undefined) return unknownAccessKey();
  const key = context.signingKeys(credential, signature.scope);
  const expected = key(stringToSign(request, signature));
  if (!sameText(expected, signature.signature)) return signatureMismatch();
  return checkSessionToken(credential, signature.sessionToken, context.nowMs) ?? credential;
}

function lifetimeOf(expires: string): number | undefined {
  if (!/^\d{1,6}$/.test(expires)) return undefined;
  const seconds = Number(expires);
  return seconds >= 1 && seconds <= expiresSecondsMax ? seconds * 1000 : undefined;
}

function checkSessionToken(
  credential: Credential,
  token: string | undefined,
  nowMs: number,
): AuthRefusal | undefined {
  const expected = credential.sessionToken;
  if (expected === undefined) return token === undefined ? undefined : badSessionToken();
  if (token === undefined || !sameText(expected, token)) return badSessionToken();
  const { expiresMs } = credential;
  return expiresMs !== undefined && nowMs >= expiresMs ? expiredSessionToken() : undefined;
}

/** Takes the same time wherever the texts differ; only their lengths show. */
function sameText(expected: string, given: string): boolean {
  const expectedBytes = Buffer.from(expected, "utf8");
  const givenBytes = Buffer.from(given, "utf8");
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}
