// A watch that notices nothing proves nothing: each rule has statements here that break it, and a store on one server
// breaks most of them.
import { describe, expect, test } from "vitest";
import { insertOfRows } from "../storage/postgres/row-statements.ts";
import type { PostgresParameter } from "../storage/postgres/index.ts";
import { postgresSubject, sharedPglitePlace, suiteDecides } from "./index.ts";
import { settableClock } from "./settable-clock.ts";
import { watchedDriver } from "./pretended-cluster.ts";
import { watchSpread } from "./spread-watch.ts";
import { increment, key, mutation, write } from "./storage-contract/subject.ts";

type Sent = readonly [text: string, ...parameters: PostgresParameter[]];

const take = "UPDATE heads SET n = n + 1 WHERE h = $1 RETURNING n, generation, held";

function problemsOf(statements: readonly Sent[]): readonly string[] {
  const watch = watchSpread();
  const session = watch.session();
  for (const [text, ...parameters] of statements) session.sent({ name: "it", text }, parameters);
  return watch.problems;
}

describe("a watch of a spread store", () => {
  test("has nothing against a write that takes its heads and goes to them one by one", () => {
    const append = insertOfRows({ name: "a", table: "log", columns: [["shard", "int8"]] });
    const rows = append.bySize.find(({ size }) => size === 2)?.statement.text ?? "";
    const problems = problemsOf([
      ["BEGIN"],
      [take, 2],
      [take, 5],
      [
        "SELECT i.place, r.value FROM unnest($2::int8[]) AS i(k) JOIN records r ON r.h = $1 AND r.k = i.k",
        5,
        "{}",
      ],
      ["SELECT value FROM counters WHERE h = $1", 7],
      [rows, 2, 1, 2],
      [
        "INSERT INTO commits VALUES($1, $2, (extract(epoch FROM statement_timestamp()) * 1000)::int8)",
        2,
        "c",
      ],
      ["UPDATE heads SET held = (SELECT count(*) FROM holds WHERE holds.h = $1) WHERE h = $1", 5],
      ["SELECT keyspace FROM keyspaces WHERE keyspace = ANY($1::int8[])", "{}"],
      ["SELECT id FROM members WHERE expires > 1"],
      ["COMMIT"],
      ["SELECT count(*) FROM records"],
    ]);
    expect(problems).toEqual([]);
  });

  test.each<readonly [rule: string, statements: readonly Sent[], problem: string]>([
    [
      "one head in each statement of a transaction",
      [["BEGIN"], [take, 1], ["SELECT value FROM records WHERE h = ANY($1::int4[])", "{1}"]],
      "concerns several heads within a transaction",
    ],
    [
      "one head in each statement of a transaction, whichever column joins it",
      [["BEGIN"], [take, 1], ["SELECT 1 FROM heads JOIN log l ON l.h = heads.h WHERE heads.h = $1", 1]],
      "concerns several heads within a transaction",
    ],
    [
      "one head in each row of VALUES",
      [["BEGIN"], [take, 1], ["INSERT INTO log(h, shard) VALUES ($1, $2), ($3, $2)", 1, 1, 2]],
      "concerns several heads within a transaction",
    ],
    [
      "one head in each change",
      [["DELETE FROM log WHERE shard = $1", 1]],
      "changes what lies under several heads",
    ],
    [
      "first the head, then what lies under it",
      [["BEGIN"], ["DELETE FROM records WHERE h = $1", 1], [take, 1]],
      "concerns a head that the transaction has not taken",
    ],
    [
      "first each head, then what lies under it",
      [["BEGIN"], [take, 1], ["SELECT value FROM records WHERE h = $1", 2]],
      "concerns a head that the transaction has not taken",
    ],
    [
      "heads in the order of their numbers",
      [["BEGIN"], [take, 2], [take, 1]],
      "takes heads in another order than their numbers'",
    ],
    [
      "no volatile function",
      [["UPDATE records SET version = random() WHERE h = $1", 1]],
      "calls random, which may be volatile",
    ],
    [
      "no sequence",
      [["INSERT INTO log(h, position) VALUES ($1, nextval('positions'))", 1]],
      "calls nextval, which may be volatile",
    ],
    [
      "no lock of rows that are read",
      [["SELECT n FROM heads WHERE h = $1 FOR UPDATE", 1]],
      "locks rows that it reads",
    ],
    [
      "nothing but immutable functions behind RETURNING",
      [["UPDATE heads SET n = n + 1 WHERE h = $1 RETURNING statement_timestamp()", 1]],
      "calls a function that is not immutable after RETURNING",
    ],
    [
      "nothing but immutable functions behind DO UPDATE",
      [
        [
          "INSERT INTO log(h, time) VALUES ($1, 1) ON CONFLICT (h) DO UPDATE SET time = statement_timestamp()",
          1,
        ],
      ],
      "calls a function that is not immutable after DO UPDATE",
    ],
    [
      "no rows from a SELECT",
      [["INSERT INTO log(h, shard) SELECT $1, i FROM unnest($2::int8[]) AS i(i)", 1, "{}"]],
      "inserts what a SELECT returns",
    ],
    [
      "no table of the coordinator beside those of heads",
      [["DELETE FROM holds WHERE h = $1 AND member IN (SELECT id FROM members WHERE expires > 1)", 1]],
      "joins a table of heads with one that only the coordinator has",
    ],
    [
      "no change of a table that all have, by what lies under heads",
      [["UPDATE keyspaces SET state = 2 WHERE NOT EXISTS (SELECT 1 FROM records WHERE h = $1)", 1]],
      "changes keyspaces, of which every server has a copy, by what lies under heads",
    ],
    [
      "no head that is one of two possibilities",
      [["SELECT value FROM records WHERE h = $1 OR keyspace = $2", 1, 1]],
      "pins a head within OR",
    ],
    [
      "nothing that it cannot read",
      [["SELECT value FROM heads, records WHERE h = $1", 1]],
      "names records in a way that is not understood",
    ],
  ])("knows the rule: %s", (_rule, statements, problem) => {
    expect(problemsOf(statements)).toContain(`it ${problem}`);
  });

  test("finds what a store on one server does otherwise", async () => {
    const watch = watchSpread();
    const pglite = await sharedPglitePlace();
    const place = async (): Promise<typeof pglite> => ({
      ...pglite,
      name: "PGlite, watched",
      driver: (settings) => watchedDriver(pglite.driver(settings), watch),
    });
    const subject = postgresSubject("PGlite", { place });
    const fixture = await subject.open({ decide: suiteDecides, clock: settableClock(1_767_225_600_000) });
    const { engine } = fixture;
    await increment(engine, key("a"));
    await write(engine, {
      records: [{ kind: "delete", key: key("a") }],
      counters: [{ counter: { keyspace: 1, index: 0 }, delta: 1 }],
      log: [{ shard: 20, value: new Uint8Array(1) }],
    });
    await engine.mutate(mutation("count", { counters: [{ keyspace: 1, index: 0 }] }));
    await fixture.dispose();
    expect(watch.problems.toSorted()).toEqual(
      expect.arrayContaining([
        "addCounters inserts what a SELECT returns",
        "appendLog inserts what a SELECT returns",
        "putRecords inserts what a SELECT returns",
        "readCounter concerns several heads within a transaction",
        "takeHeads calls a function that is not immutable after RETURNING",
      ]),
    );
  });
});
