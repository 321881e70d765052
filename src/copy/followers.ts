/**
 * All tables that are followed, each in its own time: a table is followed from the moment its items are copied, while others
 * still are. One that fails ends all of them, and the copying, too.
 */
import type { ChangePage } from "./change-source-types.ts";
import { type CopyContext, withSignal } from "./copy-context.ts";
import { followTable, type TableToFollow } from "./follow-table.ts";
import { keepWaiting } from "./keep-waiting.ts";

export interface FollowersOptions {
  /** Aborted when what is there is to be applied and then enough. */
  readonly finish: AbortSignal;
  /** The same, by itself, when no change has come for so long. */
  readonly untilIdleMs?: number | undefined;
}

export interface Followers {
  /** For everything that is to end when a follower fails. */
  readonly context: CopyContext;
  /** Its changes are kept and wait; from time to time the source is told so. */
  add(table: TableToFollow): void;
  /** From now on its changes are applied. */
  start(table: TableToFollow): void;
  /** All were started. Resolves when everything was applied that had been changed when the end was asked for. */
  finished(): Promise<void>;
  /** Ends all for this reason, and waits for them. */
  stop(reason: unknown): Promise<void>;
  /** What is going on, for a person. */
  line(): string;
}

/** One that was started, and how far it is. */
interface Follower {
  readonly table: TableToFollow;
  completeToMs: number | undefined;
  behindMs: number | undefined;
  wasCaughtUp: boolean;
}

/** So little behind is not behind. */
const nearMs = 15_000;

export function createFollowers(outer: CopyContext, options: FollowersOptions): Followers {
  const own = new AbortController();
  const context = withSignal(outer, AbortSignal.any([outer.signal, own.signal]));
  const { clock } = context;
  const followers: Follower[] = [];
  const running: Promise<void>[] = [];
  let allStarted = false;
  let lastChangeMs = 0;
  let finishMs: number | undefined;

  const run = (work: Promise<void>): void => {
    const noted = work.catch((error: unknown) => {
      if (!own.signal.aborted) own.abort(error);
    });
    running.push(noted);
  };
  const waiting = keepWaiting(context, run);

  /** Whether, and since when, the end is asked for. */
  const considerFinish = (): void => {
    if (!allStarted || finishMs !== undefined) return;
    const completeToMs = Math.min(...followers.map((each) => each.completeToMs ?? 0));
    const isIdle = options.untilIdleMs !== undefined && completeToMs - lastChangeMs >= options.untilIdleMs;
    // What was read in the same millisecond may have been read before.
    if (isIdle || options.finish.aborted) finishMs = clock.nowMs() + 1;
  };

  const seen = (follower: Follower, page: ChangePage): boolean => {
    const nowMs = clock.nowMs();
    if (page.keys.length > 0) lastChangeMs = nowMs;
    follower.completeToMs = page.completeToMs ?? follower.completeToMs;
    follower.behindMs =
      page.behindMs ?? (follower.completeToMs === undefined ? undefined : nowMs - follower.completeToMs);
    if (!follower.wasCaughtUp && follower.behindMs !== undefined && follower.behindMs < nearMs) {
      follower.wasCaughtUp = true;
      context.say(`${follower.table.name}: caught up`);
    }
    if (finishMs !== undefined && page.completeToMs !== undefined && page.completeToMs >= finishMs)
      return true;
    considerFinish();
    return false;
  };

  return {
    context,
    add: (table) => waiting.add(table),
    start(table) {
      const follower = { table, completeToMs: undefined, behindMs: undefined, wasCaughtUp: false };
      followers.push(follower);
      context.say(`${table.name}: following its changes`);
      const begin = async (): Promise<void> => {
        await waiting.remove(table);
        await followTable(context, table, (page) => seen(follower, page));
      };
      run(begin());
    },
    async finished() {
      allStarted = true;
      lastChangeMs = clock.nowMs();
      await Promise.all(running);
      own.signal.throwIfAborted();
    },
    async stop(reason) {
      if (!own.signal.aborted) own.abort(reason);
      await Promise.all(running);
    },
    line: () => followersLine(followers),
  };
}

function followersLine(followers: readonly Follower[]): string {
  const changes = followers.reduce((sum, { table }) => sum + table.follow.changes, 0);
  const what = followers.length === 1 ? (followers[0]?.table.name ?? "") : `${followers.length} tables`;
  return `following ${what}: ${changes} changes applied, ${behindText(followers)}`;
}

/** Names the table that is furthest behind. */
function behindText(followers: readonly Follower[]): string {
  const isLate = ({ behindMs }: Follower): boolean => behindMs === undefined || behindMs >= nearMs;
  const late = followers.filter(isLate);
  if (late.length === 0) return "caught up";
  const [worst] = [...late].sort(
    (left, right) => (right.behindMs ?? Number.MAX_VALUE) - (left.behindMs ?? Number.MAX_VALUE),
  );
  const by = worst?.behindMs === undefined ? "catching up" : `${Math.round(worst.behindMs / 1000)} s behind`;
  return followers.length === 1 ? by : `${worst?.table.name ?? ""} ${by}`;
}
