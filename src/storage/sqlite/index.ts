/** Door of `storage/sqlite`: the embedded engine. Only `server` picks it. */
export type {
  DatabaseUsers,
  SqliteConnection,
  SqliteDriver,
  SqliteStatement,
  SqliteValue,
} from "./driver.ts";
export { nodeSqliteDriver } from "./driver.ts";
export type { SqliteEngine } from "./engine.ts";
export {
  openSharedSqliteEngine,
  openSqliteEngine,
  type SharedEngineOptions,
  type SqliteEngineOptions,
} from "./open-engine.ts";
export { type ClaimedStore, type ClaimOptions, claimStore, type SharedStore } from "./shared-store.ts";
export type { StoreLocation } from "./store-files.ts";
export { verifyStore, type VerifyStoreOptions } from "./verify-directory.ts";
export type { StoreProblems, VerifyOptions } from "./verify-store.ts";
export type { WritingState } from "./group-result.ts";
export type { NextTurn } from "./write-queue.ts";
export { openSqliteWriter, type SqliteWriter, type SqliteWriterOptions } from "./writer-host.ts";
