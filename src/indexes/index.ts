/** Door of `indexes`: entries of items in secondary indexes, kept in step with their table. */
export { baseKey } from "./base-key.ts";
export { compositeKey, openKeyBytes } from "./composite-key.ts";
export { type EntryChange, entryChange, entryWriteBytes, entryWriteUnits } from "./entry-change.ts";
export { type IndexEntry, indexEntry, entryKey, entryPartition, vectorSizeBytes } from "./index-entry.ts";
export { indexKeyIssue, type IndexKeyIssue } from "./index-keys.ts";
export {
  type EntryShape,
  globalShape,
  type IndexShape,
  localShape,
  tableIndexes,
  type TableIndexes,
  tableKeyAttributes,
  vectorShape,
} from "./index-shape.ts";
export { waitCaughtUp } from "./caught-up.ts";
export { indexFigures, type IndexFigures } from "./figures.ts";
export { type IndexLag, type IndexLags, lagOf } from "./index-lag.ts";
export { entryRecord } from "./index-output.ts";
export { indexDecides, indexOutputs } from "./registry.ts";
export { type IndexName, IndexUpkeep, type IndexUpkeepOptions } from "./upkeep.ts";
export { verifyTables } from "./verify-tables.ts";
