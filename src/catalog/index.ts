/** Door of the catalog: which tables exist and what they are like. */
export { captureReader, withoutCapture } from "./captures.ts";
export {
  type Catalog,
  type CatalogDelays,
  type ChangeOutcome,
  type CreateOutcome,
  type IndexBuiltOutcome,
  type NamePage,
  openCatalog,
  type TableCounts,
  type Undecided,
} from "./catalog.ts";
export { countDeltas } from "./counts.ts";
export { catalogDecides } from "./decides.ts";
export { derivedIndexes, fedIndexes } from "./index-keyspaces.ts";
export { indexBackfillId, indexConsumerId, indexRecordKeys, tableShards } from "./index-records.ts";
export { loadTables } from "./load-tables.ts";
export { isAllocating } from "./index-states.ts";
export {
  type BillingMode,
  type Capture,
  type DerivedIndex,
  type GlobalIndex,
  type IndexStatus,
  type KeyAttribute,
  type KeySchema,
  type LocalIndex,
  type Namespace,
  type NewGlobalIndex,
  type NewLocalIndex,
  type NewTable,
  type NewVectorIndex,
  type PendingIndexSettings,
  type PendingSettings,
  type Projection,
  tableCounters,
  type TableChange,
  type TableClass,
  type TableDescription,
  type TableStatus,
  type Tags,
  type Throughput,
  type ThroughputHistory,
  type UpdateKind,
  type VectorDistance,
  type VectorIndex,
} from "./types.ts";
