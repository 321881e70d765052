/**
 * Compares SQLite's own settings and table layouts on the engine's main table, without the engine, to choose them.
 * Run by hand: `node bench/micro/sqlite-settings.ts [folder] [records] [value bytes]`. Prints CPU microseconds
 * beside rates, since CPU time is steadier than wall time on a busy machine. The choice: docs/adr/0010.
 */
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { monotonicMs, seededRandom } from "../../src/base/index.ts";

/**
 * `rowid`: a table beside a unique index. `clustered`: WITHOUT ROWID. `split`: WITHOUT ROWID for short values,
 * long ones in a table of their own.
 */
type Layout = "rowid" | "clustered" | "split";

interface Settings {
  readonly pageBytes: number;
  readonly layout: Layout;
  /** Of the split layout: longer values live apart. */
  readonly inlineBytes: number;
  readonly cacheMiB: number;
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
  readonly insertCpuMicros: number;
  readonly walMiB: number;
}

interface Table {
  get(index: number): unknown;
  range(index: number): unknown;
  put(index: number, version: number): void;
}

const folder = process.argv[2] ?? "data/sqlite-settings";
const records = Number(process.argv[3] ?? 200_000);
const valueBytes = Number(process.argv[4] ?? 1024);
const groupSize = 64;
const groups = 400;
const gets = 100_000;
const ranges = 2000;

const chosen: Settings = {
  pageBytes: 8192,
  layout: "split",
  inlineBytes: 600,
  cacheMiB: 64,
  autoVacuum: true,
  checkpointPages: 1000,
  mmapMiB: 0,
};
/** A fourth argument keeps only candidates whose JSON contains it. */
const only = process.argv[5] ?? "";
const layouts: readonly Layout[] = ["rowid", "clustered", "split"];
const pages = [4096, 8192, 16_384, 32_768];
const candidates: readonly Settings[] = [
  ...pages.flatMap((pageBytes) => layouts.map((layout) => ({ ...chosen, pageBytes, layout }))),
  ...[300, 1900].map((inlineBytes) => ({ ...chosen, inlineBytes })),
  ...[2, 16, 256].map((cacheMiB) => ({ ...chosen, cacheMiB })),
  { ...chosen, mmapMiB: 1024 },
  { ...chosen, autoVacuum: false },
  ...[250, 4000].map((checkpointPages) => ({ ...chosen, checkpointPages })),
];

const random = seededRandom(1);
/**
 * Every put writes other bytes than the last one of its key: SQLite leaves out pages whose content stays the same,
 * so that writing one value again and again measures nothing (53 pages instead of 181 for 128 puts of 3 KB).
 */
const noise = random.bytes(valueBytes + 65_536);
const freshValue = (version: number): Uint8Array => {
  const start = (version * 7919) % 65_536;
  return noise.subarray(start, start + valueBytes);
};

function measure(settings: Settings): Figures {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "settings.db");
  const database = new DatabaseSync(path);
  const table = openTable(database, settings);
  const startedMs = monotonicMs();
  database.exec("BEGIN");
  for (const [version, index] of shuffled(records).entries()) table.put(index, version + 1);
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  const loadMs = monotonicMs() - startedMs;
  const fileMiB = statSync(path).size / 1_048_576;
  const getMicros = cpuMicros(gets, () => table.get(random.below(records)));
  const rangeMicros = cpuMicros(ranges, () => table.range(random.below(records)));
  const writes = measureWrites(database, table);
  const insertCpuMicros = measureInserts(database, table);
  const walMiB = statSync(`${path}-wal`).size / 1_048_576;
  database.close();
  return { loadMs, fileMiB, getMicros, rangeMicros, ...writes, insertCpuMicros, walMiB };
}

function openTable(database: DatabaseSync, settings: Settings): Table {
  database.exec(`PRAGMA page_size=${settings.pageBytes}; PRAGMA auto_vacuum=${settings.autoVacuum ? 2 : 0};
    PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=${settings.checkpointPages};
    PRAGMA cache_size=-${settings.cacheMiB * 1024}; PRAGMA mmap_size=${settings.mmapMiB * 1_048_576};
    CREATE TABLE records(keyspace INTEGER NOT NULL, placement INTEGER NOT NULL, partition BLOB NOT NULL,
      sort BLOB NOT NULL, version INTEGER, value BLOB, large INTEGER,
      PRIMARY KEY(keyspace, placement, partition, sort)) ${settings.layout === "rowid" ? "" : "WITHOUT ROWID"};
    CREATE TABLE large(id INTEGER PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL)`);
  const source = "records r LEFT JOIN large l ON l.id = r.large";
  const get = rows(
    database,
    `SELECT coalesce(r.version, l.version), coalesce(r.value, l.value) FROM ${source}
    WHERE keyspace = 1 AND placement = ? AND partition = ? AND sort = ?`,
  );
  const range = rows(
    database,
    `SELECT coalesce(r.version, l.version), length(partition), length(sort),
    CAST(partition || sort || coalesce(r.value, l.value) AS BLOB) FROM ${source}
    WHERE keyspace = 1 AND placement = ? AND (partition, sort) >= (?, ?) ORDER BY partition, sort LIMIT 100`,
  );
  return {
    get: (index) => get.get(...keyOf(index)),
    range: (index) => range.all(...keyOf(index)),
    put: putOf(database, settings),
  };
}

