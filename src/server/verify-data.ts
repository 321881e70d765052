/** Looks for contradictions in a folder of data that no server uses: in the store, then in what tables and indexes say. */
import { loadTables, tableCounters } from "../catalog/index.ts";
import { verifyTables } from "../indexes/index.ts";
import { type Engine, StorageError } from "../storage/contract/index.ts";
import { verifyStore } from "../storage/sqlite/index.ts";

export type VerifiedData =
  | { readonly kind: "sound"; readonly tables: number; readonly items: number }
  /** One sentence each; of a badly damaged store the first ones. */
  | { readonly kind: "unsound"; readonly problems: readonly string[] }
  /** Nothing was looked at; the message is one line for a person. */
  | { readonly kind: "refused"; readonly message: string };

export async function verifyData(path: string): Promise<VerifiedData> {
  let figures = { tables: 0, items: 0 };
  try {
    const problems = await verifyStore(path, {
      contents: async (engine) => {
        const found = await verifyTables(engine);
        if (found.length === 0) figures = await countedIn(engine);
        return found;
      },
    });
    return problems.length === 0 ? { kind: "sound", ...figures } : { kind: "unsound", problems };
  } catch (error: unknown) {
    if (error instanceof StorageError) return { kind: "refused", message: error.message };
    throw error;
  }
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
