// Stores of older formats: everything in them is there after opening, and no fault leaves one between two formats.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { assertSound, faultyDriver, settableClock, temporaryFolder } from "../../testing/index.ts";
import {
  bytes,
  key,
  mutation,
  readText,
  suiteDecides,
  write,
} from "../../testing/storage-contract/subject.ts";
import type { Engine } from "../contract/index.ts";
import {
  claimStore,
  nodeSqliteDriver,
  openSqliteEngine,
  openSqliteWriter,
  type SqliteDriver,
  type SqliteEngine,
  verifyStore,
} from "./index.ts";

/** The tables as the program that wrote format 1 made them. */
const schemaOfFormat1 = `
  PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
  BEGIN IMMEDIATE;
  CREATE TABLE meta(name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
  CREATE TABLE records(
    keyspace INTEGER NOT NULL, placement INTEGER NOT NULL, partition BLOB NOT NULL, sort BLOB NOT NULL,
    version INTEGER, value BLOB, large INTEGER,
    PRIMARY KEY(keyspace, placement, partition, sort)) WITHOUT ROWID;
  CREATE TABLE large(id INTEGER PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL);
  CREATE TRIGGER large_deleted AFTER DELETE ON records WHEN old.large IS NOT NULL
    BEGIN DELETE FROM large WHERE id = old.large; END;
  CREATE TRIGGER large_shrunk AFTER UPDATE ON records WHEN old.large IS NOT NULL AND new.large IS NULL
    BEGIN DELETE FROM large WHERE id = old.large; END;
  CREATE TABLE counters(
    keyspace INTEGER NOT NULL, number INTEGER NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY(keyspace, number)) WITHOUT ROWID;
  CREATE TABLE keyspaces(keyspace INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, state INTEGER NOT NULL);
  CREATE INDEX keyspaces_dropped ON keyspaces(keyspace) WHERE state = 1;
  CREATE TABLE shards(
    shard INTEGER PRIMARY KEY, last INTEGER NOT NULL, oldest INTEGER NOT NULL, kept INTEGER NOT NULL,
    time INTEGER NOT NULL, closed INTEGER NOT NULL);
  CREATE INDEX shards_trimmed ON shards(shard) WHERE kept < oldest;
  CREATE TABLE log(
    id INTEGER PRIMARY KEY, shard INTEGER NOT NULL, position INTEGER NOT NULL, time INTEGER NOT NULL,
    value BLOB NOT NULL, UNIQUE(shard, position));
  CREATE TABLE leases(
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, token INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
  PRAGMA application_id = 0x53746174; PRAGMA user_version = 1;
`;
const contentOfFormat1 = `
  INSERT INTO meta VALUES('format', 1), ('createdBy', 'stator 0.1.0'), ('versionsReserved', 1000001);
  INSERT INTO records VALUES(1, 0, CAST('short' AS BLOB), x'', 17, CAST('value' AS BLOB), NULL),
    (1, 0, CAST('long' AS BLOB), x'', NULL, NULL, 18),
    (2, 0, CAST('dropped' AS BLOB), x'', 19, CAST('v' AS BLOB), NULL),
    (3, 0, CAST('index/1001' AS BLOB), x'0000000003e9fa0b', 20, CAST('cursor' AS BLOB), NULL),
    (4, 0, CAST('account' || char(0) || 'region' || char(0) || 'token-f' AS BLOB), x'', 21, CAST('t' AS BLOB), NULL),
    (5, 0, x'0000000000000007', CAST('token-f' AS BLOB), 22, CAST('x' AS BLOB), NULL);
  INSERT INTO large VALUES(18, 18, zeroblob(20000));
  INSERT INTO counters VALUES(1, 0, 2), (1, 1, -5);
  INSERT INTO keyspaces VALUES(1, 6, 0), (2, 0, 1);
  INSERT INTO shards VALUES(4, 2, 2, 1, 1700000000000000, 1);
  INSERT INTO log VALUES(1, 4, 1, 1700000000000000, x'61'), (2, 4, 2, 1700000000000000, x'62');
  INSERT INTO leases VALUES('sweep', 'a', 3, 1767225601000);
  COMMIT;
`;
const clock = settableClock(1_767_225_600_000);

function makeFormat1(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "stator.db"));
  database.exec(schemaOfFormat1 + contentOfFormat1);
  database.close();
}

function open(path: string, driver: SqliteDriver = nodeSqliteDriver()): Promise<SqliteEngine> {
  return openSqliteEngine({ location: { kind: "directory", path }, decide: suiteDecides, clock, driver });
}

/** As its header and its own table say; they never differ. */
function formatOf(folder: string): unknown {
  const database = new DatabaseSync(join(folder, "stator.db"), { readOnly: true });
  const values = database
    .prepare("SELECT user_version AS header, value FROM pragma_user_version, meta WHERE name = 'format'")
    .get();
  const tables = database
    .prepare("SELECT count(*) AS count FROM sqlite_schema WHERE name = 'part_counters'")
    .get();
  database.close();
  expect(values?.["header"]).toBe(values?.["value"]);
  expect(tables?.["count"]).toBe(values?.["header"] === 1 ? 0 : 1);
  return values?.["header"];
}

