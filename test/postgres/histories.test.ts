/**
 * Histories of clients that use two Stators on one PostgreSQL store at once: in this process on PGlite, where transactions
 * of the database run one after the other, and as servers of their own where real ones run.
 * test/model/history-round.ts says what a history is.
 */
import { afterEach, describe, expect, test } from "vitest";
import { builtServerCommand, startServerProcess } from "../../bench/server-process.ts";
import { describePostgres } from "../../src/testing/index.ts";
import { sharedPostgres } from "../../src/testing/postgres-servers/shared-postgres.ts";
import { accountTables, type Caller } from "../model/history-requests.ts";
import {
  conflictsNeeded,
  historyClients,
  type HistoryPlaces,
  historySeconds,
  historySeed,
  runHistories,
} from "../model/history-round.ts";
import { openConnection, tableNamed } from "../threads/threaded-server.ts";
import { postgresStorage } from "./pglite-stators.ts";
import { expectSound, openTwoStators } from "./two-stators.ts";

const timeout = 60_000 + historySeconds * 2000;
let ends: (() => Promise<unknown>)[] = [];

afterEach(() => endAll());

async function endAll(): Promise<void> {
  const last = ends;
  ends = [];
  for (const end of last.toReversed()) await end();
}

/** New connections to the one and the other, each for one request at a time. */
type OpenBoth = () => HistoryPlaces;

/** Half of the clients begin with the one, half with the other. */
function mixed(open: OpenBoth): readonly HistoryPlaces[] {
  return Array.from({ length: historyClients }, (_, index) => {
    const [one, other] = open();
    return index % 2 === 0 ? [one, other] : [other, one];
  });
}

/** Whatever is in the way of a plain write is held by the other Stator. */
function divided(open: OpenBoth): readonly HistoryPlaces[] {
  const place = (): Caller => {
    const [one, other] = open();
    return {
      call: (operation, body) => (operation === "TransactWriteItems" ? one : other).call(operation, body),
    };
  };
  return Array.from({ length: historyClients }, () => [place(), place()]);
}

interface Kind {
  readonly title: string;
  readonly transactionHoldMs: number;
  readonly placesOf: (open: OpenBoth) => readonly HistoryPlaces[];
}

const kinds: readonly Kind[] = [
  { title: "both are asked everything, nothing is held", transactionHoldMs: 0, placesOf: mixed },
  { title: "both are asked everything, transactions hold", transactionHoldMs: 5, placesOf: mixed },
  { title: "one is asked for transactions, the other all else", transactionHoldMs: 5, placesOf: divided },
];

describe(`two Stators on PGlite have one order of everything, seed ${historySeed}`, () => {
  test.each(kinds)("$title", { timeout }, async ({ transactionHoldMs, placesOf }) => {
    const stators = await openTwoStators({ transactionHoldMs });
    ends.push(() => stators.close());
    const { one, other } = stators;
    await createTables(one);
    await runHistories({ places: placesOf(() => [one, other]), needed: conflictsNeeded });
  });
});

const onServers = `two servers on a real server have one order of everything, seed ${historySeed}`;

describePostgres(onServers, (programs) => {
  describe.each(["0", "2"])("%s routers", (routers) => {
    test.each(kinds)("$title", { timeout }, async ({ transactionHoldMs, placesOf }) => {
      const { url } = await (await sharedPostgres(programs)).newDatabase();
      ends.push(async () => expectSound(await postgresStorage(url)));
      const options = ["--store", url, "--routers", routers, "--transaction-hold-ms", `${transactionHoldMs}`];
      const one = await startServerProcess(builtServerCommand(options));
      ends.push(() => one.stop());
      const other = await startServerProcess(builtServerCommand(options));
      ends.push(() => other.stop());
      await createTables(openConnection(one));
      const places = placesOf(() => [openConnection(one), openConnection(other)]);
      await runHistories({ places, needed: conflictsNeeded });
      expect([one.exited(), other.exited()]).toEqual([undefined, undefined]);
    });
  });
});

async function createTables(place: Caller): Promise<void> {
  for (const name of accountTables) {
    expect((await place.call("CreateTable", tableNamed(name))).status).toBe(200);
  }
}
