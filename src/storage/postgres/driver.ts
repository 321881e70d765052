/**
 * What the engine needs of a PostgreSQL client: sessions that send statements without waiting for the answers of those
 * before. The product's is `pg`; tests put another server under the same statements, or faults between.
 */

/** Prepared once per session, under its name; one text per name. */
export interface PostgresStatement {
  readonly name: string;
  readonly text: string;
  /** It may take any time, on a session that nobody else waits for. Absent: false. */
  readonly isLong?: boolean;
}

/** Bytes go as they are; an array is written by the caller as text ("{1,2}"). */
export type PostgresParameter = string | number | Uint8Array | null;

/** Columns in the text form of their type, a bytea as "\x" and hexadecimal digits. */
export type PostgresRow = readonly (string | null)[];

export interface PostgresResult {
  /** The first word of the tag of what was done: a COMMIT that could not commit says ROLLBACK. */
  readonly command: string;
  readonly rowCount: number;
  readonly rows: readonly PostgresRow[];
}

/** One server to try. */
export interface PostgresHost {
  readonly host: string;
  readonly port: number;
}

export interface PostgresSessionEvents {
  /**
   * The session has ended; told once. The error says why, and is absent when its owner ended it: then this may be told
   * before `destroy` returns.
   */
  readonly onEnd?: (error: Error | undefined) => void;
  /** On a channel that was listened to. */
  readonly onNotification?: (payload: string) => void;
  /** A warning of the server, by its SQLSTATE. */
  readonly onNotice?: (sqlState: string, message: string) => void;
}

export interface PostgresSession {
  /**
   * Sent at once and answered in the order of the calls. Rejects with a PostgresError when the server refuses the
   * statement, and with a PostgresConnectionError when the session ends before the answer.
   */
  query(statement: PostgresStatement, parameters?: readonly PostgresParameter[]): Promise<PostgresResult>;
  /** Several statements in one text, without parameters; for creating and migrating a store. */
  script(text: string): Promise<void>;
  /** Lets what was sent be answered, then ends. Idempotent. */
  close(): Promise<void>;
  /** Ends at once; whatever waits is rejected. */
  destroy(): void;
}

export interface PostgresDriver {
  /** Rejects with a PostgresError or a PostgresConnectionError, after at most the limit it was made with. */
  connect(host: PostgresHost, events?: PostgresSessionEvents): Promise<PostgresSession>;
}

/** The server refused a statement or a login. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  /** Five characters, as "23505". */
  readonly sqlState: string;

  constructor(sqlState: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.sqlState = sqlState;
  }
}

/** There is no session, or no more: nobody knows what became of what was sent last. */
export class PostgresConnectionError extends Error {
  override readonly name = "PostgresConnectionError";
}
