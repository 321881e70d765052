/**
 * The SQLite engine with its writer on a thread of its own, as a subject of the storage contract suite: real threads,
 * real ports, and a crash that ends the thread wherever it is. split-subject.ts is the same on one thread.
 */
import { assert } from "../base/index.ts";
import { messagePortLine } from "../server/threads/message-port-line.ts";
import type { DecideRegistry } from "../storage/contract/index.ts";
import { nodeSqliteDriver } from "../storage/sqlite/index.ts";
import { programDecides } from "./program-decides.ts";
import { openApart, type SplitStore, subjectApart } from "./split-subject.ts";
import { suiteDecides, type StorageOpenOptions, type StorageSubject } from "./storage-contract/subject.ts";
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
  return openApart(path, nodeSqliteDriver(), async (store) => {
    const writer = takeTestWriter();
    let lost = false;
    await writer.open(store, options.clock.shared);
    return {
      line: async () => messagePortLine(await writer.line()),
      lose: async () => {
        lost = true;
        await writer.kill();
      },
      kill: () => writer.kill(),
      close: async () => {
        if (!lost) await writer.close();
      },
    };
  });
}

/** Functions do not cross threads: the thread has its own copy of the registries. */
function assertKnown(decide: DecideRegistry): void {
  for (const [kind, run] of decide) {
    const known = suiteDecides.get(kind) ?? programDecides.get(kind);
    assert(known === run, `the test's writer thread does not know the mutation ${kind}`);
  }
}
