/**
 * Compares SQLite's own settings (page size, cache, row id or not) on the engine's main table, without the engine,
 * to choose them. Run by hand: `node bench/micro/sqlite-settings.ts [folder] [records] [value bytes] [candidates]`. Prints CPU microseconds
 * beside rates, since CPU time is steadier than wall time on a busy machine. Figures: docs/adr/0010.
 */
import { mkdirSync, rmSync, statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { join } from "node:path";
import { monotonicMs, seededRandom } from "../../src/base/index.ts";

interface Settings {
  readonly pageBytes: number;
  readonly cacheMiB: number;
  readonly withoutRowid: boolean;
  readonly autoVacuum: boolean;
  readonly checkpointPages: number;
  readonly mmapMiB: number;
}

interface Figures {
  readonly loadMs: number;
  readonly fileMiB: number;
  readonly getMicros: number;
  readonly rangeMicros: number;
  readonly writesPerSecond: number;
  readonly writeCpuMicros: number;
  readonly groupP50Ms: number;
  readonly groupP99Ms: number;
  readonly walMiB: number;
}

interface Statements {
  readonly get: StatementSync;
  readonly put: StatementSync;
  readonly range: StatementSync;
}

const folder = process.argv[2] ?? "data/sqlite-settings";
const records = Number(process.argv[3] ?? 200_000);
const valueBytes = Number(process.argv[4] ?? 1024);
const candidatesMax = Number(process.argv[5] ?? 100);
const groupSize = 64;
const groups = 400;
const gets = 100_000;
const ranges = 2_000;

const base: Settings = {
  pageBytes: 8192,
  cacheMiB: 64,
  withoutRowid: true,
  autoVacuum: true,
  checkpointPages: 1000,
  mmapMiB: 0,
};

const candidates: readonly Partial<Settings>[] = [
  { pageBytes: 4096 },
  {},
  { pageBytes: 16_384 },
  { pageBytes: 32_768 },
  { pageBytes: 4096, withoutRowid: false },
  { withoutRowid: false },
  { pageBytes: 16_384, withoutRowid: false },
  { pageBytes: 32_768, withoutRowid: false },
  { cacheMiB: 2 },
  { cacheMiB: 16 },
  { cacheMiB: 256 },
  { mmapMiB: 1024 },
  { autoVacuum: false },
  { checkpointPages: 250 },
  { checkpointPages: 4000 },
];

const random = seededRandom(1);

function measure(settings: Settings): Figures {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "settings.db");
  const database = new DatabaseSync(path);
  const keys = orderedKeys(records);
  const started = monotonicMs();
  const statements = create(database, settings);
  database.exec("BEGIN");
  const value = new Uint8Array(valueBytes);
  keys.forEach((key, index) => statements.put.run(1, index & 7, key, sortOf(index), index, value));
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  const loadMs = monotonicMs() - started;
  const fileMiB = statSync(path).size / 1048576;
  const getMicros = cpuMicros(gets, () => {
    const index = random.below(records);
    statements.get.get(1, index & 7, keys[index] ?? value, sortOf(index));
  });
  const rangeMicros = cpuMicros(ranges, () => {
    const index = random.below(records);
    statements.range.all(1, index & 7, keys[index] ?? value, sortOf(index));
  });
  const writes = measureWrites(database, statements, keys);
  const walMiB = statSync(`${path}-wal`).size / 1048576;
  database.close();
  return { loadMs, fileMiB, getMicros, rangeMicros, ...writes, walMiB };
}

function create(database: DatabaseSync, settings: Settings): Statements {
  database.exec(`PRAGMA page_size=${settings.pageBytes}; PRAGMA auto_vacuum=${settings.autoVacuum ? 2 : 0};
    PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=${settings.checkpointPages};
    PRAGMA cache_size=-${settings.cacheMiB * 1024}; PRAGMA mmap_size=${settings.mmapMiB * 1048576};
    CREATE TABLE records(keyspace INTEGER NOT NULL, placement INTEGER NOT NULL, partition BLOB NOT NULL,
      sort BLOB NOT NULL, version INTEGER NOT NULL, value BLOB NOT NULL,
      PRIMARY KEY(keyspace, placement, partition, sort)) ${settings.withoutRowid ? "WITHOUT ROWID" : ""}`);
  const where = "FROM records WHERE keyspace=? AND placement=? AND";
  const statements: Statements = {
    get: database.prepare(`SELECT version, value ${where} partition=? AND sort=?`),
    put: database.prepare(`INSERT INTO records VALUES(?,?,?,?,?,?)
      ON CONFLICT DO UPDATE SET version=excluded.version, value=excluded.value`),
    range: database.prepare(`SELECT partition, sort, version, value ${where} (partition, sort) >= (?, ?)
      ORDER BY partition, sort LIMIT 100`),
  };
  statements.get.setReturnArrays(true);
  statements.range.setReturnArrays(true);
  return statements;
}

/** Read-modify-writes, two puts each, one transaction a group. */
function measureWrites(
  database: DatabaseSync,
  statements: Statements,
  keys: readonly Uint8Array[],
): Pick<Figures, "writesPerSecond" | "writeCpuMicros" | "groupP50Ms" | "groupP99Ms"> {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const value = new Uint8Array(valueBytes);
  const durations: number[] = [];
  const cpu = process.cpuUsage();
  for (let group = 0; group < groups; group += 1) {
    const started = monotonicMs();
    begin.run();
    for (let write = 0; write < groupSize; write += 1) {
      for (const read of [true, false]) {
        const index = random.below(records);
        const key = keys[index] ?? value;
        if (read) statements.get.get(1, index & 7, key, sortOf(index));
        statements.put.run(1, index & 7, key, sortOf(index), group, value);
      }
    }
    commit.run();
    durations.push(monotonicMs() - started);
  }
  const used = process.cpuUsage(cpu);
  const totalMs = durations.reduce((sum, duration) => sum + duration, 0);
  durations.sort((left, right) => left - right);
  return {
    writesPerSecond: (groups * groupSize * 1000) / totalMs,
    writeCpuMicros: (used.user + used.system) / (groups * groupSize),
    groupP50Ms: durations[Math.floor(groups * 0.5)] ?? 0,
    groupP99Ms: durations[Math.floor(groups * 0.99)] ?? 0,
  };
}

function cpuMicros(rounds: number, run: () => void): number {
  for (let round = 0; round < rounds / 10; round += 1) run();
  const cpu = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) run();
  const used = process.cpuUsage(cpu);
  return (used.user + used.system) / rounds;
}

/** 4 random bytes (the hash) and a short key, like an item's partition bytes. */
function orderedKeys(count: number): Uint8Array[] {
  const keys = Array.from({ length: count }, (_, index) =>
    Buffer.concat([random.bytes(4), Buffer.from(`user#${index}`)]),
  );
  return keys.sort((left, right) => Buffer.compare(left, right));
}

function sortOf(index: number): Uint8Array {
  return Buffer.from(`order#${index}`);
}

for (const candidate of candidates.slice(0, candidatesMax)) {
  const settings = { ...base, ...candidate };
  const figures = measure(settings);
  const shown = Object.entries(figures).map(
    ([name, figure]) => `${name}=${figure.toFixed(figure < 100 ? 2 : 0)}`,
  );
  process.stdout.write(`${JSON.stringify(settings)}\n  ${shown.join("  ")}\n`);
}
rmSync(folder, { recursive: true, force: true });
