/** Door of `testing`: what tests and benchmarks share. No production code may import it. */
export { type ModelEngineOptions, modelStore, type ModelStore, openModelEngine } from "./model-engine.ts";
export { settableClock, type SettableClock } from "./settable-clock.ts";
export { assertSound, folderSubject, passingSubject, temporaryFolder } from "./sqlite-subjects.ts";
export { openSplit, portPair, splitSubject, type SplitStore } from "./split-subject.ts";
export { storageContract } from "./storage-contract/storage-contract.ts";
export { compareWithModel, storeProgram, type StoreStep } from "./store-programs.ts";
export type { StorageFixture, StorageOpenOptions, StorageSubject } from "./storage-contract/subject.ts";
export {
  abandonableDriver,
  type AbandonableDriver,
  type Fault,
  faultyDriver,
  type FaultyDriver,
} from "./test-drivers.ts";
