// The catalog over the model engine: who wins, what time does, what survives a restart.
import { describe, expect, test } from "vitest";
import { type AdjustableClock, adjustableClock } from "../base/index.ts";
import type { Engine, Mutation, MutationOutcome } from "../storage/contract/index.ts";
import {
  modelStore,
  newTestTable,
  openModelEngine,
  testNamespace,
  type ModelStore,
} from "../testing/index.ts";
import { type Catalog, catalogDecides, type CatalogDelays, type NewTable, openCatalog } from "./index.ts";

const namespace = testNamespace;
const startMs = 1_000_000;
const wholeList = { after: undefined, namesMax: 100 };

interface Opened {
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly clock: AdjustableClock;
  readonly store: ModelStore;
}

interface Options {
  readonly delays?: Partial<CatalogDelays>;
  readonly clock?: AdjustableClock;
  readonly store?: ModelStore;
}

async function open({
  delays = {},
  clock = stoppedClock(),
  store = modelStore(),
}: Options = {}): Promise<Opened> {
  const engine = openModelEngine({ decide: catalogDecides, clock, store });
  const allDelays = { createMs: 0, updateMs: 0, deleteMs: 0, ...delays };
  return { catalog: await openCatalog({ engine, clock, delays: allDelays }), engine, clock, store };
}

function stoppedClock(): AdjustableClock {
  // Set to the moment and not stopped there: a millisecond may pass between the two calls.
  const clock = adjustableClock({ startMs: startMs - 60_000 });
  clock.freeze(startMs);
  return clock;
}

function newTable(name: string, more: Partial<NewTable> = {}): NewTable {
  return newTestTable(name, startMs, { tableId: "8f6c4bb4-1e1c-4f3a-9d1f-3f4a6b1c2d3e", ...more });
}

async function created(catalog: Catalog, table: NewTable): Promise<void> {
  expect((await catalog.create(table)).kind).toBe("created");
}

async function deleting(catalog: Catalog, name: string, untilMs: number): Promise<void> {
  const table = found(catalog, name);
  const outcome = await catalog.change(table, { ...table, status: "DELETING", statusUntilMs: untilMs });
  expect(outcome.kind).toBe("changed");
}

function found(catalog: Catalog, name: string): NonNullable<ReturnType<Catalog["find"]>> {
  const table = catalog.find(namespace, name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

describe("create", () => {
  test("gives each table a keyspace of its own, from 1000 on", async () => {
    const { catalog } = await open();
    for (const name of ["one", "two", "three"]) await created(catalog, newTable(name));
    expect(["one", "two", "three"].map((name) => found(catalog, name).keyspace)).toEqual([1000, 1001, 1002]);
  });

  test("never gives a keyspace again, not even after a restart", async () => {
    const first = await open();
    await created(first.catalog, newTable("one"));
    await first.catalog.clear();
    const second = await open(first);
    await created(second.catalog, newTable("one"));
    expect(found(second.catalog, "one").keyspace).toBe(1001);
  });

  test("lets exactly one of many requests for one name win", async () => {
    const { catalog } = await open();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => catalog.create(newTable("same", { tableId: `id-${index}` }))),
    );
    expect(outcomes.filter(({ kind }) => kind === "created")).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === "exists")).toHaveLength(19);
    const winner = outcomes.find(({ kind }) => kind === "created");
    expect(winner).toMatchObject({ table: { tableId: found(catalog, "same").tableId } });
  });

  test("lets one name exist in several namespaces", async () => {
    const { catalog } = await open();
    const elsewhere = { account: "000000000000", region: "eu-west-1" };
    await created(catalog, newTable("same"));
    await created(catalog, newTable("same", { namespace: elsewhere }));
    expect(catalog.namespacesOf("same")).toEqual([namespace, elsewhere]);
    expect(catalog.namespacesOf("other")).toEqual([]);
  });

  test("tells apart account and region that are alike when joined", async () => {
    const { catalog } = await open();
    await created(catalog, newTable("same", { namespace: { account: "1", region: "1a" } }));
    await created(catalog, newTable("same", { namespace: { account: "11", region: "a" } }));
    expect(catalog.namespacesOf("same")).toHaveLength(2);
  });
});

