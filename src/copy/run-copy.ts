/**
 * A whole copy: looks at both ends, makes the tables, copies the items, then compares. Everything before the first change
 * can refuse; everything after it can be gone on with by another run.
 */
import { type Clock, type Random, systemClock, systemRandom } from "../base/index.ts";
import { createCaller, refusalText } from "./caller.ts";
import { copyAndFollow, type FollowWishes } from "./copy-and-follow.ts";
import type { CopyContext } from "./copy-context.ts";
import { CopyFailure, CopyStopped } from "./copy-failure.ts";
import { copyOnce } from "./copy-once.ts";
import type { CopyReport } from "./copy-report.ts";
import { type CopyState, newCopyState } from "./copy-state.ts";
import { dryRunCopy } from "./dry-run.ts";
import type { End } from "./end.ts";
import { type FollowPlan, planFollowing } from "./follow-plan.ts";
import { type CopyPlan, planCopy } from "./plan.ts";
import { type CopyProgress, createProgress } from "./progress.ts";
import { loadState, stateFile, type StateKeeper } from "./state-file.ts";
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
  /** The source is in use: its changes are applied, too, until they are to be finished with. */
  readonly follow?: FollowWishes | undefined;
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
  const { from, to, dryRun, follow, stateFile: path } = options;
  const state = (await loadState(path)) ?? newCopyState(from.identity, to.identity);
  const wrong = wrongEnds(options, state) ?? (await unreachableEnd([from, to], options.signal));
  if (wrong !== undefined) return { kind: "refused", messages: [wrong] };
  const context = contextOf(options, dryRun ? noKeeper : stateFile(path, state));
  const { source, target } = context;
  const ends = { ...options, source, target, patterns: options.tables, state };
  const plan = withoutOwnStreams(await planCopy(ends), state);
  if (plan.obstacles.length > 0) return { kind: "refused", messages: plan.obstacles };
  const follows =
    follow === undefined ? notFollowed : await planFollowing({ ...options, source, plan, state });
  if (follows.obstacles.length > 0) return { kind: "refused", messages: follows.obstacles };
  const work = {
    plan,
    state,
    plans: follows.tables,
    wishes: { waived: new Set(options.without) },
    sync: options.sync,
    compare: options.compare,
  };
  if (dryRun) return dryRunCopy(context, work);
  return follow === undefined ? copyOnce(context, work) : copyAndFollow(context, { ...work, follow });
}

const notFollowed: FollowPlan = { tables: [], obstacles: [] };

function wrongEnds({ from, to, stateFile: path }: CopyOptions, state: CopyState): string | undefined {
  if (from.identity === to.identity) return `both ends are ${from.name}`;
  if (state.from === from.identity && state.to === to.identity) return undefined;
  return `${path} is the state of a copy from ${state.from} to ${state.to}; name another file with --state`;
}

/** A stream that the copy has switched on is none of the table's settings. */
function withoutOwnStreams(plan: CopyPlan, { following }: CopyState): CopyPlan {
  const tables = plan.tables.map((planned) => {
    if (following.get(planned.name)?.switchedOn !== true) return planned;
    const { StreamSpecification: _, ...description } = planned.description;
    return { ...planned, description };
  });
  return { ...plan, tables };
}

/** A wrong address should not take minutes to say so: the first call is not sent again. */
async function unreachableEnd(ends: readonly End[], signal: AbortSignal): Promise<string | undefined> {
  for (const end of ends) {
    const outcome = await end.call(
      { service: "DynamoDB", operation: "ListTables", input: { Limit: 1 } },
      signal,
    );
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
    clock,
    random,
    say,
  };
}

const noKeeper: StateKeeper = { save: async () => undefined };
