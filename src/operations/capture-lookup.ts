/** What the three operations on captures look up: the table, the capture, its cursors, the positions of a request. */
import {
  type ApiError,
  apiError,
  type CapturePosition,
  tableResourceNotFound,
  validationError,
} from "../api/index.ts";
import { type Capture, captureReader, type TableDescription } from "../catalog/index.ts";
import { type Cursor, hasBegun, readerCursors, readerKeptMs } from "../changes/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import type { OperationContext } from "./context.ts";
import { controlTable } from "./table-lookup.ts";

/** A table whose changes can be captured: one that can have items. */
export function capturedTable(context: OperationContext, reference: string): TableDescription {
  const table = controlTable(context, reference);
  if (table.status === "CREATING" || table.status === "DELETING") throw tableResourceNotFound(table.name);
  return table;
}

export function findCapture({ captures }: TableDescription, id: string): Capture | undefined {
  return captures?.find((capture) => capture.id === id);
}

export function captureNotFound(id: string): ApiError {
  return apiError("ResourceNotFoundException", `Capture not found: ${id}`);
}

/** One for each bucket. Throws when the capture was ended, or its beginning was never answered. */
export async function captureCursors(
  engine: Engine,
  table: TableDescription,
  capture: Capture,
): Promise<readonly Cursor[]> {
  const cursors = await readerCursors(engine, captureReader(table, capture));
  if (cursors?.every(hasBegun) !== true) throw captureNotFound(capture.id);
  return cursors;
}

/** That somebody reads is noted when it was noted so long ago: a commit an hour, not one for each look. */
const notedEveryMs = 60 * 60 * 1000;

/** It is noted by an acknowledgement of the first bucket, whether that moves or not. */
export function isReadToBeNoted([first]: readonly Cursor[], nowMs: number): boolean {
  if (first === undefined) return false;
  return Math.abs(first.leaseUntilMs - nowMs - readerKeptMs) > notedEveryMs;
}

/** By bucket; those that the request leaves out are where they are. */
export function askedPositions(
  cursors: readonly Cursor[],
  asked: readonly CapturePosition[],
): readonly number[] {
  const positions = cursors.map(({ position }) => position);
  const named = new Set<number>();
  for (const { Shard, Position } of asked) {
    const acknowledged = cursors[Shard]?.position;
    if (acknowledged === undefined)
      throw validationError(`Positions names a shard that is not there: ${Shard}`);
    if (named.has(Shard)) throw validationError(`Positions names shard ${Shard} more than once`);
    if (Position < acknowledged) throw alreadyAcknowledged();
    named.add(Shard);
    positions[Shard] = Position;
  }
  return positions;
}

/** What is below a position may be forgotten as soon as it is acknowledged. */
export function alreadyAcknowledged(): ApiError {
  return validationError("Positions names a position below what was acknowledged already");
}

export function positionsJson(positions: readonly number[]): string {
  return JSON.stringify(positions.map((Position, Shard) => ({ Shard, Position })));
}
