/** That PGlite behind its driver behaves as a server with many sessions does, as far as the engine can tell. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  PostgresConnectionError,
  PostgresError,
  type PostgresSession,
  type PostgresStatement,
} from "../../src/storage/postgres/driver.ts";
import {
  createPglite,
  type Pglite,
  type PgliteDriver,
  pgliteHost,
  pgliteStartMsMax,
} from "../../src/testing/pglite-driver.ts";
import { count, driverContract, driverStatements } from "../../src/testing/postgres-driver-contract.ts";

let pglite: Pglite;
let driver: PgliteDriver;
let a: PostgresSession;
let b: PostgresSession;
let schemas = 0;

beforeAll(async () => {
  pglite = await createPglite();
}, pgliteStartMsMax);

afterAll(async () => {
  await pglite.close();
});

driverContract("PGlite as a server", async () => ({
  connect: (schema, events) => pglite.driver(schema).connect(pgliteHost, events),
  dispose: async () => {},
}));

describe("PGlite as one session of a server", () => {
  beforeEach(async () => {
    schemas += 1;
    const schema = `pglite_${schemas}`;
    driver = pglite.driver(schema);
    [a, b] = await Promise.all([driver.connect(pgliteHost), driver.connect(pgliteHost)]);
    await a.script(`CREATE SCHEMA ${schema}; CREATE TABLE t(k int4 PRIMARY KEY, v text)`);
  });

  afterEach(async () => {
    await Promise.all([a.close(), b.close()]);
    await pglite.dropSchema(`pglite_${schemas}`);
  });

  test("a transaction of one session is not mixed with statements of others", async () => {
    const began = a.query(driverStatements.begin);
    const put = a.query(driverStatements.put, [1, "a"]);
    const counted = count(b);
    await Promise.all([began, put]);
    const committed = a.query(driverStatements.commit);
    expect((await committed).command).toBe("COMMIT");
    expect(await counted).toBe(1);
  });

  describe("faults", () => {
    const isCommit = ({ name }: PostgresStatement): boolean => name === "commit";

    async function putInTransaction(): Promise<PromiseSettledResult<unknown>[]> {
      return Promise.allSettled([
        a.query(driverStatements.begin),
        a.query(driverStatements.put, [1, "a"]),
        a.query(driverStatements.commit),
      ]);
    }

    test("a lost answer hides a commit that has landed", async () => {
      driver.loseAnswerOf(isCommit);
      expect((await putInTransaction())[2]).toMatchObject({ reason: { name: "PostgresConnectionError" } });
      expect(await count(b)).toBe(1);
    });

    test("a lost request is a commit that has not landed", async () => {
      driver.loseRequestOf(isCommit);
      expect((await putInTransaction())[2]).toMatchObject({ reason: { name: "PostgresConnectionError" } });
      expect(await count(b)).toBe(0);
    });

    test("a fault happens once", async () => {
      driver.loseRequestOf(isCommit);
      await putInTransaction();
      a = await driver.connect(pgliteHost);
      expect((await putInTransaction())[2]).toMatchObject({ value: { command: "COMMIT" } });
    });

    test("a server that is restarted ends its sessions and refuses new ones", async () => {
      const ends: unknown[] = [];
      const session = await driver.connect(pgliteHost, { onEnd: (error) => ends.push(error) });
      driver.refuseConnections(true);
      driver.endSessions();
      expect(ends).toEqual([expect.any(PostgresConnectionError)]);
      await expect(session.query(driverStatements.count)).rejects.toBeInstanceOf(PostgresConnectionError);
      await expect(driver.connect(pgliteHost)).rejects.toBeInstanceOf(PostgresConnectionError);
      driver.refuseConnections(false);
      const next = await driver.connect(pgliteHost);
      expect(await count(next)).toBe(0);
      await next.close();
    });

    test("a refused statement is the server's word and ends nothing", async () => {
      await a.query(driverStatements.put, [1, "a"]);
      await expect(a.query(driverStatements.put, [1, "a"])).rejects.toBeInstanceOf(PostgresError);
      expect(await count(a)).toBe(1);
    });
  });
});
