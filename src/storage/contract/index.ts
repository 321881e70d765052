/** Door of the storage contract: what the rest of the house knows about storage. */
export { checkCommit, keyPartBytesMax } from "./check-arguments.ts";
export { StorageError, type StorageErrorCode } from "./errors.ts";
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
  ShardId,
  StoredRecord,
  Version,
} from "./types.ts";
export { type WatchedShards, Watchers } from "./watchers.ts";
