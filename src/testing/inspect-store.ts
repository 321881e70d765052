/** Looks for contradictions in an open store that nobody writes to: those of the engine, of tables and of indexes. */
import { type ListedStore, verifyTables } from "../indexes/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import type { SqliteEngine } from "../storage/sqlite/index.ts";
import { assertSound } from "./sqlite-subjects.ts";

/** Throws when there is one. Passes over an engine that cannot list what it has, as one that a test has wrapped. */
export async function inspectStore(engine: Engine): Promise<void> {
  if (isSqlite(engine)) assertSound(await engine.verify());
  if (isListed(engine)) assertSound(await verifyTables(engine));
}

function isSqlite(engine: Engine): engine is SqliteEngine {
  return "verify" in engine;
}

function isListed(engine: Engine): engine is ListedStore {
  return "keyspaces" in engine && "logShards" in engine;
}
