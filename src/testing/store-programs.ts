/**
 * Random programs against a storage engine, run on the model beside it. Keys come from a tiny set, so that steps
 * meet; value lengths cluster around the engine's own border between short and long. Generator and checker know
 * nothing of the engine, so any engine can be put between them.
 *
 * Permitted differences: version numbers (only their order per key counts) and how much one reclaim step does.
 */
import fc from "fast-check";
import type {
  Commit,
  CounterId,
  Engine,
  EpochCheck,
  Lease,
  Mutation,
  RangeBound,
  RangeRequest,
  RecordKey,
  StoredRecord,
} from "../storage/contract/index.ts";
import { keyName, modelStore, openModelEngine } from "./model-engine.ts";
import { programDecides, valueText } from "./program-decides.ts";
import { settableClock } from "./settable-clock.ts";
import { type StorageSubject, text } from "./storage-contract/subject.ts";

export type StoreStep =
  /** Sent together, answered in any order. */
  | { readonly kind: "burst"; readonly mutations: readonly Mutation[] }
  /** The first holds its keys for a time, in which the others are sent. */
  | {
      readonly kind: "held";
      readonly mutation: Mutation;
      readonly ms: number;
      readonly meanwhile: readonly Mutation[];
    }
  | { readonly kind: "getMany"; readonly keys: readonly RecordKey[] }
  | { readonly kind: "range"; readonly request: RangeRequest }
  | { readonly kind: "counters" }
  | { readonly kind: "readLog"; readonly shard: number; readonly after: number; readonly recordsMax: number }
  | { readonly kind: "trimLog"; readonly shard: number; readonly through: number }
  | { readonly kind: "lease"; readonly name: string; readonly owner: string; readonly ttlMs: number }
  | { readonly kind: "releaseLast" }
  | { readonly kind: "reclaim" }
  | { readonly kind: "time"; readonly stepMs: number }
  | { readonly kind: "reopen" }
  | { readonly kind: "crash" };

/** Programs of up to `stepsMax` steps. */
export function storeProgram(stepsMax: number): fc.Arbitrary<readonly StoreStep[]> {
  return fc.array(anyStep, { minLength: 1, maxLength: stepsMax, size: "max" });
}

export interface ComparisonOptions {
  /**
   * For an engine that decides mutations of different placements side by side: nobody is promised that one sent behind
   * another is decided behind it, so each is sent when the last one was answered.
   */
  readonly oneByOne?: boolean;
}

/** Runs the program on a fresh store of the subject and on the model; throws at the first difference. */
export async function compareWithModel(
  subject: StorageSubject,
  program: readonly StoreStep[],
  { oneByOne = false }: ComparisonOptions = {},
): Promise<void> {
  const clock = settableClock(1_767_225_600_000);
  const model = openModelEngine({ decide: programDecides, clock, store: modelStore() });
  const fixture = await subject.open({ decide: programDecides, clock });
  const versions = new VersionPairs();
  try {
    const run: ProgramRun = { engine: fixture.engine, oneByOne, lastLease: undefined, records: [] };
    const oracle: ProgramRun = { engine: model, oneByOne, lastLease: undefined, records: [] };
    for (const [index, step] of program.entries()) {
      if (step.kind === "time") {
        clock.set(clock.nowMs() + step.stepMs);
      } else if (step.kind === "held") {
        const expected = await startHeld(oracle, step);
        const found = await startHeld(run, step);
        assertSame(found.meanwhile, expected.meanwhile, `step ${index}, while keys are held`);
        await clock.advance(step.ms);
        assertSame(await found.outcome, await expected.outcome, `step ${index}, what was held back`);
      } else if (step.kind === "reopen" || step.kind === "crash") {
        run.engine = await (step.kind === "reopen" ? fixture.reopen() : fixture.crash());
      } else {
        const expected = await observe(oracle, step);
        const found = await observe(run, step);
        assertSame(found, expected, `step ${index}, ${step.kind}`);
        versions.compare(run.records, oracle.records);
      }
    }
    const [found, expected] = [await wholeContent(run.engine), await wholeContent(model)];
    assertSame(found.map(recordText), expected.map(recordText), "the whole content");
    versions.compare(found, expected);
  } finally {
    await fixture.dispose();
  }
}

interface ProgramRun {
  engine: Engine;
  readonly oneByOne: boolean;
  lastLease: Lease | undefined;
  /** Records the last step read. */
  records: readonly StoredRecord[];
}

const anyText = (...choices: readonly string[]): fc.Arbitrary<Uint8Array> =>
  fc.constantFrom(...choices).map((choice) => new Uint8Array(Buffer.from(choice)));
const anyPartition = anyText("", "a", "a\0", "ab", "b");
const anySort = anyText("", "1", "10", "2");
const anyKeyspace = fc.constantFrom(1, 2, 3);
const anyShard = fc.constantFrom(1, 2);
const anyKey: fc.Arbitrary<RecordKey> = fc.record({
  keyspace: anyKeyspace,
  placement: fc.constantFrom(0, 1),
  partition: anyPartition,
  sort: anySort,
});
const anyValue = fc
  .tuple(fc.constantFrom(0, 1, 20, 594, 600, 601, 5000), fc.integer({ min: 1, max: 250 }))
  .map(([length, fill]) => new Uint8Array(length).fill(fill));
