/** Histories of clients on connections to all routers of a server; test/model/history-round.ts says what one is. */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, test } from "vitest";
import type { RunningServer } from "../../src/server/index.ts";
import { temporaryFolder } from "../../src/testing/index.ts";
import { accountTables } from "../model/history-requests.ts";
import {
  conflictsNeeded,
  historyClients,
  type HistoryPlaces,
  historySeconds,
  historySeed,
  runHistories,
} from "../model/history-round.ts";
import {
  callOk,
  type Connection,
  connectionsToAll,
  openConnection,
  startThreaded,
  tableNamed,
} from "./threaded-server.ts";

let server: RunningServer;
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Pairs of connections, one to each router; half of the clients begin with the one, half with the other. */
async function openPlaces(routers: number): Promise<readonly HistoryPlaces[]> {
  const open = (): readonly Connection[] =>
    Array.from({ length: historyClients }, () => openConnection(server));
  const all = routers === 0 ? [open(), open()] : (await connectionsToAll(server, historyClients)).values();
  const [first = [], second = []] = all;
  return first.map((one, index) => {
    const other = second[index] ?? one;
    return index % 2 === 0 ? [one, other] : [other, one];
  });
}

describe.each([0, 2])("%i routers", (routers) => {
  test.each([
    // Commits take long, as they wait for the disk, and many mutations meet in one group.
    { storage: "directory", transactionHoldMs: 0 },
    { storage: "temporary", transactionHoldMs: 2 },
  ] as const)(
    `have one order of everything, $storage, held for $transactionHoldMs ms, seed ${historySeed}`,
    { timeout: 60_000 + historySeconds * 2000 },
    async ({ storage: kind, transactionHoldMs }) => {
      const storage = kind === "directory" ? { kind, path: folder } : { kind };
      server = await startThreaded({ routers, transactionHoldMs, storage });
      for (const name of accountTables) {
        await callOk(openConnection(server), "CreateTable", tableNamed(name));
      }
      await runHistories({ places: await openPlaces(routers), needed: conflictsNeeded });
    },
  );
});
