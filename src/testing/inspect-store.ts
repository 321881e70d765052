/** Looks for contradictions in an open store that nobody writes to: those of the engine, of tables and of indexes. */
import { verifyTables } from "../indexes/index.ts";
import type { Engine, ListedEngine } from "../storage/contract/index.ts";
import { assertSound } from "./sqlite-subjects.ts";

/** Throws when there is one. Passes over an engine that cannot list what it has, as one that a test has wrapped. */
export async function inspectStore(engine: Engine): Promise<void> {
  if (isVerifiable(engine)) assertSound(await engine.verify());
  if (isListed(engine)) assertSound(await verifyTables(engine));
}

/** As the engines of the house are, each by what its own tables promise each other. */
interface VerifiableEngine extends Engine {
  verify(): Promise<readonly string[]>;
}

function isVerifiable(engine: Engine): engine is VerifiableEngine {
  return "verify" in engine;
}

function isListed(engine: Engine): engine is ListedEngine {
  return "keyspaces" in engine && "logShards" in engine;
}