const anyEpoch: fc.Arbitrary<EpochCheck> = fc.record({ keyspace: anyKeyspace, epoch: fc.nat({ max: 3 }) });
const anyWrite = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("put" as const), key: anyKey, value: anyValue }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), key: anyKey }) },
);
const rarely = <T>(values: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<readonly T[]> =>
  fc.oneof(
    { weight: oneIn - 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: values.map((value) => [value]) },
  );
const anyCounter: fc.Arbitrary<CounterId> = fc.oneof(
  fc.record({ keyspace: anyKeyspace, index: fc.constantFrom(0, 1) }),
  fc.record({ keyspace: anyKeyspace, index: fc.constantFrom(0, 1), part: anyPartition }),
);
const anyCommit: fc.Arbitrary<Commit> = fc.record({
  records: fc.array(anyWrite, { maxLength: 3 }),
  counters: fc.array(
    fc.record({
      counter: anyCounter,
      delta: fc.integer({ min: -5, max: 9 }),
    }),
    { maxLength: 3 },
  ),
  log: fc.array(fc.record({ shard: anyShard, value: anyValue }), { maxLength: 2 }),
  closeShards: rarely(anyShard, 30),
  trimShards: rarely(anyShard, 30),
  setEpochs: rarely(anyEpoch, 8),
  dropKeyspaces: rarely(anyKeyspace, 40),
});
const anyMutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constant("asTold"),
  epochs: rarely(anyEpoch, 4),
  keys: fc.array(anyKey, { maxLength: 2 }),
  counters: fc.array(anyCounter, { maxLength: 2 }),
  args: fc.record({ commit: anyCommit, refuse: fc.nat({ max: 5 }).map((roll) => roll === 0) }),
});
const anyBound: fc.Arbitrary<RangeBound> = fc.oneof(
  fc.record({ partition: anyPartition, sort: anySort, inclusive: fc.boolean() }),
  fc.record({ partition: anyPartition, inclusive: fc.boolean() }),
);
const anyRange: fc.Arbitrary<RangeRequest> = fc.record(
  {
    keyspace: anyKeyspace,
    placement: fc.constantFrom(0, 1),
    lower: anyBound,
    upper: anyBound,
    reverse: fc.boolean(),
    recordsMax: fc.constantFrom(1, 2, 5, 100),
    bytesMax: fc.constantFrom(1, 1900, 4000, 1_000_000),
    consistency: fc.constantFrom("strong" as const, "eventual" as const),
  },
  { requiredKeys: ["keyspace", "placement", "reverse", "recordsMax", "bytesMax", "consistency"] },
);
type PartsOf<K extends StoreStep["kind"]> = Omit<Extract<StoreStep, { kind: K }>, "kind">;
const step = <K extends StoreStep["kind"]>(
  kind: K,
  parts: fc.Arbitrary<PartsOf<K>>,
): fc.Arbitrary<{ readonly kind: K } & PartsOf<K>> => parts.map((part) => ({ kind, ...part }));
const nothing = fc.constant({});
const anyStep: fc.Arbitrary<StoreStep> = fc.oneof(
  {
    weight: 12,
    arbitrary: step("burst", fc.record({ mutations: fc.array(anyMutation, { minLength: 1, maxLength: 5 }) })),
  },
  {
    weight: 2,
    arbitrary: step(
      "held",
      fc.record({
        mutation: anyMutation,
        ms: fc.constantFrom(1, 70),
        meanwhile: fc.array(anyMutation, { maxLength: 4 }),
      }),
    ),
  },
  { weight: 3, arbitrary: step("getMany", fc.record({ keys: fc.array(anyKey, { maxLength: 4 }) })) },
  { weight: 6, arbitrary: step("range", fc.record({ request: anyRange })) },
  { weight: 2, arbitrary: step("counters", nothing) },
  {
    weight: 3,
    arbitrary: step(
      "readLog",
      fc.record({ shard: anyShard, after: fc.nat({ max: 8 }), recordsMax: fc.constantFrom(1, 3, 100) }),
    ),
  },
  { weight: 1, arbitrary: step("trimLog", fc.record({ shard: anyShard, through: fc.nat({ max: 8 }) })) },
  {
    weight: 2,
    arbitrary: step(
      "lease",
      fc.record({
        name: fc.constant("sweep"),
        owner: fc.constantFrom("a", "b"),
        ttlMs: fc.constantFrom(1, 50),
      }),
    ),
  },
  { weight: 1, arbitrary: step("releaseLast", nothing) },
  { weight: 2, arbitrary: step("reclaim", nothing) },
  { weight: 2, arbitrary: step("time", fc.record({ stepMs: fc.constantFrom(1, 30, 100, -40) })) },
  { weight: 1, arbitrary: step("reopen", nothing) },
  { weight: 1, arbitrary: step("crash", nothing) },
);

