/** A PostgreSQL driver whose statements a test sees before they are sent. */
import type {
  PostgresDriver,
  PostgresSession,
  PostgresSessionEvents,
  PostgresStatement,
} from "../storage/postgres/index.ts";

export interface TappedStatement {
  readonly statement: PostgresStatement;
  readonly session: PostgresSession;
  /** What the session's owner listens to. */
  readonly events: PostgresSessionEvents;
}

export function tappedDriver(inner: PostgresDriver, onSend: (sent: TappedStatement) => void): PostgresDriver {
  return {
    connect: async (host, events = {}) => {
      const session = await inner.connect(host, events);
      return {
        query: (statement, parameters) => {
          onSend({ statement, session, events });
          return session.query(statement, parameters);
        },
        script: (text) => session.script(text),
        close: () => session.close(),
        destroy: () => {
          session.destroy();
        },
      };
    },
  };
}
