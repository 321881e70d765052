/**
 * Looks for contradictions in a store that is not in use: what the engine can tell, then what its owner finds in the
 * contents. Changes nothing, also in a store of an older format, and cannot: the engine it shows refuses to write.
 */
import { existsSync } from "node:fs";
import { StorageError } from "../contract/index.ts";
import type { Writes } from "../remote/index.ts";
import { nodeSqliteDriver, type SqliteConnection, type SqliteDriver } from "./driver.ts";
import { ConnectionEngine, type SqliteEngine } from "./engine.ts";
import { beginMigration } from "./migrations.ts";
import { openDatabase } from "./open-database.ts";
import { storageFailure } from "./sqlite-failure.ts";
import { formatNumber, sql } from "./statements.ts";
import { StoreFacts } from "./store-facts.ts";
import { databasePath, takeStoreFiles } from "./store-files.ts";
import { type StoreProblems, verifyConnection, type VerifyOptions } from "./verify-store.ts";

export interface VerifyStoreOptions extends VerifyOptions {
  /** Asked when the store itself is sound: what is wrong with what it holds. */
  readonly contents?: (engine: SqliteEngine) => Promise<StoreProblems>;
  readonly driver?: SqliteDriver;
}

const cacheBytes = 16 * 1024 * 1024;

/** Opens a store nobody else uses, looks, and closes it. Rejects as opening an engine does. */
export async function verifyStore(
  directory: string,
  options: VerifyStoreOptions = {},
): Promise<StoreProblems> {
  if (!existsSync(databasePath(directory))) {
    throw new StorageError("unavailable", `there is no store in ${directory}`);
  }
  const driver = options.driver ?? nodeSqliteDriver();
  const files = takeStoreFiles({ kind: "directory", path: directory }, driver);
  try {
    const settings = {
      driver,
      cacheBytes,
      durable: true,
      writeAheadLog: true,
      exclusive: true,
      createdBy: "verify",
      keepFormat: true,
    };
    const connection = openDatabase(files, settings);
    try {
      const problems = verifyConnection(connection, options);
      if (problems.length > 0 || options.contents === undefined) return problems;
      return await verifyContents(connection, options.contents);
    } finally {
      connection.close();
    }
  } catch (error: unknown) {
    throw storageFailure(error, `verifying ${files.name}`);
  } finally {
    files.release();
  }
}

async function verifyContents(
  connection: SqliteConnection,
  contents: NonNullable<VerifyStoreOptions["contents"]>,
): Promise<StoreProblems> {
  const [format = formatNumber] = Object.values(
    connection.prepare(sql.readFormat).get() as Record<string, number>,
  );
  if (format === formatNumber) return contents(readOnlyEngine(connection));
  // Read as it will be, in a transaction that is given up; what it changes stays in memory.
  connection.exec("PRAGMA cache_spill = OFF");
  beginMigration(connection, format);
  try {
    return await contents(readOnlyEngine(insideTransaction(connection)));
  } finally {
    connection.exec(sql.rollback);
  }
}

function readOnlyEngine(connection: SqliteConnection): SqliteEngine {
  return new ConnectionEngine({ durable: true, connection, facts: new StoreFacts(), writes: () => noWrites });
}

/** Reads of one moment begin a transaction of their own; inside another one that is a savepoint. */
function insideTransaction(connection: SqliteConnection): SqliteConnection {
  const nested = new Map<string, string>([
    [sql.beginRead, "SAVEPOINT moment"],
    [sql.rollback, "RELEASE moment"],
  ]);
  return {
    exec: (text) => connection.exec(text),
    prepare: (text) => connection.prepare(nested.get(text) ?? text),
    close: () => connection.close(),
    get isTransaction() {
      return connection.isTransaction;
    },
  };
}

const noWrites: Writes = {
  submit: () => Promise.reject(new StorageError("unavailable", "a store that is verified is not written")),
  held: async (keys) => keys.map(() => false),
  watch: () => undefined,
  unwatch: () => undefined,
  close: async () => undefined,
};
