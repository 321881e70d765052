/** The product's PostgreSQL client: `pg`, with statements pipelined and nothing of its own in between. */
import type { ClientConfig } from "pg";
import { systemClock } from "../../base/index.ts";
import {
  PostgresConnectionError,
  type PostgresDriver,
  PostgresError,
  type PostgresHost,
  type PostgresSession,
  type PostgresSessionEvents,
} from "./driver.ts";
import { loginFailure } from "./pg-failures.ts";
import { loadPg, type PgModule } from "./pg-module.ts";
import { type PgQueries, pgQueries } from "./pg-query.ts";
import { PgSession } from "./pg-session.ts";
import { pgTls } from "./pg-tls.ts";
import { loginOptions, sessionSettings } from "./session-settings.ts";
import type { PostgresAddress, PostgresLimits } from "./settings.ts";

export type PgDriverLimits = Pick<PostgresLimits, "connectMs" | "answerMs">;

/** A peer that vanished without a word is asked for after so long. */
const keepAliveMs = 10_000;

export function pgDriver(address: PostgresAddress, limits: PgDriverLimits): PostgresDriver {
  let loaded: Promise<LoadedPg> | undefined;
  return {
    connect: async (host, events = {}) => {
      loaded ??= load();
      return login({ ...(await loaded), address, limits, host, events });
    },
  };
}

/** Rejects with a StorageError that says what to install. */
export async function checkPg(): Promise<void> {
  await loadPg();
}

interface LoadedPg {
  readonly pg: PgModule;
  readonly queries: PgQueries;
}

async function load(): Promise<LoadedPg> {
  const pg = await loadPg();
  return { pg, queries: pgQueries(pg) };
}

interface Login extends LoadedPg {
  readonly address: PostgresAddress;
  readonly limits: PgDriverLimits;
  readonly host: PostgresHost;
  readonly events: PostgresSessionEvents;
}

async function login({ pg, queries, address, limits, host, events }: Login): Promise<PostgresSession> {
  const client = new pg.Client(clientConfig(address, host));
  // An error is told in other ways, too; without a listener it would end the process.
  client.on("error", () => {});
  // Real time, even where a test steers the clock of the data.
  const clock = systemClock();
  const session = await new Promise<PgSession>((resolve, reject) => {
    const place = `${host.host}:${host.port}`;
    const cancel = clock.schedule(limits.connectMs, () => {
      reject(new PostgresConnectionError(`${place}: no login within ${limits.connectMs} ms`));
      client.connection.stream.destroy();
    });
    client.connect((error: Error | null) => {
      cancel();
      if (error === null) {
        // Made here, before the next message of the server is read.
        resolve(new PgSession({ client, queries, events, clock, answerMs: limits.answerMs }));
      } else {
        reject(loginFailure(error, place));
        client.connection.stream.destroy();
      }
    });
  });
  noticeLostClients(session);
  return session;
}

function clientConfig(address: PostgresAddress, { host, port }: PostgresHost): ClientConfig {
  // A server speaks no TLS on a socket of its own machine.
  const ssl = host.startsWith("/") ? false : pgTls(address.tls);
  return {
    host,
    port,
    user: address.user,
    database: address.database,
    // Asked only when the server wants one.
    password: async () => {
      const password = await address.password();
      if (password === undefined) {
        throw new PostgresError("28P01", `the server wants a password for ${address.user}, and none is set`);
      }
      return password;
    },
    ssl,
    // Given, though it is the default, so that a variable of the environment does not count.
    sslnegotiation: "postgres",
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    application_name: "stator",
    options: loginOptions(sessionSettings(address.schema)),
  };
}

/**
 * A server that waits for a lock, or computes, looks every second whether somebody is there to hear its answer, so that
 * what an ended session had sent does not commit long after. Not every server can (PostgreSQL before 14, or on Windows).
 */
function noticeLostClients(session: PostgresSession): void {
  void session.script("SET client_connection_check_interval = 1000").catch(() => {});
}