describe("status transitions", () => {
  test("end by the clock, without anything being written", async () => {
    const { catalog, clock, store } = await open();
    await created(catalog, newTable("t", { statusUntilMs: startMs + 5000 }));
    const { lastVersion } = store;
    await clock.advance(4999);
    expect(found(catalog, "t").status).toBe("CREATING");
    await clock.advance(1);
    expect(found(catalog, "t").status).toBe("ACTIVE");
    expect(found(catalog, "t")).not.toHaveProperty("statusUntilMs");
    expect(store.lastVersion).toBe(lastVersion);
  });

  test("do not go back when the clock does", async () => {
    const { catalog, clock, store } = await open();
    await created(catalog, newTable("t", { statusUntilMs: startMs + 10 }));
    await clock.advance(10);
    expect(found(catalog, "t").status).toBe("ACTIVE");
    const earlier = await open({ store });
    expect(found(earlier.catalog, "t").status).toBe("CREATING");
    expect(found(catalog, "t").status).toBe("ACTIVE");
  });

  test.each(["CREATING", "UPDATING"] as const)("%s goes on after a restart in its middle", async (status) => {
    const first = await open();
    await created(first.catalog, newTable("t", { status, statusUntilMs: startMs + 5000 }));
    await first.clock.advance(2000);
    const second = await open(first);
    expect(found(second.catalog, "t").status).toBe(status);
    await first.clock.advance(3000);
    expect(found(second.catalog, "t").status).toBe("ACTIVE");
  });

  test("DELETING goes on after a restart in its middle, and the keyspace is dropped once it is over", async () => {
    const first = await open();
    await created(first.catalog, newTable("t"));
    await deleting(first.catalog, "t", startMs + 5000);
    const second = await open(first);
    await second.catalog.step();
    expect(found(second.catalog, "t").status).toBe("DELETING");
    await first.clock.advance(5000);
    expect(second.catalog.find(namespace, "t")).toBeUndefined();
    expect(second.store.dropped).toEqual(new Set());
    await second.catalog.step();
    expect(second.store.dropped).toEqual(new Set([1000]));
    expect((await open(second)).catalog.find(namespace, "t")).toBeUndefined();
  });

  test("what was pending takes effect when the update is over", async () => {
    const { catalog, clock } = await open();
    const pending = { throughput: { readUnits: 9, writeUnits: 8 }, warm: { readUnits: 1, writeUnits: 9000 } };
    await created(
      catalog,
      newTable("t", { status: "UPDATING", statusUntilMs: startMs + 10, updating: "throughput", pending }),
    );
    expect(found(catalog, "t").throughput).toEqual({ readUnits: 0, writeUnits: 0 });
    await clock.advance(10);
    const after = found(catalog, "t");
    expect(after.throughput).toEqual({ readUnits: 9, writeUnits: 8 });
    expect([after.warmReadUnits, after.warmWriteUnits]).toEqual([12_000, 9000]);
    expect(after).not.toHaveProperty("pending");
    expect(after).not.toHaveProperty("updating");
  });

  test("tags that are on their way are read when they are there", async () => {
    const { catalog, clock } = await open();
    const tagging = { tags: [["k", "v"]], put: [["k", "v"]], untilMs: startMs + 10 } as const;
    await created(catalog, newTable("t", { tagging, statusUntilMs: startMs + 20 }));
    await clock.advance(9);
    expect(found(catalog, "t").tags).toEqual([]);
    await clock.advance(1);
    expect(found(catalog, "t")).toMatchObject({ status: "CREATING", tags: [["k", "v"]] });
    expect(found(catalog, "t")).not.toHaveProperty("tagging");
  });

  test("warm throughput rises by itself and leaves the status alone", async () => {
    const { catalog, clock } = await open();
    const rising = { pendingWarm: { readUnits: 13_000, writeUnits: 5000 }, warmStatusUntilMs: startMs + 10 };
    await created(catalog, newTable("t", { ...rising, statusUntilMs: startMs + 20 }));
    await clock.advance(10);
    expect(found(catalog, "t")).toMatchObject({
      status: "CREATING",
      warmReadUnits: 13_000,
      warmWriteUnits: 5000,
    });
    await clock.advance(10);
    expect(found(catalog, "t").status).toBe("ACTIVE");
    expect(found(catalog, "t")).not.toHaveProperty("pendingWarm");
  });
});

