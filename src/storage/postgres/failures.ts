/** Errors of sessions, as the contract has them. */
import { StorageError, type WriteFailure, writeFailureOf } from "../contract/index.ts";
import { PostgresConnectionError, PostgresError } from "./driver.ts";

/** Where a store was to be opened there is none. */
export class NoPostgresStore extends StorageError {
  constructor() {
    super("unsupported", `there is no store in this schema: run "stator migrate" first`);
  }
}

/** The server is no primary, or no more: another one has to be looked for. */
const readOnly = "25006";
/** Two transactions got in each other's way, which heads make impossible on one server but not on a cluster. */
const conflicts: ReadonlySet<string> = new Set(["40001", "40P01"]);

/**
 * What Citus answers to who planned before a move of shards and came after it: 40001 where the shard is gone, as the
 * standard has it; but also that a table is not there, errors of no class of their own, as "could not find valid entry for
 * shard", and the end of a wait for a lock.
 */
const whileShardsMove: ReadonlySet<string> = new Set(["42P01", "XX000", "55P03"]);

export function isReadOnly(error: unknown): boolean {
  return error instanceof PostgresError && error.sqlState === readOnly;
}

export function isConflictOfTransactions(error: unknown): boolean {
  return error instanceof PostgresError && conflicts.has(error.sqlState);
}

/** Or what a conflict of transactions looks like on a cluster. */
export function isMoveOfShards(error: unknown): boolean {
  if (isConflictOfTransactions(error)) return true;
  return error instanceof PostgresError && whileShardsMove.has(error.sqlState);
}

/** Anything but an error of a session is a bug, and stays what it is. */
export function storageFailure(error: unknown, doing: string): unknown {
  if (error instanceof PostgresConnectionError || error instanceof PostgresError) {
    return new StorageError("unavailable", `${doing} failed: ${error.message}`, { cause: error });
  }
  return error;
}

/** Undefined for a bug. */
export function writeFailure(error: unknown, doing: string): WriteFailure | undefined {
  return writeFailureOf(storageFailure(error, doing), error);
}
