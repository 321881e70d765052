/** Door of the catalog: which tables exist and what they are like. */
export {
  type Catalog,
  type CatalogDelays,
  type ChangeOutcome,
  type CreateOutcome,
  type NamePage,
  openCatalog,
  type TableCounts,
  type Undecided,
} from "./catalog.ts";
export { catalogDecides, type NewTable } from "./decides.ts";
export {
  type BillingMode,
  type KeyAttribute,
  type KeySchema,
  type Namespace,
  type PendingSettings,
  tableCounters,
  type TableClass,
  type TableDescription,
  type TableStatus,
  type Tags,
  type Throughput,
  type ThroughputHistory,
  type UpdateKind,
} from "./types.ts";
