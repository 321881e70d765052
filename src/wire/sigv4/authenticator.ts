/**
 * Who sent a request: the steps of Signature Version 4 in DynamoDB's order (tested row by row). Mode `open`
 * takes any well-formed credentials and skips the steps that need a secret or a clock (skew, access key,
 * signature, session token); mode `signed` takes them all.
 */
import type { Clock } from "../../base/index.ts";
import { createBoundedCache } from "../bounded-cache.ts";
import type { Identity, Namespace, WireRequest } from "../types.ts";
import { checkScope, checkSignedParts, type CredentialScope } from "./credential-scope.ts";
import { type Credential, type Credentials, defaultAccount, isAccountId } from "./credentials.ts";
import { type AuthRefusal, incompleteSignature } from "./refusals.ts";
import { missingParts, readSignatureClaim, type SignatureClaim, signedDateOf } from "./signature-claim.ts";
import { parseSignedDate } from "./signed-date.ts";
import { createSigningKeys } from "./signing-keys.ts";
import { checkSkew, type SignatureToVerify, verifySignature } from "./verify-signature.ts";

export type AuthMode =
  | { readonly mode: "open" }
  | { readonly mode: "signed"; readonly credentials: Credentials };

export interface AuthenticatorOptions {
  readonly auth: AuthMode;
  readonly clock: Clock;
  /** Folds all regions and accounts into this one. */
  readonly sharedNamespace: Namespace | undefined;
}

export interface Authenticated {
  readonly kind: "authenticated";
  readonly identity: Identity;
}

/** `signingName`: the service the request is for. `payloadHash`: SHA-256 of the body in hex, where it is known. */
export type Authenticate = (
  request: WireRequest,
  signingName: string,
  payloadHash?: string,
) => Authenticated | AuthRefusal;

/** A header without its signature, checked before; clients send the same one for a day. */
interface KnownHeader {
  readonly scope: CredentialScope;
  readonly signingName: string;
  readonly signedHeaders: string;
  readonly signedHeaderNames: readonly string[];
  readonly authenticated: Authenticated;
}

const knownHeadersMax = 1024;
// Longer headers (session tokens travel elsewhere) are not worth keeping.
const knownHeaderLengthMax = 1024;
const signatureLength = 64;
const signatureLabel = "Signature=";

export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const knownHeaders = createBoundedCache<KnownHeader>(knownHeadersMax);
  const dates = rememberLastDate();
  const verify = createVerifier(options);
  return (request, signingName, payloadHash) => {
    const header = request.headers["authorization"];
    const cut = header === undefined ? -1 : header.length - signatureLength;
    const keepable = header !== undefined && isKeepable(header, cut) && !request.url.includes("?");
    if (keepable) {
      const known = knownHeaders.get(header.slice(0, cut));
      if (known?.signingName === signingName) {
        return checkKnown(known, { request, header, cut }, { dates, verify, payloadHash });
      }
    }
    const outcome = checkClaim(request, signingName, { dates, verify, payloadHash, options });
    if (outcome.kind === "refused") return outcome;
    if (keepable) knownHeaders.set(header.slice(0, cut), outcome.known);
    return outcome.authenticated;
  };
}

interface DateMemory {
  /** Milliseconds since 1970; undefined when the text is no date of the required form. */
  parse(text: string): number | undefined;
}

/** All requests of one second carry the same date. */
function rememberLastDate(): DateMemory {
  let lastText = "";
  let lastMs: number | undefined;
  return {
    parse(text) {
      if (text !== lastText) {
        lastMs = parseSignedDate(text);
        lastText = text;
      }
      return lastMs;
    },
  };
}

/** Steps 5 and 10 to 12; in mode `open` both functions agree with everything. */
interface Verifier {
  checkSkew(text: string, timeMs: number, expires: string | undefined): AuthRefusal | undefined;
  verify(request: WireRequest, signature: SignatureToVerify): Credential | AuthRefusal | undefined;
}

function createVerifier({ auth, clock }: AuthenticatorOptions): Verifier {
  if (auth.mode === "open") return { checkSkew: () => undefined, verify: () => undefined };
  const signingKeys = createSigningKeys();
  const { credentials } = auth;
  return {
    checkSkew: (text, timeMs, expires) => checkSkew({ text, timeMs }, clock.nowMs(), expires),
    verify: (request, signature) =>
      verifySignature(request, signature, { credentials, signingKeys, nowMs: clock.nowMs() }),
  };
}

