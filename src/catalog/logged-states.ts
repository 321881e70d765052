/**
 * The catalog's log: one record per commit, with the tables it changed and how far each of them has come by it.
 * Who follows the log reads the table itself; the state only tells whether there is something new to read.
 */
import type { ShardId } from "../storage/contract/index.ts";
import { catalogShard, decodeRecord } from "./records.ts";
import type { Namespace, TableDescription } from "./types.ts";

export interface LoggedState {
  readonly namespace: Namespace;
  readonly name: string;
  readonly keyspace: number;
  /** Absent: the table was dropped. */
  readonly epoch?: number;
}

/** Written into every record; a record of a later format is not guessed at. */
const logFormat = 1;

interface LogValue {
  readonly format: number;
  readonly states: readonly LoggedState[];
}

export function tableState({ namespace, name, keyspace, epoch }: TableDescription): LoggedState {
  return { namespace, name, keyspace, epoch };
}

export function droppedState({ namespace, name, keyspace }: TableDescription): LoggedState {
  return { namespace, name, keyspace };
}

export function logRecord(states: readonly LoggedState[]): {
  readonly shard: ShardId;
  readonly value: Uint8Array;
} {
  const value: LogValue = { format: logFormat, states };
  return { shard: catalogShard, value: Buffer.from(JSON.stringify(value)) };
}

/** Throws a StorageError for bytes that are damaged or that a later version wrote. */
export function decodeStates(value: Uint8Array): readonly LoggedState[] {
  const what = "the catalog's log holds a record";
  return decodeRecord<LogValue>(value, { formats: [logFormat], what }).states;
}
