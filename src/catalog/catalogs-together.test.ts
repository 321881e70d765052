// Several catalogs of one store: what one changes the others show once they have caught up, whatever comes between.
import { describe, expect, test } from "vitest";
import { type AdjustableClock, adjustableClock, createTurnPacer, type TurnPacer } from "../base/index.ts";
import { type Engine, StorageError } from "../storage/contract/index.ts";
import {
  modelStore,
  newTestTable,
  openModelEngine,
  testNamespace,
  type ModelStore,
} from "../testing/index.ts";
import { type Catalog, catalogDecides, type NewTable, openCatalog, type TableDescription } from "./index.ts";
import { catalogShard } from "./records.ts";

const namespace = testNamespace;
const startMs = 1_000_000;
const delays = { createMs: 0, updateMs: 0, deleteMs: 0 };
const wholeList = { after: undefined, namesMax: 10_000 };

interface Opened {
  readonly catalog: Catalog;
  readonly engine: Engine;
}

class Stores {
  readonly store: ModelStore = modelStore();
  readonly clock: AdjustableClock = adjustableClock({ startMs: startMs - 60_000 });

  constructor() {
    this.clock.freeze(startMs);
  }

  engine(): Engine {
    return openModelEngine({ decide: catalogDecides, clock: this.clock, store: this.store });
  }

  async open(
    engine = this.engine(),
    more: { readonly pacer?: TurnPacer; readonly followed?: boolean } = {},
  ): Promise<Opened> {
    return { catalog: await openCatalog({ engine, clock: this.clock, delays, ...more }), engine };
  }

  logLength(): number {
    return this.store.shards.get(catalogShard)?.records.length ?? 0;
  }
}

async function two(): Promise<{ stores: Stores; here: Opened; there: Opened }> {
  const stores = new Stores();
  return { stores, here: await stores.open(), there: await stores.open() };
}

function newTable(name: string, more: Partial<NewTable> = {}): NewTable {
  return newTestTable(name, startMs, more);
}

