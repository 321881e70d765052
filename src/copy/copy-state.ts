/** How far a copy has come, as the state file keeps it. Tells nothing of items but the keys where segments go on. */
import { isJson, type Json, numberIn, objectIn, objectsIn, textIn } from "./end.ts";
import type { NotTakenOver } from "./not-taken-over.ts";

export interface CopyState {
  readonly from: string;
  readonly to: string;
  readonly tables: Map<string, TableState>;
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

/** Grows with every change that old versions would not understand. */
const format = 1;

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
export function stateText({ from, to, tables }: CopyState): string {
  const list = [...tables].map(([name, state]) => ({ name, ...state }));
  return `${JSON.stringify({ statorCopy: format, from, to, tables: list }, undefined, 1)}\n`;
}

/** Undefined when the text is no state that this version understands. */
export function readState(text: string): CopyState | undefined {
  const json = parsed(text);
  if (json === undefined || numberIn(json, "statorCopy") !== format) return undefined;
  const from = textIn(json, "from");
  const to = textIn(json, "to");
  if (from === undefined || to === undefined) return undefined;
  const tables = new Map<string, TableState>();
  for (const entry of objectsIn(json, "tables")) {
    const state = readTable(entry);
    if (state === undefined) return undefined;
    tables.set(textIn(entry, "name") ?? "", state);
  }
  return { from, to, tables };
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
