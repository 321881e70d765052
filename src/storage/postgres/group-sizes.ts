/**
 * When another group begins and under how many heads. A group costs some 300 µs of processor time here and as much on the
 * server, before the first of its requests is counted; each request costs a tenth of that. So what waits shares a group,
 * whichever heads it needs, and several groups run beside each other only where all of them are well filled.
 */

/** From here on a request's share of what its group costs is a small part of its own. */
const groupRequestsGood = 64;
/** With fewer on their way nobody is short of processors, and waiting would only make answers late. */
const runningRequestsFew = 8;
/** A group that takes longer waits for somebody, and nobody else should wait with it. */
export const patienceMs = 20;

export interface GroupsNow {
  /** Heads that are free and have something waiting. */
  readonly readyHeads: number;
  /** Requests waiting under them. */
  readonly readyRequests: number;
  /** Since the first of them came. */
  readonly waitedMs: number;
  /** Requests in groups that are on their way. */
  readonly runningRequests: number;
  readonly sessionsFree: number;
}

/** How many heads the next group takes; none: it is better to wait for the end of another one. */
export function headsOfNextGroup(now: GroupsNow): number {
  const { readyHeads, readyRequests, waitedMs, runningRequests, sessionsFree } = now;
  const isFilled = readyRequests >= groupRequestsGood;
  if (runningRequests >= runningRequestsFew && !isFilled && waitedMs < patienceMs) return 0;
  const groups = Math.min(Math.floor(readyRequests / groupRequestsGood), sessionsFree);
  return Math.ceil(readyHeads / Math.max(1, groups));
}
