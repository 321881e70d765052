/** Door of the storage contract: what the rest of the house knows about storage. */
export { checkCommit, keyPartBytesMax } from "./check-arguments.ts";
export { StorageError, type StorageErrorCode } from "./errors.ts";
export { KeyHolds } from "./key-holds.ts";
export { keyName, latin1 } from "./key-names.ts";
export {
  checkCommitOn,
  type DecidedState,
  firstStale,
  isDropped,
  keyspacePhases,
  type KeyspaceState,
  newKeyspace,
} from "./keyspace-state.ts";
export {
  afterLostCommit,
  type OutcomeReply,
  settle,
  tooManyWrites,
  type Waiter,
  type WriteFailure,
  writeFailureOf,
  type WriteFault,
} from "./write-replies.ts";
export { guardEngine, type EngineFailure, type EngineMethod, type EngineMetrics } from "./guard-engine.ts";
export { placementOfShard, placementsMax, signalledShardsMax } from "./types.ts";
export type {
  Commit,
  Consistency,
  CounterDelta,
  CounterId,
  CounterPart,
  CounterPartsRequest,
  DecideContext,
  DecideFunction,
  DecideRegistry,
  Decision,
  Engine,
  EngineCapabilities,
  EpochCheck,
  Keyspace,
  Lease,
  ListedEngine,
  LogEnd,
  LogPage,
  LogRecord,
  Mutation,
  MutationHold,
  MutationOutcome,
  Placement,
  RangeBound,
  RangePage,
  RangeRequest,
  ReclaimProgress,
  RecordKey,
  RecordWrite,
  ShardEnd,
  ShardId,
  StoredRecord,
  Version,
} from "./types.ts";
export { type WatchedShards, Watchers } from "./watchers.ts";
