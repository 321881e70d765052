/** Door of `storage/postgres`: the engine for several machines. Only `server` picks it. */
export {
  type PostgresDriver,
  type PostgresHost,
  type PostgresParameter,
  type PostgresResult,
  type PostgresRow,
  type PostgresSession,
  type PostgresSessionEvents,
  type PostgresStatement,
} from "./driver.ts";
export { NoPostgresStore } from "./failures.ts";
export type { PostgresEngine } from "./engine.ts";
export { migratePostgresStore, openPostgresEngine, type PostgresEngineOptions } from "./open-engine.ts";
export type { PostgresMigration } from "./migrations.ts";
export { checkPg } from "./pg-driver.ts";
export { type PostgresPassword, readPassword } from "./postgres-password.ts";
export { describeAddress, parsePostgresUrl } from "./postgres-url.ts";
export {
  defaultPostgresLimits,
  type PostgresAddress,
  type PostgresLimits,
  type PostgresSettings,
  type PostgresTls,
  type PostgresTlsMode,
  type ReplicaPolicy,
} from "./settings.ts";
