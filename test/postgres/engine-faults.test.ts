// The PostgreSQL engine when sessions end, answers are lost and servers go away: PGlite with faults between. What needs real
// networks and locks is in src/storage/postgres/faults.real.test.ts.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { monotonicMs, systemClock } from "../../src/base/index.ts";
import type { Engine, MutationOutcome } from "../../src/storage/contract/index.ts";
import type { PostgresEngine, PostgresLimits, PostgresStatement } from "../../src/storage/postgres/index.ts";
import {
  type PostgresTestStore,
  settableClock,
  type SettableClock,
  sharedPglitePlace,
  suiteDecides,
  takePostgresStore,
  tappedDriver,
  type TappedStatement,
} from "../../src/testing/index.ts";
import {
  type PgliteDriver,
  pgliteHost,
  pgliteStartMsMax,
  sharedPglite,
} from "../../src/testing/pglite-driver.ts";
import {
  bytes,
  increment,
  key,
  mutation,
  readText,
  write,
} from "../../src/testing/storage-contract/subject.ts";

let store: PostgresTestStore;
let clock: SettableClock;
/** Of the engine that `openFaulty` opened last. */
let faults: PgliteDriver;
/** Sees its statements. */
let onSend: (sent: TappedStatement) => void;

beforeEach(async () => {
  store = await takePostgresStore(await sharedPglitePlace(), 2);
  clock = settableClock(1_767_225_600_000);
  onSend = () => undefined;
}, pgliteStartMsMax);

afterEach(async () => {
  await store.end();
});

function openPlain(): Promise<PostgresEngine> {
  return store.open({ decide: suiteDecides, clock });
}

async function openFaulty(limits: Partial<PostgresLimits> = {}): Promise<PostgresEngine> {
  const pglite = await sharedPglite();
  const way = {
    hosts: [pgliteHost],
    driver: () => {
      faults = pglite.driver(store.schema);
      return tappedDriver(faults, (sent) => onSend(sent));
    },
  };
  return store.open({ decide: suiteDecides, clock }, { way, limits: { resolveMs: 200, ...limits } });
}

const named =
  (name: string) =>
  (statement: PostgresStatement): boolean =>
    statement.name === name;

const isCommit = named("commit");

/** "committed", "unknown"..., or the code it was rejected with. */
async function endOf(work: Promise<MutationOutcome>): Promise<string> {
  try {
    return (await work).kind;
  } catch (error: unknown) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

describe("a lost answer", () => {
  test("of a commit that landed is found out, and nothing happens twice", async () => {
    const engine = await openFaulty();
    await increment(engine, key("n"));
    faults.loseAnswerOf(isCommit);
    const outcomes = await Promise.all([increment(engine, key("n")), increment(engine, key("n"))]);
    expect(outcomes).toMatchObject([
      { kind: "committed", result: 2 },
      { kind: "committed", result: 3 },
    ]);
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 4 });
  });

  test("of a commit that did not land is a rejection, and nothing was applied", async () => {
    const engine = await openFaulty();
    faults.loseRequestOf(isCommit);
    const look = engine.mutate(mutation("look", { keys: [key("n")] }));
    expect(await Promise.all([increment(engine, key("n")), look].map(endOf))).toEqual([
      "unavailable",
      "unavailable",
    ]);
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 1 });
  });

  test.each([
    ["did", true],
    ["did not", false],
  ])("that cannot be found out in time is unknown when the commit %s land", async (_did, landed) => {
    const engine = await openFaulty();
    if (landed) faults.loseAnswerOf(isCommit);
    else faults.loseRequestOf(isCommit);
    const told: string[] = [];
    onSend = ({ statement }) => {
      if (!isCommit(statement)) return;
      faults.refuseConnections(true);
      void endOf(increment(engine, key("m"))).then((end) => told.push(`one behind it: ${end}`));
    };
    const look = engine.mutate(mutation("look", { keys: [key("n")] }));
    const ends = await Promise.all([increment(engine, key("n")), look].map(endOf));
    // Whoever waits meanwhile learns that nobody is there, and not only when the other knows.
    expect([...told, ...ends]).toEqual(["one behind it: unavailable", "unknown", "unavailable"]);
    onSend = () => undefined;
    faults.refuseConnections(false);
    await untilServed(engine);
    expect(await readText(engine, key("n"))).toBe(landed ? "1" : undefined);
  });

  test.each(["takeHeads", "lookUpRecords", "putRecords", "addCommit"])(
    "of a statement before the commit (%s) is a rejection, and nothing was applied",
    async (name) => {
      const engine = await openFaulty();
      await increment(engine, key("n"));
      faults.loseAnswerOf(named(name));
      expect(await endOf(increment(engine, key("n")))).toBe("unavailable");
      expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 2 });
    },
  );

  test("of what takes a refused group back ends no more than the session", async () => {
    const engine = await openFaulty();
    faults.loseAnswerOf(named("rollback"));
    expect(await endOf(engine.mutate(mutation("look", { keys: [key("n")] })))).toBe("unavailable");
    expect(await endOf(engine.mutate(mutation("look", { keys: [key("n")] })))).toBe("refused");
  });

  test("of a trim, a lease or a read is a rejection, and the next one is served", async () => {
    const engine = await openFaulty();
    await write(engine, { log: [{ shard: 20, value: bytes("a") }] });
    faults.loseAnswerOf(named("getRecord"));
    await expect(engine.get(key("a"), "strong")).rejects.toMatchObject({ code: "unavailable" });
    faults.loseAnswerOf(named("takeLease"));
    await expect(engine.lease("sweep", "a", 1000)).rejects.toMatchObject({ code: "unavailable" });
    faults.loseRequestOf(isCommit);
    await expect(engine.trimLog(20, 1)).rejects.toMatchObject({ code: "unavailable" });
    expect(await readText(engine, key("a"))).toBeUndefined();
    expect(await engine.lease("sweep", "a", 1000)).toMatchObject({ owner: "a" });
    await engine.trimLog(20, 1);
    expect(await engine.logEnd(20)).toMatchObject({ last: 1, oldest: 2 });
  });
});

