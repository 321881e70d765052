/** A database that somebody else runs, as a place of stores: a Citus cluster, named by its URL. */
import process from "node:process";
import { loadPostgresStorage } from "../server/index.ts";
import { defaultPostgresLimits, readPassword } from "../storage/postgres/index.ts";
import { pgDriver } from "../storage/postgres/pg-driver.ts";
import type { PostgresPlace } from "./postgres-places.ts";

/** The role may make schemas there. */
export async function urlPlace(url: string): Promise<PostgresPlace> {
  const outcome = await loadPostgresStorage({
    url,
    environmentPassword: process.env["PGPASSWORD"],
    create: true,
  });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  const { name, address, password } = outcome.storage.store;
  return {
    name,
    hosts: address.hosts,
    driver: ({ address: { hosts, schema }, limits }) =>
      pgDriver(
        { ...address, hosts, schema, password: () => readPassword(password) },
        { ...defaultPostgresLimits, ...limits },
      ),
  };
}
