/** Reads, each one statement: its answer is of one moment. */
import type {
  CounterId,
  CounterPart,
  CounterPartsRequest,
  Keyspace,
  LogEnd,
  LogPage,
  RangePage,
  RangeRequest,
  RecordKey,
  ShardEnd,
  ShardId,
  StoredRecord,
} from "../contract/index.ts";
import type { PostgresParameter, PostgresRow, PostgresSession, PostgresStatement } from "./driver.ts";
import { GatheredGets } from "./gathered-gets.ts";
import type { HeadMap } from "./heads.ts";
import { keyListParameters } from "./key-lists.ts";
import { holdDigest } from "./key-names.ts";
import { rangeStatement, sql } from "./statements.ts";
import { keyParts, lowerBound, type StoredBound, storedBytes, storedKey, upperBound } from "./stored-key.ts";
import { byteaArray, int4Array } from "./wire-arrays.ts";
import { arrayText, booleanOf, bytesOf, numberOf } from "./wire-values.ts";

/** Records looked at by one statement; a longer page takes several. */
const stepRecordsMax = 1000;
/** Of one page of the log. */
const logPageBytesMax = 4 * 1024 * 1024;

/** Runs a statement on some session that may read. */
export type Ask = <T>(use: (session: PostgresSession) => Promise<T>) => Promise<T>;

export interface Readers {
  readonly reader: Reader;
  /** Present where the reader's own answers about many keys are not of one moment. */
  readonly getTogether:
    | ((keys: readonly RecordKey[]) => Promise<readonly (StoredRecord | undefined)[]>)
    | undefined;
}

export class Reader {
  readonly #map: HeadMap;
  /** There are few ways to ask, and each stays the same function. */
  readonly #gets = new Map<Ask, GatheredGets>();

  constructor(map: HeadMap) {
    this.#map = map;
  }

  get(ask: Ask, key: RecordKey): Promise<StoredRecord | undefined> {
    let gets = this.#gets.get(ask);
    if (gets === undefined) {
      gets = new GatheredGets({
        one: (alone) => this.getOne(ask, alone),
        many: (keys) => this.getMany(ask, keys),
      });
      this.#gets.set(ask, gets);
    }
    return gets.get(key);
  }

