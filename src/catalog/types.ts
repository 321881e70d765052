/** What the catalog knows of a table, in domain words. `operations` turns it into DynamoDB's TableDescription. */
import type { ScalarType } from "../values/index.ts";

/** Region and account: the two halves of a namespace. Tables of different namespaces never meet. */
export interface Namespace {
  readonly account: string;
  readonly region: string;
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: ScalarType;
}

export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute;
}

export type TableStatus = "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";
export type BillingMode = "PROVISIONED" | "PAY_PER_REQUEST";
export type TableClass = "STANDARD" | "STANDARD_INFREQUENT_ACCESS";

/** Capacity units per second; 0/0 on on-demand tables. */
export interface Throughput {
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface ThroughputHistory {
  readonly lastIncreaseMs?: number;
  readonly lastDecreaseMs?: number;
  readonly decreasesToday: number;
  /** UTC day number the count belongs to. */
  readonly decreasesDay?: number;
}

/** What an update in progress is about; `index`: one is being made or deleted. */
export type UpdateKind = "throughput" | "billingMode" | "tableClass" | "index";

/** Members that change when the transitional status ends; absent ones stay as they are. */
export interface PendingSettings {
  readonly throughput?: Throughput;
  readonly throughputHistory?: ThroughputHistory;
  readonly lastOnDemandMs?: number;
  readonly tableClass?: TableClass;
  readonly tableClassChangedMs?: readonly number[];
  /** The warm throughput is at least this then. */
  readonly warm?: Throughput;
}

/** Which attributes an index entry holds; the keys of index and table always. */
export type Projection =
  | { readonly type: "ALL" | "KEYS_ONLY" }
  | { readonly type: "INCLUDE"; readonly attributes: readonly string[] };

/** Made and dropped with its table; entries live with the items, in the items' own buckets. */
export interface LocalIndex {
  readonly name: string;
  /** Entries live here; never reused. */
  readonly keyspace: number;
  /** The partition key is the table's. */
  readonly range: KeyAttribute;
  readonly projection: Projection;
}

export type IndexStatus = "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";

/** Members of a global index that change when its transitional status ends. */
export interface PendingIndexSettings {
  readonly throughput?: Throughput;
  readonly throughputHistory?: ThroughputHistory;
  /** The warm throughput is at least this then. */
  readonly warm?: Throughput;
}

/** What all indexes have that are built behind the table, from its change log. */
export interface DerivedIndex {
  readonly name: string;
  /** Entries live here; never reused. */
  readonly keyspace: number;
  /** Power of two, fixed at creation; not the table's. */
  readonly bucketCount: number;
  readonly projection: Projection;
  /** Epoch of the change that added it: commits of an older one are not its consumer's. */
  readonly sinceEpoch: number;
  readonly status: IndexStatus;
  /**
   * When the status ends by time: DELETING, UPDATING, and CREATING of an index made with its table. An index added
   * later is CREATING until its backfill is done, which is told, and not a matter of time.
   */
  readonly statusUntilMs?: number;
  /**
   * Of an index added to a live table, until it is built. The table is UPDATING until `allocatedMs`, and the index
   * cannot be deleted so long; then items are read into it (see index-states.ts).
   */
  readonly backfill?: { readonly allocatedMs: number };
}

/** What a table and each of its global indexes have for itself. */
interface CapacitySettings {
  readonly throughput: Throughput;
  readonly throughputHistory: ThroughputHistory;
  readonly onDemandMaxReadUnits?: number;
  readonly onDemandMaxWriteUnits?: number;
  readonly warmReadUnits: number;
  readonly warmWriteUnits: number;
  /** A rise of the warm throughput is under way; it does not touch the status. */
  readonly pendingWarm?: Throughput;
  readonly warmStatusUntilMs?: number;
}

/** Has a key, a partition map and throughput of its own; fed from the change log. */
export interface GlobalIndex extends DerivedIndex, CapacitySettings {
  /** One to four. */
  readonly hash: readonly KeyAttribute[];
  /** None to four. */
  readonly range: readonly KeyAttribute[];
  readonly pending?: PendingIndexSettings;
}

export type VectorDistance = "COSINE" | "EUCLIDEAN" | "DOT_PRODUCT";

/** Items by the nearness of a vector; searched exactly. */
export interface VectorIndex extends DerivedIndex {
  readonly vectorAttribute: string;
  readonly dimensions: number;
  readonly distance: VectorDistance;
  /** A search names a value for each of these; empty: it looks at every entry. */
  readonly hash: readonly KeyAttribute[];
  /** Attributes a search may compare; entries hold them. */
  readonly inlineFilters: readonly KeyAttribute[];
}

/**
 * Somebody outside follows the table's changes: they are logged, and kept until he has read them. Nobody runs it here;
 * its cursors are those of a reader of the change log (see captures.ts).
 */
export interface Capture {
  /** Of this table, chosen by whoever began it. */
  readonly id: string;
  /** Epoch of the change that began it. */
  readonly sinceEpoch: number;
}

export type Tags = readonly (readonly [key: string, value: string])[];

/** Tags that were accepted and are not readable yet. */
export interface Tagging {
  /** All tags of the table when the change is complete. */
  readonly tags: Tags;
  /** What the request put; empty when it took tags away. */
  readonly put: Tags;
  readonly untilMs: number;
}

/** Everything durable about a table; plain JSON. */
export interface TableDescription extends CapacitySettings {
  readonly name: string;
  readonly namespace: Namespace;
  /** New per incarnation. */
  readonly tableId: string;
  readonly arn: string;
  /** Records live here; never reused. */
  readonly keyspace: number;
  /** Power of two, fixed at creation. */
  readonly bucketCount: number;
  readonly keySchema: KeySchema;
  /** In the order of creation, as the two lists below; absent where there are none. */
  readonly localIndexes?: readonly LocalIndex[];
  readonly globalIndexes?: readonly GlobalIndex[];
  readonly vectorIndexes?: readonly VectorIndex[];
  /** In the order of their beginning; absent when there are none. */
  readonly captures?: readonly Capture[];
  /**
   * Keyspaces of indexes whose deletion is over and that are stored still: whoever looks at the table adds them, the
   * next change drops them. Never stored.
   */
  readonly deletedIndexes?: readonly number[];
  /** Of all keys of table and indexes. In request order; by name once global indexes are involved. */
  readonly attributeDefinitions: readonly KeyAttribute[];
  /** Status stored last; a transition that is due by the clock is applied when the table is looked at. */
  readonly status: TableStatus;
  /** When the transitional status ends. */
  readonly statusUntilMs?: number;
  /** Present while the status is UPDATING. */
  readonly updating?: UpdateKind;
  /** What the table looks like when the transitional status has ended. */
  readonly pending?: PendingSettings;
  readonly createdMs: number;
  readonly billingMode: BillingMode;
  /** The BillingModeSummary is shown only when on-demand now or ever. */
  readonly lastOnDemandMs?: number;
  readonly tableClass?: TableClass;
  readonly tableClassChangedMs?: readonly number[];
  readonly deletionProtection: boolean;
  readonly deletionProtectionChangedMs?: number;
  readonly tags: Tags;
  /** A change of the tags is under way: not readable yet, and in the way of others. */
  readonly tagging?: Tagging;
  /** Grows with every change; every data mutation names it. */
  readonly epoch: number;
}

/** Indexes that have no keyspace yet: the allocator gives them theirs in the commit that adds them. */
export type NewLocalIndex = Omit<LocalIndex, "keyspace">;
export type NewGlobalIndex = Omit<GlobalIndex, "keyspace" | "sinceEpoch">;
export type NewVectorIndex = Omit<VectorIndex, "keyspace" | "sinceEpoch">;

type Allocated =
  | "keyspace"
  | "epoch"
  | "localIndexes"
  | "globalIndexes"
  | "vectorIndexes"
  | "deletedIndexes"
  | "captures";

/** A table that has no keyspaces yet, neither of its own nor for its indexes. */
export interface NewTable extends Omit<TableDescription, Allocated> {
  readonly localIndexes?: readonly NewLocalIndex[];
  readonly globalIndexes?: readonly NewGlobalIndex[];
  readonly vectorIndexes?: readonly NewVectorIndex[];
}

/** What a table becomes. An index or a capture that is missing from its lists is dropped, a new one comes beside them. */
export interface TableChange extends Omit<TableDescription, "epoch"> {
  readonly newGlobalIndex?: NewGlobalIndex;
  readonly newVectorIndex?: NewVectorIndex;
  readonly newCapture?: Pick<Capture, "id">;
}

/** Counters of a table's or an index's keyspace; `collectionBytes` has one part for each partition key value. */
export const tableCounters: { readonly items: 0; readonly bytes: 1; readonly collectionBytes: 2 } = {
  items: 0,
  bytes: 1,
  collectionBytes: 2,
};
