/**
 * SQLite's errors as storage errors. SQLite numbers its results: the low byte is the kind, the rest a detail.
 * Numbers and meanings: sqlite.org/rescode.html.
 */
import { StorageError } from "../contract/index.ts";

const resultCodes = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** SQLite's primary result code; undefined for an error that is not SQLite's. */
export function sqliteResult(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") {
    return undefined;
  }
  return error.errcode & 0xff;
}

export function isDiskFull(error: unknown): boolean {
  return sqliteResult(error) === resultCodes.full;
}

/** Another connection holds the lock that was asked for; nothing happened. */
export function isBusy(error: unknown): boolean {
  const result = sqliteResult(error);
  return result === resultCodes.busy || result === resultCodes.locked;
}

/** The disk or the file is damaged: nothing that follows can be trusted. */
export function isFatal(error: unknown): boolean {
  const result = sqliteResult(error);
  return (
    result === resultCodes.inputOutput ||
    result === resultCodes.corrupt ||
    result === resultCodes.notADatabase
  );
}

/** What SQLite reported, as a StorageError whose text starts with `doing`. Other errors are bugs: unchanged. */
export function storageFailure(error: unknown, doing: string): unknown {
  const result = sqliteResult(error);
  if (result === undefined || !(error instanceof Error)) {
    return error;
  }
  const options = { cause: error };
  switch (result) {
    case resultCodes.corrupt:
      return new StorageError("corrupted", `${doing}: the file is damaged (${error.message})`, options);
    case resultCodes.notADatabase:
      return new StorageError("corrupted", `${doing}: the file is not a SQLite database`, options);
    case resultCodes.full:
      return new StorageError("unavailable", `${doing}: the disk is full`, options);
    case resultCodes.readOnly:
      return new StorageError("unavailable", `${doing}: the file or its folder cannot be written`, options);
    case resultCodes.cannotOpen:
      return new StorageError("unavailable", `${doing}: the file cannot be opened`, options);
    case resultCodes.inputOutput:
      return new StorageError("unavailable", `${doing}: input/output error (${error.message})`, options);
    case resultCodes.busy:
    case resultCodes.locked:
      return new StorageError("unavailable", `${doing}: another process is using the file`, options);
    default:
      return new StorageError("unavailable", `${doing}: ${error.message}`, options);
  }
}