  protected async getOne(ask: Ask, key: RecordKey): Promise<StoredRecord | undefined> {
    const { head, digest } = storedKey(key);
    const { keyspace, placement } = key;
    const parameters = [this.#map.ofPlacement(placement), keyspace, placement, head, digest];
    const [row] = await rowsOf(ask, sql.getRecord, parameters);
    return row && { key, version: numberOf(row[0]), value: bytesOf(row[1]) };
  }

  async getMany(ask: Ask, keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]> {
    if (keys.length === 0) return [];
    const heads = int4Array(keys.map(({ placement }) => this.#map.ofPlacement(placement)));
    const rows = await rowsOf(ask, sql.getRecords, [heads, ...keyListParameters(keys)]);
    const records: (StoredRecord | undefined)[] = keys.map(() => undefined);
    for (const [place, version, value] of rows) {
      const index = numberOf(place) - 1;
      const key = keys[index];
      if (key !== undefined) records[index] = { key, version: numberOf(version), value: bytesOf(value) };
    }
    return records;
  }

  /** Of one moment while it fits into one statement; a longer page goes on behind its last record. */
  async range(ask: Ask, request: RangeRequest): Promise<RangePage> {
    const records: StoredRecord[] = [];
    let { lower, upper, bytesMax } = request;
    for (;;) {
      const left = request.recordsMax - records.length;
      const step = await this.#rangeStep(ask, {
        ...request,
        ...(lower && { lower }),
        ...(upper && { upper }),
        recordsMax: Math.min(left, stepRecordsMax),
        bytesMax,
      });
      records.push(...step.records);
      const last = step.records.at(-1);
      if (!step.more || last === undefined) return { records, more: false };
      bytesMax -= step.bytes;
      if (records.length >= request.recordsMax || bytesMax <= 0) return { records, more: true };
      const behind = { partition: last.key.partition, sort: last.key.sort, inclusive: false };
      if (request.reverse) upper = behind;
      else lower = behind;
    }
  }

  counter(ask: Ask, counter: CounterId): Promise<number> {
    return ask((session) => readCounter(session, this.#map, counter));
  }

  async counterParts(ask: Ask, request: CounterPartsRequest): Promise<readonly CounterPart[]> {
    const { keyspace, index, after, countMax } = request;
    const heads = arrayText(this.#map.all);
    const rows =
      after === undefined
        ? await rowsOf(ask, sql.listAllPartCounters, [heads, keyspace, index, countMax])
        : await rowsOf(ask, sql.listPartCounters, [
            heads,
            keyspace,
            index,
            storedBytes(after).head,
            storedBytes(after).rest,
            countMax,
          ]);
    return rows.map(([head, rest, value]) => ({
      part: new Uint8Array(Buffer.concat([bytesOf(head), bytesOf(rest)])),
      value: numberOf(value),
    }));
  }

  async readLog(
    ask: Ask,
    {
      shard,
      after,
      recordsMax,
    }: { readonly shard: ShardId; readonly after: number; readonly recordsMax: number },
  ): Promise<LogPage> {
    const limit = Math.min(recordsMax, stepRecordsMax);
    const parameters = [this.#map.ofShard(shard), shard, after, limit, logPageBytesMax];
    const rows = await rowsOf(ask, sql.readLog, parameters);
    const [first] = rows;
    if (first === undefined) return { kind: "records", records: [], closed: false };
    const oldest = numberOf(first[1]);
    if (after + 1 < oldest) return { kind: "trimmed", oldest };
    const records = rows
      .filter(([, , , position]) => position !== null)
      .map(([, , , position, time, value]) => ({
        position: numberOf(position),
        timeMicros: numberOf(time),
        value: bytesOf(value),
      }));
    const isAtEnd = after + records.length >= numberOf(first[0]);
    return { kind: "records", records, closed: booleanOf(first[2]) && isAtEnd };
  }

  async logEnd(ask: Ask, shard: ShardId): Promise<LogEnd> {
    const [row] = await rowsOf(ask, sql.logEnd, [this.#map.ofShard(shard), shard]);
    if (row === undefined) return { last: 0, oldest: 1, closed: false };
    return { last: numberOf(row[0]), oldest: numberOf(row[1]), closed: booleanOf(row[2]) };
  }

  async held(ask: Ask, keys: readonly RecordKey[]): Promise<ReadonlySet<number>> {
    if (keys.length === 0) return new Set();
    const heads = int4Array(keys.map(({ placement }) => this.#map.ofPlacement(placement)));
    const rows = await rowsOf(ask, sql.heldKeys, [heads, byteaArray(keys.map(holdDigest))]);
    return new Set(rows.map(([place]) => numberOf(place) - 1));
  }

  async logShards(ask: Ask, after: ShardId | undefined, countMax: number): Promise<readonly ShardEnd[]> {
    const rows = await rowsOf(ask, sql.listShards, [after ?? -1, countMax]);
    return rows.map(([shard, last, oldest, closed]) => ({
      shard: numberOf(shard),
      last: numberOf(last),
      oldest: numberOf(oldest),
      closed: booleanOf(closed),
    }));
  }

  async keyspaces(ask: Ask, after: Keyspace | undefined, countMax: number): Promise<readonly Keyspace[]> {
    const parameters = [arrayText(this.#map.all), after ?? -1, countMax];
    const rows = await rowsOf(ask, sql.listKeyspaces, parameters);
    return rows.map(([keyspace]) => numberOf(keyspace));
  }

  async #rangeStep(ask: Ask, request: RangeRequest): Promise<RangePage & { readonly bytes: number }> {
    const { keyspace, placement, recordsMax, bytesMax, reverse } = request;
    const lower = request.lower && lowerBound(request.lower);
    const upper = request.upper && upperBound(request.upper);
    const statement = rangeStatement({
      lower: lower === undefined ? "none" : lower.including ? "from" : "after",
      upper: upper === undefined ? "none" : upper.including ? "through" : "before",
      reverse,
    });
    const place = [this.#map.ofPlacement(placement), keyspace, placement];
    const bounds = [...boundParameters(lower), ...boundParameters(upper)];
    const rows = await rowsOf(ask, statement, [...place, ...bounds, recordsMax, bytesMax]);
    let bytes = 0;
    const records = rows.map(([head, rest, version, valueText]) => {
      const value = bytesOf(valueText);
      bytes += value.length;
      const key = { keyspace, placement, ...keyParts(bytesOf(head), bytesOf(rest)) };
      return { key, version: numberOf(version), value };
    });
    return { records, more: records.length >= recordsMax || bytes >= bytesMax, bytes };
  }
}

/** Over all heads in one statement. */
export async function readCounter(
  session: PostgresSession,
  map: HeadMap,
  { keyspace, index, part }: CounterId,
): Promise<number> {
  const heads = arrayText(map.all);
  if (part === undefined) {
    const { rows } = await session.query(sql.readCounter, [heads, keyspace, index]);
    return numberOf(rows[0]?.[0]);
  }
  const { head, digest } = storedBytes(part);
  const { rows } = await session.query(sql.readPartCounter, [heads, keyspace, index, head, digest]);
  return numberOf(rows[0]?.[0]);
}

function boundParameters(bound: StoredBound | undefined): readonly PostgresParameter[] {
  return bound === undefined ? [null, null] : [bound.head, bound.rest];
}

async function rowsOf(
  ask: Ask,
  statement: PostgresStatement,
  parameters: readonly PostgresParameter[],
): Promise<readonly PostgresRow[]> {
  return (await ask((session) => session.query(statement, parameters))).rows;
}
