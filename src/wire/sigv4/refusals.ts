/** The texts of refused signatures, as DynamoDB says them. */
import { apiError, type ApiError, type ApiErrorName } from "../../api/index.ts";

export interface AuthRefusal {
  readonly kind: "refused";
  readonly error: ApiError;
}

function refusal(name: ApiErrorName, message: string): AuthRefusal {
  return { kind: "refused", error: apiError(name, message) };
}

export function incompleteSignature(message: string): AuthRefusal {
  return refusal("IncompleteSignatureException", message);
}

export function invalidSignature(message: string): AuthRefusal {
  return refusal("InvalidSignatureException", message);
}

export function bothForms(): AuthRefusal {
  return invalidSignature(
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
  );
}

export function missingToken(): AuthRefusal {
  return refusal("MissingAuthenticationTokenException", "Request is missing Authentication Token");
}

export function unknownAccessKey(): AuthRefusal {
  return refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
}

/** Never says what was expected: the canonical string may hold a session token. */
export function signatureMismatch(): AuthRefusal {
  return invalidSignature(
    "The request signature we calculated does not match the signature you provided. " +
      "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );
}

/** Unlike an unknown access key, this text has no full stop. */
export function badSessionToken(): AuthRefusal {
  return refusal("UnrecognizedClientException", "The security token included in the request is invalid");
}

/** Text from memory (unconfirmed). */
export function expiredSessionToken(): AuthRefusal {
  return refusal("ExpiredTokenException", "The security token included in the request is expired");
}