describe("a deleted table", () => {
  test("makes way for a new one of its name in one commit, as soon as the deletion is over", async () => {
    const { catalog, clock, store } = await open();
    await created(catalog, newTable("t"));
    await deleting(catalog, "t", startMs + 5000);
    expect((await catalog.create(newTable("t"))).kind).toBe("exists");
    await clock.advance(5000);
    await created(catalog, newTable("t", { tableId: "second" }));
    expect(found(catalog, "t")).toMatchObject({ tableId: "second", keyspace: 1001 });
    expect(store.dropped).toEqual(new Set([1000]));
    await catalog.step();
    expect(found(catalog, "t").tableId).toBe("second");
  });

  test("takes its counters with it", async () => {
    const { catalog, store } = await open();
    await created(catalog, newTable("t"));
    const table = found(catalog, "t");
    store.counters.set(`${table.keyspace}/0`, 7);
    store.counters.set(`${table.keyspace}/1`, 700);
    expect(await catalog.counts(table)).toEqual({ items: 7, bytes: 700 });
    await deleting(catalog, "t", startMs);
    await catalog.step();
    expect(await catalog.counts(table)).toEqual({ items: 0, bytes: 0 });
  });

  test("is in no list and no namespace once its deletion is over", async () => {
    const { catalog } = await open();
    await created(catalog, newTable("gone"));
    await created(catalog, newTable("kept"));
    await deleting(catalog, "gone", startMs);
    expect(catalog.list(namespace, wholeList)).toEqual({ names: ["kept"], more: false });
    expect(catalog.namespacesOf("gone")).toEqual([]);
  });
});

describe("change", () => {
  test("gives each change the next epoch, in the engine too", async () => {
    const { catalog, store } = await open();
    await created(catalog, newTable("t"));
    for (const epoch of [2, 3]) {
      const table = found(catalog, "t");
      expect((await catalog.change(table, { ...table, deletionProtection: true })).kind).toBe("changed");
      expect(found(catalog, "t").epoch).toBe(epoch);
      expect(store.epochs.get(table.keyspace)).toBe(epoch);
    }
  });

  test("refuses what was made from an older description, and knows the newest afterwards", async () => {
    const one = await open();
    const two = await open(one);
    await created(one.catalog, newTable("t"));
    await created(two.catalog, newTable("other"));
    const seen = found(one.catalog, "t");
    expect((await two.catalog.create(newTable("t"))).kind).toBe("exists");
    const changed = await two.catalog.change(seen, { ...seen, deletionProtection: true });
    expect(changed.kind).toBe("changed");
    expect((await one.catalog.change(seen, { ...seen, tags: [["k", "v"]] })).kind).toBe("overtaken");
    expect(found(one.catalog, "t")).toMatchObject({ deletionProtection: true, tags: [], epoch: 2 });
  });

  test("of an earlier table of the name is overtaken, though the epoch would fit", async () => {
    const one = await open();
    await created(one.catalog, newTable("t"));
    const seen = found(one.catalog, "t");
    const two = await open(one);
    await two.catalog.clear();
    await created(two.catalog, newTable("t", { tableId: "second" }));
    expect((await one.catalog.change(seen, { ...seen, deletionProtection: true })).kind).toBe("overtaken");
    expect(found(one.catalog, "t")).toMatchObject({ tableId: "second", deletionProtection: false });
  });

  test("of a table that is gone is overtaken", async () => {
    const one = await open();
    await created(one.catalog, newTable("t"));
    const seen = found(one.catalog, "t");
    await (await open(one)).catalog.clear();
    expect((await one.catalog.change(seen, seen)).kind).toBe("overtaken");
    expect(one.catalog.find(namespace, "t")).toBeUndefined();
  });
});

