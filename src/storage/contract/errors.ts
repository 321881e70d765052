/** Storage errors: few codes, the driver's own error kept as `cause`. Expected results are never errors. */

export type StorageErrorCode =
  /** Cannot serve now (full disk, full queue, write path stopped); nothing was applied. */
  | "unavailable"
  /** The engine was closed. */
  | "closed"
  /** Stored data contradicts itself, or the file is not ours. */
  | "corrupted"
  /** The engine cannot do this (capability, newer format). */
  | "unsupported"
  /** Another process owns the store. */
  | "locked"
  /** Cancelled by the caller. */
  | "aborted";

export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
