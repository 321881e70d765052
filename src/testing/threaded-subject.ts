/**
 * The SQLite engine with its writer on a thread of its own, as a subject of the storage contract suite: real threads,
 * real ports, and a crash that ends the thread wherever it is. split-subject.ts is the same on one thread.
 */
import { assert } from "../base/index.ts";
import { messagePortLine } from "../server/threads/message-port-line.ts";
import type { DecideRegistry, Engine } from "../storage/contract/index.ts";
import {
  claimStore,
  nodeSqliteDriver,
  openSharedSqliteEngine,
  type WritePort,
} from "../storage/sqlite/index.ts";
import { programDecides } from "./program-decides.ts";
import { type SplitStore, subjectApart } from "./split-subject.ts";
import { suiteDecides, type StorageOpenOptions, type StorageSubject } from "./storage-contract/subject.ts";
import { abandonableDriver } from "./test-drivers.ts";
import { takeTestWriter } from "./test-writer.ts";

export function threadedSubject(): StorageSubject {
  return {
    ...subjectApart("sqlite, folder, writer on a thread", openThreaded),
    // A thread takes long to start again; the suite's own crashes are enough here, and the split subject has them all.
    traits: ["open"],
  };
}

/** A store in a folder: its writer on a thread, its engines on this one. */
export async function openThreaded(path: string, options: StorageOpenOptions): Promise<SplitStore> {
  assertKnown(options.decide);
  const driver = abandonableDriver(nodeSqliteDriver());
  const claimed = claimStore({ location: { kind: "directory", path }, driver });
  const store = claimed.shared;
  const writer = takeTestWriter();
  const lines = new Map<Engine, WritePort>();
  let left = false;
  let lost = false;
  await writer.open(store, options.clock.shared).catch((error: unknown) => {
    claimed.release();
    throw error;
  });
  const addEngine = async (): Promise<Engine> => {
    const port = messagePortLine(await writer.line());
    const engine = await openSharedSqliteEngine({ store, port, driver });
    lines.set(engine, port);
    return engine;
  };
  return {
    engine: await addEngine(),
    addEngine,
    cut: (engine) => lines.get(engine)?.close(),
    loseWriter: async () => {
      lost = true;
      await writer.kill();
    },
    close: async () => {
      await Promise.all([...lines.keys()].map((engine) => engine.close()));
      if (left) return;
      left = true;
      if (!lost) await writer.close();
      claimed.release();
    },
    abandon: async () => {
      left = true;
      await writer.kill();
      driver.abandon();
    },
  };
}

/** Functions do not cross threads: the thread has its own copy of the registries. */
function assertKnown(decide: DecideRegistry): void {
  for (const [kind, run] of decide) {
    const known = suiteDecides.get(kind) ?? programDecides.get(kind);
    assert(known === run, `the test's writer thread does not know the mutation ${kind}`);
  }
}
