/**
 * ReadCapture, an operation of Stator's own: forgets what the caller has taken in, and answers the keys of items that
 * were changed after that. An item is named once, however often it was changed.
 */
import { internalServerError, type ReadCaptureInput, validationError } from "../api/index.ts";
import { type Capture, captureReader, type TableDescription } from "../catalog/index.ts";
import {
  type Acknowledged,
  acknowledgeMutation,
  type AcknowledgeResult,
  type Cursor,
  itemShard,
} from "../changes/index.ts";
import {
  alreadyAcknowledged,
  askedPositions,
  captureCursors,
  capturedTable,
  captureNotFound,
  findCapture,
  isReadToBeNoted,
  positionsJson,
} from "./capture-lookup.ts";
import { readChangedKeys } from "./capture-keys.ts";
import type { OperationContext, ResponseBody } from "./context.ts";

const recordsMaxDefault = 1000;

export async function readCapture(context: OperationContext, input: ReadCaptureInput): Promise<ResponseBody> {
  const { engine } = context.services;
  const table = capturedTable(context, input.TableName);
  const capture = findCapture(table, input.CaptureId);
  if (capture === undefined) throw captureNotFound(input.CaptureId);
  const cursors = await captureCursors(engine, table, capture);
  const positions = askedPositions(cursors, input.Positions);
  await acknowledge(context, { table, capture, cursors, positions });
  const page = await readChangedKeys(context.services, table, {
    positions,
    recordsMax: input.Limit ?? recordsMaxDefault,
  });
  if (page.kind === "keys") {
    const { keys, caughtUp } = page;
    return `{"Keys":[${keys.join(",")}],"Positions":${positionsJson(page.positions)},"CaughtUp":${caughtUp}}`;
  }
  // Only what was acknowledged is trimmed, so that somebody else has read in the name of this capture, or ended it.
  const now = await captureCursors(engine, table, capture);
  if ((now[page.bucket]?.position ?? 0) <= (positions[page.bucket] ?? 0)) throw internalServerError();
  throw alreadyAcknowledged();
}

interface Acknowledging {
  readonly table: TableDescription;
  readonly capture: Capture;
  readonly cursors: readonly Cursor[];
  readonly positions: readonly number[];
}

async function acknowledge(context: OperationContext, asked: Acknowledging): Promise<void> {
  const { engine } = context.services;
  const { table, capture } = asked;
  const moves = await movesOf(context, asked);
  if (moves.length === 0) return;
  const outcome = await engine.mutate(acknowledgeMutation(captureReader(table, capture).id, moves));
  if (outcome.kind !== "committed" && outcome.kind !== "refused") throw internalServerError();
  const result = outcome.result as AcknowledgeResult;
  if (result.kind === "gone") throw captureNotFound(capture.id);
  if (result.kind === "passed") throw alreadyAcknowledged();
}

/** What is not acknowledged yet, and the first shard when it is time to note that somebody reads. */
async function movesOf(
  { services: { engine, clock } }: OperationContext,
  { table, cursors, positions }: Acknowledging,
): Promise<readonly Acknowledged[]> {
  const moves: Acknowledged[] = [];
  const isDue = isReadToBeNoted(cursors, clock.nowMs());
  for (const [bucket, { position: known }] of cursors.entries()) {
    const shard = itemShard(table.keyspace, bucket);
    const position = positions[bucket] ?? known;
    if (position > known && position > (await engine.logEnd(shard)).last) {
      throw validationError(`Positions names a position of shard ${bucket} that is not there`);
    }
    if (position > known || (isDue && bucket === 0)) moves.push({ shard, position });
  }
  return moves;
}
