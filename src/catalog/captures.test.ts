// Captures in the catalog: cursors come and go in the commits that add and take away, by whatever way that is.
import { beforeEach, describe, expect, test } from "vitest";
import { itemShard, readerCursors } from "../changes/index.ts";
import type { DecideFunction, Engine } from "../storage/contract/index.ts";
import {
  modelStore,
  type ModelStore,
  newTestIndex,
  newTestTable,
  openModelEngine,
  settableClock,
  type SettableClock,
  testNamespace,
} from "../testing/index.ts";
import {
  captureReader,
  type Catalog,
  catalogDecides,
  type NewTable,
  openCatalog,
  type TableDescription,
  withoutCapture,
} from "./index.ts";

const startMs = 1_000_000;
const dayMs = 24 * 3_600_000;
const logged: DecideFunction = (args) => ({
  kind: "commit",
  commit: { records: [], log: [{ shard: args as number, value: Buffer.from("v") }] },
  result: undefined,
});
const decide = new Map([...catalogDecides, ["logged", logged]]);

let clock: SettableClock;
let store: ModelStore;
let engine: Engine;
let catalog: Catalog;

/** Another catalog of the same store, as after a restart. */
function open(own: SettableClock = clock): Promise<Catalog> {
  return openCatalog({ engine, clock: own, delays: { createMs: 0, updateMs: 0, deleteMs: 0 } });
}

beforeEach(async () => {
  clock = settableClock(startMs);
  store = modelStore();
  engine = openModelEngine({ decide, clock, store });
  catalog = await open();
});

function find(from: Catalog = catalog): TableDescription {
  const table = from.find(testNamespace, "t");
  if (table === undefined) throw new Error("the table is there");
  return table;
}

async function change(
  to: (table: TableDescription) => Parameters<Catalog["change"]>[1],
): Promise<TableDescription> {
  const outcome = await catalog.change(find(), to(find()));
  if (outcome.kind !== "changed") throw new Error(outcome.kind);
  return outcome.table;
}

/** The table with two captures. */
async function captured(more: Partial<NewTable> = {}): Promise<TableDescription> {
  await catalog.create(newTestTable("t", startMs, more));
  await change((table) => ({ ...table, newCapture: { id: "one" } }));
  return change((table) => ({ ...table, newCapture: { id: "two" } }));
}

const endCapture = (id: string): Promise<TableDescription> =>
  change((table) => {
    const capture = table.captures?.find((each) => each.id === id);
    if (capture === undefined) throw new Error("the capture is there");
    return withoutCapture(table, capture);
  });

async function cursorsOf(table: TableDescription): Promise<readonly (number | undefined)[]> {
  const captures = table.captures ?? [];
  const cursors = captures.map((capture) => readerCursors(engine, captureReader(table, capture)));
  return (await Promise.all(cursors)).map((found) => found?.length);
}

async function keptRecords(table: TableDescription): Promise<number> {
  const { last, oldest } = await engine.logEnd(itemShard(table.keyspace, 0));
  return last - oldest + 1;
}

const log = (table: TableDescription): Promise<unknown> =>
  engine.mutate({ kind: "logged", epochs: [], keys: [], args: itemShard(table.keyspace, 0) });

