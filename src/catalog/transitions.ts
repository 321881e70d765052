/**
 * What time does to a table and its indexes: a transitional status ends, and what was pending takes effect. Applied
 * by whoever looks at a description; nothing is stored until the table changes for another reason, but for an index
 * whose deletion is over: its space is given back by a change of its own.
 */
import { derivedIndexes } from "./index-keyspaces.ts";
import type {
  DerivedIndex,
  GlobalIndex,
  KeyAttribute,
  PendingIndexSettings,
  TableDescription,
  Throughput,
  VectorIndex,
} from "./types.ts";

type Draft<Description> = { -readonly [Member in keyof Description]: Description[Member] };

/** What tables and global indexes have in common. */
type Capacity = Draft<
  Pick<TableDescription, "warmReadUnits" | "warmWriteUnits" | "pendingWarm" | "warmStatusUntilMs">
>;

/** The description at this moment; undefined when the deletion is complete. */
export function settledTable(table: TableDescription, nowMs: number): TableDescription | undefined {
  const statusEnds = isDue(table.statusUntilMs, nowMs);
  if (statusEnds && table.status === "DELETING") return undefined;
  const warmEnds = isDue(table.warmStatusUntilMs, nowMs);
  const taggingEnds = isDue(table.tagging?.untilMs, nowMs);
  const indexesChange = derivedIndexes(table).some((index) => isIndexDue(index, nowMs));
  if (!statusEnds && !warmEnds && !taggingEnds && !indexesChange) return table;
  const settled: Draft<TableDescription> = { ...table };
  if (statusEnds) endStatus(settled);
  if (warmEnds) endWarming(settled);
  if (taggingEnds) endTagging(settled);
  if (indexesChange) settleIndexes(settled, nowMs);
  return settled;
}

/** Whether time alone will still change the description. */
export function isSettling(table: TableDescription): boolean {
  return (
    table.statusUntilMs !== undefined ||
    table.warmStatusUntilMs !== undefined ||
    table.tagging !== undefined ||
    (table.globalIndexes?.some(isIndexSettling) ?? false) ||
    (table.vectorIndexes?.some(isIndexSettling) ?? false)
  );
}

function isIndexSettling({ statusUntilMs, warmStatusUntilMs }: Partial<GlobalIndex>): boolean {
  return statusUntilMs !== undefined || warmStatusUntilMs !== undefined;
}

function isIndexDue({ statusUntilMs, warmStatusUntilMs }: Partial<GlobalIndex>, nowMs: number): boolean {
  return isDue(statusUntilMs, nowMs) || isDue(warmStatusUntilMs, nowMs);
}

function isDue(untilMs: number | undefined, nowMs: number): boolean {
  return untilMs !== undefined && nowMs >= untilMs;
}

function endStatus(table: Draft<TableDescription>): void {
  applyPending(table, table.pending);
  table.status = "ACTIVE";
  delete table.statusUntilMs;
  delete table.updating;
  delete table.pending;
}

function endTagging(table: Draft<TableDescription>): void {
  if (table.tagging !== undefined) table.tags = table.tagging.tags;
  delete table.tagging;
}

/** Indexes whose deletion is over are noted, for the one who drops them. */
function settleIndexes(table: Draft<TableDescription>, nowMs: number): void {
  const gone = derivedIndexes(table).filter((index) => isGone(index, nowMs));
  const { globalIndexes, vectorIndexes } = table;
  if (globalIndexes !== undefined) {
    table.globalIndexes = globalIndexes
      .filter((index) => !isGone(index, nowMs))
      .map((index) => settledGlobalIndex(index, nowMs));
  }
  if (vectorIndexes !== undefined) {
    table.vectorIndexes = vectorIndexes
      .filter((index) => !isGone(index, nowMs))
      .map((index) => settledVectorIndex(index, nowMs));
  }
  if (table.globalIndexes?.length === 0) delete table.globalIndexes;
  if (table.vectorIndexes?.length === 0) delete table.vectorIndexes;
  if (gone.length === 0) return;
  table.deletedIndexes = [...(table.deletedIndexes ?? []), ...gone.map(({ keyspace }) => keyspace)];
  const used = new Set(usedAttributes(table).map(({ name }) => name));
  table.attributeDefinitions = table.attributeDefinitions.filter(({ name }) => used.has(name));
}

function isGone({ status, statusUntilMs }: DerivedIndex, nowMs: number): boolean {
  return status === "DELETING" && isDue(statusUntilMs, nowMs);
}

function settledGlobalIndex(index: GlobalIndex, nowMs: number): GlobalIndex {
  if (!isIndexDue(index, nowMs)) return index;
  const settled: Draft<GlobalIndex> = { ...index };
  if (isDue(settled.statusUntilMs, nowMs)) {
    activate(settled);
    applyPending(settled, settled.pending);
    delete settled.pending;
  }
  if (isDue(settled.warmStatusUntilMs, nowMs)) endWarming(settled);
  return settled;
}

function settledVectorIndex(index: VectorIndex, nowMs: number): VectorIndex {
  if (!isIndexDue(index, nowMs)) return index;
  const settled: Draft<VectorIndex> = { ...index };
  activate(settled);
  return settled;
}

function activate(index: Draft<DerivedIndex>): void {
  index.status = "ACTIVE";
  delete index.statusUntilMs;
}

/** Attributes of the keys of the table and its indexes: those that need a definition. */
function usedAttributes(table: TableDescription): readonly KeyAttribute[] {
  const { keySchema, localIndexes = [], globalIndexes = [], vectorIndexes = [] } = table;
  return [
    keySchema.hash,
    ...(keySchema.range === undefined ? [] : [keySchema.range]),
    ...localIndexes.map(({ range }) => range),
    ...globalIndexes.flatMap(({ hash, range }) => [...hash, ...range]),
    ...vectorIndexes.flatMap(({ hash, inlineFilters }) => [...hash, ...inlineFilters]),
  ];
}

function applyPending(subject: Capacity, pending: PendingIndexSettings | undefined): void {
  const { warm, ...settings } = pending ?? {};
  Object.assign(subject, settings);
  if (warm !== undefined) raiseWarm(subject, warm);
}

function endWarming(subject: Capacity): void {
  if (subject.pendingWarm !== undefined) raiseWarm(subject, subject.pendingWarm);
  delete subject.pendingWarm;
  delete subject.warmStatusUntilMs;
}

/** Warm throughput never falls. */
function raiseWarm(subject: Capacity, warm: Throughput): void {
  subject.warmReadUnits = Math.max(subject.warmReadUnits, warm.readUnits);
  subject.warmWriteUnits = Math.max(subject.warmWriteUnits, warm.writeUnits);
}
