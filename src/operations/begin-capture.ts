/**
 * BeginCapture, an operation of Stator's own: from its answer on, every change of the table's items is in the change
 * log and stays there until it was read.
 *
 * First the description gets the capture, together with cursors that keep everything. When that is answered every
 * server knows it, so all that is written later is logged, and nobody trims it. Only then is looked where the log ends,
 * and the cursors are put there. Who never learns of that begins again under the same id; a capture that is found
 * without its ends may not be known everywhere yet, so the table is changed once more.
 */
import { apiError, type BeginCaptureInput, internalServerError } from "../api/index.ts";
import { type Capture, captureReader, type TableDescription } from "../catalog/index.ts";
import {
  type Acknowledged,
  type AcknowledgeResult,
  beginReaderMutation,
  hasBegun,
  type LogReader,
  readerCursors,
} from "../changes/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import {
  captureNotFound,
  capturedTable,
  findCapture,
  isReadToBeNoted,
  positionsJson,
} from "./capture-lookup.ts";
import { changedTo, changeFound } from "./change-table.ts";
import type { OperationContext, ResponseBody } from "./context.ts";

/** What the slowest has not read takes space, and each is looked at whenever the log is trimmed. */
const capturesMax = 4;

/** The capture may be ended by somebody else between the two steps; more than this means something is wrong. */
const attemptsMax = 10;

export async function beginCapture(
  context: OperationContext,
  input: BeginCaptureInput,
): Promise<ResponseBody> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const known = await knownPositions(context, input);
    if (known !== undefined) return answer(known);
    const { table, capture } = await addedCapture(context, input);
    const positions = await begunPositions(context.services.engine, captureReader(table, capture));
    if (positions !== undefined) return answer(positions);
  }
  throw internalServerError();
}

function answer(positions: readonly number[]): string {
  return `{"Positions":${positionsJson(positions)}}`;
}

/** What is acknowledged of a capture that was begun before. That one lives on, as if it had been read. */
async function knownPositions(
  context: OperationContext,
  { TableName, CaptureId }: BeginCaptureInput,
): Promise<readonly number[] | undefined> {
  const { engine, clock } = context.services;
  const table = capturedTable(context, TableName);
  const capture = findCapture(table, CaptureId);
  if (capture === undefined) return undefined;
  const reader = captureReader(table, capture);
  const cursors = await readerCursors(engine, reader);
  if (cursors?.every(hasBegun) !== true) return undefined;
  if (isReadToBeNoted(cursors, clock.nowMs())) return begunPositions(engine, reader);
  return cursors.map(({ position }) => position);
}

/** The capture of this id, which every server knows now. */
async function addedCapture(
  context: OperationContext,
  { TableName, CaptureId }: BeginCaptureInput,
): Promise<{ readonly table: TableDescription; readonly capture: Capture }> {
  const table = await changeFound(
    context,
    () => capturedTable(context, TableName),
    (present) => {
      if (findCapture(present, CaptureId) !== undefined) return changedTo(present);
      if ((present.captures?.length ?? 0) >= capturesMax) {
        throw apiError("LimitExceededException", `A table has at most ${capturesMax} captures`);
      }
      return changedTo({ ...present, newCapture: { id: CaptureId } });
    },
  );
  const capture = findCapture(table, CaptureId);
  if (capture === undefined) throw captureNotFound(CaptureId);
  return { table, capture };
}

/**
 * Puts the cursors to the ends of the log, or leaves them where they are when somebody has done that. Undefined when
 * the capture was ended meanwhile.
 */
async function begunPositions(engine: Engine, reader: LogReader): Promise<readonly number[] | undefined> {
  const ends: Acknowledged[] = [];
  for (const shard of reader.shards) ends.push({ shard, position: (await engine.logEnd(shard)).last });
  const outcome = await engine.mutate(beginReaderMutation(reader.id, ends));
  if (outcome.kind !== "committed" && outcome.kind !== "refused") throw internalServerError();
  const result = outcome.result as AcknowledgeResult;
  return result.kind === "acknowledged" ? result.positions : undefined;
}