describe("a capture", () => {
  test("is known by id and the epoch that began it, with a cursor for each bucket that keeps everything", async () => {
    const table = await captured();
    expect(table.captures).toEqual([
      { id: "one", sinceEpoch: 2 },
      { id: "two", sinceEpoch: 3 },
    ]);
    expect(await cursorsOf(table)).toEqual([4, 4]);
    const [first] = table.captures ?? [];
    if (first === undefined) throw new Error("the capture is there");
    expect((await readerCursors(engine, captureReader(table, first)))?.[3]).toEqual({
      position: 0,
      owner: "",
      leaseUntilMs: startMs + dayMs,
      token: 0,
    });
    expect(find(await open())).toEqual(table);
  });

  test("goes with its cursors; other changes leave it alone", async () => {
    const both = await captured();
    await change((table) => ({ ...table, deletionProtection: true }));
    const left = await endCapture("one");
    expect(left.captures).toEqual([{ id: "two", sinceEpoch: 3 }]);
    expect(await cursorsOf(both)).toEqual([undefined, 4]);
    expect(await endCapture("two")).not.toHaveProperty("captures");
    expect(await cursorsOf(both)).toEqual([undefined, undefined]);
  });

  test("of the same id is another one when it is begun again", async () => {
    await captured();
    await endCapture("one");
    const { captures } = await change((table) => ({ ...table, newCapture: { id: "one" } }));
    expect(captures?.map(({ id, sinceEpoch }) => [id, sinceEpoch])).toEqual([
      ["two", 3],
      ["one", 5],
    ]);
  });

  test.each([
    ["step", { status: "DELETING", statusUntilMs: startMs } as const, () => catalog.step()],
    ["clear", {}, () => catalog.clear()],
    [
      "a new table of the name",
      { status: "DELETING", statusUntilMs: startMs } as const,
      () => catalog.create(newTestTable("t", startMs)),
    ],
  ])("goes with its table and the log, by %s", async (_what, parts, drop) => {
    const table = await captured();
    await log(table);
    await change((present) => ({ ...present, ...parts }));
    expect(await cursorsOf(table)).toEqual([4, 4]);
    await drop();
    expect(await cursorsOf(table)).toEqual([undefined, undefined]);
    expect(await keptRecords(table)).toBe(0);
  });
});

describe("the log", () => {
  test("is kept until the last capture ends", async () => {
    const table = await captured();
    await log(table);
    await endCapture("one");
    expect(await keptRecords(table)).toBe(1);
    await endCapture("two");
    expect(await keptRecords(table)).toBe(0);
  });

  test("is kept for a capture when the last index goes, and for an index when the last capture does", async () => {
    const table = await captured({ globalIndexes: [newTestIndex("gsi")] });
    await log(table);
    await endCapture("one");
    await endCapture("two");
    expect(await keptRecords(table)).toBe(1);
    await change((present) => ({ ...present, newCapture: { id: "three" } }));
    await change(({ globalIndexes: _dropped, ...rest }) => rest);
    expect(await keptRecords(table)).toBe(1);
    await endCapture("three");
    expect(await keptRecords(table)).toBe(0);
  });
});

describe("a capture that nobody reads", () => {
  test("ends a day after its beginning", async () => {
    const table = await captured();
    clock.set(startMs + dayMs - 1);
    await catalog.step();
    expect(find().captures).toHaveLength(2);
    clock.set(startMs + dayMs);
    await catalog.step();
    expect(find()).not.toHaveProperty("captures");
    expect(await cursorsOf(table)).toEqual([undefined, undefined]);
  });

  test("does not end for a catalog whose clock is ahead of the store's", async () => {
    await captured();
    const hasty = await open(settableClock(startMs + 2 * dayMs));
    await hasty.step();
    await catalog.catchUp();
    expect(find().captures).toHaveLength(2);
    expect(find().epoch).toBe(3);
  });

  test("ends when its cursors were lost", async () => {
    const table = await captured();
    for (const name of store.records.keys())
      if (name.includes(Buffer.from("capture/").toString("hex"))) store.records.delete(name);
    if ((await cursorsOf(table))[0] !== undefined) throw new Error("the cursors are gone");
    await catalog.step();
    expect(find()).not.toHaveProperty("captures");
  });
});

describe("the stored record", () => {
  const format = async (): Promise<unknown> => {
    const record = await engine.get(
      {
        keyspace: 1,
        placement: 0,
        partition: Buffer.from(`${testNamespace.account}\0${testNamespace.region}`),
        sort: Buffer.from("t"),
      },
      "strong",
    );
    return (JSON.parse(Buffer.from(record?.value ?? []).toString()) as { format: unknown }).format;
  };

  test("says that older versions must not write the table, as long as there is a capture", async () => {
    await catalog.create(newTestTable("t", startMs));
    expect(await format()).toBe(1);
    await change((table) => ({ ...table, newCapture: { id: "one" } }));
    expect(await format()).toBe(2);
    await endCapture("one");
    expect(await format()).toBe(1);
  });
});
