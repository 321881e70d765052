/**
 * One server for all tests of a worker, started by the first that asks; nobody has to stop it, since its guardian ends
 * it with the worker. Each test takes a database or a schema that nobody else uses.
 */
import type { PostgresPrograms } from "./find-postgres.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

export interface SharedPostgres {
  /** Not to be stopped: others use it. */
  readonly server: PostgresServer;
  /** Empty, and the test's own. */
  newDatabase(): Promise<{ readonly name: string; readonly url: string }>;
  /** The name of a schema of the database postgres, which does not exist yet; costs nothing. */
  newSchemaName(): string;
}

let shared: Promise<SharedPostgres> | undefined;

export function sharedPostgres(programs: PostgresPrograms): Promise<SharedPostgres> {
  shared ??= start(programs);
  return shared;
}

async function start(programs: PostgresPrograms): Promise<SharedPostgres> {
  const server = await startPostgres(programs, { durable: false });
  let taken = 0;
  return {
    server,
    newDatabase: async () => {
      taken += 1;
      const name = `test_${taken}`;
      await server.sql(`CREATE DATABASE ${name}`);
      return { name, url: server.url({ database: name }) };
    },
    newSchemaName: () => {
      taken += 1;
      return `test_${taken}`;
    },
  };
}
