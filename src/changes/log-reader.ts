/**
 * Readers of the change log that nobody runs here: somebody outside asks for records, and says through where he has
 * taken them in. What was acknowledged may be forgotten, the rest is kept. Their cursors are those of consumers: the
 * owner is nobody, the token counts acknowledgements, and the lease of the first shard's cursor says until when the
 * reader is taken to be alive.
 */
import { assert } from "../base/index.ts";
import type {
  DecideFunction,
  Engine,
  Mutation,
  RecordKey,
  RecordWrite,
  ShardId,
} from "../storage/contract/index.ts";
import { type Cursor, cursorKey, decodeCursor, encodeCursor } from "./cursors.ts";

export interface LogReader {
  /** Names the cursors, so it is never given to another reader or consumer of the same store. */
  readonly id: string;
  readonly shards: readonly ShardId[];
}

/** A reader that is silent for so long has been forgotten by whoever began it. */
export const readerKeptMs: number = 24 * 60 * 60 * 1000;

export const acknowledgeKind = "acknowledge";

/**
 * The cursor of a reader that is being added, for the commit that adds it. It keeps everything until the reader begins,
 * with an acknowledgement of where the log ends then.
 */
export function newReaderCursor(nowMs: number): Uint8Array {
  return encodeCursor({ position: 0, owner: nobody, leaseUntilMs: nowMs + readerKeptMs, token: 0 });
}

const nobody = "";

/** Whether the reader was ever told a position. */
export function hasBegun({ token }: Cursor): boolean {
  return token > 0;
}

/** Of a reader's shards, in their order; undefined when the reader is gone. As of every acknowledged write. */
export async function readerCursors(
  engine: Engine,
  { id, shards }: LogReader,
): Promise<readonly Cursor[] | undefined> {
  const keys = shards.map((shard) => cursorKey(id, shard));
  const records = await engine.getMany(keys, "strong");
  const cursors = records.flatMap((record) => (record === undefined ? [] : [decodeCursor(record.value)]));
  return cursors.length === shards.length ? cursors : undefined;
}

export interface Acknowledged {
  readonly shard: ShardId;
  /** Everything through this one. */
  readonly position: number;
}

interface AcknowledgeArguments {
  readonly keys: readonly RecordKey[];
  readonly positions: readonly number[];
  readonly beginning: boolean;
}

/** Result of both outcomes. */
export type AcknowledgeResult =
  /** Where the named shards are now. */
  | { readonly kind: "acknowledged"; readonly positions: readonly number[] }
  /** The reader was ended. */
  | { readonly kind: "gone" }
  /** Another position beyond one of these is acknowledged already; nothing has changed. */
  | { readonly kind: "passed" };

/** All or nothing, and each shard at most once. */
export function acknowledgeMutation(readerId: string, acknowledged: readonly Acknowledged[]): Mutation {
  return mutationOf(readerId, acknowledged, false);
}

/** The first acknowledgement; where another one has come first, that one stays. */
export function beginReaderMutation(readerId: string, ends: readonly Acknowledged[]): Mutation {
  return mutationOf(readerId, ends, true);
}

function mutationOf(readerId: string, moves: readonly Acknowledged[], beginning: boolean): Mutation {
  const keys = moves.map(({ shard }) => cursorKey(readerId, shard));
  const args: AcknowledgeArguments = { keys, positions: moves.map(({ position }) => position), beginning };
  return { kind: acknowledgeKind, epochs: [], keys, args };
}

export const decideAcknowledge: DecideFunction = (args, records, { nowMicros }) => {
  const { keys, positions: wanted, beginning } = args as AcknowledgeArguments;
  assert(records.length === wanted.length, "an acknowledgement reads one cursor for each position");
  const writes: RecordWrite[] = [];
  const positions: number[] = [];
  for (const [index, key] of keys.entries()) {
    const record = records[index];
    if (record === undefined) return refused({ kind: "gone" });
    const cursor = decodeCursor(record.value);
    const position = beginning && hasBegun(cursor) ? cursor.position : (wanted[index] ?? 0);
    if (position < cursor.position) return refused({ kind: "passed" });
    positions.push(position);
    const leaseUntilMs = Math.floor(nowMicros / 1000) + readerKeptMs;
    const moved = encodeCursor({ ...cursor, position, leaseUntilMs, token: cursor.token + 1 });
    writes.push({ kind: "put", key, value: moved });
  }
  const result: AcknowledgeResult = { kind: "acknowledged", positions };
  return { kind: "commit", commit: { records: writes }, result };
};

function refused(result: AcknowledgeResult): ReturnType<DecideFunction> {
  return { kind: "refuse", result };
}
