/**
 * Clients on connections to all routers transfer money at once; what they did and saw must be explained by one order.
 * Threads make the timing another one in each run, so the seed repeats what clients choose and nothing else: what fails
 * here is a contradiction, never a matter of time.
 *
 * STATOR_HISTORY_SECONDS sets how long each kind of server is used, STATOR_SEED the choices.
 */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { monotonicMs, seededRandom } from "../../src/base/index.ts";
import type { RunningServer } from "../../src/server/index.ts";
import { temporaryFolder } from "../../src/testing/index.ts";
import { runClient } from "../model/history-actions.ts";
import { checkHistory } from "../model/history-checker.ts";
import { placeCoin } from "../model/history-coin.ts";
import { finalHistory, type HistoryClient, SharedHistory } from "../model/history-load.ts";
import { accountTables, callsOf } from "../model/history-requests.ts";
import { HistoryRecorder } from "../model/history.ts";
import {
  callOk,
  type Connection,
  connectionsToAll,
  openConnection,
  startThreaded,
  tableNamed,
} from "./threaded-server.ts";

const seconds = Number(process.env["STATOR_HISTORY_SECONDS"] ?? 2.5);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
const clientsCount = 12;
/** One history is so long that it fits into memory, and a contradiction is found soon. */
const roundMs = 2500;
/** How much longer it may be, until all has been met that is needed. */
const longerMs = 20_000;
/** What a history without it would not show, however slow the machine is. */
const needed = [
  "TransactWriteItems done",
  "TransactWriteItems twice done",
  "TransactGetItems done",
  "coin done",
];
/** A blind update is refused by a transaction and by nothing else. */
const neededInTheWay = ["TransactWriteItems refused", "TransactGetItems refused", "UpdateItem refused"];

let server: RunningServer;
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function connections(routers: number, each: number): Promise<readonly Connection[]> {
  if (routers === 0) return Array.from({ length: each * 2 }, () => openConnection(server));
  // By turns, so that neighbours are on different routers.
  const [first = [], second = []] = (await connectionsToAll(server, each)).values();
  return first.flatMap((connection, index) => [connection, second[index] ?? connection]);
}

interface Round {
  readonly prefix: string;
  readonly seed: number;
  readonly open: readonly Connection[];
}

async function runRound({ prefix, seed, open }: Round): Promise<void> {
  const recorder = new HistoryRecorder();
  const shared = new SharedHistory({ recorder, prefix, alwaysTokens: false });
  const random = seededRandom(seed);
  const clients = Array.from({ length: clientsCount }, (_, index): HistoryClient => {
    // Pairs of connections, one to each router; half of the clients begin with the one, half with the other.
    const pair = [open[index * 2], open[index * 2 + 1]];
    const [one, other] = index % 2 === 0 ? pair : pair.toReversed();
    if (one === undefined || other === undefined) throw new Error("each client has two connections");
    return { shared, random: seededRandom(random.uint32()), ...callsOf(one, other) };
  });
  const [first] = clients;
  if (first === undefined) throw new Error("there are clients");
  await placeCoin(first, first.call);
  const untilMs = monotonicMs() + Math.min(roundMs, seconds * 1000);
  const missing = (): readonly string[] =>
    [...needed, ...neededInTheWay].filter((what) => !shared.ends.has(what));
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

describe.each([0, 2])("%i routers", (routers) => {
  test.each([
    // Commits take long, as they wait for the disk, and many mutations meet in one group.
    { storage: "directory", transactionHoldMs: 0 },
    { storage: "temporary", transactionHoldMs: 2 },
  ] as const)(
    `have one order of everything, $storage, held for $transactionHoldMs ms, seed ${seed}`,
    { timeout: 60_000 + seconds * 2000 },
    async ({ storage: kind, transactionHoldMs }) => {
      const storage = kind === "directory" ? { kind, path: folder } : { kind };
      server = await startThreaded({ routers, transactionHoldMs, storage });
      const open = await connections(routers, clientsCount);
      for (const name of accountTables)
        await callOk(open[0] ?? openConnection(server), "CreateTable", tableNamed(name));
      const untilMs = monotonicMs() + seconds * 1000;
      for (let round = 0; round === 0 || monotonicMs() < untilMs; round += 1) {
        await runRound({ prefix: `r${round}`, seed: seed + round, open });
      }
    },
  );
});
