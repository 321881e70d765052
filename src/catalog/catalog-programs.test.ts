// Random programs over several catalogs of one store, each under one seed. Every catalog sees the store through a
// view of its own, where questions and answers take their time, as between threads.
import assert from "node:assert/strict";
import { describe, expect, test } from "vitest";
import {
  adjustableClock,
  createTurnPacer,
  type Random,
  seededRandom,
  type TurnPacer,
} from "../base/index.ts";
import {
  type DecideFunction,
  type DecideRegistry,
  type Decision,
  type Engine,
  type MutationOutcome,
  StorageError,
} from "../storage/contract/index.ts";
import { newTestIndex, newTestTable, openModelEngine, testNamespace } from "../testing/index.ts";
import {
  type Catalog,
  catalogDecides,
  type NewTable,
  openCatalog,
  type TableChange,
  type TableDescription,
} from "./index.ts";
import { allocatorKey, catalogShard, lastKeyspace } from "./records.ts";

const catalogsCount = 3;
const names = ["a", "b", "c", "d"];
const namespace = testNamespace;
const startMs = 1_000_000;
/** As the catalog's first table gets it. */
const firstKeyspace = 1000;
const delays = { createMs: 0, updateMs: 0, deleteMs: 0 };

interface Store {
  readonly engine: Engine;
  /** In the order of their drops. */
  readonly dropped: number[];
  readonly clock: ReturnType<typeof adjustableClock>;
  readonly random: Random;
  /** The signal as the views see it: raised after a commit is visible and before it is answered. */
  signal: number;
  /** Of a thousand reads through views this many fail. */
  failures: number;
}

function openStore(seed: number): Store {
  const clock = adjustableClock({ startMs: startMs - 60_000 });
  clock.freeze(startMs);
  const dropped: number[] = [];
  const decide: DecideRegistry = new Map(
    [...catalogDecides].map(([kind, decideOne]) => [
      kind,
      (...call: Parameters<DecideFunction>): Decision => {
        const decision = decideOne(...call);
        if (decision.kind === "commit") dropped.push(...(decision.commit.dropKeyspaces ?? []));
        return decision;
      },
    ]),
  );
  const engine = openModelEngine({ decide, clock });
  return { engine, dropped, clock, random: seededRandom(seed), signal: 0, failures: 0 };
}

/** Lets the other work of the program go on for a while, now and then long enough for whole operations. */
async function hops(random: Random): Promise<void> {
  const longest = random.below(8) === 0 ? 300 : 10;
  for (let left = random.below(longest); left > 0; left -= 1) await Promise.resolve();
}

/** An engine object of its own over the store. */
function viewOf(store: Store): Engine {
  const { engine, random } = store;
  const read = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    await hops(random);
    if (random.below(1000) < store.failures) throw new StorageError("unavailable", "planned");
    const result = await ask();
    await hops(random);
    return result;
  };
  const view: Partial<Engine> = {
    get: (key, consistency) => read(() => engine.get(key, consistency)),
    getMany: (keys, consistency) => read(() => engine.getMany(keys, consistency)),
    // Short pages, so that much happens between two.
    range: (request) => read(() => engine.range({ ...request, recordsMax: 2 })),
    readLog: (shard, after) => read(() => engine.readLog(shard, after, 2)),
    logEnd: (shard) => read(() => engine.logEnd(shard)),
    trimLog: (shard, through) => engine.trimLog(shard, through),
    logSignal: () => store.signal,
    mutate: async (mutation): Promise<MutationOutcome> => {
      await hops(random);
      const outcome = await engine.mutate(mutation);
      const lost = outcome.kind === "committed" && random.below(1000) < store.failures;
      await hops(random);
      store.signal = engine.logSignal(catalogShard);
      await hops(random);
      return lost ? { kind: "unknown" } : outcome;
    },
  };
  return view as Engine;
}

/** Slices end by chance, not by the machine's time. */
function pacerOf(random: Random): TurnPacer {
  let nowMs = 0;
  return createTurnPacer({
    nowMs: () => (nowMs += random.below(2)),
    nextTurn: (task) => {
      void hops(random).then(() => {
        task();
      });
    },
  });
}

