/** Errors of `pg` and of its sockets as the driver's own. */
import { PostgresConnectionError, PostgresError } from "./driver.ts";

/** Of the server: pg's DatabaseError, told by its shape since pg is loaded on demand. */
interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
}

/** A server that ends a session says so in one of these; nobody knows what became of the statement it answers. */
const endingSqlStates: ReadonlySet<string> = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P04", // database_dropped
  "57P05", // idle_session_timeout
  "25P03", // idle_in_transaction_session_timeout
  "25P04", // transaction_timeout
  "08P01", // protocol_violation
]);

/** What a login was answered with. */
export function loginFailure(error: Error, place: string): PostgresError | PostgresConnectionError {
  const text = `${place}: ${describe(error)}`;
  if (error instanceof PostgresError) {
    return new PostgresError(error.sqlState, text, { cause: error });
  }
  return isServerError(error)
    ? new PostgresError(error.code, text, { cause: error })
    : new PostgresConnectionError(text, { cause: error });
}

/** What a statement was answered with: after a PostgresError the session goes on. */
export function statementFailure(error: Error): PostgresError | PostgresConnectionError {
  return isServerError(error) && !endsSession(error)
    ? new PostgresError(error.code, error.message, { cause: error })
    : sessionFailure(error);
}

/** Why there is no session any more. */
export function sessionFailure(error: Error): PostgresConnectionError {
  if (error instanceof PostgresConnectionError) {
    return error;
  }
  if (!isServerError(error)) {
    return new PostgresConnectionError(`the session has ended: ${describe(error)}`, { cause: error });
  }
  const cause = new PostgresError(error.code, error.message, { cause: error });
  return new PostgresConnectionError(`the server has ended the session: ${error.message}`, { cause });
}

function isServerError(error: Error): error is ServerError {
  return (
    "severity" in error &&
    typeof error.severity === "string" &&
    "code" in error &&
    typeof error.code === "string"
  );
}

/** A server that does not speak English translates the severity. */
function endsSession({ severity, code }: ServerError): boolean {
  return severity === "FATAL" || severity === "PANIC" || endingSqlStates.has(code);
}

function describe(error: Error): string {
  // Several addresses of one name were tried: the error itself says nothing then.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join("; ");
  }
  if (error.message === "The server does not support SSL connections") {
    return "the server does not speak TLS; sslmode=disable connects without";
  }
  return error.message;
}
