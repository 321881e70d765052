// How the server carries out the statements of every request, while it believes that the tables are small: they were just
// made, or looked at while nothing was in them.
import { afterAll, beforeAll, expect, test } from "vitest";
import { describePostgres, postgresSettings, sharedPostgresPlace } from "../../testing/index.ts";
import { sharedPostgres } from "../../testing/postgres-servers/shared-postgres.ts";
import type { PostgresSession, PostgresStatement } from "./driver.ts";
import { migratePostgresStore } from "./open-engine.ts";
import { spreadSql } from "./spread-statements.ts";
import { rangeStatement, sql } from "./statements.ts";

/** Every index of these tables has the columns of one row's key; none may be used for less. */
const statements: readonly (readonly [PostgresStatement, string])[] = [
  [sql.getRecord, "digest"],
  [sql.getRecords, "digest"],
  [sql.lookUpRecords, "digest"],
  [sql.deleteRecords, "digest"],
  [spreadSql.getRecords, "digest"],
  [spreadSql.lookUpRecords, "digest"],
  [sql.dropEmptyParts, "digest"],
  [sql.readPartCounter, "digest"],
  [sql.readLog, "position"],
  [sql.forgetCommits, "id"],
  [rangeStatement({ lower: "from", upper: "through", reverse: false }), "head"],
  [rangeStatement({ lower: "none", upper: "before", reverse: true }), "head"],
  [rangeStatement({ lower: "none", upper: "none", reverse: true }), "placement"],
];

describePostgres("plans of statements", (programs) => {
  let session: PostgresSession;
  let plans = 0;

  beforeAll(async () => {
    const place = await sharedPostgresPlace(programs);
    const settings = postgresSettings(place, (await sharedPostgres(programs)).newSchemaName());
    await migratePostgresStore({ settings });
    const [host] = place.hosts;
    session = await place.driver(settings).connect(host ?? { host: "", port: 0 });
  });
  afterAll(() => session.close());

  /** Lines of the plan that was made for any parameters. */
  async function planOf({ name, text }: PostgresStatement): Promise<readonly string[]> {
    await session.script(`DEALLOCATE ALL; PREPARE "${name}" AS ${text}`);
    const count = Math.max(...[...text.matchAll(/\$(\d+)/gu)].map(([, number]) => Number(number)));
    const nulls = Array.from({ length: count }, () => "NULL").join(", ");
    plans += 1;
    const explain = `EXPLAIN (COSTS OFF) EXECUTE "${name}"(${nulls})`;
    const { rows } = await session.query({ name: `explain-${plans}`, text: explain });
    return rows.map(([line]) => line ?? "");
  }

  for (const state of ["just made", "looked at while empty"]) {
    test(`of tables that were ${state} go along the whole key`, async () => {
      if (state !== "just made") await session.script("ANALYZE records, part_counters, log, commits");
      for (const [statement, lastColumn] of statements) {
        const plan = await planOf(statement);
        const scans = [...plan.entries()].flatMap(([index, line]) =>
          /Scan.* (?:records|part_counters|log|commits)_pkey/u.test(line) ? [plan[index + 1] ?? ""] : [],
        );
        const whole = new RegExp(`Index Cond: .*\\b${lastColumn}\\b`, "u");
        // A sort of all would read the whole range for its first rows.
        const bad = [
          ...scans.filter((condition) => !whole.test(condition)),
          ...plan.filter((line) => /Seq Scan|-> {2}Sort/u.test(line)),
        ];
        expect({ statement: statement.name, isIndexUsed: scans.length > 0, bad }).toEqual({
          statement: statement.name,
          isIndexUsed: true,
          bad: [],
        });
      }
    });
  }
});
