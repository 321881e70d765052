/**
 * The part of `node:sqlite` the engine uses, as an interface, so that a test or a simulator can hand in another
 * SQLite (faulty, or in WebAssembly over a simulated disk). A DatabaseSync fits it as it is: nothing is wrapped.
 */
import { DatabaseSync } from "node:sqlite";

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
  open(path: string): SqliteConnection;
}

/** The SQLite inside Node. */
export function nodeSqliteDriver(): SqliteDriver {
  return { open: (path) => new DatabaseSync(path, { enableForeignKeyConstraints: false }) };
}
