/**
 * PostgreSQL stores of tests, each in a schema of its own. Making a schema takes longer than most tests, so one that a test
 * has left in good order is emptied and given to the next.
 */
import process from "node:process";
import { verifyPostgresStore } from "../storage/postgres/verify-store.ts";
import {
  migratePostgresStore,
  openPostgresEngine,
  type PostgresDriver,
  type PostgresEngine,
  type PostgresLimits,
  type PostgresRow,
  type PostgresSession,
  type PostgresSettings,
} from "../storage/postgres/index.ts";
import { type PostgresPlace, postgresSettings } from "./postgres-places.ts";
import { assertSound } from "./sqlite-subjects.ts";
import type { StorageOpenOptions } from "./storage-contract/subject.ts";

export interface PostgresStoreOptions {
  /** Of engines. */
  readonly limits?: Partial<PostgresLimits>;
  /** Of engines, instead of the place's: a way with faults. */
  readonly way?: Pick<PostgresPlace, "hosts" | "driver">;
  readonly onReachable?: (reachable: boolean) => void;
}

export interface PostgresTestStore {
  readonly schema: string;
  /** On sessions of its own, as another process would have. Commits go by the test's clock. */
  open(options: StorageOpenOptions, more?: PostgresStoreOptions): Promise<PostgresEngine>;
  /** As a killed process leaves it: nothing is finished, and it is not waited for. */
  abandon(engine: PostgresEngine): Promise<void>;
  /** A session as engines have them. */
  connect(): Promise<PostgresSession>;
  /** In the store's schema. */
  rows(text: string): Promise<readonly PostgresRow[]>;
  run(script: string): Promise<void>;
  /** Throws when the store contradicts itself. Engines that are still open are abandoned. */
  end(): Promise<void>;
}

interface EmptyStore {
  readonly settings: PostgresSettings;
  readonly session: PostgresSession;
  readonly hasEnded: () => boolean;
}

const empty = new Map<string, EmptyStore[]>();
let made = 0;
let asked = 0;

/** `heads`: with one, all mutations of a process are decided in the order in which they came. */
export async function takePostgresStore(place: PostgresPlace, heads: number): Promise<PostgresTestStore> {
  const kind = `${place.name}, ${heads} heads`;
  // A test may have ended sessions that were not its own.
  const left = (empty.get(kind) ?? []).filter(({ hasEnded }) => !hasEnded());
  const store = left.pop() ?? (await makeStore(place, heads));
  empty.set(kind, left);
  return storeOver(place, store, () => left.push(store));
}

async function makeStore(place: PostgresPlace, heads: number): Promise<EmptyStore> {
  made += 1;
  const settings = postgresSettings(place, `test_${process.pid}_${made}`);
  const driver = place.driver(settings);
  await migratePostgresStore({ settings, driver, heads });
  let ended = false;
  const onEnd = (): void => {
    ended = true;
  };
  return { settings, session: await connectTo(place, settings, onEnd), hasEnded: () => ended };
}

function connectTo(
  { driver, hosts }: PostgresPlace,
  settings: PostgresSettings,
  onEnd: () => void = () => undefined,
): Promise<PostgresSession> {
  const [host] = hosts;
  if (host === undefined) throw new Error("a place has a host");
  return driver(settings).connect(host, { onEnd });
}

function storeOver(place: PostgresPlace, store: EmptyStore, giveBack: () => void): PostgresTestStore {
  const { settings, session } = store;
  const engines = new Set<PostgresEngine>();
  return {
    schema: settings.address.schema,
    open: async (options, { limits, way = place, ...more } = {}) => {
      const own = {
        ...settings,
        address: { ...settings.address, hosts: way.hosts },
        limits: { ...settings.limits, ...limits },
      };
      const driver: PostgresDriver = way.driver(own);
      const engine = await openPostgresEngine({ ...options, ...more, settings: own, driver, time: "clock" });
      engines.add(engine);
      return engine;
    },
    abandon: async (engine) => {
      engine.abandon();
      // Its membership runs out, and with it what it held; nobody has to wait for that.
      await session.script("UPDATE members SET expires = 0");
    },
    connect: () => connectTo(place, settings),
    rows: async (text) => {
      asked += 1;
      return (await session.query({ name: `test-${asked}`, text })).rows;
    },
    run: (script) => session.script(script),
    end: async () => {
      for (const engine of engines) engine.abandon();
      const problems = await verifyPostgresStore((use) => use(session));
      assertSound(problems);
      await session.script(emptying);
      giveBack();
    },
  };
}

const tables = "records log shards counters part_counters holds commits leases members keyspaces";
const emptying = [
  ...tables.split(" ").map((table) => `DELETE FROM ${table}`),
  "UPDATE heads SET n = 0, generation = 0, held = 0",
].join(";");