async function expectContent(engine: Engine): Promise<void> {
  expect(await readText(engine, key("short"))).toBe("value");
  expect(await engine.get(key("long"), "strong")).toMatchObject({ version: 18 });
  expect((await engine.get(key("long"), "strong"))?.value).toHaveLength(20_000);
  expect(await engine.get(key("dropped", "", { keyspace: 2 }), "strong")).toBeUndefined();
  expect(await engine.counter({ keyspace: 1, index: 0 })).toBe(2);
  expect(await engine.counter({ keyspace: 1, index: 1 })).toBe(-5);
  expect(await engine.logEnd(4)).toEqual({ last: 2, oldest: 2, closed: true });
  expect(await engine.readLog(4, 1, 9)).toEqual({
    kind: "records",
    records: [{ position: 2, timeMicros: 1_700_000_000_000_000, value: bytes("b") }],
    closed: true,
  });
  expect(await engine.mutate(mutation("tellTime", { epochs: [{ keyspace: 1, epoch: 5 }] }))).toEqual({
    kind: "staleEpoch",
    keyspace: 1,
    epoch: 6,
  });
  expect(await engine.lease("sweep", "b", 1)).toBeUndefined();
}

/** Where format 3 has what lay at placement 0. */
async function expectSpread(engine: Engine): Promise<void> {
  const cursor = { partition: bytes("index/1001"), sort: Buffer.from("0000000003e9fa0b", "hex") };
  const token = { partition: bytes("account\0region\0token-f"), sort: bytes("") };
  const expiry = { partition: Buffer.from("0000000000000007", "hex"), sort: bytes("token-f") };
  expect(await readText(engine, { keyspace: 3, placement: 0xfa0b, ...cursor })).toBe("cursor");
  expect(await readText(engine, { keyspace: 4, placement: 6, ...token })).toBe("t");
  expect(await readText(engine, { keyspace: 5, placement: 6, ...expiry })).toBe("x");
  expect(await readText(engine, { keyspace: 3, placement: 0, ...cursor })).toBeUndefined();
}

/** What the new format has. */
async function expectNew(engine: Engine): Promise<void> {
  const counter = { keyspace: 1, index: 0, part: bytes("a") };
  await write(engine, { counters: [{ counter, delta: 3 }] });
  expect(await engine.counter(counter)).toBe(3);
}

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = temporaryFolder();
  try {
    await use(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

test("a store of format 1 has everything after opening, and what the new format adds", () =>
  inFolder(async (path) => {
    makeFormat1(path);
    const engine = await open(path);
    await expectContent(engine);
    expect(await engine.counterParts({ keyspace: 1, index: 0, countMax: 9 })).toEqual([]);
    await expectNew(engine);
    await expectSpread(engine);
    await engine.close();
    expect(formatOf(path)).toBe(3);
    assertSound(await verifyStore(path));
    const again = await open(path);
    await expectContent(again);
    expect(await again.counter({ keyspace: 1, index: 0, part: bytes("a") })).toBe(3);
    await again.close();
  }));

test("a writer on a thread of its own migrates as well", () =>
  inFolder(async (path) => {
    makeFormat1(path);
    const claimed = claimStore({ location: { kind: "directory", path } });
    const writer = await openSqliteWriter({ store: claimed.shared, decide: suiteDecides, clock });
    await writer.close();
    claimed.release();
    expect(formatOf(path)).toBe(3);
    assertSound(await verifyStore(path));
  }));

test("verifying a store of format 1 looks at what it will be, and leaves it as it is", () =>
  inFolder(async (path) => {
    makeFormat1(path);
    let looked = false;
    const contents = async (engine: SqliteEngine): Promise<readonly string[]> => {
      expect(await readText(engine, key("short"))).toBe("value");
      expect(await engine.counterParts({ keyspace: 1, index: 0, countMax: 9 })).toEqual([]);
      await expectSpread(engine);
      looked = true;
      return [];
    };
    assertSound(await verifyStore(path, { contents }));
    expect(looked).toBe(true);
    expect(formatOf(path)).toBe(1);
    expect(placementsOf(path)).toEqual([0]);
  }));

/** Of all records of the keyspaces that format 3 spreads. */
function placementsOf(folder: string): readonly unknown[] {
  const database = new DatabaseSync(join(folder, "stator.db"), { readOnly: true });
  const rows = database.prepare("SELECT DISTINCT placement FROM records WHERE keyspace IN (3, 4, 5)").all();
  database.close();
  return rows.map(({ placement }) => placement);
}

test("a fault at any statement of the opening leaves one format or the other", { timeout: 30_000 }, () =>
  inFolder(async (path) => {
    const faultsOf = [
      (nth: number) => ({ kind: "statement", nth }) as const,
      (nth: number) => ({ kind: "diskFull", nth }) as const,
      (nth: number) => ({ kind: "commit", nth, tookEffect: true }) as const,
    ];
    const left = new Set<unknown>();
    for (const [kind, faultOf] of faultsOf.entries()) {
      for (let nth = 1, struck = true; struck; nth += 1) {
        const folder = join(path, `${kind} ${nth}`);
        makeFormat1(folder);
        const faults = faultyDriver(nodeSqliteDriver());
        faults.arm(faultOf(nth));
        const attempt = await open(folder, faults).catch((error: unknown) => error);
        struck = faults.strikes > 0;
        faults.arm(undefined);
        if (attempt instanceof Error) {
          expect(attempt).toMatchObject({ name: "StorageError", code: "unavailable" });
        } else {
          await (attempt as SqliteEngine).close();
        }
        left.add(formatOf(folder));
        const engine = await open(folder);
        await expectContent(engine);
        await expectNew(engine);
        await engine.close();
        assertSound(await verifyStore(folder));
      }
    }
    expect(left).toEqual(new Set([1, 3]));
  }),
);
