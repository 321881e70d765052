/**
 * What the SQLite engine gives on one thread: gets, durable read-modify-writes in groups of 64, ranges of 100.
 * `node bench/micro/engine.bench.ts [folder] [records]` prints one line per case, for a folder, for memory and
 * through the guard; a folder matters, as its disk is what is measured. The test beside it runs a tiny size.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { monotonicMs, seededRandom, systemClock } from "../../src/base/index.ts";
import {
  type Commit,
  type DecideRegistry,
  type Engine,
  guardEngine,
  type RecordKey,
} from "../../src/storage/contract/index.ts";
import { openSqliteEngine, type StoreLocation } from "../../src/storage/sqlite/index.ts";

export interface EngineSizes {
  readonly records: number;
  readonly valueBytes: number;
  readonly gets: number;
  readonly ranges: number;
  readonly groups: number;
}

/** `cpuMicros`: of all threads of the process; steadier than wall time on a machine that does other things. */
export interface EngineFigure {
  readonly name: string;
  readonly perSecond: number;
  readonly wallMicros: number;
  readonly cpuMicros: number;
}

const groupSize = 64;
const rangeRecords = 100;

/** One put, and for the read-modify-write two of them after one read, as in the measurements of other engines. */
const decide: DecideRegistry = new Map([
  ["puts", (args: unknown) => ({ kind: "commit", commit: args as Commit, result: undefined })],
]);

/** Fills a new store and measures it. */
export async function engineFigures(
  location: StoreLocation,
  sizes: EngineSizes,
  wrap: (engine: Engine) => Engine = (engine) => engine,
): Promise<readonly EngineFigure[]> {
  const engine = wrap(await openSqliteEngine({ location, decide, clock: systemClock() }));
  const random = seededRandom(1);
  const keys = Array.from({ length: sizes.records }, (_, index) => keyOf(index));
  const value = freshValues(sizes.valueBytes);
  const anyKey = (): RecordKey => keys[random.below(keys.length)] ?? keyOf(0);
  const figures = [
    await measure("puts of new records, groups of 64", keys.length, () => fill(engine, keys, value)),
    await measure("get", sizes.gets, async () => {
      for (let round = 0; round < sizes.gets; round += 1) await engine.get(anyKey(), "strong");
    }),
    await measure(`range of ${rangeRecords}`, sizes.ranges, async () => {
      for (let round = 0; round < sizes.ranges; round += 1) await engine.range(rangeFrom(anyKey()));
    }),
    await measure("read-modify-write, groups of 64", sizes.groups * groupSize, async () => {
      for (let group = 0; group < sizes.groups; group += 1) await writeGroup(engine, anyKey, value);
    }),
    await measure("read-modify-write, one at a time", sizes.groups, async () => {
      for (let round = 0; round < sizes.groups; round += 1)
        await readModifyWrite(engine, [anyKey(), anyKey()], value);
    }),
  ];
  await engine.close();
  return figures;
}

/** The same table and the same get without engine, promise and result object: what SQLite itself takes. */
export function rawGetFigure(sizes: EngineSizes): Promise<EngineFigure> {
  const database = new DatabaseSync(":memory:");
  database.exec(`PRAGMA page_size = 8192; CREATE TABLE records(keyspace INTEGER NOT NULL, placement INTEGER NOT NULL,
    partition BLOB NOT NULL, sort BLOB NOT NULL, version INTEGER NOT NULL, value BLOB,
    PRIMARY KEY(keyspace, placement, partition, sort)) WITHOUT ROWID; BEGIN`);
  const put = database.prepare("INSERT INTO records VALUES(?, ?, ?, ?, 1, ?)");
  const random = seededRandom(1);
  const value = random.bytes(sizes.valueBytes);
  const keys = Array.from({ length: sizes.records }, (_, index) => keyOf(index));
  for (const { keyspace, placement, partition, sort } of keys) {
    put.run(keyspace, placement, partition, sort, value);
  }
  database.exec("COMMIT");
  const get = database.prepare(
    "SELECT version, value FROM records WHERE keyspace = ? AND placement = ? AND partition = ? AND sort = ?",
  );
  get.setReturnArrays(true);
  return measure("get without the engine", sizes.gets, async () => {
    for (let round = 0; round < sizes.gets; round += 1) {
      const { keyspace, placement, partition, sort } = keys[random.below(keys.length)] ?? keyOf(0);
      get.get(keyspace, placement, partition, sort);
    }
    database.close();
  });
}

