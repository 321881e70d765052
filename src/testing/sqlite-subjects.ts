/** The SQLite engine as subjects of the storage contract suite: in memory, in a folder, temporary, wrapped. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardEngine } from "../storage/contract/index.ts";
import type { Engine, EngineMetrics } from "../storage/contract/index.ts";
import {
  nodeSqliteDriver,
  openSqliteEngine,
  type SqliteDriver,
  type SqliteEngine,
  verifyStore,
} from "../storage/sqlite/index.ts";
import type { StorageFixture, StorageOpenOptions, StorageSubject } from "./storage-contract/subject.ts";
import { type AbandonableDriver, abandonableDriver, faultyDriver } from "./test-drivers.ts";

/** In memory or temporary: nothing outlives the engine. */
export function passingSubject(kind: "memory" | "temporary"): StorageSubject {
  return {
    name: `sqlite, ${kind}`,
    capabilities: { durable: false, replicas: false, multiProcess: false },
    open: async (options) => {
      let engine: SqliteEngine | undefined;
      const opened = async (): Promise<Engine> => {
        engine = await openSqliteEngine({ ...options, location: { kind } });
        return engine;
      };
      const again = async (): Promise<Engine> => {
        await engine?.close();
        return opened();
      };
      return {
        engine: await opened(),
        reopen: again,
        crash: again,
        dispose: async () => {
          assertSound((await engine?.verify().catch(() => [])) ?? []);
          await engine?.close();
        },
      };
    },
  };
}

/** In a folder of its own, removed at the end after looking for contradictions. */
export function folderSubject(wrapping: "plain" | "guarded" | "faulty driver"): StorageSubject {
  return {
    name: `sqlite, folder, ${wrapping}`,
    capabilities: { durable: true, replicas: false, multiProcess: false },
    ...(wrapping === "plain" ? {} : { traits: ["open"] }),
    open: (options) => openFolder(options, wrapping),
  };
}

async function openFolder(options: StorageOpenOptions, wrapping: string): Promise<StorageFixture> {
  const path = temporaryFolder();
  const drivers: AbandonableDriver[] = [];
  let engine: Engine | undefined;
  const opened = async (): Promise<Engine> => {
    const driver = abandonableDriver(
      wrapping === "faulty driver" ? faultyDriver(realDriver()) : realDriver(),
    );
    drivers.push(driver);
    const inner = await openSqliteEngine({ ...options, driver, location: { kind: "directory", path } });
    engine = wrapping === "guarded" ? guardEngine(inner, silentMetrics) : inner;
    return engine;
  };
  return {
    engine: await opened(),
    reopen: async () => {
      await engine?.close();
      return opened();
    },
    crash: async () => {
      drivers.at(-1)?.abandon();
      return opened();
    },
    dispose: async () => {
      await engine?.close();
      assertSound(await verifyStore(path));
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A folder for one store; the caller removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "stator-test-"));
}

export function assertSound(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new Error(`the store contradicts itself:\n${problems.join("\n")}`);
  }
}

function realDriver(): SqliteDriver {
  return nodeSqliteDriver();
}

const silentMetrics: EngineMetrics = { observe: () => undefined };
