/**
 * Which store cross-room suites run on, in one place. STATOR_TEST_STORE is `sqlite` (as without it), `pglite`, `spread`
 * (PGlite taken for a cluster, whose statements are watched), `postgres` (a server that the run starts for itself, see
 * prepare-stores.ts), or the URL of a database whose role may make schemas.
 * Suites need not know: verify-at-close.ts puts what they open into the place that placed-stores.ts makes.
 */
import { createHash } from "node:crypto";
import process from "node:process";
import { threadId } from "node:worker_threads";

export type StoreUnderTest =
  | { readonly kind: "sqlite" }
  | { readonly kind: "pglite"; readonly isSpread: boolean }
  /** A server that is to be started. */
  | { readonly kind: "postgres" }
  | { readonly kind: "url"; readonly url: string };

export const storeVariable = "STATOR_TEST_STORE";

/** Asked each time: a run that starts a server says afterwards where it is. */
export function storeUnderTest(): StoreUnderTest {
  const text = process.env[storeVariable] ?? "sqlite";
  if (text === "sqlite" || text === "postgres") return { kind: text };
  if (text === "pglite" || text === "spread") return { kind: "pglite", isSpread: text === "spread" };
  if (/^postgres(?:ql)?:\/\//u.test(text)) return { kind: "url", url: text };
  throw new Error(
    `${storeVariable} is sqlite, pglite, spread, postgres or the URL of a database, not ${text}`,
  );
}

/** What follows `stator serve` for a store that nobody opens again. */
export function temporaryStoreOptions(): readonly string[] {
  return storeUnderTest().kind === "sqlite" ? ["--memory"] : ["--store", withSchema(newSchema())];
}

/** The same for one that is there again for who names the same folder. */
export function keptStoreOptions(folder: string): readonly string[] {
  return storeUnderTest().kind === "sqlite"
    ? ["--data", folder]
    : ["--store", withSchema(schemaOfFolder(folder))];
}

/** Begins the name of every schema that this process, or a thread of it, makes for a test. */
export const schemaPrefix: string = `stator_test_${process.pid}_`;

let schemas = 0;

export function newSchema(): string {
  schemas += 1;
  return `${schemaPrefix}${threadId}_${schemas}`;
}

export function schemaOfFolder(path: string): string {
  return `${schemaPrefix}${createHash("sha256").update(path).digest("hex").slice(0, 16)}`;
}

/** The URL of a store. */
export function withSchema(schema: string): string {
  const url = databaseUrl();
  return `${url}${url.includes("?") ? "&" : "?"}schema=${schema}`;
}

export function databaseUrl(): string {
  const under = storeUnderTest();
  if (under.kind === "url") return under.url;
  throw new Error(`${storeVariable}=${under.kind} has no server that other threads and processes can reach`);
}
