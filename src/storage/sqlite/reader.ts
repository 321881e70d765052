/**
 * Reads on one connection: prepared once, run synchronously, so each is a snapshot of the last commit. Knows
 * nothing of waiting writes. Each thread that reads has a Reader on a connection of its own.
 */
import type {
  CounterId,
  CounterPart,
  CounterPartsRequest,
  Keyspace,
  LogEnd,
  LogPage,
  LogRecord,
  RangePage,
  RangeRequest,
  RecordKey,
  ShardEnd,
  ShardId,
  StoredRecord,
} from "../contract/index.ts";
import { CounterValues } from "./counter-values.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { nextPartition, rangeParameters } from "./range-bounds.ts";
import { emptyShard, type ShardRow, shardHead } from "./shard-heads.ts";
import { rangeSql, type RangeShape, sql } from "./statements.ts";
import type { StoreFacts } from "./store-facts.ts";

type RecordRow = readonly [version: number, value: Uint8Array];
type RangeRow = readonly [version: number, partitionLength: number, sortLength: number, bytes: Uint8Array];
type LogRow = readonly [position: number, timeMicros: number, value: Uint8Array];

type ShardsRow = readonly [shard: ShardId, last: number, oldest: number, closed: number];

/** A page of the log stops after this many bytes; records hold two images of an item at most. */
const logPageBytesMax = 4 * 1024 * 1024;

export class Reader {
  readonly #connection: SqliteConnection;
  readonly #get: SqliteStatement;
  readonly #counters: CounterValues;
  readonly #partCounters: SqliteStatement;
  readonly #shard: SqliteStatement;
  readonly #shards: SqliteStatement;
  readonly #keyspace: SqliteStatement;
  readonly #log: SqliteStatement;
  readonly #listDropped: SqliteStatement;
  readonly #begin: SqliteStatement;
  readonly #end: SqliteStatement;
  readonly #ranges = new Map<string, SqliteStatement>();
  readonly #facts: StoreFacts;
  /** Dropped keyspaces whose records may still be in the file, as of `#drops`. */
  #dropped: ReadonlySet<Keyspace> = new Set();
  #drops: number;
  /** Inside a transaction, which must not learn of drops it cannot see. */
  #atOneMoment = false;

  constructor(connection: SqliteConnection, facts: StoreFacts) {
    this.#connection = connection;
    this.#facts = facts;
    this.#get = prepareRows(connection, sql.getRecord);
    this.#counters = new CounterValues(connection);
    this.#partCounters = prepareRows(connection, sql.listPartCounters);
    this.#shard = prepareRows(connection, sql.getShard);
    this.#shards = prepareRows(connection, sql.listShards);
    this.#keyspace = prepareRows(connection, sql.nextKeyspace);
    this.#log = prepareRows(connection, sql.readLog);
    this.#listDropped = prepareRows(connection, sql.listDropped);
    this.#begin = connection.prepare(sql.beginRead);
    // There is nothing to undo; a rollback ends a reading transaction as well, and is no write.
    this.#end = connection.prepare(sql.rollback);
    this.#drops = facts.drops;
    this.#loadDropped();
  }

  get(key: RecordKey): StoredRecord | undefined {
    for (;;) {
      if (this.#isDropped(key.keyspace)) {
        return undefined;
      }
      const row = this.#get.get(key.keyspace, key.placement, key.partition, key.sort) as
        | RecordRow
        | undefined;
      if (this.#isCurrent()) {
        return row === undefined ? undefined : { key, version: row[0], value: row[1] };
      }
    }
  }

  /** All of one moment. */
  getMany(keys: readonly RecordKey[]): readonly (StoredRecord | undefined)[] {
    return this.#atOnce(() => keys.map((key) => this.get(key)));
  }

  range(request: RangeRequest): RangePage {
    for (;;) {
      if (this.#isDropped(request.keyspace)) {
        return { records: [], more: false };
      }
      const page = this.#readRange(request);
      if (this.#isCurrent()) {
        return page;
      }
    }
  }

  counter(counter: CounterId): number {
    for (;;) {
      if (this.#isDropped(counter.keyspace)) {
        return 0;
      }
      const value = this.#counters.get(counter);
      if (this.#isCurrent()) {
        return value;
      }
    }
  }

