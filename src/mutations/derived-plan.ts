/** What those have to know who write along with an item: of its table, of its two sides, and of where it is written. */
import type { TableIndexes } from "../indexes/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import type { Item } from "../values/index.ts";

/**
 * What a table's description says about what is written along with an item; plain data, absent for a table without
 * indexes and captures.
 */
export interface DerivedPlan {
  /** Of the table's description. */
  readonly epoch: number;
  readonly indexes: TableIndexes;
  /** An item collection of a table with local indexes may not grow beyond this. */
  readonly collectionBytesMax: number;
}

/** An item on one side of a write. */
export interface ItemSide {
  readonly item: Item | undefined;
  /** Canonical JSON of the item, where it is at hand. */
  readonly json: Uint8Array | undefined;
  readonly sizeBytes: number;
}

export interface WrittenPlace {
  readonly key: RecordKey;
  readonly keyspace: number;
  readonly regionId: number;
  readonly nowMicros: number;
  /** Bytes of the item collection before this write; 0 without local indexes. */
  readonly collectionBytes: number;
}