describe("work in turn", () => {
  test("runs one after the other on one table, at once on two, and goes on after a failure", async () => {
    const { catalog } = await open();
    await created(catalog, newTable("one"));
    await created(catalog, newTable("two"));
    const [one, two] = [found(catalog, "one"), found(catalog, "two")];
    const events: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = catalog.inTurn(one, async () => {
      events.push("first begins");
      await gate.promise;
      throw new Error("first fails");
    });
    const second = catalog.inTurn(one, async () => events.push("second"));
    await catalog.inTurn(two, async () => events.push("other"));
    gate.resolve();
    await expect(first).rejects.toThrow("first fails");
    await second;
    expect(events).toEqual(["first begins", "other", "second"]);
  });
});

describe("list", () => {
  test("goes by bytes, upper case before lower case", async () => {
    const { catalog } = await open();
    for (const name of ["b", "a", "B", "_x", "a.b", "a-b", "0", "ab"]) await created(catalog, newTable(name));
    expect(catalog.list(namespace, wholeList).names).toEqual(["0", "B", "_x", "a", "a-b", "a.b", "ab", "b"]);
  });

  test("knows what came and went since the last time", async () => {
    const { catalog } = await open();
    const names = (): readonly string[] => catalog.list(namespace, wholeList).names;
    await created(catalog, newTable("b"));
    expect(names()).toEqual(["b"]);
    await created(catalog, newTable("a"));
    expect(names()).toEqual(["a", "b"]);
    await deleting(catalog, "b", startMs);
    await catalog.step();
    expect(names()).toEqual(["a"]);
  });

  test("pages without skipping or repeating, whatever the start name", async () => {
    const { catalog } = await open();
    for (const name of ["a", "b", "c", "d"]) await created(catalog, newTable(name));
    const page = (after: string | undefined): unknown => catalog.list(namespace, { after, namesMax: 2 });
    expect(page(undefined)).toEqual({ names: ["a", "b"], more: true });
    expect(page("b")).toEqual({ names: ["c", "d"], more: false });
    expect(page("bb")).toEqual({ names: ["c", "d"], more: false });
    expect(page("d")).toEqual({ names: [], more: false });
    expect(catalog.list({ account: "1", region: "r" }, wholeList)).toEqual({ names: [], more: false });
  });

  test("knows all tables of a large store after a restart", async () => {
    const first = await open();
    for (let index = 0; index < 1100; index += 1) await created(first.catalog, newTable(`t${index}`));
    const { catalog } = await open(first);
    expect(catalog.list(namespace, { after: undefined, namesMax: 2000 }).names).toHaveLength(1100);
  });
});

describe("clear", () => {
  test("drops every table of every namespace, whatever its status", async () => {
    const opened = await open();
    const { catalog, store } = opened;
    await created(catalog, newTable("active"));
    await created(catalog, newTable("creating", { statusUntilMs: startMs + 10 }));
    await created(catalog, newTable("elsewhere", { namespace: { account: "1", region: "r" } }));
    await catalog.clear();
    expect(store.dropped).toEqual(new Set([1000, 1001, 1002]));
    expect((await open(opened)).catalog.list(namespace, wholeList).names).toEqual([]);
    await created(catalog, newTable("active"));
  });
});

describe("answers that arrive late", () => {
  /** The answer to the next mutation waits for `release`; the mutation takes place at once. */
  function holdNextAnswer(engine: Engine): () => void {
    const mutate = engine.mutate.bind(engine);
    const gate = Promise.withResolvers<void>();
    engine.mutate = async (mutation: Mutation) => {
      engine.mutate = mutate;
      const outcome = await mutate(mutation);
      await gate.promise;
      return outcome;
    };
    return gate.resolve;
  }

  test("do not make a description older", async () => {
    const one = await open();
    await created(one.catalog, newTable("t"));
    const release = holdNextAnswer(one.engine);
    const second = found(one.catalog, "t");
    const late = one.catalog.change(second, { ...second, tags: [["epoch", "2"]] });
    const two = await open(one);
    const third = found(two.catalog, "t");
    await two.catalog.change(third, { ...third, tags: [["epoch", "3"]] });
    expect((await one.catalog.create(newTable("t"))).kind).toBe("exists");
    release();
    await late;
    expect(found(one.catalog, "t").tags).toEqual([["epoch", "3"]]);
  });

  test("do not forget a table that was made meanwhile", async () => {
    const { catalog, engine } = await open();
    await created(catalog, newTable("t"));
    await deleting(catalog, "t", startMs);
    await catalog.catchUp();
    const release = holdNextAnswer(engine);
    const late = catalog.step();
    await created(catalog, newTable("t", { tableId: "second" }));
    release();
    await late;
    expect(found(catalog, "t").tableId).toBe("second");
  });
});

