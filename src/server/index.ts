/** Door of the server room: the composition root and the HTTP server around it. */
export { createStator, type StatorCore } from "./create-stator.ts";
export {
  type CredentialsOutcome,
  environmentCredentials,
  loadCredentialsFile,
} from "./credentials-source.ts";
export { type MigratedStore, migrateStore } from "./migrate-store.ts";
export { loadPostgresStorage } from "./postgres-source.ts";
export type { PostgresStorage } from "./postgres-storage.ts";
export { applyInit, type InitEntry, type InitOutcome, type InitSettings } from "./init/apply-init.ts";
export { readInitArgument } from "./init/init-argument.ts";
export type { IndexLag, IndexLags } from "../indexes/index.ts";
export type { Note } from "./notes.ts";
export {
  type Dials,
  type InitFile,
  type ListenerLimits,
  type LogSettings,
  type ServerAuth,
  type ServerSettings,
  type StatorSettings,
  type StatusDelays,
  type StorageChoice,
  type TlsFiles,
} from "./settings.ts";
export type { RunningServer, StartOutcome } from "./running-server.ts";
export { startServer } from "./start-server.ts";
export { verifyData, type VerifiedData } from "./verify-data.ts";
