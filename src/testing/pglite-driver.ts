/**
 * A PostgreSQL for tests, in this process: PGlite. Its one session stands for many, whose statements and transactions run
 * one after the other; so nothing ever waits for a lock here. A schema separates what tests keep in one instance.
 */
import { inNextTurn } from "../base/index.ts";
import {
  PostgresConnectionError,
  type PostgresDriver,
  type PostgresHost,
  type PostgresParameter,
  type PostgresStatement,
} from "../storage/postgres/driver.ts";
import { quoteIdentifier, sessionSettings } from "../storage/postgres/session-settings.ts";
import { startPglite } from "./pglite-image.ts";
import { PgliteQueue } from "./pglite-queue.ts";
import { PgliteSession, type StatementFate } from "./pglite-session.ts";

export type StatementPredicate = (
  statement: PostgresStatement,
  parameters: readonly PostgresParameter[],
) => boolean;

export interface PgliteDriver extends PostgresDriver {
  /** Does not run the next statement that fits; its session ends. */
  loseRequestOf(predicate: StatementPredicate): void;
  /** Runs the next statement that fits; its session ends before the answer. */
  loseAnswerOf(predicate: StatementPredicate): void;
  /** Every session of this driver ends, as when a server is restarted. */
  endSessions(): void;
  /** Until it is told otherwise no session begins. */
  refuseConnections(refused: boolean): void;
}

/** Drivers of PGlite take any host for it. */
/** How long a test waits for PGlite: the first run on a machine makes its image. */
export const pgliteStartMsMax = 60_000;

export const pgliteHost: PostgresHost = { host: "pglite", port: 5432 };

export interface Pglite {
  /** Its sessions find tables in this schema, which need not exist. */
  driver(schema: string): PgliteDriver;
  dropSchema(schema: string): Promise<void>;
  close(): Promise<void>;
}

interface Instance {
  readonly queue: PgliteQueue;
  readonly sessions: Set<PgliteSession>;
  sessionsMade: number;
}

let shared: Promise<Pglite> | undefined;

/** One instance for all tests of a worker, each with a schema of its own; nobody has to close it. */
export function sharedPglite(): Promise<Pglite> {
  shared ??= createPglite();
  return shared;
}

/** Half a second, and some seconds where none was made before; see preparePglite. */
export async function createPglite(): Promise<Pglite> {
  const [{ protocol }, database] = await Promise.all([import("@electric-sql/pglite"), startPglite()]);
  const sessions = new Set<PgliteSession>();
  const queue = new PgliteQueue({
    database,
    serialize: protocol.serialize,
    onNotification: (channel, payload) => {
      inNextTurn(() => {
        for (const session of sessions) session.hear(channel, payload);
      });
    },
  });
  const settings = sessionSettings("public").filter(([name]) => name !== "search_path");
  await database.exec(settings.map(([name, value]) => `SET ${name} = '${value}';`).join(""));
  const instance: Instance = { queue, sessions, sessionsMade: 0 };
  return {
    driver: (schema) => newDriver(instance, schema),
    dropSchema: async (schema) => {
      const session = await newDriver(instance, "public").connect(pgliteHost);
      await session.script(`DROP SCHEMA IF EXISTS ${quoteIdentifier(schema)} CASCADE`);
      await session.close();
    },
    close: async () => {
      for (const session of sessions) session.fail("PGlite is closed");
      // Takes its turn after what the ended ones leave behind.
      const last = await newDriver(instance, "public").connect(pgliteHost);
      await last.close();
      await database.close();
    },
  };
}

interface Fault {
  readonly fate: StatementFate;
  readonly predicate: StatementPredicate;
}

function newDriver(instance: Instance, schema: string): PgliteDriver {
  const faults: Fault[] = [];
  const own = new Set<PgliteSession>();
  let refused = false;
  return {
    connect: async (_host, events = {}) => {
      if (refused) throw new PostgresConnectionError("a test refuses connections");
      instance.sessionsMade += 1;
      const session = new PgliteSession({
        queue: instance.queue,
        number: instance.sessionsMade,
        schema,
        events,
        fateOf: (statement, parameters) => {
          const index = faults.findIndex(({ predicate }) => predicate(statement, parameters));
          return (index < 0 ? undefined : faults.splice(index, 1)[0])?.fate ?? "answered";
        },
        onEnd: (ended) => {
          own.delete(ended);
          instance.sessions.delete(ended);
        },
      });
      own.add(session);
      instance.sessions.add(session);
      return session;
    },
    loseRequestOf: (predicate) => {
      faults.push({ fate: "lost", predicate });
    },
    loseAnswerOf: (predicate) => {
      faults.push({ fate: "answerLost", predicate });
    },
    endSessions: () => {
      for (const session of own) session.fail("a test has ended all sessions");
    },
    refuseConnections: (refuse) => {
      refused = refuse;
    },
  };
}
