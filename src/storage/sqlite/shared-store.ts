/**
 * A store that several threads of one process use: one of them owns it, one writes, any number read. The owner
 * claims it and hands `shared` to the others, as plain data.
 */
import { StorageError } from "../contract/index.ts";
import { nodeSqliteDriver, type SqliteDriver } from "./driver.ts";
import { cacheBytesDefault } from "./engine-settings.ts";
import { StoreFacts } from "./store-facts.ts";
import { type StoreLocation, takeStoreFiles } from "./store-files.ts";

/** Can be posted to a thread. */
export interface SharedStore {
  /** For messages. */
  readonly name: string;
  readonly databasePath: string;
  readonly durable: boolean;
  readonly cacheBytes: number;
  readonly createdBy: string;
  readonly facts: SharedArrayBuffer;
}

export interface ClaimedStore {
  readonly shared: SharedStore;
  /** Gives the store up, and removes a temporary one. After all its connections were closed. */
  release(): void;
}

export interface ClaimOptions {
  readonly location: StoreLocation;
  /** Page cache of each connection. */
  readonly cacheBytes?: number;
  readonly createdBy?: string;
  readonly driver?: SqliteDriver;
}

/** Throws a StorageError: `locked` while another owner lives, `unavailable` for a bad folder. */
export function claimStore({ location, cacheBytes, createdBy, driver }: ClaimOptions): ClaimedStore {
  if (location.kind === "memory") {
    throw new StorageError("unsupported", "a store in memory has one connection");
  }
  const files = takeStoreFiles(location, driver ?? nodeSqliteDriver());
  return {
    shared: {
      name: files.name,
      databasePath: files.databasePath,
      durable: location.kind === "directory",
      cacheBytes: cacheBytes ?? cacheBytesDefault,
      createdBy: createdBy ?? "stator",
      facts: new StoreFacts().memory,
    },
    release: () => {
      files.release();
    },
  };
}
