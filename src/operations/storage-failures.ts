/** Storage failures as API errors: one total table. */
import { type ApiError, internalServerError, serviceUnavailable } from "../api/index.ts";
import { StorageError, type StorageErrorCode } from "../storage/contract/index.ts";

/** Retryable by SDKs in every case: a write that met one of these was not applied. */
const answers: Record<StorageErrorCode, () => ApiError> = {
  unavailable: serviceUnavailable,
  closed: serviceUnavailable,
  corrupted: internalServerError,
  unsupported: internalServerError,
  locked: serviceUnavailable,
  aborted: serviceUnavailable,
};

/** The answer for a storage failure; the storage text stays in the log. Undefined for other failures. */
export function storageFailure(failure: unknown): ApiError | undefined {
  if (!(failure instanceof StorageError)) return undefined;
  return answers[failure.code]();
}