describe("a commit with a warning", () => {
  const warn = ({ events }: TappedStatement): void =>
    events.onNotice?.("01000", "canceling wait for synchronous replication due to user request");

  test("counts when a later one goes without: what has that has this one, too", async () => {
    const engine = await openFaulty();
    let warnings = 0;
    onSend = (sent) => {
      if (isCommit(sent.statement) && warnings++ === 0) warn(sent);
    };
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 1 });
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 2 });
  });

  test("is unknown when none goes without", async () => {
    const engine = await openFaulty();
    onSend = (sent) => {
      if (isCommit(sent.statement)) warn(sent);
    };
    expect(await increment(engine, key("n"))).toEqual({ kind: "unknown" });
    expect(await readText(engine, key("n"))).toBe("1");
  });
});

describe("statements that the server refuses", () => {
  test("end their group, whose session goes on", async () => {
    const engine = await openFaulty();
    await write(engine, { log: [{ shard: 20, value: bytes("a") }] });
    await store.run("ALTER TABLE log ADD CONSTRAINT refusing CHECK (position < 2)");
    const failing = write(engine, { log: [{ shard: 20, value: bytes("b") }] });
    expect(await Promise.all([endOf(failing), endOf(increment(engine, key("n")))])).toEqual([
      "unavailable",
      "unavailable",
    ]);
    expect(await readText(engine, key("n"))).toBeUndefined();
    await store.run("ALTER TABLE log DROP CONSTRAINT refusing");
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 1 });
    await write(engine, { log: [{ shard: 20, value: bytes("b") }] });
    expect((await engine.logEnd(20)).last).toBe(2);
  });

  test("leave the store as it was when the group has only been opened", async () => {
    const engine = await openFaulty();
    await store.run("ALTER TABLE records RENAME TO elsewhere");
    expect(await endOf(increment(engine, key("n")))).toBe("unavailable");
    await store.run("ALTER TABLE elsewhere RENAME TO records");
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 1 });
  });
});

describe("a server that goes away", () => {
  test("refuses what waits, and is used again when it is back", async () => {
    const engine = await openFaulty();
    await increment(engine, key("n"));
    faults.refuseConnections(true);
    faults.endSessions();
    const writes = Array.from({ length: 20 }, (_, index) =>
      increment(engine, key("n", "", { placement: index })),
    );
    expect(new Set(await Promise.all(writes.map(endOf)))).toEqual(new Set(["unavailable"]));
    await expect(engine.get(key("n"), "strong")).rejects.toMatchObject({ code: "unavailable" });
    faults.refuseConnections(false);
    await untilServed(engine);
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 2 });
  });

  test("is not written to by more than may wait", async () => {
    const engine = await openFaulty({ waitingMax: 10 });
    const ends = await Promise.all(Array.from({ length: 50 }, () => endOf(increment(engine, key("n")))));
    expect(ends.filter((end) => end === "committed")).toHaveLength(10);
    expect(ends.filter((end) => end === "unavailable")).toHaveLength(40);
  });

  test("is told of, and that it is back", async () => {
    const told: boolean[] = [];
    const pglite = await sharedPglite();
    faults = pglite.driver(store.schema);
    const driver = faults;
    const engine = await store.open(
      { decide: suiteDecides, clock },
      {
        way: { hosts: [pgliteHost], driver: () => driver },
        onReachable: (reachable) => told.push(reachable),
      },
    );
    faults.refuseConnections(true);
    faults.endSessions();
    await endOf(increment(engine, key("n")));
    expect(told).toEqual([false]);
    faults.refuseConnections(false);
    await untilServed(engine);
    expect(told).toEqual([false, true]);
  });

  test("does not keep an engine from closing, and ends what it had accepted", async () => {
    const engine = await openFaulty();
    const later = engine.mutate(
      mutation("increment", { keys: [key("n")], args: key("n"), hold: { ms: 60_000 } }),
    );
    expect(await engine.held([key("n")])).toEqual([true]);
    const ended = endOf(later);
    faults.refuseConnections(true);
    faults.endSessions();
    await engine.close();
    expect(await ended).toBe("unavailable");
  });

  test("takes no key with it: what was held by one that could not be decided is free again", async () => {
    const engine = await openFaulty();
    const other = await openPlain();
    const later = engine.mutate(
      mutation("increment", { keys: [key("n")], args: key("n"), hold: { ms: 50 } }),
    );
    expect([await engine.held([key("n")]), await other.held([key("n")])]).toEqual([[true], [true]]);
    faults.refuseConnections(true);
    faults.endSessions();
    const ended = endOf(later);
    await clock.advance(50);
    expect(await ended).toBe("unavailable");
    faults.refuseConnections(false);
    await untilServed(engine);
    await until(async () => (await other.held([key("n")]))[0] === false);
    expect(await increment(other, key("n"))).toMatchObject({ kind: "committed", result: 1 });
  });
});

