// Making stores on what is taken for a Citus cluster: which tables are spread, when, and what stands in the way.
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock, systemRandom } from "../../src/base/index.ts";
import {
  postgresSettings,
  pretendingDriver,
  sharedPglitePlace,
  suiteDecides,
  watchSpread,
} from "../../src/testing/index.ts";
import { pgliteStartMsMax } from "../../src/testing/pglite-driver.ts";
import type { PostgresDriver, PostgresRow } from "../../src/storage/postgres/driver.ts";
import { migratePostgresStore, openPostgresEngine } from "../../src/storage/postgres/open-engine.ts";
import type { PostgresSettings } from "../../src/storage/postgres/settings.ts";
import { schema } from "../../src/storage/postgres/statements.ts";
import { tablesOfEverywhere, tablesOfHeads } from "../../src/storage/postgres/citus-tables.ts";

interface Place {
  readonly settings: PostgresSettings;
  readonly plain: PostgresDriver;
  /** The same database after CREATE EXTENSION. */
  readonly cluster: PostgresDriver;
  /** What was said to Citus. */
  readonly said: readonly string[];
  readonly meta: () => Promise<readonly PostgresRow[]>;
}

const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  await sharedPglitePlace();
}, pgliteStartMsMax);

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function newPlace(): Promise<Place> {
  const pglite = await sharedPglitePlace();
  const name = `citus_${systemRandom().uuid().replaceAll("-", "")}`;
  const settings = postgresSettings(pglite, name);
  const plain = pglite.driver(settings);
  const [host] = pglite.hosts;
  if (host === undefined) throw new Error("PGlite has a host");
  const session = await plain.connect(host);
  ends.push(async () => {
    await session.script(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
    await session.close();
  });
  const said: string[] = [];
  const cluster = pretendingDriver(plain, watchSpread(), { onSaid: (text) => said.push(text) });
  const text = "SELECT name, value FROM meta WHERE name IN ('heads', 'spread') ORDER BY name";
  return {
    settings,
    plain,
    cluster,
    said,
    meta: async () => (await session.query({ name: "meta", text })).rows,
  };
}

const distributed = tablesOfHeads.map(
  (table) =>
    `SELECT create_distributed_table('${table}', 'h', colocate_with := '${table === "heads" ? "none" : "heads"}')`,
);

describe("a store on a cluster", () => {
  test("is spread when it is made, with more heads", async () => {
    const { settings, cluster, said, meta } = await newPlace();
    const made = await migratePostgresStore({ settings, driver: cluster });
    expect(made).toEqual({ from: 0, to: 1, spread: true });
    expect(await meta()).toEqual([
      ["heads", "64"],
      ["spread", "citus"],
    ]);
    expect(said).toEqual(
      expect.arrayContaining([...distributed, "SELECT create_reference_table('keyspaces')"]),
    );
    expect(await migratePostgresStore({ settings, driver: cluster })).toEqual({ from: 1, to: 1 });
  });

  test("is made with as many heads as are asked for, and keeps them", async () => {
    const { settings, cluster, meta } = await newPlace();
    await migratePostgresStore({ settings, driver: cluster, heads: 5 });
    expect((await meta())[0]).toEqual(["heads", "5"]);
    await migratePostgresStore({ settings, driver: cluster, heads: 5 });
    await expect(migratePostgresStore({ settings, driver: cluster, heads: 6 })).rejects.toThrow(
      /made with 5 heads/u,
    );
  });

  test("that was made before is spread by the next migration, with the heads it has", async () => {
    const { settings, plain, cluster, said, meta } = await newPlace();
    expect(await migratePostgresStore({ settings, driver: plain })).toEqual({ from: 0, to: 1 });
    expect(await meta()).toEqual([["heads", "8"]]);
    expect(await migratePostgresStore({ settings, driver: cluster })).toEqual({
      from: 1,
      to: 1,
      spread: true,
    });
    expect(await meta()).toEqual([
      ["heads", "8"],
      ["spread", "citus"],
    ]);
    expect(said.filter((text) => text.includes("create_distributed_table"))).toEqual(distributed);
  });

  test("is not spread while a server has it open", async () => {
    const { settings, plain, cluster, said } = await newPlace();
    await migratePostgresStore({ settings, driver: plain });
    const engine = await openPostgresEngine({
      settings,
      driver: plain,
      decide: suiteDecides,
      clock: systemClock(),
    });
    await expect(migratePostgresStore({ settings, driver: cluster })).rejects.toThrow(
      /1 server\(s\) have it open/u,
    );
    await engine.close();
    expect(said).toEqual([]);
    expect(await migratePostgresStore({ settings, driver: cluster })).toMatchObject({ spread: true });
  });

  test("is refused while the coordinator is none of its nodes", async () => {
    const { settings, plain } = await newPlace();
    const cluster = pretendingDriver(plain, watchSpread(), { coordinators: 0 });
    await expect(migratePostgresStore({ settings, driver: cluster })).rejects.toThrow(
      /citus_set_coordinator_host/u,
    );
  });
});

test("every table with a head is spread, and its rows can lie with their head: h is the first of its primary key", () => {
  const tables = [...schema.matchAll(/CREATE TABLE (\w+)\(([\s\S]*?)\)(?: WITH [^;]*)?;/gu)];
  const withHead = tables.filter(([, , columns = ""]) => /\bh int4\b/u.test(columns));
  expect(withHead.map(([, name = ""]) => name).toSorted()).toEqual([...tablesOfHeads].toSorted());
  for (const [, , columns] of withHead) expect(columns).toMatch(/PRIMARY KEY\(h[,)]|h int4 PRIMARY KEY/u);
  const others = tables
    .map(([, name = ""]) => name)
    .filter((name) => !tablesOfHeads.some((each) => each === name));
  expect(others.toSorted()).toEqual([...tablesOfEverywhere, "leases", "members", "meta"]);
});
