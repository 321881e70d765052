/** Which status of an index stands in the way of which change. */
import {
  type ApiError,
  resourceInUse,
  subscriberLimitExceeded,
  type UpdateTableInput,
} from "../api/index.ts";
import {
  type DerivedIndex,
  derivedIndexes,
  type GlobalIndex,
  isAllocating,
  type TableDescription,
} from "../catalog/index.ts";

type IndexUpdates = NonNullable<UpdateTableInput["GlobalSecondaryIndexUpdates"]>;
type VectorUpdates = NonNullable<UpdateTableInput["VectorIndexUpdates"]>;

export function oneOnlineIndex(): ApiError {
  return subscriberLimitExceeded("Only 1 online index can be created or deleted simultaneously per table");
}

/** One index is made or deleted at a time, and an index is changed in one way at a time. */
export function refuseBusyIndexes(table: TableDescription, updates: IndexUpdates): void {
  for (const { Create, Update, Delete } of updates) {
    if (Create !== undefined) refuseWhileOthersAreMade(table);
    if (Update !== undefined) refuseUpdateOf(table, Update.IndexName);
    if (Delete !== undefined) refuseDeletionOf(table, globalIndex(table, Delete.IndexName));
  }
}

/** The same for vector indexes: all kinds together, one is made or deleted at a time. */
export function refuseBusyVectorIndexes(table: TableDescription, updates: VectorUpdates): void {
  for (const { Create, Delete } of updates) {
    if (Create !== undefined) refuseWhileOthersAreMade(table);
    const index = table.vectorIndexes?.find(({ name }) => name === Delete?.IndexName);
    refuseDeletionOf(table, index);
  }
}

/** Deletion of the table waits for every index, and for warm throughput that is still rising. */
export function refuseUnsettledIndexes(table: TableDescription): void {
  const settled =
    derivedIndexes(table).every(({ status }) => status === "ACTIVE") &&
    (table.globalIndexes ?? []).every(({ warmStatusUntilMs }) => warmStatusUntilMs === undefined);
  if (settled) return;
  throw resourceInUse("Cannot delete table while indexes are being created, updated, or deleted.");
}

/** The billing mode changes for all indexes at once; that one being built stands in its way is unconfirmed. */
export function refuseUnlessIndexesActive(table: TableDescription): void {
  for (const index of table.globalIndexes ?? []) {
    if (index.status !== "ACTIVE") throw indexInUse(table, index);
  }
}

/** `unlessIndex`: may be under way. */
function refuseWhileOthersAreMade(table: TableDescription, unlessIndex?: string): void {
  const busy = derivedIndexes(table).some(
    ({ name, status }) => status === "DELETING" || (status === "CREATING" && name !== unlessIndex),
  );
  if (busy) throw oneOnlineIndex();
}

/** The throughput of an index may be raised while it is being built, as the documentation advises. */
function refuseUpdateOf(table: TableDescription, indexName: string): void {
  const index = globalIndex(table, indexName);
  if (index === undefined || index.status === "ACTIVE" || index.status === "CREATING") return;
  throw indexInUse(table, index);
}

/** An index that is being built is deleted at any time but for the first moments. */
function refuseDeletionOf(table: TableDescription, index: DerivedIndex | undefined): void {
  if (index === undefined) return;
  if (isAllocating(table, index)) {
    // The end of the sentence follows that of its neighbours (unconfirmed).
    throw resourceInUse(
      "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the " +
        `index is active. Table: ${table.name} Index: ${index.name}`,
    );
  }
  refuseWhileOthersAreMade(table, index.name);
  if (index.status === "UPDATING") throw indexInUse(table, index);
}

/** Only the text of an update is on record; the others follow it (unconfirmed). */
function indexInUse({ name }: TableDescription, index: DerivedIndex): ApiError {
  const verb = { CREATING: "created", DELETING: "deleted", UPDATING: "updated", ACTIVE: "updated" }[
    index.status
  ];
  return resourceInUse(`Index is being ${verb}. Table: ${name} Index: ${index.name}`);
}

export function globalIndex(
  { globalIndexes = [] }: TableDescription,
  indexName: string,
): GlobalIndex | undefined {
  return globalIndexes.find(({ name }) => name === indexName);
}
