/**
 * What the checker asks the change log: whether an index's cursors are inside it, and whether a contradiction between
 * an index and its table is only a change that the index has not applied yet. An index may show any state its item had
 * between the cursor and the end of the log, and nothing else.
 */
import { bytesEqual } from "../base/index.ts";
import {
  captureReader,
  type DerivedIndex,
  indexConsumerId,
  type TableDescription,
} from "../catalog/index.ts";
import { decodeItemChange, type ItemChange, itemShard, readCursor } from "../changes/index.ts";
import {
  type Engine,
  type LogRecord,
  type RecordKey,
  StorageError,
  type StoredRecord,
} from "../storage/contract/index.ts";
import { decodeItem, type Item } from "../values/index.ts";
import type { CheckedIndex } from "./verify-checked-index.ts";
import { keyText, pageRecords, type Tell } from "./verify-walk.ts";

/** Every record of the table's log is a change of an item of its bucket. */
export async function verifyLog(engine: Engine, table: TableDescription, tell: Tell): Promise<void> {
  for (let bucket = 0; bucket < table.bucketCount; bucket += 1) {
    const shard = itemShard(table.keyspace, bucket);
    const { oldest } = await engine.logEnd(shard);
    for await (const record of logRecords(engine, shard, oldest - 1)) {
      const change = changeOf(record, tell);
      if (change !== undefined && change.keyspace !== table.keyspace) {
        tell(`its log holds a change of keyspace ${change.keyspace}`);
      }
    }
  }
}

/** The index must have read what is trimmed and cannot have read what is not there. */
export async function verifyCursors(
  engine: Engine,
  { table, index }: { readonly table: TableDescription; readonly index: DerivedIndex },
  tell: Tell,
): Promise<void> {
  for (let bucket = 0; bucket < table.bucketCount; bucket += 1) {
    const shard = itemShard(table.keyspace, bucket);
    const position = await cursorPosition(engine, index, shard);
    await verifyPosition(engine, { who: `index ${index.name}`, shard, position }, tell);
  }
}

/** The same of captures, which moreover have a cursor for each bucket. */
export async function verifyCaptures(engine: Engine, table: TableDescription, tell: Tell): Promise<void> {
  for (const capture of table.captures ?? []) {
    const who = `capture ${capture.id}`;
    const { id, shards } = captureReader(table, capture);
    for (const shard of shards) {
      const cursor = await readCursor(engine, id, shard);
      if (cursor === undefined) tell(`${who} has no cursor for shard ${shard}`);
      else await verifyPosition(engine, { who, shard, position: cursor.position }, tell);
    }
  }
}

interface ReadThrough {
  readonly who: string;
  readonly shard: number;
  readonly position: number;
}

async function verifyPosition(
  engine: Engine,
  { who, shard, position }: ReadThrough,
  tell: Tell,
): Promise<void> {
  const { last, oldest } = await engine.logEnd(shard);
  if (position > last) tell(`${who} has read to ${position} of a log that ends at ${last}`);
  // One that has not begun begins with the oldest record.
  if (position > 0 && position < oldest - 1) {
    tell(`${who} has read to ${position} of a log that begins at ${oldest}`);
  }
}

async function cursorPosition(engine: Engine, index: DerivedIndex, shard: number): Promise<number> {
  return (await readCursor(engine, indexConsumerId(index.keyspace), shard))?.position ?? 0;
}

/** An entry that is, or is not, where the item makes one. */
export interface Doubt {
  /** Of the item. */
  readonly item: RecordKey;
  /** Of the entry, whether there is one or not. */
  readonly entry: RecordKey;
  readonly problem: string;
}

/** Kept in memory until the log is read for them. */
const doubtsMax = 2000;

/** Collects doubts about one index and tells those that the log does not explain. */
export class Doubts {
  readonly #engine: Engine;
  readonly #index: CheckedIndex;
  readonly #tell: Tell;
  #doubts: Doubt[] = [];

  constructor(engine: Engine, index: CheckedIndex, tell: Tell) {
    this.#engine = engine;
    this.#index = index;
    this.#tell = tell;
  }

  async add(doubt: Doubt): Promise<void> {
    this.#doubts.push(doubt);
    if (this.#doubts.length === doubtsMax) await this.settle();
  }

  async settle(): Promise<void> {
    const doubts = this.#doubts;
    this.#doubts = [];
    const byBucket = Map.groupBy(doubts, ({ item }) => item.placement);
    for (const [bucket, some] of byBucket) {
      for (const { problem } of await this.#unexplained(bucket, some)) this.#tell(problem);
    }
  }

  async #unexplained(bucket: number, doubts: readonly Doubt[]): Promise<ReadonlySet<Doubt>> {
    const left = new Set(doubts);
    const { fedBy } = this.#index;
    if (fedBy === undefined) return left;
    const byItem = Map.groupBy(doubts, ({ item }) => keyText(item));
    const shard = itemShard(fedBy.table.keyspace, bucket);
    const { oldest } = await this.#engine.logEnd(shard);
    const applied = Math.max(await cursorPosition(this.#engine, fedBy.index, shard), oldest - 1);
    for await (const record of logRecords(this.#engine, shard, applied)) {
      const change = changeOf(record, () => undefined);
      // The index passes over what was logged before it was there.
      if (change === undefined || change.epoch < fedBy.index.sinceEpoch) continue;
      for (const doubt of byItem.get(keyText({ ...change, placement: bucket })) ?? []) {
        if (left.has(doubt) && (await this.#explains(change, doubt))) left.delete(doubt);
      }
    }
    return left;
  }

  /** Whether the index is as it was before or after the change. */
  async #explains({ before, after }: ItemChange, { entry }: Doubt): Promise<boolean> {
    const stored = await this.#engine.get(entry, "strong");
    return [before, after].some((image) => this.#agrees(itemOf(image), entry, stored));
  }

  #agrees(item: Item | undefined, key: RecordKey, stored: StoredRecord | undefined): boolean {
    const made = item === undefined ? undefined : this.#index.entryOf(item);
    if (made === undefined || !sameKey(made.key, key)) return stored === undefined;
    return stored !== undefined && this.#index.holds(stored, made);
  }
}

function itemOf(image: Uint8Array | undefined): Item | undefined {
  return image === undefined ? undefined : decodeItem(image);
}

export function sameKey(left: RecordKey, right: RecordKey): boolean {
  return (
    left.placement === right.placement &&
    bytesEqual(left.partition, right.partition) &&
    bytesEqual(left.sort, right.sort)
  );
}

function changeOf({ value, position }: LogRecord, tell: Tell): ItemChange | undefined {
  try {
    return decodeItemChange(value);
  } catch (error: unknown) {
    if (!(error instanceof StorageError)) throw error;
    tell(`position ${position} of its log: ${error.message}`);
    return undefined;
  }
}

async function* logRecords(engine: Engine, shard: number, after: number): AsyncGenerator<LogRecord> {
  let position = after;
  for (;;) {
    const page = await engine.readLog(shard, position, pageRecords);
    if (page.kind === "trimmed") return;
    yield* page.records;
    const last = page.records.at(-1);
    if (last === undefined) return;
    position = last.position;
  }
}
