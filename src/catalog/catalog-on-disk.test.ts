// The catalog over a store on disk: statuses and keyspaces over restarts, and space that comes back.
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AdjustableClock, adjustableClock } from "../base/index.ts";
import { openSqliteEngine, type SqliteEngine } from "../storage/sqlite/index.ts";
import { assertSound, newTestIndex, newTestTable, temporaryFolder, testNamespace } from "../testing/index.ts";
import { type Catalog, catalogDecides, type NewTable, openCatalog, type TableDescription } from "./index.ts";

const namespace = testNamespace;
const delays = { createMs: 0, updateMs: 0, deleteMs: 0 };

let path = "";
let clock: AdjustableClock;
let engine: SqliteEngine;
let catalog: Catalog;

async function start(): Promise<void> {
  engine = await openSqliteEngine({ location: { kind: "directory", path }, decide: catalogDecides, clock });
  catalog = await openCatalog({ engine, clock, delays });
}

async function restart(): Promise<void> {
  await engine.close();
  await start();
}

beforeEach(async () => {
  path = temporaryFolder();
  clock = adjustableClock({ startMs: 900_000 });
  clock.freeze(1_000_000);
  await start();
});

afterEach(async () => {
  const problems = await engine.verify();
  await engine.close();
  rmSync(path, { recursive: true });
  assertSound(problems);
});

function newTable(name: string, untilMs: number): NewTable {
  const createdMs = clock.nowMs();
  const tableId = `id of ${name} at ${createdMs}`;
  return newTestTable(name, createdMs, { tableId, bucketCount: 1, statusUntilMs: untilMs });
}

async function create(name: string, afterMs = 0): Promise<TableDescription> {
  const outcome = await catalog.create(newTable(name, clock.nowMs() + afterMs));
  if (outcome.kind !== "created") throw new Error(`creating ${name} ended as ${outcome.kind}`);
  return outcome.table;
}

async function remove(name: string, afterMs: number): Promise<void> {
  const table = catalog.find(namespace, name);
  if (table === undefined) throw new Error(`no table ${name}`);
  const statusUntilMs = clock.nowMs() + afterMs;
  expect((await catalog.change(table, { ...table, status: "DELETING", statusUntilMs })).kind).toBe("changed");
}

const status = (name: string): string | undefined => catalog.find(namespace, name)?.status;

describe("a restart", () => {
  test("in the middle of CREATING neither shortens nor prolongs it", async () => {
    await create("t", 5000);
    await clock.advance(3000);
    await restart();
    expect(status("t")).toBe("CREATING");
    await clock.advance(1999);
    expect(status("t")).toBe("CREATING");
    await clock.advance(1);
    expect(status("t")).toBe("ACTIVE");
  });

  test("after the end of CREATING finds the table ACTIVE", async () => {
    await create("t", 5000);
    await engine.close();
    await clock.advance(5000);
    await start();
    expect(status("t")).toBe("ACTIVE");
  });

  test("in the middle of DELETING lets it end in time, and the name is free", async () => {
    const first = await create("t");
    await remove("t", 5000);
    await clock.advance(1000);
    await restart();
    expect(status("t")).toBe("DELETING");
    await clock.advance(4000);
    expect(status("t")).toBeUndefined();
    const second = await create("t");
    expect(second.keyspace).toBeGreaterThan(first.keyspace);
    await catalog.step();
    await restart();
    expect(catalog.find(namespace, "t")?.tableId).toBe(second.tableId);
  });

  test("between the end of DELETING and the drop leaves the drop to the next process", async () => {
    const { keyspace } = await create("t");
    await remove("t", 10);
    await clock.advance(10);
    await restart();
    expect(catalog.list(namespace, { after: undefined, namesMax: 10 }).names).toEqual([]);
    await catalog.step();
    const stale = { kind: "catalog.change", epochs: [{ keyspace, epoch: 99 }], keys: [], args: undefined };
    expect((await engine.mutate(stale)).kind).toBe("staleEpoch");
    await restart();
    expect(status("t")).toBeUndefined();
  });

  test("never makes a keyspace anew, though all tables are gone", async () => {
    const seen = new Set<number>();
    for (let round = 0; round < 5; round += 1) {
      seen.add((await create("t")).keyspace);
      await catalog.clear();
      while (!(await engine.reclaim()).done);
      await restart();
    }
    expect(seen.size).toBe(5);
  });
});

test("an index whose deletion is over is dropped by the next process", async () => {
  const table = await create("t");
  await catalog.change(table, { ...table, newGlobalIndex: newTestIndex("g") });
  const added = catalog.find(namespace, "t");
  const [made] = added?.globalIndexes ?? [];
  if (added === undefined || made === undefined) throw new Error("no index");
  const probe = { kind: "catalog.drop", keys: [], args: { subject: [], logged: false } };
  const isDropped = async (): Promise<boolean> => {
    const epochs = [{ keyspace: made.keyspace, epoch: made.sinceEpoch }];
    return (await engine.mutate({ ...probe, epochs })).kind === "staleEpoch";
  };
  const statusUntilMs = clock.nowMs() + 10;
  await catalog.change(added, { ...added, globalIndexes: [{ ...made, status: "DELETING", statusUntilMs }] });
  await clock.advance(10);
  expect(catalog.find(namespace, "t")).not.toHaveProperty("globalIndexes");
  expect(await isDropped()).toBe(false);
  await restart();
  await catalog.step();
  expect(await isDropped()).toBe(true);
  await restart();
  expect(catalog.find(namespace, "t")).toMatchObject({ epoch: 4, keyspace: table.keyspace });
  expect(catalog.find(namespace, "t")).not.toHaveProperty("globalIndexes");
});

test("of many requests for one name exactly one wins, and it is the one on disk", async () => {
  const requests = Array.from({ length: 10 }, (_, index) =>
    catalog.create({ ...newTable("same", clock.nowMs()), tableId: `id ${index}` }),
  );
  const outcomes = await Promise.all(requests);
  const winners = outcomes.flatMap((outcome) => (outcome.kind === "created" ? [outcome.table.tableId] : []));
  expect(winners).toHaveLength(1);
  expect(outcomes.filter(({ kind }) => kind === "exists")).toHaveLength(9);
  await restart();
  expect(catalog.find(namespace, "same")?.tableId).toBe(winners[0]);
});
