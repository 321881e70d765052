/**
 * One history from its beginning to its judgement: clients on pairs of places transfer money at once, and what they did
 * and saw must be explained by one order. Timing is another one in each run, so a seed repeats what clients choose and
 * nothing else: what fails here is a contradiction, never a matter of time.
 *
 * STATOR_HISTORY_SECONDS sets how long a suite goes on with one kind of server, STATOR_SEED the choices.
 */
import process from "node:process";
import { expect } from "vitest";
import { monotonicMs, seededRandom } from "../../src/base/index.ts";
import { runClient } from "./history-actions.ts";
import { checkHistory } from "./history-checker.ts";
import { placeCoin } from "./history-coin.ts";
import { finalHistory, type HistoryClient, SharedHistory } from "./history-load.ts";
import { type Caller, callsOf } from "./history-requests.ts";
import { HistoryRecorder } from "./history.ts";

export const historySeconds: number = Number(process.env["STATOR_HISTORY_SECONDS"] ?? 2.5);
export const historySeed: number = Number(process.env["STATOR_SEED"] ?? 20_261_121);
export const historyClients = 12;

/** One history is so long that it fits into memory, and a contradiction is found soon. */
const roundMs = 2500;
/** How much longer it may be, until all has been met that is needed. */
const longerMs = 20_000;

/** What a history without it would not show, however slow the machine is. */
const alwaysNeeded = [
  "TransactWriteItems done",
  "TransactWriteItems twice done",
  "TransactGetItems done",
  "coin done",
];
/** A blind update is refused by a transaction and by nothing else. */
export const conflictsNeeded: readonly string[] = [
  "TransactWriteItems refused",
  "TransactGetItems refused",
  "UpdateItem refused",
];

/** Where a client asks, and where else it asks at the same time. */
export type HistoryPlaces = readonly [Caller, Caller];

export interface HistoryRounds {
  /** One for each client. */
  readonly places: readonly HistoryPlaces[];
  /** Beside what is needed always. */
  readonly needed: readonly string[];
}

/** One after the other, until the time is over. The tables of accounts are there. */
export async function runHistories(rounds: HistoryRounds): Promise<void> {
  const untilMs = monotonicMs() + historySeconds * 1000;
  for (let round = 0; round === 0 || monotonicMs() < untilMs; round += 1) await runHistory(rounds, round);
}

async function runHistory({ places, needed }: HistoryRounds, round: number): Promise<void> {
  const recorder = new HistoryRecorder();
  const shared = new SharedHistory({ recorder, prefix: `r${round}:`, alwaysTokens: false });
  const random = seededRandom(historySeed + round);
  const clients = places.map(([one, other]): HistoryClient => ({
    shared,
    random: seededRandom(random.uint32()),
    ...callsOf(one, other),
  }));
  const [first] = clients;
  if (first === undefined) throw new Error("there are clients");
  await placeCoin(first, first.call);
  const untilMs = monotonicMs() + Math.min(roundMs, historySeconds * 1000);
  const missing = (): readonly string[] =>
    [...alwaysNeeded, ...needed].filter((what) => !shared.ends.has(what));
  const goOn = (): boolean => {
    const leftMs = untilMs - monotonicMs();
    return leftMs > 0 || (leftMs > -longerMs && missing().length > 0);
  };
  const stops = await Promise.all(clients.map((client) => runClient(client, goOn)));
  expect(stops).toEqual(clients.map(() => undefined));
  expect(shared.problems).toEqual([]);
  expect(checkHistory(await finalHistory(first))).toEqual([]);
  expect(missing()).toEqual([]);
}