interface Checks {
  readonly dates: DateMemory;
  readonly verify: Verifier;
  readonly payloadHash: string | undefined;
}

/** The header's own parts are known to be good; what changes from request to request is checked, in order. */
function checkKnown(
  known: KnownHeader,
  { request, header, cut }: { readonly request: WireRequest; readonly header: string; readonly cut: number },
  { dates, verify, payloadHash }: Checks,
): Authenticated | AuthRefusal {
  const date = signedDateOf(request);
  if (date === undefined) return missingParts(header, [], true);
  const timeMs = dates.parse(date);
  if (timeMs === undefined) return badDate(date);
  const skewed = verify.checkSkew(date, timeMs, undefined);
  if (skewed !== undefined) return skewed;
  if (known.scope.day !== date.slice(0, 8)) {
    const refused = checkScope(known.scope, known.signingName, date);
    if (refused !== undefined) return refused;
  }
  const outcome = verify.verify(request, {
    scope: known.scope,
    signedHeaders: known.signedHeaders,
    signedHeaderNames: known.signedHeaderNames,
    date,
    query: [],
    signature: header.slice(cut),
    sessionToken: request.headers["x-amz-security-token"],
    payloadHash,
  });
  return isRefusal(outcome) ? outcome : known.authenticated;
}

interface CheckedClaim {
  readonly kind: "checked";
  readonly authenticated: Authenticated;
  readonly known: KnownHeader;
}

/** All steps, for signatures in either form. */
function checkClaim(
  request: WireRequest,
  signingName: string,
  { dates, verify, payloadHash, options }: Checks & { readonly options: AuthenticatorOptions },
): CheckedClaim | AuthRefusal {
  const claim = readSignatureClaim(request);
  if (claim.kind === "refused") return claim;
  const { date, signedHeaders } = claim;
  const timeMs = dates.parse(date);
  if (timeMs === undefined) return badDate(date);
  const skewed = verify.checkSkew(date, timeMs, claim.expires);
  if (skewed !== undefined) return skewed;
  const scope = checkSignedParts(signedHeaders, claim.algorithm, claim.credential);
  if (scope.kind === "refused") return scope;
  const misplaced = checkScope(scope, signingName, date);
  if (misplaced !== undefined) return misplaced;
  const signedHeaderNames = signedHeaders.toLowerCase().split(";");
  const signature = toVerify(claim, scope, signedHeaderNames);
  const credential = verify.verify(request, { ...signature, payloadHash });
  if (isRefusal(credential)) return credential;
  const namespace = options.sharedNamespace ?? namespaceOf(scope, credential);
  const authenticated: Authenticated = {
    kind: "authenticated",
    identity: { accessKeyId: scope.accessKeyId, namespace },
  };
  const known = { scope, signingName, signedHeaders, signedHeaderNames, authenticated };
  return { kind: "checked", authenticated, known };
}

function toVerify(
  claim: SignatureClaim,
  scope: CredentialScope,
  signedHeaderNames: readonly string[],
): SignatureToVerify {
  const { signedHeaders, date, query, signature, sessionToken } = claim;
  return { scope, signedHeaders, signedHeaderNames, date, query, signature, sessionToken };
}

function namespaceOf(scope: CredentialScope, credential: Credential | undefined): Namespace {
  const { region, accessKeyId } = scope;
  if (credential !== undefined) return { region, account: credential.accountId ?? defaultAccount };
  return { region, account: isAccountId(accessKeyId) ? accessKeyId : defaultAccount };
}

/** Only headers that end in the signature, with no second one before it, have a prefix that says it all. */
function isKeepable(header: string, cut: number): boolean {
  return (
    cut > 0 &&
    cut <= knownHeaderLengthMax &&
    header.endsWith(signatureLabel, cut) &&
    header.indexOf(signatureLabel) === cut - signatureLabel.length &&
    header.indexOf(",", cut) < 0
  );
}

function isRefusal(outcome: Credential | AuthRefusal | undefined): outcome is AuthRefusal {
  return outcome !== undefined && "kind" in outcome;
}

function badDate(date: string): AuthRefusal {
  return incompleteSignature(
    `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}
