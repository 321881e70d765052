/** Changes of a table of a Stator: a capture holds its change log back until it was read. Over HTTP or in this process. */
import type { Caller } from "./caller.ts";
import { refusalText } from "./caller.ts";
import {
  type ChangeSource,
  type ChangeSourceOptions,
  ChangesLost,
  idlePauseMs,
} from "./change-source-types.ts";
import { CopyFailure } from "./copy-failure.ts";
import { type Json, objectsIn } from "./end.ts";

/** Ids of captures are `copy-` and some random digits. */
const probeId = "copy-probe";

/** Whether an end has captures. Ending one that is not there changes nothing, and only a Stator answers it. */
export async function hasCaptures(source: Caller, table: string): Promise<boolean> {
  const input = { TableName: table, CaptureId: probeId };
  const outcome = await source.with({ service: "Stator" }).ask("EndCapture", input);
  return outcome.kind === "answer" || outcome.error === "ResourceNotFoundException";
}

export function captureSource(options: ChangeSourceOptions): ChangeSource {
  const { table, follow, clock, tables } = options;
  const caller = options.source.with({ service: "Stator" });
  let isIdle = false;

  const named = (): Json => ({ TableName: table, CaptureId: follow.place ?? "" });
  const read = async (positions: Json, limit: Json): Promise<Json> => {
    const input = { ...named(), Positions: objectsIn(positions, "shards"), ...limit };
    const outcome = await caller.ask("ReadCapture", input);
    if (outcome.kind === "answer") return outcome.body;
    if (outcome.message.startsWith(captureGone)) throw new ChangesLost(table, goneReason);
    throw new CopyFailure(`${caller.end.name}: ReadCapture of ${table}: ${refusalText(outcome)}`);
  };

  return {
    async begin(save) {
      await save();
      const outcome = await caller.ask("BeginCapture", named());
      if (outcome.kind === "answer") return { shards: objectsIn(outcome.body, "Positions") };
      throw new CopyFailure(`${caller.end.name}: BeginCapture of ${table}: ${refusalText(outcome)}`);
    },
    async read(positions) {
      if (isIdle) await caller.pause(idlePauseMs(tables));
      const askedMs = clock.nowMs();
      const body = await read(positions, {});
      const keys = objectsIn(body, "Keys");
      const caughtUp = body["CaughtUp"] === true;
      isIdle = caughtUp && keys.length === 0;
      const next: Json = { shards: objectsIn(body, "Positions") };
      const moved = JSON.stringify(next) !== JSON.stringify(positions);
      return { keys, positions: moved ? next : positions, completeToMs: caughtUp ? askedMs : undefined };
    },
    /** A capture that nobody reads is dropped after a day; reading from where it stands forgets nothing. */
    async keep(positions) {
      await read(positions, { Limit: 1 });
      return positions;
    },
    async end() {
      const outcome = await caller.ask("EndCapture", named());
      if (outcome.kind === "answer" || outcome.error === "ResourceNotFoundException") {
        return "its capture is ended";
      }
      return `its capture could not be ended (${refusalText(outcome)}) and ends by itself in a day`;
    },
  };
}

/** The table itself may be gone, too, and is answered with the same error. */
const captureGone = "Capture not found";
const goneReason =
  "its changes are no longer kept (nobody has read them for a day, or the capture was ended)";
