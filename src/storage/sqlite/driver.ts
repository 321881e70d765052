/**
 * The part of `node:sqlite` the engine uses, as an interface, so that a test or a simulator can hand in another
 * SQLite (faulty, or in WebAssembly over a simulated disk). A DatabaseSync fits it as it is: nothing is wrapped.
 */
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

export type SqliteValue = null | number | string | Uint8Array;

/** A prepared statement. Rows are arrays once `setReturnArrays(true)` was called, which is cheaper. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
  iterate(...values: SqliteValue[]): Iterable<unknown>;
  setReturnArrays(enabled: boolean): void;
}

export interface SqliteConnection {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
  /** True between BEGIN and COMMIT or ROLLBACK; SQLite may end a transaction itself when it meets an error. */
  readonly isTransaction: boolean;
}

export interface SqliteDriver {
  /** Opens or creates a database file (or ":memory:"). Errors carry SQLite's own code as `errcode`. */
  open(path: string, users?: DatabaseUsers): SqliteConnection;
}

/** `process`: several connections, all of this process and all opened so. */
export type DatabaseUsers = "anyone" | "process";

/** The SQLite inside Node. */
export function nodeSqliteDriver(): SqliteDriver {
  return {
    open: (path, users = "anyone") =>
      new DatabaseSync(users === "process" ? processOnly(path) : path, {
        enableForeignKeyConstraints: false,
      }),
  };
}

/**
 * SQLite's file system layer "unix-excl" (sqlite.org/vfs.html): the process locks the file as a whole, and what its
 * connections share of the write-ahead log is in memory. A read then takes no locks of the system: 1 to 2 µs less.
 */
function processOnly(path: string): string {
  return process.platform === "win32" ? path : `${pathToFileURL(path).href}?vfs=unix-excl`;
}
