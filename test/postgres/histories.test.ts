/**
 * Histories of clients that use two Stators on one PostgreSQL store at once: in this process on PGlite, and as servers of
 * their own where real ones run. test/model/history-round.ts says what a history is.
 */
import { afterEach, describe, expect, test } from "vitest";
import { builtServerCommand, startServerProcess } from "../../bench/server-process.ts";
import {
  createStator,
  loadPostgresStorage,
  type PostgresStorage,
  verifyData,
} from "../../src/server/index.ts";
import { describePostgres, testServerSettings } from "../../src/testing/index.ts";
import { sharedPglite } from "../../src/testing/pglite-driver.ts";
import { sharedPostgres } from "../../src/testing/postgres-servers/shared-postgres.ts";
import { callResult, requestHeaders } from "../conformance/harness.ts";
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

const timeout = 60_000 + historySeconds * 2000;
let schemas = 0;
let ends: (() => Promise<unknown>)[] = [];

afterEach(() => closeAll());

async function closeAll(): Promise<void> {
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

/** Whatever is in the way of a plain write or a read is held by the other Stator. */
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
  {
    title: "everything asked of both, transactions not held",
    transactionHoldMs: 0,
    placesOf: mixed,
  },
  {
    title: "everything asked of both, transactions held",
    transactionHoldMs: 5,
    placesOf: mixed,
  },
  {
    title: "transactions asked of one, everything else of the other",
    transactionHoldMs: 5,
    placesOf: divided,
  },
];

describe(`two Stators on PGlite have one order of everything, seed ${historySeed}`, () => {
  test.each(kinds)("$title", { timeout }, async ({ transactionHoldMs, placesOf }) => {
    const pglite = await sharedPglite();
    schemas += 1;
    const schema = `histories_${schemas}`;
    const stored = await storageOf(`postgres://u@pglite/db?schema=${schema}`);
    const storage = { ...stored, engine: { driver: pglite.driver(schema) } };
    const one = await openCore(storage, transactionHoldMs);
    const other = await openCore(storage, transactionHoldMs);
    await createTables(one);
    await runHistories({ places: placesOf(() => [one, other]), needed: conflictsNeeded });
    await closeAll();
    expect(await verifyData(storage)).toMatchObject({ kind: "sound" });
    await pglite.dropSchema(schema);
  });
});

describePostgres(
  `two servers on a real server have one order of everything, seed ${historySeed}`,
  (programs) => {
    describe.each(["0", "2"])("%s routers", (routers) => {
      test.each(kinds)("$title", { timeout }, async ({ transactionHoldMs, placesOf }) => {
        const { url } = await (await sharedPostgres(programs)).newDatabase();
        const options = [
          "--store",
          url,
          "--routers",
          routers,
          "--transaction-hold-ms",
          `${transactionHoldMs}`,
        ];
        const one = await startServerProcess(builtServerCommand(options));
        ends.push(() => one.stop());
        const other = await startServerProcess(builtServerCommand(options));
        ends.push(() => other.stop());
        await createTables(openConnection(one));
        const places = placesOf(() => [openConnection(one), openConnection(other)]);
        await runHistories({ places, needed: conflictsNeeded });
        expect([one.exited(), other.exited()]).toEqual([undefined, undefined]);
        await closeAll();
        expect(await verifyData(await storageOf(url))).toMatchObject({ kind: "sound" });
      });
    });
  },
);

async function createTables(place: Caller): Promise<void> {
  for (const name of accountTables) {
    expect((await place.call("CreateTable", tableNamed(name))).status).toBe(200);
  }
}

async function storageOf(url: string): Promise<PostgresStorage> {
  const outcome = await loadPostgresStorage({ url, create: true });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  return outcome.storage;
}

/** As a server has it, without a socket. */
async function openCore(storage: PostgresStorage, transactionHoldMs: number): Promise<Caller> {
  const { auth, region, shared, delays } = testServerSettings;
  const core = await createStator({
    storage,
    auth,
    region,
    shared,
    delays,
    transactionHoldMs,
    housekeeping: "byClock",
    // The store of two is looked at when both are gone.
    inspect: async () => undefined,
    onBackgroundFailure: (error) => {
      throw error;
    },
  });
  ends.push(() => core.close());
  return {
    call: async (operation, body) => {
      const answer = await core.wire.handle({
        method: "POST",
        url: "/",
        headers: { host: "stator.localhost", ...requestHeaders(operation) },
        body: Buffer.from(JSON.stringify(body), "utf8"),
      });
      return callResult(answer.status, Buffer.from(answer.body).toString("utf8"));
    },
  };
}
