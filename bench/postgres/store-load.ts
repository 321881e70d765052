/** Closed loops of callers on an engine, and the decide functions of what they write. */
import { type Random, seededRandom } from "../../src/base/index.ts";
import type {
  DecideFunction,
  DecideRegistry,
  Engine,
  Mutation,
  MutationOutcome,
  RecordKey,
} from "../../src/storage/contract/index.ts";
import { createRecorder } from "../load/log-histogram.ts";
import { type CountingDriver, countsSince } from "./counting-driver.ts";
import { startServerCpu } from "./server-cpu.ts";
import type { OutcomeCounts, StoreJob, StoreReport } from "./store-job.ts";

export const valueBytes = 1024;

const keyspace = 100;
/** Those of a new on-demand table. */
const placements = 4;
const shardsOfKeyspace = 65_536;
const fillers = 256;

interface Write {
  readonly key: RecordKey;
  readonly value: Uint8Array;
  readonly shard: number;
}

const put: DecideFunction = (args) => {
  const { key, value } = args as Write;
  return { kind: "commit", commit: { records: [{ kind: "put", key, value }] }, result: undefined };
};

const update: DecideFunction = (args, [record]) => {
  if (record === undefined) return { kind: "refuse", result: undefined };
  const { key, value, shard } = args as Write;
  return {
    kind: "commit",
    commit: { records: [{ kind: "put", key, value }], log: [{ shard, value }] },
    result: undefined,
  };
};

export const loadDecides: DecideRegistry = new Map([
  ["put", put],
  ["update", update],
]);

/** Every record once. */
export async function fill(engine: Engine, keys: number): Promise<void> {
  let next = 0;
  const filler = async (): Promise<void> => {
    while (next < keys) {
      next += 1;
      await engine.mutate(mutation("put", next - 1));
    }
  };
  await Promise.all(Array.from({ length: fillers }, filler));
}

export async function runLoad(engine: Engine, driver: CountingDriver, job: StoreJob): Promise<StoreReport> {
  const random = seededRandom(job.seed);
  const latency = createRecorder();
  const outcomes = { committed: 0, refused: 0, conflict: 0, staleEpoch: 0, unknown: 0, failed: 0 };
  const operation = operationOf(engine, job, outcomes);
  let operations = 0;
  let isCounting = false;
  let isOver = false;
  const caller = async (): Promise<void> => {
    while (!isOver) {
      const beginMs = performance.now();
      await operation(random);
      if (!isCounting) continue;
      operations += 1;
      latency.recordMs(performance.now() - beginMs);
    }
  };
  const callers = Promise.all(Array.from({ length: job.callers }, caller));
  await pause(job.warmUpMs);
  const serverCpu = startServerCpu(job.serverPid);
  const before = { ms: performance.now(), cpu: process.cpuUsage(), counts: driver.counts() };
  isCounting = true;
  await pause(job.windowMs);
  isCounting = false;
  const seconds = (performance.now() - before.ms) / 1000;
  const { user, system } = process.cpuUsage(before.cpu);
  const groups = countsSince(driver.counts(), before.counts);
  const serverCpuMicros = serverCpu();
  isOver = true;
  await callers;
  const cpuMicros = user + system;
  return { operations, seconds, latency: latency.result(), cpuMicros, serverCpuMicros, groups, outcomes };
}

type Counting = { -readonly [Name in keyof OutcomeCounts]: number };

function operationOf(
  engine: Engine,
  { load, keys }: StoreJob,
  outcomes: Counting,
): (random: Random) => Promise<unknown> {
  if (load === "get") return (random) => engine.get(keyAt(random.below(keys)), "strong");
  const count = ({ kind }: MutationOutcome): void => {
    outcomes[kind] += 1;
  };
  const countFailure = (): void => {
    outcomes.failed += 1;
  };
  return (random) => engine.mutate(mutation(load, random.below(keys))).then(count, countFailure);
}

const value = Buffer.alloc(valueBytes, "x");

function mutation(kind: "put" | "update", index: number): Mutation {
  const key = keyAt(index);
  const args: Write = { key, value, shard: keyspace * shardsOfKeyspace + key.placement };
  return { kind, epochs: [{ keyspace, epoch: 0 }], keys: [key], args };
}

/** As an item's: four bytes that look like a hash, then a short partition key. */
function keyAt(index: number): RecordKey {
  const partition = Buffer.allocUnsafe(12);
  partition.writeUInt32BE(Math.imul(index, 2_654_435_761) >>> 0, 0);
  partition.write(String(index).padStart(8, "0"), 4, "latin1");
  return { keyspace, placement: index % placements, partition, sort: noSort };
}

const noSort = new Uint8Array(0);

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
