/**
 * A PostgreSQL server that is taken for the coordinator of a Citus cluster, without being one: the engine makes its stores
 * spread ones there and asks as it asks such stores, and a watch sees what it asks.
 */
import type {
  PostgresDriver,
  PostgresResult,
  PostgresSession,
  PostgresStatement,
} from "../storage/postgres/driver.ts";
import type { PostgresPlace } from "./postgres-places.ts";
import type { SpreadWatch } from "./spread-watch.ts";

/** A place whose stores are spread. */
export function pretendedCluster(place: PostgresPlace, watch: SpreadWatch): PostgresPlace {
  return {
    ...place,
    name: `${place.name} as a cluster`,
    driver: (settings) => pretendingDriver(place.driver(settings), watch),
  };
}

/** `onSaid`: told what only Citus would understand. `coordinators`: nodes of the cluster that are its coordinator. */
export function pretendingDriver(
  driver: PostgresDriver,
  watch: SpreadWatch,
  { onSaid, coordinators = 1 }: Pretence = {},
): PostgresDriver {
  return watchedDriver(
    {
      connect: async (host, events) => {
        const session = await driver.connect(host, events);
        return {
          ...forwarding(session),
          query: (statement, parameters) => {
            const pretended = answerOf(statement, coordinators);
            return pretended === undefined
              ? session.query(statement, parameters)
              : Promise.resolve(pretended);
          },
          script: async (text) => {
            if (isForCitus(text)) onSaid?.(text);
            else await session.script(text);
          },
        };
      },
    },
    watch,
  );
}

/** As it is, with a watch. */
export function watchedDriver(driver: PostgresDriver, watch: SpreadWatch): PostgresDriver {
  return {
    connect: async (host, events) => {
      const session = await driver.connect(host, events);
      const own = watch.session();
      return {
        ...forwarding(session),
        query: (statement, parameters = []) => {
          own.sent(statement, parameters);
          return session.query(statement, parameters);
        },
      };
    },
  };
}

function forwarding(session: PostgresSession): PostgresSession {
  return {
    query: (...asked) => session.query(...asked),
    script: (text) => session.script(text),
    close: () => session.close(),
    destroy: () => session.destroy(),
  };
}

export interface Pretence {
  readonly onSaid?: (text: string) => void;
  readonly coordinators?: number;
}

function answerOf({ text }: PostgresStatement, coordinators: number): PostgresResult | undefined {
  if (text.startsWith("SELECT extversion FROM pg_extension")) return oneRow("13.2-1");
  if (text.includes("FROM pg_dist_node")) return oneRow(String(coordinators));
  return undefined;
}

function oneRow(value: string): PostgresResult {
  return { command: "SELECT", rowCount: 1, rows: [[value]] };
}

function isForCitus(text: string): boolean {
  return /\b(?:create_distributed_table|create_reference_table|truncate_local_data_after_distributing_table)\(|^SET LOCAL citus\./u.test(
    text,
  );
}
