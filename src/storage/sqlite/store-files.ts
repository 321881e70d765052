/**
 * Files of a store and who owns them. A folder holds `stator.db` (with SQLite's -wal and -shm beside it while
 * open) and `stator.lock`, a database in which the owner holds an exclusive transaction for as long as it lives:
 * the operating system ends it with the process, however that dies.
 *
 * No code may open these files with node:fs while a store is open: closing such a handle would drop SQLite's
 * own POSIX locks on them.
 */
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { StorageError } from "../contract/index.ts";
import type { SqliteConnection, SqliteDriver } from "./driver.ts";
import { isBusy, storageFailure } from "./sqlite-failure.ts";

export type StoreLocation =
  /** A folder, made when missing. Writes are durable. */
  | { readonly kind: "directory"; readonly path: string }
  /** Gone when closed; one connection. */
  | { readonly kind: "memory" }
  /** A private temporary folder, removed at close or exit; not durable. */
  | { readonly kind: "temporary" };

export interface StoreFiles {
  /** For messages. */
  readonly name: string;
  /** What the driver opens. */
  readonly databasePath: string;
  /** Gives the store up, and removes a temporary one. Call after the database is closed. */
  release(): void;
}

/** Takes ownership. Throws a StorageError: `locked` while another owner lives, `unavailable` for a bad folder. */
export function takeStoreFiles(location: StoreLocation, driver: SqliteDriver): StoreFiles {
  switch (location.kind) {
    case "memory":
      return { name: "the store in memory", databasePath: ":memory:", release: () => undefined };
    case "temporary":
      return temporaryFiles();
    case "directory":
      return directoryFiles(location.path, driver);
  }
}

export function databasePath(directory: string): string {
  return join(directory, "stator.db");
}

function temporaryFiles(): StoreFiles {
  const folder = mkdtempSync(join(tmpdir(), "stator-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);
  return {
    name: `the temporary store ${folder}`,
    databasePath: databasePath(folder),
    release: () => {
      process.removeListener("exit", remove);
      remove();
    },
  };
}

function directoryFiles(path: string, driver: SqliteDriver): StoreFiles {
  try {
    makeFolder(resolve(path));
  } catch (error: unknown) {
    throw new StorageError("unavailable", `the folder ${path} cannot be made`, { cause: error });
  }
  const lock = lockFolder(path, driver);
  return {
    name: `the store ${path}`,
    databasePath: databasePath(path),
    release: () => {
      lock.close();
    },
  };
}

/** A folder just made is itself lost in a power cut until the folder above it was synced. SQLite does the files. */
function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined || process.platform === "win32") {
    return;
  }
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) {
    const above = openSync(dirname(folder), "r");
    fsyncSync(above);
    closeSync(above);
  }
}

function lockFolder(path: string, driver: SqliteDriver): SqliteConnection {
  let lock: SqliteConnection | undefined;
  try {
    lock = driver.open(join(path, "stator.lock"));
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error: unknown) {
    lock?.close();
    if (isBusy(error)) {
      const message = `the store ${path} is in use by another process, or by another engine of this one`;
      throw new StorageError("locked", message, { cause: error });
    }
    throw storageFailure(error, `locking the store ${path}`);
  }
}
