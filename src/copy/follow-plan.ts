/** How the changes of each table are to be followed, and what stands against it; looks at the source and changes nothing. */
import type { Caller } from "./caller.ts";
import { hasCaptures } from "./capture-source.ts";
import type { CopyState, TableState } from "./copy-state.ts";
import type { FollowKind, FollowState } from "./follow-state.ts";
import type { CopyPlan, PlannedTable } from "./plan.ts";
import { hasStreams, streamArn } from "./stream-switch.ts";
import { tableIdOf } from "./table-definition.ts";

export interface PlannedFollow {
  readonly planned: PlannedTable;
  readonly kind: FollowKind;
  /** `begin`: the source is to keep changes from now on. `goOn`: it does. `ended`: a run before has applied the last one. */
  readonly action: "begin" | "goOn" | "ended";
  /** Both ends have to be compared once before changes are applied. */
  readonly syncDue: boolean;
}

export interface FollowPlan {
  readonly tables: readonly PlannedFollow[];
  readonly obstacles: readonly string[];
}

export interface FollowPlanOptions {
  readonly source: Caller;
  readonly plan: CopyPlan;
  readonly state: CopyState;
  readonly sync: boolean;
}

export async function planFollowing(options: FollowPlanOptions): Promise<FollowPlan> {
  const { source, plan, state, sync } = options;
  const [first] = plan.tables;
  if (first === undefined) return { tables: [], obstacles: [] };
  const kind = await kindOf(source, first);
  if (kind === undefined) {
    const message =
      `${source.end.name} keeps no changes that could be followed: it has neither captures, as a Stator has, nor streams; ` +
      "without --follow, --sync catches up";
    return { tables: [], obstacles: [message] };
  }
  const tables: PlannedFollow[] = [];
  const obstacles: string[] = [];
  for (const planned of plan.tables) {
    const kept = state.following.get(planned.name);
    const follow = kept?.sourceId === tableIdOf(planned.description) ? kept : undefined;
    const outcome = decide(planned, { follow, table: state.tables.get(planned.name), sync });
    if (typeof outcome === "string") obstacles.push(outcome);
    else
      tables.push({ planned, kind: outcome.action === "begin" ? kind : (follow?.kind ?? kind), ...outcome });
  }
  return { tables, obstacles };
}

async function kindOf(source: Caller, { name, description }: PlannedTable): Promise<FollowKind | undefined> {
  if (await hasCaptures(source, name)) return "capture";
  return streamArn(description) !== undefined || (await hasStreams(source, name)) ? "stream" : undefined;
}

interface Known {
  readonly follow: FollowState | undefined;
  readonly table: TableState | undefined;
  readonly sync: boolean;
}

type Decision = Pick<PlannedFollow, "action" | "syncDue"> | string;

/** A text is an obstacle. */
function decide({ name, action }: PlannedTable, { follow, table, sync }: Known): Decision {
  const syncWanted = action === "sync";
  switch (follow?.step) {
    case "begun":
      return { action: "goOn", syncDue: follow.syncDue || syncWanted };
    case "ended":
      return sync ? { action: "begin", syncDue: true } : { action: "ended", syncDue: false };
    case "lost":
      return sync
        ? { action: "begin", syncDue: true }
        : `${name}: changes were lost, as was told; ${anewText}`;
    case "beginning":
      return follow.syncDue && !sync
        ? { action: "begin", syncDue: true }
        : fresh({ name, table, sync, syncWanted });
    case undefined:
      return fresh({ name, table, sync, syncWanted });
  }
}

interface FreshTable extends Pick<Known, "table" | "sync"> {
  readonly name: string;
  readonly syncWanted: boolean;
}

/** Nothing is known of its changes yet. */
function fresh({ name, table, sync, syncWanted }: FreshTable): Decision {
  const isLate = table !== undefined && wasRead(table);
  if (!isLate || sync) return { action: "begin", syncDue: syncWanted || isLate };
  return `${name}: its copy was begun without --follow, so changes may be missing; ${anewText}`;
}

const anewText =
  "with --follow --sync both ends are compared, what differs is put, and changes are followed from then on";

function wasRead({ step, segments }: TableState): boolean {
  return step === "copied" || segments.some(({ done, startKey }) => done || startKey !== undefined);
}

/** For a person who asks what would be done. */
export function followText({ planned, kind, action }: PlannedFollow): string {
  if (action === "ended") return "was followed to its end by a run before";
  if (action === "goOn") return "its changes are kept and would be followed on";
  if (kind === "capture") return "its changes would be kept and followed by a capture";
  return streamArn(planned.description) === undefined
    ? "its changes would be followed by a stream, switched on for that (KEYS_ONLY) and off again at the end"
    : "its changes would be followed by the stream it has";
}
