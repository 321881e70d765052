/**
 * The SQLite engine with its writer apart, as a subject of the storage contract suite: two engines and a writer on
 * one thread, joined by ports that carry copies and take a turn of the event loop, as ports between threads do.
 */
import { rmSync } from "node:fs";
import type { Engine } from "../storage/contract/index.ts";
import {
  claimStore,
  nodeSqliteDriver,
  openSharedSqliteEngine,
  openSqliteWriter,
  type SqliteDriver,
  verifyStore,
  type WritePort,
  type WritePortEvents,
} from "../storage/sqlite/index.ts";
import { assertSound, temporaryFolder } from "./sqlite-subjects.ts";
import type { StorageOpenOptions, StorageSubject } from "./storage-contract/subject.ts";
import { abandonableDriver } from "./test-drivers.ts";

export function splitSubject(): StorageSubject {
  return {
    name: "sqlite, folder, writer apart",
    capabilities: { durable: true, replicas: false, multiProcess: false },
    open: async (options) => {
      const path = temporaryFolder();
      let split = await openSplit(path, options);
      const again = async (leave: (old: SplitStore) => Promise<void>): Promise<Engine> => {
        await leave(split);
        split = await openSplit(path, options);
        return split.engine;
      };
      return {
        engine: split.engine,
        reopen: () => again((old) => old.close()),
        crash: () => again(async (old) => old.abandon()),
        dispose: async () => {
          await split.close();
          assertSound(await verifyStore(path));
          rmSync(path, { recursive: true, force: true });
        },
      };
    },
  };
}

export interface SplitStore {
  readonly engine: Engine;
  /** Another engine of the same store, with a connection and a port of its own. */
  readonly addEngine: () => Promise<Engine>;
  /** In good order: engines, writer, files. Idempotent. */
  readonly close: () => Promise<void>;
  /** As a killed process would leave it. */
  readonly abandon: () => void;
}

/** A store in a folder, opened by a writer and one engine. */
export async function openSplit(
  path: string,
  { decide, clock }: StorageOpenOptions,
  inner: SqliteDriver = nodeSqliteDriver(),
): Promise<SplitStore> {
  const driver = abandonableDriver(inner);
  const claimed = claimStore({ location: { kind: "directory", path }, driver });
  const store = claimed.shared;
  const engines: Engine[] = [];
  let left = false;
  const writer = await openSqliteWriter({ store, decide, clock, driver }).catch((error: unknown) => {
    claimed.release();
    throw error;
  });
  const addEngine = async (): Promise<Engine> => {
    const [near, far] = portPair();
    writer.attach(far);
    const engine = await openSharedSqliteEngine({ store, port: near, driver });
    engines.push(engine);
    return engine;
  };
  return {
    engine: await addEngine(),
    addEngine,
    close: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
      if (left) return;
      left = true;
      await writer.close();
      claimed.release();
    },
    abandon: () => {
      left = true;
      driver.abandon();
    },
  };
}

/** Two ends of a line; a message takes a turn, and closing one end tells the other. */
export function portPair(): readonly [WritePort, WritePort] {
  const ends: [WritePortEvents | undefined, WritePortEvents | undefined] = [undefined, undefined];
  let open = true;
  const end = (own: 0 | 1, other: 0 | 1): WritePort => ({
    post: (message) => {
      const copy = structuredClone(message);
      setImmediate(() => {
        if (open) ends[other]?.message(copy);
      });
    },
    listen: (events) => {
      ends[own] = events;
    },
    close: () => {
      if (!open) return;
      // What was posted before arrives before.
      setImmediate(() => {
        open = false;
        ends[other]?.closed();
      });
    },
  });
  return [end(0, 1), end(1, 0)];
}
