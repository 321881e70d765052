/** A driver around the product's that counts what is sent, for sizes of groups and tries that came to nothing. */
import type {
  PostgresDriver,
  PostgresSession,
  PostgresSessionEvents,
} from "../../src/storage/postgres/index.ts";
import type { GroupCounts } from "./store-job.ts";

export interface CountingDriver extends PostgresDriver {
  /** Since the driver was made. */
  counts(): GroupCounts;
}

export function countingDriver(inner: PostgresDriver): CountingDriver {
  let committed = 0;
  let rolledBack = 0;
  let statements = 0;
  let sessionsOpened = 0;
  const counting = (session: PostgresSession): PostgresSession => ({
    query: (statement, parameters) => {
      statements += 1;
      if (statement.text === "COMMIT") committed += 1;
      else if (statement.text === "ROLLBACK") rolledBack += 1;
      return session.query(statement, parameters);
    },
    script: (text) => session.script(text),
    close: () => session.close(),
    destroy: () => session.destroy(),
  });
  return {
    connect: async (host, events?: PostgresSessionEvents) => {
      sessionsOpened += 1;
      return counting(await inner.connect(host, events));
    },
    counts: () => ({ committed, rolledBack, statements, sessionsOpened }),
  };
}

export function countsSince(now: GroupCounts, before: GroupCounts): GroupCounts {
  return {
    committed: now.committed - before.committed,
    rolledBack: now.rolledBack - before.rolledBack,
    statements: now.statements - before.statements,
    sessionsOpened: now.sessionsOpened - before.sessionsOpened,
  };
}
