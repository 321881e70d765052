/**
 * A whole copy: looks at both ends, makes the tables, copies the items, then compares. Everything before the first change
 * can refuse; everything after it can be gone on with by another run.
 */
import { type Clock, type Random, systemClock, systemRandom } from "../base/index.ts";
import { createCaller, refusalText } from "./caller.ts";
import { compareTable, type TableComparison } from "./compare-table.ts";
import type { CopyContext } from "./copy-context.ts";
import { CopyFailure, CopyStopped } from "./copy-failure.ts";
import { copyTables, type CopyWishes } from "./copy-tables.ts";
import type { CopyState } from "./copy-state.ts";
import type { End } from "./end.ts";
import type { NotTakenOver } from "./not-taken-over.ts";
import { type CopyPlan, planCopy } from "./plan.ts";
import { type CopyProgress, createProgress } from "./progress.ts";
import { loadState, stateFile, type StateKeeper } from "./state-file.ts";
import { type SyncedTable, syncTable } from "./sync-table.ts";
import { tablePair } from "./table-pair.ts";
import { createWriteRate } from "./write-rate.ts";

export interface CopyOptions {
  readonly from: End;
  readonly to: End;
  /** Names of tables, with `*` and `?`; none: all tables. */
  readonly tables: readonly string[];
  readonly stateFile: string;
  readonly intoExisting: boolean;
  /** Writes only what differs into tables that are there. */
  readonly sync: boolean;
  readonly dryRun: boolean;
  readonly compare: boolean;
  /** Segments that are worked on at a time, each with one request at each end. */
  readonly workersMax: number;
  readonly writeUnitsPerSecond?: number;
  /** Members of tables that are left out. */
  readonly without: readonly string[];
  /** Ends the copy; what was acknowledged is kept in the state file. */
  readonly signal: AbortSignal;
  readonly progress?: CopyProgress;
  /** One line for a person, of what was done or found, as it happens. */
  readonly say: (line: string) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  /** How long a call that finds no answer is tried again; absent: five minutes. */
  readonly patienceMs?: number;
}

export type CopyOutcome =
  | CopyReport
  /** Nothing was changed. */
  | { readonly kind: "refused"; readonly messages: readonly string[] }
  /** Another run goes on from where this one ended. */
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "stopped" };

export interface CopyReport {
  readonly kind: "done";
  readonly tables: readonly CopiedTable[];
  /** Empty when no comparison was wanted. */
  readonly comparisons: readonly TableComparison[];
  readonly synced: readonly SyncedTable[];
}

export interface CopiedTable {
  readonly name: string;
  readonly items: number;
  readonly refusedItems: number;
  /** Settings of the source that the copy lacks, but for those that were to be left out. */
  readonly notTakenOver: readonly NotTakenOver[];
}

const patienceMsDefault = 300_000;

/** Never rejects for what an end or a disk can do. */
export async function runCopy(options: CopyOptions): Promise<CopyOutcome> {
  try {
    return await run(options);
  } catch (error: unknown) {
    if (error instanceof CopyFailure) return { kind: "failed", message: error.message };
    if (error instanceof CopyStopped) return { kind: "stopped" };
    throw error;
  }
}

async function run(options: CopyOptions): Promise<CopyOutcome> {
  const { from, to, dryRun } = options;
  if (from.identity === to.identity) {
    return { kind: "refused", messages: [`both ends are ${from.name}`] };
  }
  const loaded = await loadState(options.stateFile);
  const state: CopyState = loaded ?? { from: from.identity, to: to.identity, tables: new Map() };
  if (state.from !== from.identity || state.to !== to.identity) {
    const message = `${options.stateFile} is the state of a copy from ${state.from} to ${state.to}; name another file with --state`;
    return { kind: "refused", messages: [message] };
  }
  const context = contextOf(options, dryRun ? noKeeper : stateFile(options.stateFile, state));
  const { source, target } = context;
  const unreachable = await unreachableEnd([from, to], options.signal);
  if (unreachable !== undefined) return { kind: "refused", messages: [unreachable] };
  const plan = await planCopy({ ...options, source, target, patterns: options.tables, state });
  if (plan.obstacles.length > 0) return { kind: "refused", messages: plan.obstacles };
  if (dryRun) return dryReport(context, options, plan);
  const wishes: CopyWishes = { waived: new Set(options.without) };
  await copyTables(context, { plan, state, wishes });
  return report(context, { options, plan, state });
}

/** A wrong address should not take minutes to say so: the first call is not sent again. */
async function unreachableEnd(ends: readonly End[], signal: AbortSignal): Promise<string | undefined> {
  for (const end of ends) {
    const outcome = await end.call("ListTables", { Limit: 1 }, signal);
    signal.throwIfAborted();
    if (outcome.kind === "lost") return `${end.name} cannot be reached: ${outcome.reason}`;
    if (outcome.kind === "refused" && !outcome.retryable) return `${end.name}: ${refusalText(outcome)}`;
  }
  return undefined;
}

function contextOf(options: CopyOptions, keeper: StateKeeper): CopyContext {
  const { from, to, signal, workersMax, say } = options;
  const clock = options.clock ?? systemClock();
  const random = options.random ?? systemRandom();
  const progress = options.progress ?? createProgress();
  const calls = {
    clock,
    random,
    signal,
    patienceMs: options.patienceMs ?? patienceMsDefault,
    onWait: (reason: string) => progress.waits(reason),
  };
  return {
    source: createCaller({ ...calls, end: from }),
    target: createCaller({ ...calls, end: to }),
    rate: createWriteRate(options.writeUnitsPerSecond, clock),
    keeper,
    progress,
    workersMax,
    signal,
    say,
  };
}

const noKeeper: StateKeeper = { save: async () => undefined };

const dryTexts = {
  make: "would be made and filled",
  fill: "is there and would be filled; its settings stay as they are",
  goOn: "would be gone on with",
  done: "was copied by a run before",
  sync: "is there",
} as const;

/** With `sync` the differences are looked for, which takes as long as finding them for writing. */
async function dryReport(context: CopyContext, { sync }: CopyOptions, plan: CopyPlan): Promise<CopyReport> {
  const synced: SyncedTable[] = [];
  for (const { name, action, itemsExpected } of plan.tables) {
    context.say(`${name}: ${dryTexts[action]} (about ${itemsExpected} items)`);
    if (!sync || action !== "sync") continue;
    synced.push(await syncTable(context, await tablePair(context, name), { dryRun: true }));
  }
  return { kind: "done", tables: [], comparisons: [], synced };
}

interface ReportParts {
  readonly options: CopyOptions;
  readonly plan: CopyPlan;
  readonly state: CopyState;
}

async function report(context: CopyContext, { options, plan, state }: ReportParts): Promise<CopyReport> {
  const waived = new Set(options.without);
  const synced: SyncedTable[] = [];
  const comparisons: TableComparison[] = [];
  const tables: CopiedTable[] = [];
  for (const { name, action } of plan.tables) {
    const pair = await tablePair(context, name);
    if (action === "sync") synced.push(await syncTable(context, pair, { dryRun: false }));
    if (options.compare) comparisons.push(await compareTable(context, pair));
    const kept = state.tables.get(name);
    tables.push({
      name,
      items: kept?.items ?? 0,
      refusedItems: kept?.refusedItems ?? 0,
      notTakenOver: (kept?.notTakenOver ?? []).filter(({ member }) => !waived.has(member)),
    });
  }
  return { kind: "done", tables, comparisons, synced };
}
