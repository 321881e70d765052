/** Stators of this process on PostgreSQL stores in PGlite, each as a server has it, without a socket. */
import {
  createStator,
  loadPostgresStorage,
  type PostgresStorage,
  type StatorCore,
} from "../../src/server/index.ts";
import type { StatorSettings } from "../../src/server/settings.ts";
import type { PostgresDriver } from "../../src/storage/postgres/index.ts";
import { testServerSettings } from "../../src/testing/index.ts";
import { sharedPglite } from "../../src/testing/pglite-driver.ts";

export type Json = Readonly<Record<string, unknown>>;

export interface Subject {
  readonly core: StatorCore;
  readonly call: (operation: string, json: Json) => Promise<Json>;
  readonly close: () => Promise<void>;
}

export interface StorageOptions {
  readonly create?: boolean;
  /** What stands between the engine and PGlite. */
  readonly driver?: (inner: PostgresDriver) => PostgresDriver;
}

const namespace = { account: "000000000000", region: "us-east-1" };

let schemas = 0;
let ends: (() => Promise<unknown>)[] = [];

/** Ends what a test has opened, the last first. */
export async function endStators(): Promise<void> {
  const last = ends;
  ends = [];
  for (const end of last.toReversed()) await end();
}

/** A schema without a store, dropped at the end. */
export async function newStorage({ create = true, driver }: StorageOptions = {}): Promise<PostgresStorage> {
  const pglite = await sharedPglite();
  schemas += 1;
  const schema = `stator_${schemas}`;
  ends.push(() => pglite.dropSchema(schema));
  const storage = await postgresStorage(`postgres://u@127.0.0.1/db?schema=${schema}`, create);
  const inner = pglite.driver(schema);
  return {
    ...storage,
    store: { ...storage.store, connectionsMax: 2, limits: { membershipMs: 1500 } },
    engine: { driver: driver?.(inner) ?? inner },
  };
}

export async function postgresStorage(url: string, create = true): Promise<PostgresStorage> {
  const outcome = await loadPostgresStorage({ url, create });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  return outcome.storage;
}

/** Closed at the end. */
export async function openStator(storage: PostgresStorage): Promise<Subject> {
  const core = await openCore(storage, { indexLags: { all: "none" } });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= core.close());
  ends.push(close);
  return {
    core,
    close,
    call: async (operation, json) => {
      const result = await core.dispatch({ service: "DynamoDB", operation, json, namespace, requestId: "R" });
      if (result.kind === "error") throw result.error;
      const { body } = result;
      const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
      return text === "" ? {} : (JSON.parse(text) as Json);
    },
  };
}

/** The caller closes it, and looks at the store when all that use it are gone. */
export function openCore(
  storage: PostgresStorage,
  options: Partial<Omit<StatorSettings, "storage">>,
): Promise<StatorCore> {
  const { auth, region, shared, delays } = testServerSettings;
  return createStator({
    ...options,
    storage,
    auth,
    region,
    shared,
    delays,
    housekeeping: "byClock",
    inspect: async () => undefined,
    onBackgroundFailure: (error) => {
      throw error;
    },
  });
}
