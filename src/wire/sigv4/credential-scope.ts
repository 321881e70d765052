/** The checks of a signature that need no secret: signed headers, algorithm, credential and its scope. */
import { type AuthRefusal, incompleteSignature, invalidSignature } from "./refusals.ts";

export interface CredentialScope {
  readonly kind: "scope";
  readonly accessKeyId: string;
  /** YYYYMMDD */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

const signatureAlgorithm = "AWS4-HMAC-SHA256";
const terminator = "aws4_request";

// Wider than the list of AWS, so that users may name regions of their own. Bounded, for it becomes a name.
const regionPattern = /^[A-Za-z0-9-]{1,64}$/;

/** The signed parts that stay the same from request to request, checked in DynamoDB's order. */
export function checkSignedParts(
  signedHeaders: string,
  algorithm: string,
  credential: string,
): CredentialScope | AuthRefusal {
  if (!`;${signedHeaders};`.toLowerCase().includes(";host;")) {
    return invalidSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (algorithm !== signatureAlgorithm) {
    return incompleteSignature(
      `Unsupported AWS 'algorithm': '${algorithm}' (only AWS4-HMAC-SHA256 for now). `,
    );
  }
  const elements = credential.split("/");
  const [accessKeyId = "", day = "", region = "", service = "", term = ""] = elements;
  if (elements.length !== 5) {
    return incompleteSignature(
      "Credential must have exactly 5 slash-delimited elements, " +
        `e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  return { kind: "scope", accessKeyId, day, region, service, terminator: term };
}

/** All complaints about the scope come in one message. */
export function checkScope(
  scope: CredentialScope,
  signingName: string,
  date: string,
): AuthRefusal | undefined {
  let message = "";
  if (!regionPattern.test(scope.region)) {
    message += `Credential should be scoped to a valid region, not '${scope.region}'. `;
  }
  if (scope.service !== signingName) {
    message += `Credential should be scoped to correct service: '${signingName}'. `;
  }
  if (scope.terminator !== terminator) {
    message += `Credential should be scoped with a valid terminator: '${terminator}', not '${scope.terminator}'. `;
  }
  const day = date.slice(0, 8);
  if (scope.day !== day) {
    message +=
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
      `'${scope.day}' != '${day}', from '${date}'.`;
  }
  return message === "" ? undefined : invalidSignature(message);
}
