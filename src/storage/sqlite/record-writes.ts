/** Puts and deletes of records inside the open transaction, and reads that see them. */
import type { RecordKey, StoredRecord, Version } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { inlineBytesMax, sql } from "./statements.ts";

type LargeIdRow = readonly [id: number | null];

export class RecordWrites {
  readonly #get: SqliteStatement;
  readonly #putSmall: SqliteStatement;
  readonly #getLargeId: SqliteStatement;
  readonly #putLarge: SqliteStatement;
  readonly #addLargeValue: SqliteStatement;
  readonly #replaceLargeValue: SqliteStatement;
  readonly #delete: SqliteStatement;

  constructor(connection: SqliteConnection) {
    this.#get = connection.prepare(sql.getRecord);
    this.#get.setReturnArrays(true);
    this.#putSmall = connection.prepare(sql.putSmallRecord);
    this.#getLargeId = connection.prepare(sql.getLargeId);
    this.#getLargeId.setReturnArrays(true);
    this.#putLarge = connection.prepare(sql.putLargeRecord);
    this.#addLargeValue = connection.prepare(sql.addLargeValue);
    this.#replaceLargeValue = connection.prepare(sql.replaceLargeValue);
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

  /** A version belongs to one put only: the one that makes a record large also names the row of its value. */
  put(key: RecordKey, version: Version, value: Uint8Array): void {
    const { keyspace, placement, partition, sort } = key;
    if (partition.length + sort.length + value.length <= inlineBytesMax) {
      this.#putSmall.run(keyspace, placement, partition, sort, version, value);
      return;
    }
    const row = this.#getLargeId.get(keyspace, placement, partition, sort) as LargeIdRow | undefined;
    const id = row?.[0] ?? null;
    if (id !== null) {
      this.#replaceLargeValue.run(version, value, id);
      return;
    }
    this.#putLarge.run(keyspace, placement, partition, sort, version);
    this.#addLargeValue.run(version, version, value);
  }

  delete(key: RecordKey): void {
    this.#delete.run(key.keyspace, key.placement, key.partition, key.sort);
  }
}