describe("an engine in trouble", () => {
  interface Trouble {
    readonly outcome: MutationOutcome;
    /** How many mutations end like this. */
    readonly times: number;
    /** Whether they take place all the same. */
    readonly applied: boolean;
  }

  async function troubled({ outcome, times, applied }: Trouble, options: Options = {}): Promise<Opened> {
    const opened = await open(options);
    const { engine } = opened;
    const mutate = engine.mutate.bind(engine);
    let left = times;
    engine.mutate = async (mutation: Mutation) => {
      if (left === 0) return mutate(mutation);
      left -= 1;
      if (applied) await mutate(mutation);
      return outcome;
    };
    return opened;
  }

  test("a conflict is tried again", async () => {
    const { catalog } = await troubled({ outcome: { kind: "conflict", keys: [] }, times: 3, applied: false });
    await created(catalog, newTable("t"));
  });

  test("endless conflicts are undecided", async () => {
    const { catalog } = await troubled({
      outcome: { kind: "conflict", keys: [] },
      times: 1000,
      applied: false,
    });
    expect(await catalog.create(newTable("t"))).toEqual({ kind: "undecided" });
    expect(catalog.find(namespace, "t")).toBeUndefined();
  });

  test.each([true, false])(
    "after an unknown outcome the catalog shows what is stored (applied: %s)",
    async (applied) => {
      const { catalog } = await troubled({ outcome: { kind: "unknown" }, times: 1, applied });
      expect(await catalog.create(newTable("t"))).toEqual({ kind: "undecided" });
      expect(catalog.find(namespace, "t") !== undefined).toBe(applied);
    },
  );

  test("what could not be dropped for certain is dropped by a later step", async () => {
    const first = await open();
    await created(first.catalog, newTable("t"));
    await deleting(first.catalog, "t", startMs);
    const trouble: Trouble = { outcome: { kind: "unknown" }, times: 1, applied: false };
    const { catalog, store } = await troubled(trouble, first);
    await catalog.step();
    expect(store.dropped).toEqual(new Set());
    await catalog.step();
    expect(store.dropped).toEqual(new Set([1000]));
  });

  test("clear rejects when a table may be left", async () => {
    const first = await open();
    await created(first.catalog, newTable("t"));
    const trouble: Trouble = { outcome: { kind: "unknown" }, times: 1, applied: false };
    const { catalog } = await troubled(trouble, first);
    await expect(catalog.clear()).rejects.toThrow("not all tables were dropped for certain");
    expect(found(catalog, "t").name).toBe("t");
    await catalog.clear();
    expect(catalog.find(namespace, "t")).toBeUndefined();
  });

  test("a damaged record is told as such", async () => {
    const first = await open();
    await created(first.catalog, newTable("t"));
    for (const [name, record] of first.store.records) {
      first.store.records.set(name, { ...record, value: record.value.subarray(0, -1) });
    }
    await expect(open(first)).rejects.toMatchObject({ name: "StorageError", code: "corrupted" });
  });

  test("a record of a later format is refused, not guessed at", async () => {
    const first = await open();
    await created(first.catalog, newTable("t"));
    for (const [name, record] of first.store.records) {
      const text = Buffer.from(record.value).toString("utf8");
      const value = Buffer.from(text.replace('"format":1', '"format":3'));
      first.store.records.set(name, { ...record, value });
    }
    await expect(open(first)).rejects.toThrow("the catalog holds a table record of format 3");
  });
});