function newTable(name: string): NewTable {
  return newTestTable(name, startMs);
}

/** One request as the dispatcher runs it; resolves with what its answer says of the table. */
async function operation(
  catalog: Catalog,
  name: string,
  random: Random,
): Promise<TableDescription | undefined> {
  if (!catalog.isCurrent()) await catalog.catchUp();
  const table = catalog.find(namespace, name);
  switch (random.below(10)) {
    case 0:
      await catalog.step();
      return undefined;
    case 1:
      if (random.below(4) === 0) await catalog.clear().catch(planned);
      return undefined;
    default:
  }
  if (table === undefined || random.below(6) === 0) {
    const outcome = await catalog.create(newTable(name));
    return outcome.kind === "undecided" ? undefined : outcome.table;
  }
  const outcome = await catalog.change(table, changeOf(table, random));
  return outcome.kind === "changed" ? outcome.table : undefined;
}

/** Something else, the table's end, or an index more or less; what ends by time ends at once. */
function changeOf(table: TableDescription, random: Random): TableChange {
  const { globalIndexes = [] } = table;
  switch (random.below(6)) {
    case 0:
      return { ...table, status: "DELETING", statusUntilMs: startMs };
    case 1:
    case 2:
      return { ...table, newGlobalIndex: newTestIndex("index") };
    case 3: {
      const doomed = random.below(Math.max(1, globalIndexes.length));
      const deleting = { status: "DELETING", statusUntilMs: startMs } as const;
      if (globalIndexes.length === 0) return table;
      return {
        ...table,
        globalIndexes: globalIndexes.map((index, at) => (at === doomed ? { ...index, ...deleting } : index)),
      };
    }
    default:
      return { ...table, tags: [["round", String(table.epoch)]] };
  }
}

function planned(error: unknown): undefined {
  if (error instanceof StorageError) return undefined;
  throw error;
}

function shown(catalog: Catalog): readonly unknown[] {
  const listed = catalog.list(namespace, { after: undefined, namesMax: 100 }).names;
  return [listed, ...names.map((name) => catalog.find(namespace, name))];
}

async function untilCurrent(catalog: Catalog): Promise<void> {
  for (let left = 1000; !catalog.isCurrent(); left -= 1) {
    if (left === 0) throw new Error("a catalog does not become current");
    await catalog.catchUp().catch(planned);
  }
}

/** What a catalog has shown of each name: it never shows less. */
class Witness {
  readonly #seen = new Map<string, { keyspace: number; epoch: number; gone: boolean }>();

  look(catalog: Catalog): void {
    for (const name of names) {
      const table = catalog.find(namespace, name);
      const seen = this.#seen.get(name);
      if (table === undefined) {
        if (seen !== undefined) seen.gone = true;
        continue;
      }
      const { keyspace, epoch } = table;
      const older =
        seen !== undefined &&
        (keyspace < seen.keyspace || (keyspace === seen.keyspace && (seen.gone || epoch < seen.epoch)));
      if (older) throw new Error(`${name} went back to ${keyspace}/${epoch}`);
      this.#seen.set(name, { keyspace, epoch, gone: false });
    }
  }
}

/** A change that was answered shows on another catalog, unless a later one came over it. */
async function checkEffect(
  store: Store,
  catalog: Catalog,
  { name, keyspace, epoch }: TableDescription,
): Promise<void> {
  const caughtUp = await catalog.catchUp().then(
    () => true,
    (error: unknown) => planned(error) ?? false,
  );
  if (!caughtUp) return;
  const found = catalog.find(namespace, name);
  if (found === undefined) {
    // Then it was deleted or dropped, and no catalog of that moment has it.
    const fresh = await openCatalog({ engine: store.engine, clock: store.clock, delays });
    const there = fresh.find(namespace, name);
    if (there?.keyspace === keyspace) throw new Error(`${name} of ${keyspace} is missing`);
    return;
  }
  const reached = found.keyspace === keyspace ? found.epoch >= epoch : found.keyspace > keyspace;
  if (!reached)
    throw new Error(`${name} is at ${found.keyspace}/${found.epoch}, not at ${keyspace}/${epoch}`);
}

