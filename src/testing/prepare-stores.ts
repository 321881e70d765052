/**
 * Before any test of a run: what its stores need and takes long to make. A server of its own for STATOR_TEST_STORE=postgres,
 * which all workers share, and the image of an empty PGlite where none was made before.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import type { TestProject } from "vitest/node";
import { preparePglite } from "./pglite-image.ts";
import { findPostgres } from "./postgres-servers/find-postgres.ts";
import { startPostgres } from "./postgres-servers/postgres-server.ts";
import { dropStoresOfThisProcess } from "./placed-stores.ts";
import { storeUnderTest, storeVariable } from "./store-under-test.ts";

/** Called by vitest; workers inherit the environment. Resolves with what is to be done after the last test. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const under = storeUnderTest();
  if (under.kind === "pglite" || usesPglite(project.vitest.state.getPaths())) await preparePglite();
  if (under.kind === "postgres") return startServer();
  if (under.kind === "url") return () => dropStoresOfThisProcess(under.url);
  return undefined;
}

/** Making the image takes seconds, which a run of other tests is spared. */
function usesPglite(testFiles: readonly string[]): boolean {
  return testFiles.some((file) => /pglite/iu.test(readFileSync(file, "utf8")));
}

async function startServer(): Promise<() => Promise<void>> {
  const found = findPostgres();
  if (found.kind === "missing") throw new Error(`${storeVariable}=postgres: ${found.reason}`);
  const server = await startPostgres(found.programs, { durable: false });
  process.env[storeVariable] = server.url();
  return async () => {
    await server[Symbol.asyncDispose]();
  };
}
