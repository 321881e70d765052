/**
 * How far a consumer has come in a shard, and who may take it further. One small record each, in JSON with a
 * format; it moves in the commit of the consumer's output (see decides.ts), never alone.
 */
import { assert } from "../base/index.ts";
import {
  type Engine,
  type Keyspace,
  placementOfShard,
  type RecordKey,
  type ShardId,
  StorageError,
} from "../storage/contract/index.ts";

export interface Cursor {
  /** Everything through this position is applied; 0: nothing yet, and the consumer begins with the oldest record. */
  readonly position: number;
  /** The runner that took the cursor last. */
  readonly owner: string;
  /** Until then nobody else takes it. */
  readonly leaseUntilMs: number;
  /** Fencing token: grows each time the cursor is taken. */
  readonly token: number;
}

/** Below the keyspaces of tables, which the catalog gives out. */
export const cursorsKeyspace: Keyspace = 3;

const cursorFormat = 1;
const uint32Values = 0x1_0000_0000;

/** Beside the records of its shard, so that consumers of different buckets do not meet. Who drops one deletes these too. */
export function cursorKey(consumerId: string, shard: ShardId): RecordKey {
  assert(consumerId !== "", "a consumer has an id");
  const sort = new Uint8Array(8);
  const view = new DataView(sort.buffer);
  view.setUint32(0, Math.floor(shard / uint32Values));
  view.setUint32(4, shard % uint32Values);
  const placement = placementOfShard(shard);
  return { keyspace: cursorsKeyspace, placement, partition: Buffer.from(consumerId), sort };
}

export function encodeCursor({ position, owner, leaseUntilMs, token }: Cursor): Uint8Array {
  return Buffer.from(JSON.stringify({ format: cursorFormat, position, owner, leaseUntilMs, token }));
}

/** Throws a StorageError for bytes that are damaged or that a later version wrote. */
export function decodeCursor(value: Uint8Array): Cursor {
  const { format, position, owner, leaseUntilMs, token } = parseCursor(value);
  if (format !== cursorFormat) {
    throw new StorageError("unsupported", `the change log has a cursor of format ${String(format)}`);
  }
  if (!isCount(position) || !isCount(leaseUntilMs) || !isCount(token) || typeof owner !== "string") {
    throw new StorageError("corrupted", "the change log has a cursor with members missing");
  }
  return { position, owner, leaseUntilMs, token };
}

/** As of every acknowledged write; absent when the consumer has not begun. */
export async function readCursor(
  engine: Engine,
  consumerId: string,
  shard: ShardId,
): Promise<Cursor | undefined> {
  const record = await engine.get(cursorKey(consumerId, shard), "strong");
  return record === undefined ? undefined : decodeCursor(record.value);
}

function parseCursor(value: Uint8Array): Readonly<Record<string, unknown>> {
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error: unknown) {
    throw new StorageError("corrupted", "the change log has a cursor that is no JSON", { cause: error });
  }
  if (typeof parsed !== "object" || parsed === null) {
    throw new StorageError("corrupted", "the change log has a cursor that is no object");
  }
  return parsed as Readonly<Record<string, unknown>>;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