describe("members", () => {
  test("whose beats do not get through believe nothing, and believe again when they do", async () => {
    const engine = await openFaulty({ membershipMs: 300 });
    await until(async () => engine.logSignal(0) === engine.logSignal(0));
    faults.refuseConnections(true);
    faults.endSessions();
    await until(async () => engine.logSignal(0) !== engine.logSignal(0));
    faults.refuseConnections(false);
    await until(async () => engine.logSignal(0) === engine.logSignal(0));
  });

  test("that have died are waited for by a commit to the catalog, while other writes go on", async () => {
    const membershipMs = 1500;
    const engine = await openFaulty({ membershipMs });
    const dead = await openFaulty({ membershipMs });
    dead.abandon();
    const startedMs = monotonicMs();
    let answered = false;
    const appending = write(engine, { log: [{ shard: 3, value: bytes("v") }] }).then(() => {
      answered = true;
    });
    await until(async () => (await engine.logEnd(3)).last === 1);
    await increment(engine, key("n", "", { placement: 1 }));
    await increment(engine, key("n", "", { placement: 0 }));
    expect(answered).toBe(false);
    await appending;
    expect(monotonicMs() - startedMs).toBeLessThan(membershipMs + 1500);
  });

  test("are not disturbed by what anybody says on their channel", async () => {
    const engine = await openPlain();
    const [[storeId] = []] = await store.rows(
      "SELECT replace(value, '-', '_') FROM meta WHERE name = 'storeId'",
    );
    for (const nonsense of [
      "",
      "{",
      "null",
      "[]",
      '{"from": 1}',
      '{"from": "x", "heads": 7, "urgent": true}',
    ]) {
      await store.rows(`SELECT pg_notify('stator_${storeId}', '${nonsense}')`);
    }
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 1 });
  });

  test("a dead one's holds are forgotten with the next group, and cost the later ones nothing", async () => {
    const engine = await openPlain();
    const dead = await openFaulty();
    void endOf(dead.mutate(mutation("look", { keys: [key("n")], hold: { ms: 60_000 } })));
    await dead.held([]);
    await store.abandon(dead);
    expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: 1 });
    expect(await store.rows("SELECT sum(held) FROM heads")).toEqual([["0"]]);
  });
});

describe("sessions", () => {
  test("that reclaiming or leases use come back to those who write", async () => {
    // So that no look for late writes helps.
    const engine = await openFaulty({ writeSessionsMax: 1, answerMs: 600_000 });
    const work = Array.from({ length: 10 }, (_, index) => [
      engine.reclaim(),
      increment(engine, key("n", "", { placement: index })),
      engine.lease(`${index}`, "a", 1000),
    ]).flat();
    expect(await Promise.all(work)).toHaveLength(30);
  });

  test("that end while nobody uses them are replaced", async () => {
    const engine = await openFaulty();
    for (let round = 1; round <= 3; round += 1) {
      expect(await increment(engine, key("n"))).toMatchObject({ kind: "committed", result: round });
      faults.endSessions();
    }
  });
});

/** The pause after a search for the primary has passed. */
async function untilServed(engine: Engine): Promise<void> {
  await until(async () => {
    try {
      await engine.get(key("nobody's"), "strong");
      return true;
    } catch {
      return false;
    }
  });
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const endMs = monotonicMs() + 8000;
  while (!(await done())) {
    if (monotonicMs() > endMs) throw new Error("it has not become true");
    await systemClock().sleep(5);
  }
}
