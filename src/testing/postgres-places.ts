/** Where tests of the PostgreSQL engine keep their stores: a real server, or PGlite in this process. */
import { pgDriver } from "../storage/postgres/pg-driver.ts";
import {
  defaultPostgresLimits,
  type PostgresDriver,
  type PostgresHost,
  type PostgresSettings,
} from "../storage/postgres/index.ts";
import { pgliteHost, sharedPglite } from "./pglite-driver.ts";
import type { PostgresPrograms } from "./postgres-servers/find-postgres.ts";
import { sharedPostgres } from "./postgres-servers/shared-postgres.ts";

export interface PostgresPlace {
  /** One place, one name. */
  readonly name: string;
  readonly hosts: readonly PostgresHost[];
  readonly driver: (settings: PostgresSettings) => PostgresDriver;
}

/** Nothing of a test waits for a member that is gone for longer. */
const membershipMs = 1500;

export function postgresSettings({ hosts }: Pick<PostgresPlace, "hosts">, schema: string): PostgresSettings {
  return {
    address: {
      hosts,
      database: "postgres",
      user: "postgres",
      password: async () => undefined,
      tls: { mode: "disable" },
      schema,
    },
    replicas: "primary",
    limits: { membershipMs, writeSessionsMax: 4, readSessionsMax: 2 },
  };
}

/** A real server that lets everybody in. */
export function serverPlace(host: PostgresHost): PostgresPlace {
  return {
    name: `${host.host}:${host.port}`,
    hosts: [host],
    driver: ({ address, limits }) => pgDriver(address, { ...defaultPostgresLimits, ...limits }),
  };
}

/** The server that all tests of a worker share. */
export async function sharedPostgresPlace(programs: PostgresPrograms): Promise<PostgresPlace> {
  const { server } = await sharedPostgres(programs);
  return serverPlace(server);
}

/** The instance that all tests of a worker share. */
export async function sharedPglitePlace(): Promise<PostgresPlace> {
  const pglite = await sharedPglite();
  return {
    name: "pglite",
    hosts: [pgliteHost],
    driver: ({ address }) => pglite.driver(address.schema),
  };
}
