// What a spread store does when its servers refuse something, as a Citus cluster does while its shards move and while a
// server of it goes away.
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  pretendedCluster,
  type PostgresPlace,
  sharedPglitePlace,
  suiteDecides,
  watchSpread,
} from "../../src/testing/index.ts";
import { pgliteStartMsMax } from "../../src/testing/pglite-driver.ts";
import { type PostgresTestStore, takePostgresStore } from "../../src/testing/postgres-stores.ts";
import { settableClock } from "../../src/testing/settable-clock.ts";
import { increment, key, readText } from "../../src/testing/storage-contract/subject.ts";
import {
  type PostgresDriver,
  PostgresError,
  type PostgresResult,
  type PostgresStatement,
} from "../../src/storage/postgres/driver.ts";
import type { PostgresEngine } from "../../src/storage/postgres/engine.ts";

/** What becomes of a statement: it is refused before or after it did something, or answered. */
type Fate = "refused" | "doneAndRefused" | "answered";

interface Faults {
  fateOf: (statement: PostgresStatement) => Fate;
  sqlState: string;
  readonly sent: string[];
}

const faults: Faults = { fateOf: () => "answered", sqlState: "XX000", sent: [] };
const stores: PostgresTestStore[] = [];

beforeAll(async () => {
  await sharedPglitePlace();
}, pgliteStartMsMax);

afterEach(async () => {
  faults.fateOf = () => "answered";
  for (const store of stores.splice(0)) await store.end();
});

async function open(kind: "spread" | "plain"): Promise<PostgresEngine> {
  const pglite = await sharedPglitePlace();
  const place: PostgresPlace = kind === "spread" ? pretendedCluster(pglite, watchSpread()) : pglite;
  const store = await takePostgresStore(place, 4);
  stores.push(store);
  const engine = await store.open(
    { decide: suiteDecides, clock: settableClock(1_767_225_600_000) },
    { way: { hosts: place.hosts, driver: (settings) => refusing(place.driver(settings)) } },
  );
  faults.sent.length = 0;
  return engine;
}

function refusing(driver: PostgresDriver): PostgresDriver {
  return {
    connect: async (host, events) => {
      const session = await driver.connect(host, events);
      const query = async (...asked: Parameters<typeof session.query>): Promise<PostgresResult> => {
        const [statement] = asked;
        faults.sent.push(statement.text);
        const fate = faults.fateOf(statement);
        if (fate === "answered") return session.query(...asked);
        if (fate === "doneAndRefused") await session.query(...asked);
        // What a server refuses spoils its transaction.
        else await session.query({ name: "spoil", text: "SELECT 1 / 0" }).catch(() => undefined);
        throw new PostgresError(faults.sqlState, "refused by a test");
      };
      return {
        query,
        script: (text) => session.script(text),
        close: () => session.close(),
        destroy: () => session.destroy(),
      };
    },
  };
}

/** The first statement with this text, and no other. */
function once(part: string, fate: Fate): (statement: PostgresStatement) => Fate {
  let struck = false;
  return ({ text }) => {
    if (struck || !text.includes(part)) return "answered";
    struck = true;
    return fate;
  };
}

function always(part: string): (statement: PostgresStatement) => Fate {
  return ({ text }) => (text.includes(part) ? "refused" : "answered");
}

describe.each(["spread", "plain"] as const)("a COMMIT that is refused, in a %s store", (kind) => {
  test("is no failure when it has landed all the same", async () => {
    const engine = await open(kind);
    faults.fateOf = once("COMMIT", "doneAndRefused");
    expect(await increment(engine, key("a"))).toMatchObject({ kind: "committed", result: 1 });
    expect(await readText(engine, key("a"))).toBe("1");
  });

  test("is one when it has not, and is not tried again", async () => {
    const engine = await open(kind);
    faults.fateOf = once("COMMIT", "refused");
    await expect(increment(engine, key("a"))).rejects.toMatchObject({ code: "unavailable" });
    expect(await readText(engine, key("a"))).toBeUndefined();
    expect(await increment(engine, key("a"))).toMatchObject({ kind: "committed", result: 1 });
  });
});

describe("while shards move", () => {
  test.each(["40001", "40P01", "42P01", "XX000", "55P03"])(
    "a group that is refused with %s before its COMMIT is tried again",
    async (sqlState) => {
      const engine = await open("spread");
      faults.sqlState = sqlState;
      for (const part of [
        "UPDATE heads SET n",
        "JOIN records",
        "INSERT INTO records",
        "INSERT INTO commits",
      ]) {
        faults.fateOf = once(part, "refused");
        expect(await increment(engine, key("a", part))).toMatchObject({ kind: "committed", result: 1 });
      }
    },
  );

  test("a group is not tried for ever, nor after other errors", async () => {
    const engine = await open("spread");
    faults.sqlState = "XX000";
    faults.fateOf = always("INSERT INTO records");
    await expect(increment(engine, key("a"))).rejects.toMatchObject({ code: "unavailable" });
    expect(faults.sent.filter((text) => text === "BEGIN")).toHaveLength(5);
    faults.sqlState = "53100";
    faults.sent.length = 0;
    await expect(increment(engine, key("a"))).rejects.toMatchObject({ code: "unavailable" });
    expect(faults.sent.filter((text) => text === "BEGIN")).toHaveLength(1);
  });

  test("a store on one server takes such an error for what it is", async () => {
    const engine = await open("plain");
    faults.sqlState = "XX000";
    faults.fateOf = once("INSERT INTO records", "refused");
    await expect(increment(engine, key("a"))).rejects.toMatchObject({ code: "unavailable" });
  });

  test("a read is asked again, of one key and of many", async () => {
    const engine = await open("spread");
    await increment(engine, key("a"));
    faults.sqlState = "40001";
    faults.fateOf = once("SELECT version, value FROM records", "refused");
    expect(await readText(engine, key("a"))).toBe("1");
    faults.fateOf = once("JOIN records", "refused");
    const keys = [key("a"), key("b", "", { placement: 1 })];
    expect((await engine.getMany(keys, "strong")).map((record) => record?.version !== undefined)).toEqual([
      true,
      false,
    ]);
  });
});

describe("many keys", () => {
  const keys = [0, 1, 2, 5].map((placement) => key("a", "", { placement }));

  test("of several heads are read under their heads, which stay as they were", async () => {
    const engine = await open("spread");
    for (const each of keys) await increment(engine, each);
    faults.sent.length = 0;
    expect(await engine.getMany(keys, "strong")).toHaveLength(4);
    const words = faults.sent.map((text) => text.split(/\s+/u)[0]);
    expect(words).toEqual(["BEGIN", "UPDATE", "UPDATE", "UPDATE", "SELECT", "SELECT", "SELECT", "ROLLBACK"]);
    expect(await increment(engine, key("a"))).toMatchObject({ result: 2 });
  });

  test("of one head, or eventually consistent ones, are read without", async () => {
    const engine = await open("spread");
    const sameHead = [key("a", "", { placement: 1 }), key("b", "", { placement: 5 })];
    for (const each of [...keys, ...sameHead.slice(1)]) await increment(engine, each);
    faults.sent.length = 0;
    expect((await engine.getMany(sameHead, "strong")).every((record) => record !== undefined)).toBe(true);
    expect(faults.sent).toHaveLength(1);
    expect((await engine.getMany(keys, "eventual")).every((record) => record !== undefined)).toBe(true);
    expect(faults.sent).toHaveLength(4);
  });
});
