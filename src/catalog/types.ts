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

/** What an update in progress is about. */
export type UpdateKind = "throughput" | "billingMode" | "tableClass";

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
export interface TableDescription {
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
  /** As sent, in request order. */
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
  readonly throughput: Throughput;
  readonly throughputHistory: ThroughputHistory;
  readonly onDemandMaxReadUnits?: number;
  readonly onDemandMaxWriteUnits?: number;
  readonly warmReadUnits: number;
  readonly warmWriteUnits: number;
  /** A rise of the warm throughput is under way; it does not touch the table's status. */
  readonly pendingWarm?: Throughput;
  readonly warmStatusUntilMs?: number;
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

/** Counters of a table's keyspace. */
export const tableCounters: { readonly items: 0; readonly bytes: 1 } = { items: 0, bytes: 1 };
