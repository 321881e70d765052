/** The cluster under test: STATOR_CITUS_URL, and STATOR_CITUS_WORKERS that may be added to it, HOST:PORT,HOST:PORT. */
import process from "node:process";
import type { PostgresPlace } from "../../src/testing/index.ts";
import { urlPlace } from "../../src/testing/url-place.ts";
import { askCoordinator, parseWorker, type Worker } from "./coordinator.ts";

export function clusterUrl(): string {
  const url = process.env["STATOR_CITUS_URL"];
  if (url === undefined) throw new Error("STATOR_CITUS_URL names no cluster; run scripts/citus.ts");
  return url;
}

export function place(): Promise<PostgresPlace> {
  return urlPlace(clusterUrl());
}

export function spareWorkers(): readonly Worker[] {
  const texts = (process.env["STATOR_CITUS_WORKERS"] ?? "").split(",");
  return texts.flatMap((text) => parseWorker(text) ?? []);
}

/** Those of this process; on a cluster each is hundreds of tables. */
export function dropStores(): Promise<void> {
  return askCoordinator(clusterUrl(), async (rows) => {
    const schemas = await rows("SELECT nspname FROM pg_namespace WHERE nspname LIKE $1", [
      `test\\_${process.pid}\\_%`,
    ]);
    for (const [name = ""] of schemas) await rows(`DROP SCHEMA "${name}" CASCADE`);
  });
}
