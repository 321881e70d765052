/**
 * Fills an index that was added to a live table: walks the table in chunks and puts the entries of what it finds. A
 * chunk and the place it ended at are one commit, which checks that each item is still the one that was read: what
 * changed meanwhile is in the change log, and the index's consumer has it.
 */
import { indexBackfillId, type TableDescription } from "../catalog/index.ts";
import { cursorKey } from "../changes/index.ts";
import {
  type DecideFunction,
  type Decision,
  type Engine,
  type Mutation,
  type RecordKey,
  StorageError,
  type StoredRecord,
} from "../storage/contract/index.ts";
import { decodeItem, recordHeader, recordJson } from "../values/index.ts";
import { indexEntry } from "./index-entry.ts";
import { decideIndexOutput, type EntryOutcome, entryRecord } from "./index-output.ts";
import { type BuiltIndex, builtShape, tableKeyAttributes } from "./index-shape.ts";

export const backfillKind = "index.backfill";

/** About a millisecond to read and three to write. */
const chunkRecordsMax = 50;
const chunkBytesMax = 128 * 1024;

const progressFormat = 1;

/** Where the walk is; base64 for the bytes of keys. */
export interface BackfillProgress {
  readonly format: number;
  readonly bucket: number;
  /** The last record looked at in the bucket; absent: none yet. */
  readonly after?: { readonly partition: string; readonly sort: string };
  readonly itemsSeen: number;
  readonly done: boolean;
}

const atStart: BackfillProgress = { format: progressFormat, bucket: 0, itemsSeen: 0, done: false };

export async function readBackfill(engine: Engine, indexKeyspace: number): Promise<BackfillProgress> {
  return decodeProgress(await engine.get(progressKey(indexKeyspace), "strong"));
}

export interface BackfillIndex {
  readonly table: TableDescription;
  readonly index: BuiltIndex;
}

/** Takes one chunk. `overtaken`: somebody else works on it, or the index is gone. Rejects with a StorageError. */
export async function backfillChunk(
  engine: Engine,
  { table, index }: BackfillIndex,
): Promise<"more" | "done" | "overtaken"> {
  const present = await engine.get(progressKey(index.keyspace), "strong");
  const progress = decodeProgress(present);
  if (progress.done) return "done";
  const page = await engine.range({
    keyspace: table.keyspace,
    placement: progress.bucket,
    ...(progress.after === undefined
      ? {}
      : {
          lower: {
            partition: Buffer.from(progress.after.partition, "base64"),
            sort: Buffer.from(progress.after.sort, "base64"),
            inclusive: false,
          },
        }),
    reverse: false,
    recordsMax: chunkRecordsMax,
    bytesMax: chunkBytesMax,
    consistency: "strong",
  });
  const next = nextProgress(progress, table.bucketCount, page);
  const outcome = await engine.mutate(chunkMutation({ table, index }, page.records, { present, next }));
  switch (outcome.kind) {
    case "committed":
      return next.done ? "done" : "more";
    case "conflict":
      // A transaction holds one of the items; its changes will be in the log, but the others must be read.
      return "more";
    case "refused":
    case "staleEpoch":
      return "overtaken";
    case "unknown":
      throw new StorageError("unavailable", "a chunk of a backfill may or may not have been written");
  }
}

function nextProgress(
  { bucket, itemsSeen }: BackfillProgress,
  bucketCount: number,
  { records, more }: { readonly records: readonly StoredRecord[]; readonly more: boolean },
): BackfillProgress {
  const seen = itemsSeen + records.length;
  const last = more ? records.at(-1)?.key : undefined;
  if (last === undefined) {
    return { format: progressFormat, bucket: bucket + 1, itemsSeen: seen, done: bucket + 1 === bucketCount };
  }
  const after = { partition: base64(last.partition), sort: base64(last.sort) };
  return { format: progressFormat, bucket, after, itemsSeen: seen, done: false };
}

/** Arguments of the mutation; its keys are progress, items, entries of those items. */
interface ChunkArguments {
  readonly keyspace: number;
  /** Version of the progress record this chunk goes on from; 0 for none. */
  readonly from: number;
  readonly next: Uint8Array;
  /** Versions of the items that have an entry. */
  readonly versions: readonly number[];
  /** Their entries. */
  readonly entries: readonly EntryOutcome[];
}

function chunkMutation(
  { table, index }: BackfillIndex,
  records: readonly StoredRecord[],
  { present, next }: { readonly present: StoredRecord | undefined; readonly next: BackfillProgress },
): Mutation {
  const tableKey = tableKeyAttributes(table);
  const shape = builtShape(index, tableKey);
  const found = records.flatMap((record) => {
    const json = recordJson(record.value);
    const entry = indexEntry(shape, tableKey, decodeItem(json));
    if (entry === undefined) return [];
    const { writeTimeMicros, regionId } = recordHeader(record.value);
    const value = entryRecord(shape, entry, { json, writeTimeMicros, regionId });
    return [{ record, outcome: { key: entry.key, value } }];
  });
  const entries = found.map(({ outcome }) => outcome);
  const args: ChunkArguments = {
    keyspace: index.keyspace,
    from: present?.version ?? 0,
    next: Buffer.from(JSON.stringify(next)),
    versions: found.map(({ record }) => record.version),
    entries,
  };
  return {
    kind: backfillKind,
    epochs: [{ keyspace: index.keyspace, epoch: index.sinceEpoch }],
    keys: [
      progressKey(index.keyspace),
      ...found.map(({ record }) => record.key),
      ...entries.map(({ key }) => key),
    ],
    args,
  };
}

/** Puts the entries of those items that are still as they were read. */
export const decideBackfill: DecideFunction = (args, records): Decision => {
  const { keyspace, from, next, versions, entries } = args as ChunkArguments;
  if ((records[0]?.version ?? 0) !== from) return { kind: "refuse", result: undefined };
  const items = records.slice(1, 1 + versions.length);
  const present = records.slice(1 + versions.length);
  const isStill = (at: number): boolean => items[at]?.version === versions[at];
  const { records: writes, counters } = decideIndexOutput(
    { keyspace, entries: entries.filter((_, at) => isStill(at)) },
    present.filter((_, at) => isStill(at)),
  );
  const progress = { kind: "put", key: progressKey(keyspace), value: next } as const;
  return { kind: "commit", commit: { records: [...writes, progress], counters }, result: undefined };
};

function progressKey(indexKeyspace: number): RecordKey {
  return cursorKey(indexBackfillId(indexKeyspace), 0);
}

function decodeProgress(record: StoredRecord | undefined): BackfillProgress {
  if (record === undefined) return atStart;
  const text = Buffer.from(record.value).toString("utf8");
  let progress: BackfillProgress;
  try {
    progress = JSON.parse(text) as BackfillProgress;
  } catch (error: unknown) {
    throw new StorageError("corrupted", "the progress of a backfill is no JSON", { cause: error });
  }
  if (progress.format === progressFormat) return progress;
  throw new StorageError("unsupported", `the progress of a backfill is of format ${progress.format}`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
