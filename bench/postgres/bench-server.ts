/** The server of the PostgreSQL benchmark: its own, durable, with settings that are told, not tuned. */
import { findPostgres, type PostgresPrograms } from "../../src/testing/postgres-servers/find-postgres.ts";
import { type PostgresServer, startPostgres } from "../../src/testing/postgres-servers/postgres-server.ts";
import { pgbenchProblem } from "./pgbench.ts";

/** Larger than the data, so that memory and not the disk's reads are measured; writes go to the disk's log. */
const settings = { shared_buffers: "512MB", max_wal_size: "8GB", max_connections: "400" };

/** Told with the figures, as the server has them. */
const toldSettings = [
  ...Object.keys(settings),
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "wal_level",
  "wal_log_hints",
  "wal_compression",
  "commit_delay",
  "checkpoint_timeout",
  "autovacuum",
];

export type BenchPrograms =
  | { readonly kind: "found"; readonly programs: PostgresPrograms }
  | { readonly kind: "missing"; readonly reason: string };

export function benchPrograms(): BenchPrograms {
  const found = findPostgres();
  if (found.kind === "missing") return found;
  const reason = pgbenchProblem(found.programs);
  return reason === undefined ? found : { kind: "missing", reason };
}

export function startBenchServer(programs: PostgresPrograms): Promise<PostgresServer> {
  return startPostgres(programs, { durable: true, settings });
}

/** As the server itself says them. */
export async function settingsOf(server: PostgresServer): Promise<Readonly<Record<string, string>>> {
  const rows = await server.sql(
    "SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name",
    [["server_version", ...toldSettings]],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [String(name), String(value)]));
}
