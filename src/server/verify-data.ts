/** Looks for contradictions in data that no server uses: in the store, then in what tables and indexes say. */
import { systemClock } from "../base/index.ts";
import { loadTables, tableCounters } from "../catalog/index.ts";
import { verifyTables } from "../indexes/index.ts";
import { type Engine, type ListedEngine, StorageError } from "../storage/contract/index.ts";
import { verifyStore } from "../storage/sqlite/index.ts";
import { decideRegistry } from "./decide-registry.ts";
import { openPostgresStorage, type PostgresStorage } from "./postgres-storage.ts";
import type { StorageChoice } from "./settings.ts";

export type VerifiedData =
  | { readonly kind: "sound"; readonly tables: number; readonly items: number }
  /** One sentence each; of a badly damaged store the first ones. */
  | { readonly kind: "unsound"; readonly problems: readonly string[] }
  /** Nothing was looked at; the message is one line for a person. */
  | { readonly kind: "refused"; readonly message: string };

/** Data that outlives its servers. */
type KeptData = Extract<StorageChoice, { readonly kind: "directory" | "postgres" }>;

export async function verifyData(data: KeptData): Promise<VerifiedData> {
  let figures = { tables: 0, items: 0 };
  const contents = async (engine: ListedEngine): Promise<readonly string[]> => {
    const found = await verifyTables(engine);
    if (found.length === 0) figures = await countedIn(engine);
    return found;
  };
  try {
    const problems = await (data.kind === "directory"
      ? verifyStore(data.path, { contents })
      : verifyDatabase(data, contents));
    return problems.length === 0 ? { kind: "sound", ...figures } : { kind: "unsound", problems };
  } catch (error: unknown) {
    if (error instanceof StorageError) return { kind: "refused", message: error.message };
    throw error;
  }
}

/** Nobody keeps other servers out: what they change meanwhile may look like a contradiction. */
async function verifyDatabase(
  storage: PostgresStorage,
  contents: (engine: ListedEngine) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  await using engine = await openPostgresStorage(
    { ...storage, create: false },
    { decide: decideRegistry, clock: systemClock() },
  );
  const problems = await engine.verify();
  // Awaited here: the engine is closed at the end of this block.
  return problems.length > 0 ? problems : await contents(engine);
}

async function countedIn(engine: Engine): Promise<{ readonly tables: number; readonly items: number }> {
  let tables = 0;
  let items = 0;
  for await (const page of loadTables(engine)) {
    for (const { keyspace } of page) {
      tables += 1;
      items += await engine.counter({ keyspace, index: tableCounters.items });
    }
  }
  return { tables, items };
}