function found({ catalog }: Opened, name: string): TableDescription {
  const table = catalog.find(namespace, name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

async function created({ catalog }: Opened, name: string, more: Partial<NewTable> = {}): Promise<void> {
  expect((await catalog.create(newTable(name, more))).kind).toBe("created");
}

async function changed(opened: Opened, name: string, more: Partial<TableDescription>): Promise<void> {
  const table = found(opened, name);
  expect((await opened.catalog.change(table, { ...table, ...more })).kind).toBe("changed");
}

const deleting = { status: "DELETING", statusUntilMs: startMs } as const;

/** The next call of the method waits, before it is made or before it is answered, until it is let go. */
function hold(
  engine: Engine,
  method: "mutate" | "readLog" | "range" | "getMany",
  when: "asking" | "answering",
): { readonly held: Promise<void>; readonly letGo: () => void } {
  const inner = engine[method].bind(engine) as (...args: readonly unknown[]) => Promise<unknown>;
  const gate = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = async (...args: readonly unknown[]): Promise<unknown> => {
    Object.assign(engine, { [method]: inner });
    if (when === "asking") {
      held.resolve();
      await gate.promise;
    }
    const answer = await inner(...args);
    held.resolve();
    await gate.promise;
    return answer;
  };
  Object.assign(engine, { [method]: holding });
  return { held: held.promise, letGo: gate.resolve };
}

function counted(engine: Engine, method: "logEnd" | "get" | "getMany"): { calls: number } {
  const count = { calls: 0 };
  const inner = engine[method].bind(engine) as (...args: readonly unknown[]) => Promise<unknown>;
  const counting = (...args: readonly unknown[]): Promise<unknown> => {
    count.calls += 1;
    return inner(...args);
  };
  Object.assign(engine, { [method]: counting });
  return count;
}

describe("a catalog that catches up", () => {
  test("shows a table that was made through another one", async () => {
    const { here, there } = await two();
    await created(here, "t");
    expect(there.catalog.isCurrent()).toBe(false);
    await there.catalog.catchUp();
    expect(there.catalog.isCurrent()).toBe(true);
    expect(found(there, "t")).toEqual(found(here, "t"));
    expect(there.catalog.list(namespace, wholeList).names).toEqual(["t"]);
  });

  test("shows the newest description after several changes", async () => {
    const { here, there } = await two();
    await created(here, "t");
    await there.catalog.catchUp();
    for (const round of ["1", "2", "3"]) await changed(here, "t", { tags: [["round", round]] });
    await there.catalog.catchUp();
    expect(found(there, "t")).toMatchObject({ epoch: 4, tags: [["round", "3"]] });
  });

  test("shows the second table of a name, and never again the first", async () => {
    const { here, there } = await two();
    await created(here, "t", { tableId: "first" });
    await there.catalog.catchUp();
    const first = found(there, "t");
    await changed(here, "t", deleting);
    await created(here, "t", { tableId: "second" });
    await there.catalog.catchUp();
    expect(found(there, "t").tableId).toBe("second");
    expect((await there.catalog.change(first, first)).kind).toBe("overtaken");
    expect(found(there, "t").tableId).toBe("second");
  });

  test("no longer shows what another one dropped by step or clear", async () => {
    const { stores, here, there } = await two();
    await created(here, "deleted");
    await changed(here, "deleted", { ...deleting, statusUntilMs: startMs + 10 });
    await created(here, "kept");
    await stores.clock.advance(10);
    // This catalog has to learn of the table first.
    await there.catalog.step();
    expect(stores.store.dropped).toEqual(new Set([1000]));
    await here.catalog.catchUp();
    expect(here.catalog.list(namespace, wholeList).names).toEqual(["kept"]);
    await there.catalog.clear();
    await here.catalog.catchUp();
    expect(here.catalog.list(namespace, wholeList).names).toEqual([]);
  });

  test("clears what was made through another one", async () => {
    const { stores, here, there } = await two();
    await created(here, "t");
    await there.catalog.clear();
    expect(stores.store.dropped).toEqual(new Set([1000]));
  });

  test("reads no table it knows already", async () => {
    const { here } = await two();
    const reads = [counted(here.engine, "get"), counted(here.engine, "getMany")];
    await created(here, "t");
    await changed(here, "t", { deletionProtection: true });
    await here.catalog.catchUp();
    expect(here.catalog.isCurrent()).toBe(true);
    expect(reads.map(({ calls }) => calls)).toEqual([0, 0]);
  });

  test("keeps a transition that was applied already, though it loads all tables anew", async () => {
    const { stores, here, there } = await two();
    await created(here, "t", { statusUntilMs: startMs + 10 });
    await stores.clock.advance(10);
    const active = found(here, "t");
    expect(active.status).toBe("ACTIVE");
    await created(there, "other");
    await there.engine.trimLog(catalogShard, stores.logLength());
    await here.catalog.catchUp();
    expect(found(here, "other").name).toBe("other");
    expect(found(here, "t")).toBe(active);
  });

  test("takes in more changes than fit into one page of the log", async () => {
    const { here, there } = await two();
    for (let index = 0; index < 350; index += 1) await created(here, `t${index}`);
    await here.catalog.catchUp();
    await there.catalog.catchUp();
    expect(there.catalog.list(namespace, wholeList).names).toHaveLength(350);
    await here.catalog.clear();
    await there.catalog.catchUp();
    expect(there.catalog.list(namespace, wholeList).names).toEqual([]);
  });
});

describe("changes while a catalog catches up", () => {
  test("do not satisfy those who ask after them; these share one more run", async () => {
    const { here, there } = await two();
    const runs = counted(there.engine, "logEnd");
    await created(here, "one");
    const reading = hold(there.engine, "readLog", "answering");
    const first = there.catalog.catchUp();
    const alongside = there.catalog.catchUp();
    await reading.held;
    await created(here, "two");
    let satisfied = false;
    const later = there.catalog.catchUp().then(() => (satisfied = true));
    const latest = there.catalog.catchUp();
    reading.letGo();
    await Promise.all([first, alongside]);
    expect([there.catalog.find(namespace, "two"), satisfied]).toEqual([undefined, false]);
    expect(there.catalog.isCurrent()).toBe(false);
    await Promise.all([later, latest]);
    expect(found(there, "two").name).toBe("two");
    expect(runs.calls).toBe(2);
  });

  test("to the table that is being read leave the newest one", async () => {
    const { here, there } = await two();
    await created(here, "t");
    const reading = hold(there.engine, "getMany", "answering");
    const first = there.catalog.catchUp();
    await reading.held;
    await changed(here, "t", deleting);
    await created(here, "t", { tableId: "second" });
    reading.letGo();
    await first;
    expect(there.catalog.isCurrent()).toBe(false);
    await there.catalog.catchUp();
    expect(found(there, "t").tableId).toBe("second");
  });

  test("that are its own do not get older by what it reads", async () => {
    const { here, there } = await two();
    await created(here, "t");
    await created(here, "gone");
    await there.catalog.catchUp();
    await changed(here, "t", { tags: [["epoch", "2"]] });
    await changed(here, "gone", deleting);
    await here.catalog.step();
    const reading = hold(there.engine, "getMany", "answering");
    const running = there.catalog.catchUp();
    await reading.held;
    const seen = found(here, "t");
    expect((await there.catalog.change(seen, { ...seen, tags: [["epoch", "3"]] })).kind).toBe("changed");
    await created(there, "gone", { tableId: "second" });
    reading.letGo();
    await running;
    expect(found(there, "t").epoch).toBe(3);
    expect(found(there, "gone").tableId).toBe("second");
  });

  test("are not missed when it is only being opened", async () => {
    const { stores, here } = await two();
    await created(here, "before");
    const engine = stores.engine();
    const loading = hold(engine, "range", "answering");
    const opening = stores.open(engine);
    await loading.held;
    await changed(here, "before", { deletionProtection: true });
    await created(here, "after");
    loading.letGo();
    const late = await opening;
    expect(late.catalog.isCurrent()).toBe(false);
    await late.catalog.catchUp();
    expect([found(late, "before").epoch, found(late, "after").name]).toEqual([2, "after"]);
  });
});

describe("an own answer that comes late", () => {
  test("does not bring back a table that was dropped meanwhile", async () => {
    const { here, there } = await two();
    await created(here, "t");
    await there.catalog.catchUp();
    const answering = hold(there.engine, "mutate", "answering");
    const seen = found(there, "t");
    const late = there.catalog.change(seen, { ...seen, deletionProtection: true });
    await answering.held;
    await here.catalog.clear();
    await there.catalog.catchUp();
    expect(there.catalog.find(namespace, "t")).toBeUndefined();
    answering.letGo();
    expect((await late).kind).toBe("changed");
    expect(there.catalog.find(namespace, "t")).toBeUndefined();
    expect(there.catalog.isCurrent()).toBe(true);
  });

  test("nor one it never knew, nor after all tables were loaded anew", async () => {
    const { stores, here, there } = await two();
    await created(here, "t");
    const answering = hold(there.engine, "mutate", "answering");
    const late = there.catalog.create(newTable("t"));
    await answering.held;
    await here.catalog.clear();
    await here.engine.trimLog(catalogShard, stores.logLength());
    await there.catalog.catchUp();
    answering.letGo();
    expect((await late).kind).toBe("exists");
    expect(there.catalog.find(namespace, "t")).toBeUndefined();
  });

  test.each([true, false])(
    "shows a table that is there, though others were dropped (followed: %s)",
    async (followed) => {
      const stores = new Stores();
      const alone = await stores.open(stores.engine(), { followed });
      await created(alone, "gone");
      await changed(alone, "gone", deleting);
      if (followed) await alone.catalog.catchUp();
      const answering = hold(alone.engine, "mutate", "answering");
      const late = alone.catalog.create(newTable("t"));
      await answering.held;
      await alone.catalog.step();
      answering.letGo();
      expect((await late).kind).toBe("created");
      expect(found(alone, "t").name).toBe("t");
    },
  );
});

describe("a log that was trimmed", () => {
  test("makes a catalog that is behind load all tables", async () => {
    const { stores, here, there } = await two();
    for (const name of ["gone", "again", "changed"]) await created(here, name);
    await there.catalog.catchUp();
    for (const name of ["gone", "again"]) await changed(here, name, deleting);
    await created(here, "again", { tableId: "second" });
    await here.catalog.step();
    await changed(here, "changed", { deletionProtection: true });
    await created(here, "new");
    await here.engine.trimLog(catalogShard, stores.logLength() - 1);
    await there.catalog.catchUp();
    expect(there.catalog.isCurrent()).toBe(true);
    expect(there.catalog.list(namespace, wholeList).names).toEqual(["again", "changed", "new"]);
    expect(found(there, "again").tableId).toBe("second");
    expect(found(there, "changed").epoch).toBe(2);
    await created(here, "newer");
    await there.catalog.catchUp();
    expect(found(there, "newer").name).toBe("newer");
  });

  test("and whose records go while they are read does so too", async () => {
    const { here, there } = await two();
    await created(here, "one");
    await created(here, "two");
    const readLog = there.engine.readLog.bind(there.engine);
    there.engine.readLog = async (shard, after, recordsMax) => {
      there.engine.readLog = readLog;
      const page = await readLog(shard, after, recordsMax);
      return page.kind === "records" ? { ...page, records: page.records.slice(1) } : page;
    };
    await there.catalog.catchUp();
    expect(there.catalog.list(namespace, wholeList).names).toEqual(["one", "two"]);
  });

  test("does not lose an own table made while all are loaded", async () => {
    const { stores, here, there } = await two();
    await created(here, "a");
    await here.engine.trimLog(catalogShard, stores.logLength());
    const loading = hold(there.engine, "range", "answering");
    const running = there.catalog.catchUp();
    await loading.held;
    await created(there, "b");
    loading.letGo();
    await running;
    expect(there.catalog.list(namespace, wholeList).names).toEqual(["a", "b"]);
  });

  test("is loaded in slices, between which others have their turn", async () => {
    const { stores, here } = await two();
    let [nowMs, turns] = [0, 0];
    const pacer = createTurnPacer({
      nowMs: () => (nowMs += 1),
      nextTurn: (task) => {
        turns += 1;
        queueMicrotask(task);
      },
    });
    const there = await stores.open(stores.engine(), { pacer });
    for (let index = 0; index < 1000; index += 1) await created(here, `t${index}`);
    turns = 0;
    await here.engine.trimLog(catalogShard, stores.logLength());
    await there.catalog.catchUp();
    expect(there.catalog.list(namespace, wholeList).names).toHaveLength(1000);
    expect(turns).toBeGreaterThanOrEqual(4);
    expect(pacer.load.works).toBe(0);
  });

  test("was trimmed by step, rarely, and keeps a thousand records", async () => {
    const { here, there } = await two();
    let trims = 0;
    const trimLog = here.engine.trimLog.bind(here.engine);
    here.engine.trimLog = (shard, through) => {
      trims += 1;
      return trimLog(shard, through);
    };
    await created(here, "t");
    for (let epoch = 2; epoch <= 1999; epoch += 1) await changed(here, "t", { tags: [] });
    await here.catalog.step();
    expect(trims).toBe(0);
    await changed(here, "t", { tags: [["last", "change"]] });
    await here.catalog.step();
    await here.catalog.step();
    expect(trims).toBe(1);
    expect(await here.engine.logEnd(catalogShard)).toMatchObject({ last: 2000, oldest: 1001 });
    await there.catalog.catchUp();
    expect(found(there, "t").epoch).toBe(2000);
    const late = await two();
    await late.here.catalog.step();
    expect(late.stores.logLength()).toBe(0);
  });
});

describe("a store in trouble", () => {
  const broken = async (): Promise<never> => {
    throw new StorageError("unavailable", "the store cannot be read");
  };

  test.each(["logEnd", "readLog", "getMany"] as const)(
    "is told when %s fails, and the catalog is current when it works again",
    async (method) => {
      const { here, there } = await two();
      await created(here, "t");
      const working = there.engine[method];
      Object.assign(there.engine, { [method]: broken });
      await expect(there.catalog.catchUp()).rejects.toMatchObject({ code: "unavailable" });
      await expect(there.catalog.step()).rejects.toMatchObject({ code: "unavailable" });
      await expect(there.catalog.clear()).rejects.toMatchObject({ code: "unavailable" });
      expect(there.catalog.isCurrent()).toBe(false);
      Object.assign(there.engine, { [method]: working });
      await there.catalog.catchUp();
      expect(found(there, "t")).toEqual(found(here, "t"));
    },
  );

  test("that fails one run does not fail those who wait for the next", async () => {
    const { here, there } = await two();
    await created(here, "one");
    const reading = hold(there.engine, "readLog", "asking");
    const first = there.catalog.catchUp();
    await reading.held;
    await created(here, "two");
    const second = there.catalog.catchUp();
    // What is held goes on to the method below, which fails this once.
    const getMany = there.engine.getMany.bind(there.engine);
    there.engine.getMany = async () => {
      there.engine.getMany = getMany;
      return broken();
    };
    reading.letGo();
    await expect(first).rejects.toMatchObject({ code: "unavailable" });
    await second;
    expect(there.catalog.list(namespace, wholeList).names).toEqual(["one", "two"]);
  });

  test("whose log holds what a later version wrote is refused, not guessed at", async () => {
    const { stores, here, there } = await two();
    await created(here, "t");
    const shard = stores.store.shards.get(catalogShard);
    if (shard === undefined) throw new Error("nothing was logged");
    const records = shard.records.map((record) => ({
      ...record,
      value: Buffer.from(Buffer.from(record.value).toString("utf8").replace('"format":1', '"format":2')),
    }));
    stores.store.shards.set(catalogShard, { ...shard, records });
    await expect(there.catalog.catchUp()).rejects.toThrow("the catalog's log holds a record of format 2");
    const damaged = records.map((record) => ({ ...record, value: record.value.subarray(1) }));
    stores.store.shards.set(catalogShard, { ...shard, records: damaged });
    await expect(there.catalog.catchUp()).rejects.toMatchObject({ code: "corrupted" });
    expect(there.catalog.isCurrent()).toBe(false);
  });
});

describe("the log", () => {
  test("gets one record per commit, and none from a catalog that nobody follows", async () => {
    const stores = new Stores();
    const alone = await stores.open(stores.engine(), { followed: false });
    await created(alone, "alone");
    await changed(alone, "alone", { deletionProtection: true });
    await alone.catalog.clear();
    expect(stores.logLength()).toBe(0);
    expect(alone.catalog.isCurrent()).toBe(true);
    const here = await stores.open();
    await created(here, "t");
    await created(here, "u");
    await changed(here, "t", { deletionProtection: true });
    expect((await here.catalog.create(newTable("t"))).kind).toBe("exists");
    await here.catalog.clear();
    expect(stores.logLength()).toBe(4);
  });

  test("may be empty though there are tables, as in a store of an earlier version", async () => {
    const stores = new Stores();
    await created(await stores.open(stores.engine(), { followed: false }), "old");
    const [here, there] = [await stores.open(), await stores.open()];
    expect(there.catalog.isCurrent()).toBe(true);
    await changed(here, "old", { deletionProtection: true });
    await there.catalog.catchUp();
    expect(found(there, "old").epoch).toBe(2);
  });
});
