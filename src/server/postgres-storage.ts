/**
 * A store in a PostgreSQL database as plain data, which can be posted to a thread, and what its engine makes of it. The
 * engine's modules are loaded when such a store is opened, and not before.
 */
import { StorageError } from "../storage/contract/index.ts";
import type * as postgres from "../storage/postgres/index.ts";
import type {
  PostgresEngine,
  PostgresEngineOptions,
  PostgresLimits,
  PostgresMigration,
  PostgresPassword,
  PostgresSettings,
} from "../storage/postgres/index.ts";

export interface PostgresStorage {
  readonly kind: "postgres";
  readonly store: PostgresStore;
  /** Whether a schema without a store gets one. */
  readonly create: boolean;
  /** For tests: another client, and whose clock counts. No plain data, so for one thread only. */
  readonly engine?: Pick<PostgresEngineOptions, "driver" | "time">;
}

export interface PostgresStore extends Pick<PostgresSettings, "replicas"> {
  /** For people and logs. */
  readonly name: string;
  readonly address: Omit<PostgresSettings["address"], "password">;
  readonly password: PostgresPassword;
  /** Sessions that write, and as many that read, of all threads of a server together. */
  readonly connectionsMax?: number;
  readonly limits?: Partial<Omit<PostgresLimits, "writeSessionsMax" | "readSessionsMax">>;
}

export interface PostgresOpening extends Pick<PostgresEngineOptions, "decide" | "clock" | "onReachable"> {
  /** Of this process, which divide its sessions; absent: one. */
  readonly engines?: number;
  /** Another one makes its mutations. Absent: false, and those of the others, too. */
  readonly writesElsewhere?: boolean;
}

type PostgresModule = typeof postgres;

/** A database allows a hundred sessions unless told otherwise: two servers fit. */
const connectionsMaxDefault = 16;
/** More sessions of one engine do not write faster. */
const connectionsOfEngineMax = 6;

/** Rejects as the engine's own opening does. */
export async function openPostgresStorage(
  storage: PostgresStorage,
  { engines = 1, writesElsewhere = false, onReachable, ...parts }: PostgresOpening,
): Promise<PostgresEngine> {
  const module = await import("../storage/postgres/index.ts");
  const settings = settingsOf(storage.store, { module, engines, writesElsewhere });
  let isOpen = false;
  const open = async (): Promise<PostgresEngine> => {
    const engine = await module.openPostgresEngine({
      settings,
      ...storage.engine,
      ...parts,
      // Until then it is the opening that says what is wrong.
      onReachable: (...state) => {
        if (isOpen) onReachable?.(...state);
      },
    });
    isOpen = true;
    return engine;
  };
  try {
    return await open();
  } catch (error: unknown) {
    // A store of another format is another matter: making it this version's is a decision.
    if (!storage.create || !(error instanceof module.NoPostgresStore)) throw error;
  }
  await makeStore(storage);
  return open();
}

/** Several servers may do it at once; the first makes it, and the others find it made. */
async function makeStore(storage: PostgresStorage): Promise<void> {
  try {
    await migratePostgresStorage(storage);
  } catch (error: unknown) {
    if (!(error instanceof StorageError)) throw error;
    const text = `there is no store in ${storage.store.name}, and it could not be made`;
    const hint = 'run "stator migrate" with a role that may make it';
    throw new StorageError(error.code, `${text} (${error.message}): ${hint}`, { cause: error });
  }
}

export interface PostgresMigrating {
  /** For a store that is made now; absent: the engine's default. */
  readonly heads?: number;
}

/** Rejects with a StorageError. */
export async function migratePostgresStorage(
  { store, engine }: Pick<PostgresStorage, "store" | "engine">,
  options: PostgresMigrating = {},
): Promise<PostgresMigration> {
  const module = await import("../storage/postgres/index.ts");
  const driver = engine?.driver;
  return module.migratePostgresStore({
    settings: settingsOf(store, { module, engines: 1, writesElsewhere: false }),
    ...options,
    ...(driver === undefined ? {} : { driver }),
  });
}

interface Sharing extends Required<Pick<PostgresOpening, "engines" | "writesElsewhere">> {
  readonly module: PostgresModule;
}

function settingsOf(
  { address, password, replicas, limits, connectionsMax = connectionsMaxDefault }: PostgresStore,
  { module, engines, writesElsewhere }: Sharing,
): PostgresSettings {
  const ofEngine = (sessions: number): number =>
    Math.min(connectionsOfEngineMax, Math.max(1, Math.floor(sessions)));
  // One is left to each of the others for what is no mutation, as leases.
  const writeSessionsMax = writesElsewhere ? 1 : ofEngine(connectionsMax - (engines - 1));
  const readSessionsMax = ofEngine(connectionsMax / engines);
  return {
    address: { ...address, password: () => module.readPassword(password) },
    replicas,
    limits: { ...limits, writeSessionsMax, readSessionsMax },
  };
}