async function fill(engine: Engine, keys: readonly RecordKey[], value: () => Uint8Array): Promise<void> {
  for (let start = 0; start < keys.length; start += groupSize) {
    await Promise.all(
      keys.slice(start, start + groupSize).map((key) => readModifyWrite(engine, [key], value)),
    );
  }
}

async function writeGroup(engine: Engine, anyKey: () => RecordKey, value: () => Uint8Array): Promise<void> {
  await Promise.all(
    Array.from({ length: groupSize }, () => readModifyWrite(engine, [anyKey(), anyKey()], value)),
  );
}

function readModifyWrite(
  engine: Engine,
  keys: readonly RecordKey[],
  value: () => Uint8Array,
): Promise<unknown> {
  const args: Commit = { records: keys.map((key) => ({ kind: "put", key, value: value() })) };
  return engine.mutate({ kind: "puts", epochs: [], keys: keys.slice(0, 1), args });
}

/** Other bytes each time: SQLite leaves out pages whose content stays the same. */
function freshValues(valueBytes: number): () => Uint8Array {
  const noise = seededRandom(2).bytes(valueBytes + 65_536);
  let start = 0;
  return () => {
    start = (start + 7919) % 65_536;
    return noise.subarray(start, start + valueBytes);
  };
}

function rangeFrom(key: RecordKey): Parameters<Engine["range"]>[0] {
  return {
    keyspace: key.keyspace,
    placement: key.placement,
    lower: { partition: key.partition, sort: key.sort, inclusive: true },
    reverse: false,
    recordsMax: rangeRecords,
    bytesMax: 1_000_000,
    consistency: "strong",
  };
}

/** Shaped like an item's key: a bucket, 4 bytes of hash and the partition key, a sort key. */
function keyOf(index: number): RecordKey {
  const partition = Buffer.alloc(20);
  partition.writeUInt32BE(Math.imul(index + 1, 0x9e37_79b1) >>> 0, 0);
  partition.writeUInt32BE(index, 16);
  return { keyspace: 1, placement: (partition[0] ?? 0) >>> 5, partition, sort: Buffer.from("order#1") };
}

async function measure(name: string, rounds: number, run: () => Promise<void>): Promise<EngineFigure> {
  const cpu = process.cpuUsage();
  const startedMs = monotonicMs();
  await run();
  const wallMs = monotonicMs() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  return {
    name,
    perSecond: (rounds * 1000) / wallMs,
    wallMicros: (wallMs * 1000) / rounds,
    cpuMicros: (user + system) / rounds,
  };
}

function print(title: string, figures: readonly EngineFigure[]): void {
  console.log(title);
  for (const { name, perSecond, wallMicros, cpuMicros } of figures) {
    const columns = [perSecond.toFixed(0), wallMicros.toFixed(1), cpuMicros.toFixed(1)].map((text) =>
      text.padStart(9),
    );
    console.log(`${columns[0]}/s ${columns[1]} us wall ${columns[2]} us cpu  ${name}`);
  }
}

if (import.meta.main) {
  const folder = process.argv[2] ?? "data/engine-bench";
  const records = Number(process.argv[3] ?? 200_000);
  const sizes: EngineSizes = { records, valueBytes: 1024, gets: 200_000, ranges: 5000, groups: 500 };
  const path = join(folder, "store");
  print("SQLite alone, in memory", [await rawGetFigure(sizes)]);
  print("in memory", await engineFigures({ kind: "memory" }, sizes));
  print(`in ${folder}`, await engineFigures({ kind: "directory", path }, sizes));
  rmSync(path, { recursive: true, force: true });
  print(
    "in memory, guarded",
    await engineFigures({ kind: "memory" }, sizes, (engine) => guardEngine(engine)),
  );
}