function putOf(database: DatabaseSync, { layout, inlineBytes }: Settings): Table["put"] {
  if (layout === "split" && valueBytes > inlineBytes) return putApart(database);
  const put = database.prepare(`INSERT INTO records VALUES(1, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO UPDATE
    SET version = excluded.version, value = excluded.value, large = NULL`);
  return (index, version) => {
    put.run(...keyOf(index), version, freshValue(version));
  };
}

function putApart(database: DatabaseSync): Table["put"] {
  const find = rows(
    database,
    "SELECT large FROM records WHERE keyspace = 1 AND placement = ? AND partition = ? AND sort = ?",
  );
  const put = database.prepare("INSERT INTO records VALUES(1, ?, ?, ?, NULL, NULL, ?)");
  const add = database.prepare("INSERT INTO large VALUES(?, ?, ?)");
  const replace = database.prepare("UPDATE large SET version = ?, value = ? WHERE id = ?");
  return (index, version) => {
    const key = keyOf(index);
    const row = find.get(...key) as unknown as readonly [number] | undefined;
    if (row === undefined) {
      put.run(...key, version);
      add.run(version, version, freshValue(version));
    } else {
      replace.run(version, freshValue(version), row[0]);
    }
  };
}

function rows(database: DatabaseSync, text: string): StatementSync {
  const statement = database.prepare(text);
  statement.setReturnArrays(true);
  return statement;
}

/** Read-modify-writes, two puts each, one transaction a group. */
function measureWrites(
  database: DatabaseSync,
  table: Table,
): Pick<Figures, "writesPerSecond" | "writeCpuMicros" | "groupP50Ms" | "groupP99Ms"> {
  const durations: number[] = [];
  let version = records;
  const cpu = process.cpuUsage();
  for (let group = 0; group < groups; group += 1) {
    const startedMs = monotonicMs();
    database.exec("BEGIN IMMEDIATE");
    for (let write = 0; write < groupSize; write += 1) {
      const index = random.below(records);
      table.get(index);
      table.put(index, (version += 1));
      table.put(random.below(records), (version += 1));
    }
    database.exec("COMMIT");
    durations.push(monotonicMs() - startedMs);
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

/** CPU of one put of a new record, one transaction a group of 64. */
function measureInserts(database: DatabaseSync, table: Table): number {
  let index = records;
  return (
    cpuMicros(groups / 2, () => {
      database.exec("BEGIN IMMEDIATE");
      for (let write = 0; write < groupSize; write += 1)
        table.put((index += 7), groups * groupSize * 2 + records + index);
      database.exec("COMMIT");
    }) / groupSize
  );
}

function cpuMicros(rounds: number, run: () => void): number {
  for (let round = 0; round < rounds / 10; round += 1) run();
  const cpu = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) run();
  const used = process.cpuUsage(cpu);
  return (used.user + used.system) / rounds;
}

/** Ten items a partition, partitions scattered by a hash, as items are. */
function keyOf(index: number): [placement: number, partition: Uint8Array, sort: Uint8Array] {
  const number = Math.floor(index / 10);
  const partition = Buffer.alloc(20);
  partition.writeUInt32BE(Math.imul(number + 1, 0x9e37_79b1) >>> 0, 0);
  partition.writeUInt32BE(number, 16);
  return [(partition[0] ?? 0) >>> 5, partition, Buffer.from(`order#${index % 10}`)];
}

/** The order items arrive in. */
function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const swapped = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = swapped;
  }
  return order;
}

for (const settings of candidates.filter((each) => JSON.stringify(each).includes(only))) {
  const figures = measure(settings);
  const shown = Object.entries(figures).map(
    ([name, figure]: [string, number]) => `${name}=${figure.toFixed(figure < 100 ? 1 : 0)}`,
  );
  console.log(`${JSON.stringify(settings)}\n  ${shown.join("  ")}`);
}
rmSync(folder, { recursive: true, force: true });
