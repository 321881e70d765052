/** Puts and deletes of records inside the open transaction, and reads that see them. */
import type { RecordKey, StoredRecord, Version } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { inlineBytesMax, sql } from "./statements.ts";

export class RecordWrites {
  readonly #get: SqliteStatement;
  readonly #putSmall: SqliteStatement;
  readonly #putLarge: SqliteStatement;
  readonly #putLargeValue: SqliteStatement;
  readonly #delete: SqliteStatement;

  constructor(connection: SqliteConnection) {
    this.#get = connection.prepare(sql.getRecord);
    this.#get.setReturnArrays(true);
    this.#putSmall = connection.prepare(sql.putSmallRecord);
    this.#putLarge = connection.prepare(sql.putLargeRecord);
    this.#putLarge.setReturnArrays(true);
    this.#putLargeValue = connection.prepare(sql.putLargeValue);
    this.#delete = connection.prepare(sql.deleteRecord);
  }

  get(key: RecordKey): StoredRecord | undefined {
    const row = this.#get.get(key.keyspace, key.placement, key.partition, key.sort);
    if (row === undefined) {
      return undefined;
    }
    const [version, value] = row as readonly [Version, Uint8Array];
    return { key, version, value };
  }

  /** A version belongs to one put only: it also names the row of a large value. */
  put(key: RecordKey, version: Version, value: Uint8Array): void {
    const { keyspace, placement, partition, sort } = key;
    if (partition.length + sort.length + value.length <= inlineBytesMax) {
      this.#putSmall.run(keyspace, placement, partition, sort, version, value);
      return;
    }
    const row = this.#putLarge.get(keyspace, placement, partition, sort, version, version);
    const [id] = row as readonly [number];
    this.#putLargeValue.run(id, value);
  }

  delete(key: RecordKey): void {
    this.#delete.run(key.keyspace, key.placement, key.partition, key.sort);
  }
}