interface Held {
  readonly meanwhile: unknown;
  readonly outcome: Promise<unknown>;
}

async function startHeld(run: ProgramRun, step: Extract<StoreStep, { kind: "held" }>): Promise<Held> {
  const { engine } = run;
  const outcome = engine.mutate({ ...step.mutation, hold: { ms: step.ms } }).catch(rejection);
  // Asked in the same turn, and answered when the mutation before it was accepted.
  const held = await engine.held(step.meanwhile.flatMap(({ keys }) => keys));
  const outcomes = await outcomesOf(run, step.meanwhile);
  return { meanwhile: { held, outcomes }, outcome };
}

async function outcomesOf(
  { engine, oneByOne }: ProgramRun,
  mutations: readonly Mutation[],
): Promise<readonly unknown[]> {
  if (!oneByOne) return Promise.all(mutations.map((each) => engine.mutate(each).catch(rejection)));
  const outcomes: unknown[] = [];
  for (const each of mutations) outcomes.push(await engine.mutate(each).catch(rejection));
  return outcomes;
}

/** What a caller sees of one step, without versions. */
async function observe(
  run: ProgramRun,
  step: Exclude<StoreStep, { kind: "time" | "reopen" | "crash" | "held" }>,
): Promise<unknown> {
  const { engine } = run;
  run.records = [];
  switch (step.kind) {
    case "burst":
      return outcomesOf(run, step.mutations);
    case "getMany": {
      const records = await engine.getMany(step.keys, "strong");
      run.records = records.filter((record) => record !== undefined);
      return records.map(recordText);
    }
    case "range": {
      const { records, more } = await engine.range(step.request);
      run.records = records;
      return { records: records.map(recordText), more };
    }
    case "counters":
      return counters(engine);
    case "readLog":
      return [await engine.readLog(step.shard, step.after, step.recordsMax), await engine.logEnd(step.shard)];
    case "trimLog":
      return engine.trimLog(step.shard, step.through);
    case "lease": {
      const lease = await engine.lease(step.name, step.owner, step.ttlMs);
      run.lastLease = lease ?? run.lastLease;
      return lease;
    }
    case "releaseLast":
      return run.lastLease && engine.releaseLease(run.lastLease);
    case "reclaim":
      await engine.reclaim();
      return undefined;
  }
}

/** Rejections are programmer errors here; engines word them alike where the contract does, so only the fact counts. */
function rejection(error: unknown): string {
  return `rejected with ${error instanceof Error ? error.name : "no error"}`;
}

async function counters(engine: Engine): Promise<unknown> {
  const ids = [1, 2, 3].flatMap((keyspace) => [0, 1].map((index) => ({ keyspace, index })));
  return Promise.all(
    ids.map(async (id) => [
      await engine.counter(id),
      await engine.counter({ ...id, part: Buffer.from("a") }),
      (await engine.counterParts({ ...id, countMax: 3 })).map(({ part, value }) => [text(part), value]),
      (await engine.counterParts({ ...id, after: Buffer.from("a"), countMax: 9 })).length,
    ]),
  );
}

async function wholeContent(engine: Engine): Promise<readonly StoredRecord[]> {
  const limits = { reverse: false, recordsMax: 10_000, bytesMax: 1e9, consistency: "strong" } as const;
  const records: StoredRecord[] = [];
  for (const keyspace of [1, 2, 3]) {
    for (const placement of [0, 1]) {
      records.push(...(await engine.range({ keyspace, placement, ...limits })).records);
    }
  }
  return records;
}

/** Versions mean nothing but order per key: a put makes them greater, everything else leaves them alone. */
class VersionPairs {
  readonly #last = new Map<string, { readonly found: number; readonly expected: number }>();

  compare(found: readonly StoredRecord[], expected: readonly StoredRecord[]): void {
    for (const [index, record] of found.entries()) {
      const name = keyName(record.key);
      const pair = { found: record.version, expected: expected[index]?.version ?? 0 };
      const last = this.#last.get(name);
      if (
        last !== undefined &&
        Math.sign(pair.found - last.found) !== Math.sign(pair.expected - last.expected)
      ) {
        throw new Error(`versions of ${name} differ from the model: ${JSON.stringify({ last, pair })}`);
      }
      this.#last.set(name, pair);
    }
  }
}

function recordText(record: StoredRecord | undefined): string | undefined {
  return record && `${keyName(record.key)} = ${valueText(record.value)}`;
}

function assertSame(found: unknown, expected: unknown, where: string): void {
  const [left, right] = [found, expected].map((value) => JSON.stringify(value, bytesAsText));
  if (left !== right) {
    throw new Error(`${where}: the engine differs from the model\nengine: ${left}\nmodel:  ${right}`);
  }
}

function bytesAsText(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? valueText(value) : value;
}
