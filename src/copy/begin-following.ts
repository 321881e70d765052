/** Has the source keep the changes of the tables, before any page of them is read; the state says so first. */
import type { ChangeSource } from "./change-source-types.ts";
import { changeSource } from "./change-source.ts";
import type { CopyContext } from "./copy-context.ts";
import type { CopyState } from "./copy-state.ts";
import type { PlannedFollow } from "./follow-plan.ts";
import { type FollowState, newFollowState } from "./follow-state.ts";
import { keyNamesOf, tableIdOf } from "./table-definition.ts";
import { eachOf } from "./workers.ts";

/** A table whose changes are known from a moment on. */
export interface FollowedTable {
  readonly name: string;
  readonly keyNames: readonly string[];
  readonly follow: FollowState;
  readonly source: ChangeSource;
}

/** AWS takes some ten seconds to switch a stream on. */
const begunAtOnceMax = 8;

/** In the order of the plan; without those that were followed to their end. */
export async function beginFollowing(
  context: CopyContext,
  plans: readonly PlannedFollow[],
  state: CopyState,
): Promise<readonly FollowedTable[]> {
  const wanted = plans.filter(({ action }) => action !== "ended");
  const tables = wanted.map((plan) => followedTable(context, plan, { state, tables: wanted.length }));
  await context.keeper.save();
  context.progress.begin("having changes kept", 0);
  const toBegin = tables.filter(({ follow }) => follow.step === "beginning");
  const limits = { workersMax: begunAtOnceMax, signal: context.signal };
  await eachOf(toBegin, limits, async ({ follow, source }) => {
    follow.positions = await source.begin(() => context.keeper.save());
    follow.step = "begun";
    await context.keeper.save();
  });
  return tables;
}

interface ManyTables {
  readonly state: CopyState;
  readonly tables: number;
}

function followedTable(
  context: CopyContext,
  plan: PlannedFollow,
  { state, tables }: ManyTables,
): FollowedTable {
  const { name, description } = plan.planned;
  const keyNames = keyNamesOf(description);
  const follow = plan.action === "goOn" ? state.following.get(name) : undefined;
  const current = follow ?? begunAnew(context, plan, state.following.get(name));
  current.syncDue = plan.syncDue;
  state.following.set(name, current);
  const { source, clock, signal } = context;
  const options = { source, clock, signal, table: name, keyNames, follow: current, tables };
  return { name, keyNames, follow: current, source: changeSource(options) };
}

/** What was lost or never begun leaves nothing but a stream that the copy has switched on. */
function begunAnew(
  { random }: CopyContext,
  { planned, kind, syncDue }: PlannedFollow,
  before: FollowState | undefined,
): FollowState {
  const follow = newFollowState({ kind, sourceId: tableIdOf(planned.description), syncDue });
  if (before?.kind === kind && before.sourceId === follow.sourceId) {
    follow.changes = before.changes;
    follow.switchedOn = before.switchedOn && before.step !== "ended";
  }
  if (kind === "capture") {
    follow.place =
      before?.step === "beginning" && before.place !== undefined ? before.place : newCaptureId(random);
  }
  return follow;
}

function newCaptureId(random: CopyContext["random"]): string {
  return `copy-${Buffer.from(random.bytes(10)).toString("hex")}`;
}
