/** How far a copy has come, as the state file keeps it. Tells nothing of items but the keys where segments go on. */
import { isJson, type Json, numberIn, objectIn, objectsIn, textIn } from "./end.ts";
import { type FollowState, readFollowState } from "./follow-state.ts";
import type { NotTakenOver } from "./not-taken-over.ts";

export interface CopyState {
  readonly from: string;
  readonly to: string;
  readonly tables: Map<string, TableState>;
  /** Tables whose changes are followed, or were. */
  readonly following: Map<string, FollowState>;
}

/** Changed in place by whoever copies the table; saved as a whole. */
export interface TableState {
  /** `making`: the target was asked for the table, or is about to be. `copied`: all items and late settings. */
  step: "making" | "copying" | "copied";
  /** Which table of that name it is, on either end. */
  readonly sourceId: string;
  targetId: string | undefined;
  segments: SegmentState[];
  items: number;
  /** Of pages read. */
  sizeBytes: number;
  /** Items that the target would not have. */
  refusedItems: number;
  notTakenOver: NotTakenOver[];
}

export interface SegmentState {
  done: boolean;
  /** ExclusiveStartKey of the next page; undefined: from the beginning. */
  startKey: Json | undefined;
}

/** Grow with every change that old versions would not understand; they knew nothing of following. */
const formatPlain = 1;
const formatFollowing = 2;

export function newCopyState(from: string, to: string): CopyState {
  return { from, to, tables: new Map(), following: new Map() };
}

export function newTableState(sourceId: string): TableState {
  return {
    step: "making",
    sourceId,
    targetId: undefined,
    segments: [],
    items: 0,
    sizeBytes: 0,
    refusedItems: 0,
    notTakenOver: [],
  };
}

/** A list, since a table may have any name, `__proto__` among them. */
export function stateText({ from, to, tables, following }: CopyState): string {
  const list = [...tables].map(([name, state]) => ({ name, ...state }));
  const followed = [...following].map(([name, state]) => ({ name, ...state }));
  const state =
    followed.length === 0
      ? { statorCopy: formatPlain, from, to, tables: list }
      : { statorCopy: formatFollowing, from, to, tables: list, following: followed };
  return `${JSON.stringify(state, undefined, 1)}\n`;
}

/** Undefined when the text is no state that this version understands. */
export function readState(text: string): CopyState | undefined {
  const json = parsed(text);
  const format = json === undefined ? undefined : numberIn(json, "statorCopy");
  if (json === undefined || (format !== formatPlain && format !== formatFollowing)) return undefined;
  const from = textIn(json, "from");
  const to = textIn(json, "to");
  if (from === undefined || to === undefined) return undefined;
  const state = newCopyState(from, to);
  for (const entry of objectsIn(json, "tables")) {
    const table = readTable(entry);
    if (table === undefined) return undefined;
    state.tables.set(textIn(entry, "name") ?? "", table);
  }
  for (const entry of objectsIn(json, "following")) {
    const follow = readFollowState(entry);
    if (follow === undefined) return undefined;
    state.following.set(textIn(entry, "name") ?? "", follow);
  }
  return state;
}

function readTable(entry: Json): TableState | undefined {
  const step = textIn(entry, "step");
  const sourceId = textIn(entry, "sourceId");
  if (sourceId === undefined || (step !== "making" && step !== "copying" && step !== "copied")) {
    return undefined;
  }
  return {
    step,
    sourceId,
    targetId: textIn(entry, "targetId"),
    segments: objectsIn(entry, "segments").map((segment) => ({
      done: segment["done"] === true,
      startKey: objectIn(segment, "startKey"),
    })),
    items: numberIn(entry, "items") ?? 0,
    sizeBytes: numberIn(entry, "sizeBytes") ?? 0,
    refusedItems: numberIn(entry, "refusedItems") ?? 0,
    notTakenOver: objectsIn(entry, "notTakenOver").map((each) => ({
      member: textIn(each, "member") ?? "",
      reason: textIn(each, "reason") ?? "",
    })),
  };
}

function parsed(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isJson(json) ? json : undefined;
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
