/**
 * Captures of tables as they are stored: a member of the description, and for each bucket a cursor in the change log.
 * Both come and go in one commit, so that there is never a capture that does not keep its changes.
 */
import { cursorKey, decodeCursor, type LogReader, newReaderCursor } from "../changes/index.ts";
import type { RecordKey, RecordWrite, StoredRecord } from "../storage/contract/index.ts";
import { tableShards } from "./index-records.ts";
import type { Capture, TableDescription } from "./types.ts";

type CapturedTable = Pick<TableDescription, "keyspace" | "bucketCount">;

/** Whose cursors a capture has. An epoch begins one capture at most, so the name is given once. */
export function captureReader(table: CapturedTable, { sinceEpoch }: Pick<Capture, "sinceEpoch">): LogReader {
  return { id: `capture/${table.keyspace}/${sinceEpoch}`, shards: tableShards(table) };
}

/** What is kept of the time of the last read. */
export function captureLeaseKey(table: CapturedTable, capture: Pick<Capture, "sinceEpoch">): RecordKey {
  const { id, shards } = captureReader(table, capture);
  return cursorKey(id, shards[0] ?? 0);
}

/** Whether nobody has read it for too long; what has no lease is over. */
export function isUnread(lease: StoredRecord | undefined, nowMs: number): boolean {
  return lease === undefined || decodeCursor(lease.value).leaseUntilMs <= nowMs;
}

/** Cursors of the captures that `after` has and `before` has not. */
export function beginningCaptures(
  before: TableDescription,
  after: TableDescription,
  nowMs: number,
): readonly RecordWrite[] {
  const value = newReaderCursor(nowMs);
  return onlyIn(after, before)
    .flatMap((capture) => captureKeys(after, capture))
    .map((key) => ({ kind: "put", key, value }));
}

/** Keys of what is stored of the captures that `before` has and `after`, which may be nothing, has not. */
export function endingCaptureKeys(
  before: TableDescription,
  after: TableDescription | undefined,
): readonly RecordKey[] {
  return onlyIn(before, after).flatMap((capture) => captureKeys(before, capture));
}

/** The description without one of its captures. */
export function withoutCapture(table: TableDescription, { sinceEpoch }: Capture): TableDescription {
  const { captures = [], ...rest } = table;
  const kept = captures.filter((capture) => capture.sinceEpoch !== sinceEpoch);
  return kept.length === 0 ? rest : { ...rest, captures: kept };
}

function onlyIn(table: TableDescription, other: TableDescription | undefined): readonly Capture[] {
  const known = new Set(other?.captures?.map(({ sinceEpoch }) => sinceEpoch));
  return (table.captures ?? []).filter(({ sinceEpoch }) => !known.has(sinceEpoch));
}

function captureKeys(table: CapturedTable, capture: Capture): readonly RecordKey[] {
  const { id, shards } = captureReader(table, capture);
  return shards.map((shard) => cursorKey(id, shard));
}