interface Program {
  readonly seed: number;
  readonly failures: number;
  readonly trims: boolean;
}

/** A catalog and what it has shown. */
interface Place {
  readonly catalog: Catalog;
  readonly witness: Witness;
}

const clientsCount = 4;
const roundsCount = 6;
const operationsPerClient = 5;

class Run {
  effects = 0;
  readonly #program: Program;
  readonly #store: Store;
  readonly #places: Place[] = [];

  constructor(program: Program) {
    this.#program = program;
    this.#store = openStore(program.seed);
  }

  async rounds(): Promise<void> {
    const { engine, clock } = this.#store;
    for (let index = 0; index < catalogsCount; index += 1) this.#places.push(await this.#opened());
    for (let round = 0; round < roundsCount; round += 1) {
      this.#store.failures = this.#program.failures;
      await Promise.all(Array.from({ length: clientsCount }, () => this.#client()));
      this.#store.failures = 0;
      const fresh = shown(await openCatalog({ engine, clock, delays }));
      for (const { catalog, witness } of this.#places) {
        await untilCurrent(catalog);
        assert.deepEqual(shown(catalog), fresh, `seed ${this.#program.seed}, round ${round}`);
        witness.look(catalog);
      }
    }
    await this.#checkKeyspaces();
  }

  /** When all is told and dropped, every keyspace ever given out is in use, or was dropped once. */
  async #checkKeyspaces(): Promise<void> {
    const { engine, clock, dropped } = this.#store;
    const catalog = await openCatalog({ engine, clock, delays });
    await catalog.step();
    const used = names.flatMap((name) => {
      const table = catalog.find(namespace, name);
      return table === undefined ? [] : [table, ...(table.globalIndexes ?? [])];
    });
    const accounted = [...dropped, ...used.map(({ keyspace }) => keyspace)].toSorted((a, b) => a - b);
    const last = lastKeyspace(await engine.get(allocatorKey, "strong"));
    const given = Array.from({ length: last - firstKeyspace + 1 }, (_, at) => firstKeyspace + at);
    assert.deepEqual(accounted, given, `seed ${this.#program.seed}`);
  }

  async #client(): Promise<void> {
    for (let left = operationsPerClient; left > 0; left -= 1) {
      await this.#operation().catch(planned);
      await this.#disturbance().catch(planned);
      const { catalog, witness } = this.#place();
      if (catalog.isCurrent()) witness.look(catalog);
    }
  }

  async #operation(): Promise<void> {
    const { random } = this.#store;
    const name = names[random.below(names.length)] ?? "";
    const table = await operation(this.#place().catalog, name, random);
    if (table === undefined) return;
    await checkEffect(this.#store, this.#place().catalog, table);
    this.effects += 1;
  }

  async #disturbance(): Promise<void> {
    const { random, engine } = this.#store;
    if (this.#program.trims && random.below(4) === 0) {
      const { last } = await engine.logEnd(catalogShard);
      await engine.trimLog(catalogShard, last - random.below(3));
    }
    if (random.below(10) === 0) this.#places[random.below(catalogsCount)] = await this.#opened();
  }

  async #opened(): Promise<Place> {
    const { clock, random } = this.#store;
    const engine = viewOf(this.#store);
    const catalog = await openCatalog({ engine, clock, delays, pacer: pacerOf(random) });
    return { catalog, witness: new Witness() };
  }

  #place(): Place {
    const place = this.#places[this.#store.random.below(catalogsCount)];
    if (place === undefined) throw new Error("all places are taken");
    return place;
  }
}

describe("several catalogs of one store", () => {
  test.each([
    { name: "undisturbed", failures: 0, trims: false },
    { name: "with a log that is trimmed", failures: 0, trims: true },
    { name: "with a store that fails now and then", failures: 30, trims: true },
  ])("show what a fresh one shows, $name", async ({ failures, trims }) => {
    let effects = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const run = new Run({ seed, failures, trims });
      await run.rounds();
      effects += run.effects;
    }
    // A program whose operations all fail would show nothing.
    expect(effects).toBeGreaterThan(500);
  });
});
