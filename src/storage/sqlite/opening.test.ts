// Opening a store: ownership, what is refused and with which words, and that nothing foreign is changed.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { assertSound, faultyDriver, settableClock, temporaryFolder } from "../../testing/index.ts";
import type { Commit, DecideRegistry, Engine } from "../contract/index.ts";
import {
  nodeSqliteDriver,
  openSqliteEngine,
  type SqliteDriver,
  type SqliteEngine,
  verifyStore,
} from "./index.ts";

const decide: DecideRegistry = new Map([
  ["write", (args: unknown) => ({ kind: "commit", commit: args as Commit, result: undefined })],
]);
const clock = settableClock(1_767_225_600_000);

function open(path: string, driver: SqliteDriver = nodeSqliteDriver()): Promise<SqliteEngine> {
  return openSqliteEngine({ location: { kind: "directory", path }, decide, clock, driver });
}

async function withFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = temporaryFolder();
  try {
    await use(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function put(engine: Engine, name: string, valueBytes = 10): Promise<unknown> {
  const key = { keyspace: 1, placement: 0, partition: Buffer.from(name), sort: Buffer.alloc(0) };
  const commit: Commit = { records: [{ kind: "put", key, value: Buffer.alloc(valueBytes, 7) }] };
  return engine.mutate({ kind: "write", epochs: [], keys: [], args: commit });
}

describe("ownership", () => {
  test("a second engine on the same folder is refused until the first is closed", () =>
    withFolder(async (path) => {
      const first = await open(path);
      await expect(open(path)).rejects.toMatchObject({
        code: "locked",
        message: `the store ${path} is in use by another process, or by another engine of this one`,
      });
      await put(first, "still works");
      await first.close();
      const second = await open(path);
      await second.close();
    }));

  test("verifying a store in use is refused", () =>
    withFolder(async (path) => {
      const engine = await open(path);
      await expect(verifyStore(path)).rejects.toMatchObject({ code: "locked" });
      await engine.close();
      expect(await verifyStore(path)).toEqual([]);
    }));

  test("verifying a folder without a store makes none", () =>
    withFolder(async (path) => {
      await expect(verifyStore(join(path, "typo"))).rejects.toMatchObject({ code: "unavailable" });
      expect(readdirSync(path)).toEqual([]);
    }));

  test("a failed opening leaves the folder free", () =>
    withFolder(async (path) => {
      const faults = faultyDriver(nodeSqliteDriver());
      faults.arm({ kind: "statement", nth: 4 });
      await expect(open(path, faults)).rejects.toMatchObject({ code: "unavailable" });
      await (await open(path)).close();
    }));
});

describe("files", () => {
  test("a missing folder is made, a closed store leaves one database without a log", () =>
    withFolder(async (path) => {
      const folder = join(path, "deep", "er");
      const engine = await open(folder);
      await put(engine, "a");
      await engine.close();
      expect(readdirSync(folder).toSorted()).toEqual(["stator.db", "stator.lock"]);
    }));

  test("the file says whose it is, in which format, and who made it", () =>
    withFolder(async (path) => {
      const location = { kind: "directory", path } as const;
      const engine = await openSqliteEngine({ location, decide, clock, createdBy: "stator 1.2.3" });
      await engine.close();
      const database = new DatabaseSync(join(path, "stator.db"));
      const pragma = (name: string): unknown =>
        Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
      expect(pragma("application_id")).toBe(0x53746174);
      expect(pragma("user_version")).toBe(3);
      expect(pragma("page_size")).toBe(8192);
      expect(pragma("auto_vacuum")).toBe(2);
      expect(pragma("journal_mode")).toBe("wal");
      expect(database.prepare("SELECT value FROM meta WHERE name = 'createdBy'").get()).toEqual({
        value: "stator 1.2.3",
      });
      database.close();
    }));

  test("a temporary store is gone after closing, and one in memory leaves nothing", async () => {
    const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("stator-"));
    const before = new Set(folders());
    const temporary = await openSqliteEngine({ location: { kind: "temporary" }, decide, clock });
    const made = folders().filter(
      (name) => !before.has(name) && existsSync(join(tmpdir(), name, "stator.db")),
    );
    expect(made.length).toBeGreaterThan(0);
    await temporary.close();
    const memory = await openSqliteEngine({ location: { kind: "memory" }, decide, clock });
    await put(memory, "a");
    await memory.close();
    const ours = made.filter((name) => existsSync(join(tmpdir(), name, "stator.db")));
    expect(ours.length).toBeLessThan(made.length);
  });

  test("a value file of another process's crash is read: the log left beside the database counts", () =>
    withFolder(async (path) => {
      const engine = await open(path);
      await put(engine, "a");
      const crashed = join(path, "crashed");
      mkdirSync(crashed);
      for (const name of ["stator.db", "stator.db-wal"]) copyFileSync(join(path, name), join(crashed, name));
      const again = await open(crashed);
      const key = { keyspace: 1, placement: 0, partition: Buffer.from("a"), sort: Buffer.alloc(0) };
      expect(await again.get(key, "strong")).toBeDefined();
      await again.close();
      await engine.close();
    }));
});

test("opening asks the disk for no space of its own, so that a store on a full disk can be read", () =>
  withFolder(async (path) => {
    const engine = await open(path);
    await put(engine, "a");
    const crashed = join(path, "crashed");
    mkdirSync(crashed);
    for (const name of ["stator.db", "stator.db-wal"]) copyFileSync(join(path, name), join(crashed, name));
    // A folder by the name of SQLite's shared memory: whoever wants that file cannot have it.
    mkdirSync(join(crashed, "stator.db-shm"));
    const again = await open(crashed);
    const key = { keyspace: 1, placement: 0, partition: Buffer.from("a"), sort: Buffer.alloc(0) };
    expect(await again.get(key, "strong")).toBeDefined();
    await again.close();
    await engine.close();
  }));

describe("refused", () => {
  test("a path that is no folder", () =>
    withFolder(async (path) => {
      writeFileSync(join(path, "file"), "");
      await expect(open(join(path, "file", "store"))).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("cannot be made"),
      });
    }));

  test("a file that is not a database", () =>
    withFolder(async (path) => {
      writeFileSync(join(path, "stator.db"), "not a database at all ".repeat(100));
      await expect(open(path)).rejects.toMatchObject({
        code: "corrupted",
        message: `opening the store ${path}: the file is not a SQLite database`,
      });
    }));

  test("a database of another program, which stays as it was", () =>
    withFolder(async (path) => {
      const database = new DatabaseSync(join(path, "stator.db"));
      database.exec("CREATE TABLE theirs(a); INSERT INTO theirs VALUES(1)");
      database.close();
      const before = readFileSync(join(path, "stator.db"));
      await expect(open(path)).rejects.toMatchObject({
        code: "corrupted",
        message: `the store ${path} holds a SQLite database of another program`,
      });
      expect(readFileSync(join(path, "stator.db")).equals(before)).toBe(true);
    }));

  test("a newer format, which stays as it was", () =>
    withFolder(async (path) => {
      await (await open(path)).close();
      const database = new DatabaseSync(join(path, "stator.db"));
      database.exec("PRAGMA user_version = 4");
      database.close();
      const before = readFileSync(join(path, "stator.db"));
      await expect(open(path)).rejects.toMatchObject({
        code: "unsupported",
        message: `the store ${path} has format 4, this version reads up to 3: use a newer version`,
      });
      expect(readFileSync(join(path, "stator.db")).equals(before)).toBe(true);
    }));

  test("a damaged page, when it is read", () =>
    withFolder(async (path) => {
      const engine = await open(path);
      for (let index = 0; index < 20; index += 1) await put(engine, `record ${index}`, 1500);
      await engine.close();
      const file = join(path, "stator.db");
      const bytes = readFileSync(file);
      bytes.fill(0xff, 8192 * 4);
      writeFileSync(file, bytes);
      const damaged = await verifyStore(path).catch((error: unknown) => error);
      const found = Array.isArray(damaged) ? damaged.join("\n") : String(damaged);
      expect(found).toMatch(/SQLite says|damaged/u);
    }));
});

test("a creation interrupted at any statement is done again by the next opening", { timeout: 30_000 }, () =>
  withFolder(async (path) => {
    let failures = 0;
    for (let nth = 1; ; nth += 1) {
      const folder = join(path, String(nth));
      const faults = faultyDriver(nodeSqliteDriver());
      faults.arm({ kind: "statement", nth });
      const attempt = await open(folder, faults).catch((error: unknown) => error);
      faults.arm(undefined);
      if (!(attempt instanceof Error)) {
        await (attempt as SqliteEngine).close();
        break;
      }
      failures += 1;
      expect(attempt).toMatchObject({ name: "StorageError", code: "unavailable" });
      const engine = await open(folder);
      await put(engine, "a");
      await engine.close();
      assertSound(await verifyStore(folder));
    }
    expect(failures).toBeGreaterThan(8);
  }),
);
