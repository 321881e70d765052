/** How far the changes of a table have been followed, as the state file keeps it. */
import { type Json, numberIn, objectIn, textIn } from "./end.ts";

export type FollowKind =
  /** A capture of a Stator: its change log, kept until it was read. */
  | "capture"
  /** A stream of DynamoDB. */
  | "stream";

/** Changed in place by whoever follows the table; saved as a whole. */
export interface FollowState {
  readonly kind: FollowKind;
  /** Which table of that name it is, on the source. */
  readonly sourceId: string;
  /**
   * `beginning`: the source is asked to keep the changes, and no page was read since. `begun`: all changes are known from
   * `positions` on. `lost`: some are no longer. `ended`: all were applied, and the source keeps none any more.
   */
  step: "beginning" | "begun" | "lost" | "ended";
  /** The capture's id or the stream's ARN. */
  place: string | undefined;
  /** The source had no stream: the copy has switched it on, and will switch it off. */
  switchedOn: boolean;
  /** Pages were read before the changes were kept, so that both ends have to be held against each other once. */
  syncDue: boolean;
  /** Everything up to here was applied; only the kind of source knows what is in it. */
  positions: Json;
  /** Keys that were applied. */
  changes: number;
}

export function newFollowState(start: Pick<FollowState, "kind" | "sourceId" | "syncDue">): FollowState {
  return { ...start, step: "beginning", place: undefined, switchedOn: false, positions: {}, changes: 0 };
}

/** Undefined when this version does not understand it. */
export function readFollowState(entry: Json): FollowState | undefined {
  const kind = textIn(entry, "kind");
  const sourceId = textIn(entry, "sourceId");
  const step = textIn(entry, "step");
  if (kind !== "capture" && kind !== "stream") return undefined;
  if (step !== "beginning" && step !== "begun" && step !== "lost" && step !== "ended") return undefined;
  if (sourceId === undefined) return undefined;
  return {
    kind,
    sourceId,
    step,
    place: textIn(entry, "place"),
    switchedOn: entry["switchedOn"] === true,
    syncDue: entry["syncDue"] === true,
    positions: objectIn(entry, "positions") ?? {},
    changes: numberIn(entry, "changes") ?? 0,
  };
}
