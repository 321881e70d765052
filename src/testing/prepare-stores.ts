/**
 * Before any test of a run: what its stores need and takes long to make. A server of its own for STATOR_TEST_STORE=postgres,
 * which all workers share, and the image of an empty PGlite where none was made before. Loads nothing that it does not need.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import type { TestProject } from "vitest/node";
import { storeUnderTest, storeVariable } from "./store-under-test.ts";

/** Called by vitest; workers inherit the environment. Resolves with what is to be done after the last test. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const under = storeUnderTest();
  if (under.kind === "pglite" || usesPglite(project.vitest.state.getPaths())) {
    const { preparePglite } = await import("./pglite-image.ts");
    await preparePglite();
  }
  if (under.kind === "postgres") return startServer();
  if (under.kind === "url") return () => dropStores(under.url);
  return undefined;
}

/** Making the image takes seconds, which a run of other tests is spared. */
function usesPglite(testFiles: readonly string[]): boolean {
  return testFiles.some((file) => /pglite/iu.test(readFileSync(file, "utf8")));
}

async function startServer(): Promise<() => Promise<void>> {
  const { findPostgres } = await import("./postgres-servers/find-postgres.ts");
  const { startPostgres } = await import("./postgres-servers/postgres-server.ts");
  const found = findPostgres();
  if (found.kind === "missing") throw new Error(`${storeVariable}=postgres: ${found.reason}`);
  const server = await startPostgres(found.programs, { durable: false });
  process.env[storeVariable] = server.url();
  return async () => {
    await server[Symbol.asyncDispose]();
  };
}

/** The database is somebody else's: tests leave nothing there. */
async function dropStores(url: string): Promise<void> {
  const { dropStoresOfThisProcess } = await import("./placed-stores.ts");
  await dropStoresOfThisProcess(url);
}
