/**
 * Stores of tests in the place that STATOR_TEST_STORE names. On PostgreSQL every store is a schema of its own; a folder
 * stands for one, so that what is opened again is found again.
 */
import process from "node:process";
import { Client } from "pg";
import { loadPostgresStorage, type PostgresStorage, type StorageChoice } from "../server/index.ts";
import { quoteIdentifier } from "../storage/postgres/session-settings.ts";
import { sharedPglite } from "./pglite-driver.ts";
import { pretendingDriver } from "./pretended-cluster.ts";
import { watchSpread } from "./spread-watch.ts";
import {
  databaseUrl,
  newSchema,
  schemaOfFolder,
  schemaPrefix,
  storeUnderTest,
  withSchema,
} from "./store-under-test.ts";

export interface PlacedStore {
  readonly storage: StorageChoice;
  /** After its last use; nothing happens to what may be opened again. */
  readonly remove: () => Promise<void>;
}

export interface StorePlacing {
  /** One thread has the store, whose clock is that of the data; otherwise it is the database's. */
  readonly ownTime: boolean;
}

/** What a test that asks for `choice` gets. */
export async function placeStore(choice: StorageChoice, { ownTime }: StorePlacing): Promise<PlacedStore> {
  const under = storeUnderTest();
  if (under.kind === "sqlite" || choice.kind === "postgres") return { storage: choice, remove: leave };
  const isKept = choice.kind === "directory";
  const schema = isKept ? schemaOfFolder(choice.path) : newSchema();
  const time = ownTime ? ({ time: "clock" } as const) : {};
  if (under.kind === "pglite") {
    const pglite = await sharedPglite();
    const storage = await storageOf(`postgres://test@pglite/test?schema=${schema}`);
    const watch = watchSpread();
    const driver = pglite.driver(schema);
    return {
      storage: {
        ...storage,
        engine: { ...time, driver: under.isSpread ? pretendingDriver(driver, watch) : driver },
      },
      remove: async () => {
        if (!isKept) await pglite.dropSchema(schema);
        if (watch.problems.length > 0) throw new Error(`not for a cluster: ${watch.problems.join("; ")}`);
      },
    };
  }
  const storage = await storageOf(withSchema(schema));
  return {
    storage: { ...storage, engine: time },
    remove: isKept ? leave : () => dropSchemas(databaseUrl(), [schema]),
  };
}

/** What the tests of this process, and of its threads, have left. */
export async function dropStoresOfThisProcess(url: string): Promise<void> {
  const rows = await run(url, "SELECT nspname FROM pg_namespace");
  await dropSchemas(
    url,
    rows.map(([name]) => String(name)).filter((name) => name.startsWith(schemaPrefix)),
  );
}

/** Few sessions, since many stores are open at once; and nobody waits long for a member that was killed. */
async function storageOf(url: string): Promise<PostgresStorage> {
  const outcome = await loadPostgresStorage({
    url,
    environmentPassword: process.env["PGPASSWORD"],
    eventualReads: "primary",
    connectionsMax: 2,
    create: true,
  });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  const { storage } = outcome;
  return { ...storage, store: { ...storage.store, limits: { membershipMs: 1500 } } };
}

async function dropSchemas(url: string, names: readonly string[]): Promise<void> {
  for (const name of names) await run(url, `DROP SCHEMA IF EXISTS ${quoteIdentifier(name)} CASCADE`);
}

async function run(url: string, statement: string): Promise<readonly (readonly unknown[])[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: "array" })).rows as unknown[][];
  } finally {
    await client.end();
  }
}

async function leave(): Promise<void> {}
