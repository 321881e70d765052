/** Door of `storage/sqlite`: the embedded engine. Only `server` picks it. */
export type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from "./driver.ts";
export { nodeSqliteDriver } from "./driver.ts";
export { openSqliteEngine, type SqliteEngine, type SqliteEngineOptions } from "./engine.ts";
export type { StoreLocation } from "./store-files.ts";
export { type StoreProblems, verifyStore, type VerifyOptions } from "./verify-store.ts";
export type { WritingState } from "./write-messages.ts";
export type { NextTurn } from "./write-queue.ts";
