/** Door of `testing`: what tests and benchmarks share. No production code may import it. */
export { keepCompiledModules } from "./compiled-modules.ts";
export { type DamageableStore, openDamageableStore } from "./damageable-store.ts";
export { type ModelEngineOptions, modelStore, type ModelStore, openModelEngine } from "./model-engine.ts";
export { alternatingSubject } from "./several-engines-subject.ts";
export { newTestIndex, newTestTable, testNamespace } from "./new-table.ts";
export { testServerSettings } from "./server-settings.ts";
export { settableClock, type SettableClock } from "./settable-clock.ts";
export { assertSound, folderSubject, passingSubject, temporaryFolder } from "./sqlite-subjects.ts";
export { enginesApart, openSplit, splitSubject, type SplitStore } from "./split-subject.ts";
export { openThreaded, threadedSubject } from "./threaded-subject.ts";
export { lostWriterContract } from "./storage-contract/lost-writer-contract.ts";
export { severalEnginesContract } from "./storage-contract/several-engines-contract.ts";
export { storageContract } from "./storage-contract/storage-contract.ts";
export { compareWithModel, storeProgram, type StoreStep } from "./store-programs.ts";
export type { StorageFixture, StorageOpenOptions, StorageSubject } from "./storage-contract/subject.ts";
export {
  abandonableDriver,
  type AbandonableDriver,
  type Fault,
  faultyDriver,
  type FaultyDriver,
  interruptedDriver,
} from "./test-drivers.ts";
export { describePostgres } from "./postgres-servers/postgres-for-tests.ts";
export {
  type PostgresPlace,
  postgresSettings,
  serverPlace,
  sharedPglitePlace,
  sharedPostgresPlace,
} from "./postgres-places.ts";
export {
  checkHotKeys,
  hotKeyDecides,
  type HotKeyWriters,
  type HotOutcome,
  startHotKeyWriters,
} from "./hot-keys.ts";
export { tappedDriver, type TappedStatement } from "./tapped-driver.ts";
export { type PostgresTestStore, takePostgresStore } from "./postgres-stores.ts";
export {
  alternatingPostgres,
  postgresSubject,
  remotelyWritingPostgres,
  twoPostgresEngines,
  twoThreadsOfPostgres,
} from "./postgres-subjects.ts";
export { pretendedCluster, pretendingDriver } from "./pretended-cluster.ts";
export { type ReplicatedPostgres, startReplicated } from "./postgres-servers/replicated-postgres.ts";
export { watchSpread, type SpreadWatch } from "./spread-watch.ts";
export { suiteDecides } from "./storage-contract/subject.ts";