  counterParts({ keyspace, index, after, countMax }: CounterPartsRequest): readonly CounterPart[] {
    const from = after === undefined ? new Uint8Array(0) : nextPartition(after);
    for (;;) {
      if (this.#isDropped(keyspace)) {
        return [];
      }
      const rows = this.#partCounters.all(keyspace, index, from, countMax) as (readonly [
        Uint8Array,
        number,
      ])[];
      if (this.#isCurrent()) {
        return rows.map(([part, value]) => ({ part, value }));
      }
    }
  }

  #readRange(request: RangeRequest): RangePage {
    const { keyspace, placement, recordsMax, bytesMax } = request;
    const records: StoredRecord[] = [];
    const { shape, parts } = rangeParameters(request);
    let bytes = 0;
    // Leaving the loop ends the statement and with it its hold on the write-ahead log.
    for (const row of this.#range(shape, request.reverse).iterate(keyspace, placement, ...parts)) {
      const record = rangeRecord(request, row as RangeRow);
      records.push(record);
      bytes += record.value.length;
      if (records.length === recordsMax || bytes >= bytesMax) {
        return { records, more: true };
      }
    }
    return { records, more: false };
  }

  logEnd(shard: ShardId): LogEnd {
    const { last, oldest, closed } = shardHead(this.#shard.get(shard) as ShardRow | undefined) ?? emptyShard;
    return { last, oldest, closed };
  }

  /** In order of their numbers. */
  logShards(after: ShardId | undefined, countMax: number): readonly ShardEnd[] {
    const rows = this.#shards.all(after ?? -1, countMax) as ShardsRow[];
    return rows.map(([shard, last, oldest, closed]) => ({ shard, last, oldest, closed: closed !== 0 }));
  }

  /** In order; those that were dropped are left out, whatever is still in the file. */
  keyspaces(after: Keyspace | undefined, countMax: number): readonly Keyspace[] {
    const keyspaces: Keyspace[] = [];
    for (let last = after ?? -1; keyspaces.length < countMax;) {
      const [next] = this.#keyspace.get(last) as readonly [Keyspace | null];
      if (next === null) break;
      last = next;
      if (!this.#isDropped(next)) keyspaces.push(next);
    }
    return keyspaces;
  }

  /** Head and records of one moment: between the two the shard could be trimmed, or grow and close. */
  readLog(shard: ShardId, after: number, recordsMax: number): LogPage {
    return this.#atOnce(() => this.#readLog(shard, after, recordsMax));
  }

  #readLog(shard: ShardId, after: number, recordsMax: number): LogPage {
    const { last, oldest, closed } = this.logEnd(shard);
    if (after + 1 < oldest) {
      return { kind: "trimmed", oldest };
    }
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const row of this.#log.iterate(shard, after)) {
      const [position, timeMicros, value] = row as LogRow;
      records.push({ position, timeMicros, value });
      bytes += value.length;
      if (records.length === recordsMax || bytes >= logPageBytesMax) {
        break;
      }
    }
    return { kind: "records", records, closed: closed && (records.at(-1)?.position ?? after) >= last };
  }

  /**
   * Several statements see the same commit. For work that is done in one go: a transaction left open would keep the
   * write-ahead log from starting anew. Done again when a keyspace was dropped meanwhile.
   */
  #atOnce<T>(read: () => T): T {
    for (;;) {
      this.#refresh();
      this.#begin.run();
      this.#atOneMoment = true;
      let result: T;
      try {
        result = read();
      } finally {
        this.#atOneMoment = false;
        this.#end.run();
      }
      if (this.#isCurrent()) {
        return result;
      }
    }
  }

  #isDropped(keyspace: Keyspace): boolean {
    this.#refresh();
    return this.#dropped.size > 0 && this.#dropped.has(keyspace);
  }

  #refresh(): void {
    if (!this.#isCurrent()) {
      this.#drops = this.#facts.drops;
      this.#loadDropped();
    }
  }

  /**
   * Dropping is one commit and giving the space back later ones, each told in the facts. A read that began and ended
   * with the same facts has seen a keyspace whole or not at all; another one is done again.
   */
  #isCurrent(): boolean {
    return this.#atOneMoment || this.#facts.drops === this.#drops;
  }

  #loadDropped(): void {
    const rows = this.#listDropped.all() as (readonly [Keyspace])[];
    this.#dropped = new Set(rows.map(([keyspace]) => keyspace));
  }

  #range(shape: RangeShape, reverse: boolean): SqliteStatement {
    const name = reverse ? `${shape}Reverse` : shape;
    let statement = this.#ranges.get(name);
    if (statement === undefined) {
      statement = prepareRows(this.#connection, rangeSql(shape, reverse));
      this.#ranges.set(name, statement);
    }
    return statement;
  }
}

/** A statement whose rows are arrays. */
function prepareRows(connection: SqliteConnection, text: string): SqliteStatement {
  const statement = connection.prepare(text);
  statement.setReturnArrays(true);
  return statement;
}

function rangeRecord(request: RangeRequest, row: RangeRow): StoredRecord {
  const [version, partitionLength, sortLength, bytes] = row;
  const keyLength = partitionLength + sortLength;
  return {
    key: {
      keyspace: request.keyspace,
      placement: request.placement,
      partition: bytes.subarray(0, partitionLength),
      sort: bytes.subarray(partitionLength, keyLength),
    },
    version,
    value: bytes.subarray(keyLength),
  };
}
