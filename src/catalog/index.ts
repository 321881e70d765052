/** Door of the catalog: which tables exist and what they are like. */
export {
  type Catalog,
  type CatalogDelays,
  type ChangeOutcome,
  type CreateOutcome,
  openCatalog,
  type TableCounts,
} from "./catalog.ts";
export { catalogDecides, type NewTable } from "./decides.ts";
export {
  type BillingMode,
  type KeyAttribute,
  type KeySchema,
  type Namespace,
  tableCounters,
  type TableClass,
  type TableDescription,
  type TableStatus,
  type Throughput,
  type ThroughputHistory,
} from "./types.ts";
