// What the process that will be killed writes, and what may be found of it afterwards. Each write has a number
// and leaves it in every kind of thing a commit can hold.
import type { Commit, DecideRegistry, Engine, RecordKey } from "../../src/storage/contract/index.ts";

const keyspace = 1;
const shards = 4;
const written = { keyspace, index: 0 } as const;

/** Writes number `args` once; again it is refused, so that a number counts at most once. */
export const crashDecides: DecideRegistry = new Map([
  [
    "number",
    (args: unknown, [present]) =>
      present === undefined
        ? { kind: "commit", commit: commitOf(args as number), result: "written" }
        : { kind: "refuse", result: "written before" },
  ],
]);

export function writeNumber(engine: Engine, number: number): Promise<unknown> {
  return engine.mutate({ kind: "number", epochs: [], keys: [shortKey(number)], args: number });
}

export interface Found {
  /** Numbers found whole. */
  readonly numbers: ReadonlySet<number>;
  /** One sentence per contradiction. */
  readonly problems: readonly string[];
}

/** Reads the whole store back and looks for halves. */
export async function findNumbers(engine: Engine): Promise<Found> {
  const problems: string[] = [];
  const short = await numbersAt(engine, 0, problems);
  const long = await numbersAt(engine, 1, problems);
  const logged = await loggedNumbers(engine, problems);
  for (const [name, other] of [
    ["long records", long],
    ["log records", logged],
  ] as const) {
    for (const number of new Set([...short, ...other])) {
      if (short.has(number) !== other.has(number)) problems.push(`number ${number} is half there: ${name}`);
    }
  }
  const count = await engine.counter(written);
  if (count !== short.size) problems.push(`the counter says ${count}, there are ${short.size} numbers`);
  return { numbers: short, problems };
}

function commitOf(number: number): Commit {
  return {
    records: [
      { kind: "put", key: shortKey(number), value: Buffer.from(String(number)) },
      { kind: "put", key: longKey(number), value: longValue(number) },
    ],
    counters: [{ counter: written, delta: 1 }],
    log: [{ shard: number % shards, value: Buffer.from(String(number)) }],
  };
}

function shortKey(number: number): RecordKey {
  return { keyspace, placement: 0, partition: Buffer.from(scattered(number)), sort: Buffer.alloc(0) };
}

function longKey(number: number): RecordKey {
  return { ...shortKey(number), placement: 1 };
}

/** Some fit into a page, some are many pages long; the length tells the number's value apart from noise. */
function longValue(number: number): Buffer {
  return Buffer.alloc(1000 + (number % 7) * 3000, String(number));
}

/** Neighbouring numbers far apart in key order, so that a group touches many pages. */
function scattered(number: number): string {
  return `${Math.imul(number, 0x9e37_79b1) >>> 0}/${number}`;
}

async function numbersAt(engine: Engine, placement: number, problems: string[]): Promise<Set<number>> {
  const limits = { reverse: false, recordsMax: 1_000_000, bytesMax: 1e12, consistency: "strong" } as const;
  const { records } = await engine.range({ keyspace, placement, ...limits });
  const numbers = new Set<number>();
  for (const { key, value } of records) {
    const number = Number(Buffer.from(key.partition).toString().split("/")[1]);
    const expected = placement === 0 ? Buffer.from(String(number)) : longValue(number);
    if (!expected.equals(value))
      problems.push(`number ${number} has a wrong value at placement ${placement}`);
    numbers.add(number);
  }
  return numbers;
}

async function loggedNumbers(engine: Engine, problems: string[]): Promise<Set<number>> {
  const numbers = new Set<number>();
  for (let shard = 0; shard < shards; shard += 1) {
    const page = await engine.readLog(shard, 0, 1_000_000);
    if (page.kind === "trimmed") {
      problems.push(`shard ${shard} was trimmed`);
      continue;
    }
    for (const [index, { position, value }] of page.records.entries()) {
      const number = Number(Buffer.from(value).toString());
      if (position !== index + 1)
        problems.push(`shard ${shard} has position ${position} at place ${index + 1}`);
      if (numbers.has(number)) problems.push(`number ${number} was logged twice`);
      numbers.add(number);
    }
  }
  return numbers;
}
