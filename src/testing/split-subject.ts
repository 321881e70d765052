/**
 * The SQLite engine with its writer apart, as a subject of the storage contract suite: two engines and a writer on
 * one thread, joined by ports that carry copies and take a turn of the event loop, as ports between threads do.
 */
import { rmSync } from "node:fs";
import type { Engine } from "../storage/contract/index.ts";
import type { WritePort } from "../storage/remote/index.ts";
import {
  claimStore,
  nodeSqliteDriver,
  openSharedSqliteEngine,
  openSqliteWriter,
  type SharedStore,
  type SqliteDriver,
  verifyStore,
} from "../storage/sqlite/index.ts";
import { portPair } from "./port-pair.ts";
import { assertSound, temporaryFolder } from "./sqlite-subjects.ts";
import type { TwoEnginesSubject } from "./storage-contract/several-engines-contract.ts";
import type { StorageOpenOptions, StorageSubject } from "./storage-contract/subject.ts";
import { abandonableDriver } from "./test-drivers.ts";

export type OpenApart = (path: string, options: StorageOpenOptions) => Promise<SplitStore>;

/** Two engines that share a writer. */
export function enginesApart(name: string, open: OpenApart): TwoEnginesSubject {
  return {
    name,
    open: async (options) => {
      const path = temporaryFolder();
      const store = await open(path, options);
      return {
        first: store.engine,
        second: await store.addEngine(),
        dispose: async () => {
          await store.close();
          assertSound(await verifyStore(path));
          rmSync(path, { recursive: true, force: true });
        },
      };
    },
  };
}

export function splitSubject(): StorageSubject {
  return subjectApart("sqlite, folder, writer apart", openSplit);
}

/** Stores in folders whose engines and writer are apart, however they are joined. */
export function subjectApart(name: string, open: OpenApart): StorageSubject {
  return {
    name,
    capabilities: { durable: true, replicas: false, multiProcess: false },
    open: async (options) => {
      const path = temporaryFolder();
      let split = await open(path, options);
      const again = async (leave: (old: SplitStore) => Promise<void>): Promise<Engine> => {
        await leave(split);
        split = await open(path, options);
        return split.engine;
      };
      return {
        engine: split.engine,
        reopen: () => again((old) => old.close()),
        crash: () => again((old) => old.abandon()),
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
  /** Breaks an engine's line to the writer, as the end of its thread does. */
  readonly cut: (engine: Engine) => void;
  /** The writer ends without a word; its files stay as they are. */
  readonly loseWriter: () => Promise<void>;
  /** In good order: engines, writer, files. Idempotent. */
  readonly close: () => Promise<void>;
  /** As a killed process would leave it. */
  readonly abandon: () => Promise<void>;
}

/** A store in a folder, opened by a writer and one engine. */
export async function openSplit(
  path: string,
  { decide, clock }: StorageOpenOptions,
  inner: SqliteDriver = nodeSqliteDriver(),
): Promise<SplitStore> {
  return openApart(path, inner, async (store, driver) => {
    const writer = await openSqliteWriter({ store, decide, clock, driver });
    const farEnds: WritePort[] = [];
    return {
      line: async () => {
        const [near, far] = portPair();
        writer.attach(far);
        farEnds.push(far);
        return near;
      },
      lose: async () => {
        for (const far of farEnds) far.close();
      },
      kill: async () => undefined,
      close: () => writer.close(),
    };
  });
}

/** A writer as the engines of a test see it. */
export interface WriterApart {
  /** To the writer, for one engine. */
  readonly line: () => Promise<WritePort>;
  /** Ends without a word to anybody. */
  readonly lose: () => Promise<void>;
  /** Ends with everything else, as in a killed process. */
  readonly kill: () => Promise<void>;
  /** In good order, after all engines; also when it was lost. */
  readonly close: () => Promise<void>;
}

/** A store in a folder, whose writer `open` opens first. */
export async function openApart(
  path: string,
  inner: SqliteDriver,
  open: (store: SharedStore, driver: SqliteDriver) => Promise<WriterApart>,
): Promise<SplitStore> {
  const driver = abandonableDriver(inner);
  const claimed = claimStore({ location: { kind: "directory", path }, driver });
  const store = claimed.shared;
  const lines = new Map<Engine, WritePort>();
  let left = false;
  const writer = await open(store, driver).catch((error: unknown) => {
    claimed.release();
    throw error;
  });
  const addEngine = async (): Promise<Engine> => {
    const port = await writer.line();
    const engine = await openSharedSqliteEngine({ store, port, driver });
    lines.set(engine, port);
    return engine;
  };
  return {
    engine: await addEngine(),
    addEngine,
    cut: (engine) => lines.get(engine)?.close(),
    loseWriter: writer.lose,
    close: async () => {
      await Promise.all([...lines.keys()].map((engine) => engine.close()));
      if (left) return;
      left = true;
      await writer.close();
      claimed.release();
    },
    abandon: async () => {
      left = true;
      await writer.kill();
      driver.abandon();
    },
  };
}
