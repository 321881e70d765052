/**
 * SQLite drivers for tests, each around another driver. `abandonableDriver` can be left behind as a killed
 * process leaves its files; `faultyDriver` fails on purpose.
 *
 * Fault model: a statement may fail with an I/O error before it did anything; a COMMIT may fail with an I/O error
 * before or after it took effect, which is all a caller of fsync can know; a disk may be full for every write
 * until it has space again. SQLite's own handling of short writes is SQLite's; we do not test it here.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type {
  SqliteConnection,
  SqliteDriver,
  SqliteStatement,
  SqliteValue,
} from "../storage/sqlite/index.ts";

export interface AbandonableDriver extends SqliteDriver {
  /** From now on every use fails, and the ownership of the store is free, as after a kill. */
  abandon(): void;
}

export function abandonableDriver(inner: SqliteDriver): AbandonableDriver {
  const connections: { readonly path: string; readonly connection: SqliteConnection }[] = [];
  let abandoned = false;
  const assertAlive = (): void => {
    if (abandoned) {
      throw sqliteError(21, "the process of this connection was killed");
    }
  };
  return {
    open: (path, users) => {
      const connection = inner.open(path, users);
      connections.push({ path, connection });
      return watchedConnection(connection, assertAlive, () => !abandoned);
    },
    abandon: () => {
      abandoned = true;
      for (const { path, connection } of connections) closeLeavingFiles(path, connection);
    },
  };
}

/**
 * A killed process leaves the files as they are and its locks go. Closing a connection would tidy the files up
 * first, so they are put back as they were. (Reading a live database with node:fs drops its locks, which here
 * is what is wanted.)
 */
function closeLeavingFiles(path: string, connection: SqliteConnection): void {
  const left = path === ":memory:" ? [] : [path, `${path}-wal`].filter((file) => existsSync(file));
  const images = left.map((file) => ({ file, bytes: readFileSync(file) }));
  connection.close();
  for (const { file, bytes } of images) writeFileSync(file, bytes);
}

export type Fault =
  /** The n-th statement from now on fails with an I/O error, whatever it is; counted from 1. */
  | { readonly kind: "statement"; readonly nth: number }
  /** The n-th COMMIT from now on fails, before or after it took effect. */
  | { readonly kind: "commit"; readonly nth: number; readonly tookEffect: boolean }
  /** The n-th checkpoint from now on fails with an I/O error. */
  | { readonly kind: "checkpoint"; readonly nth: number }
  /** From the n-th writing statement (COMMIT too) on, the disk is full. */
  | { readonly kind: "diskFull"; readonly nth: number };

export interface FaultyDriver extends SqliteDriver {
  /** Arms one fault and starts counting; undefined heals. */
  arm(fault: Fault | undefined): void;
  /** How often the armed fault has struck. */
  readonly strikes: number;
}

export function faultyDriver(inner: SqliteDriver): FaultyDriver {
  let armed: Fault | undefined;
  let seen = 0;
  let strikes = 0;
  const before = (text: string): (() => void) | undefined => {
    if (armed === undefined || !counts(armed, text)) {
      return undefined;
    }
    seen += 1;
    const due = armed.kind === "diskFull" ? seen >= armed.nth : seen === armed.nth;
    if (!due) {
      return undefined;
    }
    strikes += 1;
    const error =
      armed.kind === "diskFull" ? sqliteError(13, "disk is full") : sqliteError(10, "disk I/O error");
    const fail = (): never => {
      throw error;
    };
    return armed.kind === "commit" && armed.tookEffect ? fail : fail();
  };
  return {
    open: (path, users) => watchedConnection(inner.open(path, users), before, () => true),
    arm: (fault) => {
      armed = fault;
      seen = 0;
      strikes = 0;
    },
    get strikes(): number {
      return strikes;
    },
  };
}

function counts(fault: Fault, text: string): boolean {
  switch (fault.kind) {
    case "statement":
      return true;
    case "commit":
      return text === "COMMIT";
    case "checkpoint":
      return text.startsWith("PRAGMA wal_checkpoint(PASSIVE");
    case "diskFull":
      return /^\s*(INSERT|UPDATE|DELETE|COMMIT|PRAGMA wal_checkpoint\((PASSIVE|TRUNCATE))/u.test(text);
  }
}

/** Runs something of the test before each statement of a connection, and what that hands back after it. */
export function interruptedDriver(inner: SqliteDriver, watch: Watch): SqliteDriver {
  return { open: (path, users) => watchedConnection(inner.open(path, users), watch, () => true) };
}

/** Called with a statement's text before it runs; may throw, or hand back what runs after it. */
export type Watch = (text: string) => (() => void) | undefined | void;

function watchedConnection(inner: SqliteConnection, watch: Watch, mayClose: () => boolean): SqliteConnection {
  return {
    exec: (text) => {
      const after = watch(text);
      inner.exec(text);
      after?.();
    },
    prepare: (text) => watchedStatement(inner.prepare(text), () => watch(text)),
    close: () => {
      if (mayClose()) {
        inner.close();
      }
    },
    get isTransaction(): boolean {
      return inner.isTransaction;
    },
  };
}

function watchedStatement(inner: SqliteStatement, watch: () => ReturnType<Watch>): SqliteStatement {
  const watched = <T>(run: (...values: SqliteValue[]) => T): ((...values: SqliteValue[]) => T) => {
    return (...values) => {
      const after = watch();
      const result = run(...values);
      after?.();
      return result;
    };
  };
  return {
    run: watched((...values) => inner.run(...values)),
    get: watched((...values) => inner.get(...values)),
    all: watched((...values) => inner.all(...values)),
    iterate: watched((...values) => inner.iterate(...values)),
    setReturnArrays: (enabled) => {
      inner.setReturnArrays(enabled);
    },
  };
}

/** An error as node:sqlite throws it. */
function sqliteError(errcode: number, message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode });
}
