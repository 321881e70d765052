/**
 * What the engine relies on in any driver: the product's over a server, and PGlite's in tests. It is the same text, so that
 * what passes on PGlite means something.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import process from "node:process";
import {
  PostgresConnectionError,
  type PostgresSession,
  type PostgresSessionEvents,
  type PostgresStatement,
} from "../storage/postgres/driver.ts";
import { quoteIdentifier } from "../storage/postgres/session-settings.ts";
import { pgliteStartMsMax } from "./pglite-driver.ts";

export interface DriverSubject {
  /** A session with this schema as its search path. */
  connect(schema: string, events?: PostgresSessionEvents): Promise<PostgresSession>;
  dispose(): Promise<void>;
}

export const driverStatements: Readonly<
  Record<"begin" | "commit" | "rollback" | "put" | "count", PostgresStatement>
> = {
  begin: { name: "begin", text: "BEGIN" },
  commit: { name: "commit", text: "COMMIT" },
  rollback: { name: "rollback", text: "ROLLBACK" },
  put: { name: "put", text: "INSERT INTO t VALUES($1, $2)" },
  count: { name: "count", text: "SELECT count(*) FROM t" },
};

/** Rows of the table that each test has. */
export async function count(session: PostgresSession): Promise<number> {
  const { rows } = await session.query(driverStatements.count);
  return Number(rows[0]?.[0]);
}

export function driverContract(name: string, open: () => Promise<DriverSubject>): void {
  describe(name, () => {
    let subject: DriverSubject;
    let schema: string;
    let a: PostgresSession;
    let b: PostgresSession;
    let schemas = 0;

    beforeAll(async () => {
      subject = await open();
    }, pgliteStartMsMax);

    afterAll(async () => {
      await subject.dispose();
    });

    beforeEach(async () => {
      schemas += 1;
      schema = `Driver "${process.pid}" ${schemas}`;
      [a, b] = await Promise.all([subject.connect(schema), subject.connect(schema)]);
      await a.script(`CREATE SCHEMA ${quoteIdentifier(schema)}; CREATE TABLE t(k int4 PRIMARY KEY, v text)`);
    });

    afterEach(async () => {
      const last = await subject.connect("public");
      await Promise.all([a.close(), b.close()]);
      await last.script(`DROP SCHEMA ${quoteIdentifier(schema)} CASCADE`);
      await last.close();
    });

    describe("rows", () => {
      test("are text, whatever their type", async () => {
        const text = `SELECT $1::bytea, $2::int8, true, false, NULL::int4, ARRAY[1, 2],
      '2026-11-21T12:00:00+01'::timestamptz, $3::jsonb, 1.50::numeric, ARRAY['\\x01'::bytea]`;
        const bytes = Uint8Array.of(0, 92, 255);
        const { command, rowCount, rows } = await a.query({ name: "types", text }, [
          bytes,
          Number.MAX_SAFE_INTEGER,
          '{"a":"ü"}',
        ]);
        expect({ command, rowCount }).toEqual({ command: "SELECT", rowCount: 1 });
        expect(rows).toEqual([
          [
            "\\x005cff",
            "9007199254740991",
            "t",
            "f",
            null,
            "{1,2}",
            "2026-11-21 11:00:00+00",
            '{"a": "ü"}',
            "1.50",
            '{"\\\\x01"}',
          ],
        ]);
      });

      test("of a part of a buffer hold that part", async () => {
        const bytes = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
        const { rows } = await a.query({ name: "part", text: "SELECT $1::bytea" }, [bytes]);
        expect(rows).toEqual([["\\x0203"]]);
      });
    });

    describe("transactions", () => {
      test("that failed end with the tag ROLLBACK, and what came after the failure is refused", async () => {
        const outcomes = await Promise.allSettled([
          a.query(driverStatements.begin),
          a.query(driverStatements.put, [1, "a"]),
          a.query(driverStatements.put, [1, "b"]),
          a.query(driverStatements.count),
          a.query(driverStatements.commit),
        ]);
        expect(outcomes).toMatchObject([
          { value: { command: "BEGIN" } },
          { value: { command: "INSERT", rowCount: 1 } },
          { reason: { name: "PostgresError", sqlState: "23505" } },
          { reason: { name: "PostgresError", sqlState: "25P02" } },
          { value: { command: "ROLLBACK" } },
        ]);
        expect(await count(b)).toBe(0);
        expect(await count(a)).toBe(0);
      });

      test.each(["close", "destroy"] as const)("are rolled back by %s", async (end) => {
        await a.query(driverStatements.begin);
        await a.query(driverStatements.put, [1, "a"]);
        await a[end]();
        expect(await count(b)).toBe(0);
      });
    });

    describe("sessions", () => {
      test("find the tables of their own schema", async () => {
        await a.query(driverStatements.put, [1, "a"]);
        const elsewhere = await subject.connect("nowhere");
        await expect(elsewhere.query(driverStatements.count)).rejects.toMatchObject({ sqlState: "42P01" });
        await elsewhere.close();
        expect(await count(a)).toBe(1);
      });

      test("that are closed answer what was sent before and nothing after", async () => {
        const sent = a.query(driverStatements.put, [1, "a"]);
        const closed = a.close();
        await expect(a.query(driverStatements.count)).rejects.toBeInstanceOf(PostgresConnectionError);
        expect((await sent).command).toBe("INSERT");
        await closed;
        await a.close();
      });

      test("that are destroyed reject whatever waits", async () => {
        const sent = a.query(driverStatements.put, [1, "a"]);
        a.destroy();
        await expect(sent).rejects.toBeInstanceOf(PostgresConnectionError);
        await a.close();
      });

      test("tell their end once", async () => {
        const ends: unknown[] = [];
        const session = await subject.connect(schema, { onEnd: (error) => ends.push(error) });
        await session.close();
        session.destroy();
        expect(ends).toEqual([undefined]);
      });

      test("prepare a statement again that failed in a failed transaction", async () => {
        await a.query(driverStatements.begin);
        await expect(a.script("nonsense")).rejects.toMatchObject({ sqlState: "42601" });
        await expect(a.query(driverStatements.count)).rejects.toMatchObject({ sqlState: "25P02" });
        await a.query(driverStatements.rollback);
        expect(await count(a)).toBe(0);
      });

      test("prepare a statement anew for those behind one that fails", async () => {
        const outcomes = await Promise.allSettled([
          a.query(driverStatements.begin),
          a.query({ name: "nonsense", text: "nonsense" }),
          a.query(driverStatements.count),
          a.query(driverStatements.rollback),
          a.query(driverStatements.count),
          a.query(driverStatements.count),
        ]);
        expect(outcomes).toMatchObject([
          { status: "fulfilled" },
          { reason: { sqlState: "42601" } },
          { reason: { sqlState: "25P02" } },
          { value: { command: "ROLLBACK" } },
          { value: { rows: [["0"]] } },
          { value: { rows: [["0"]] } },
        ]);
      });

      test("answer in the order of what was sent", async () => {
        const echo = { name: "echo", text: "SELECT $1::int4" };
        const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => a.query(echo, [index])));
        expect(answers.map(({ rows }) => Number(rows[0]?.[0]))).toEqual(answers.map((_, index) => index));
      });
    });

    describe("messages", () => {
      test("come after the commit to those who listen", async () => {
        const heard: string[] = [];
        let hear: () => void = () => {};
        const heardOne = new Promise<void>((resolve) => {
          hear = resolve;
        });
        const listener = await subject.connect(schema, {
          onNotification: (payload) => {
            heard.push(payload);
            hear();
          },
        });
        await listener.query({ name: "listen", text: 'LISTEN "Some Channel"' });
        await a.query(driverStatements.begin);
        await a.query({ name: "notify", text: "SELECT pg_notify('Some Channel', $1)" }, ["x"]);
        await a.query(driverStatements.count);
        expect(heard).toEqual([]);
        await a.query(driverStatements.commit);
        await heardOne;
        expect(heard).toEqual(["x"]);
        await listener.close();
      });

      test("a warning is told by its state", async () => {
        const notices: string[] = [];
        const session = await subject.connect(schema, {
          onNotice: (sqlState, message) => {
            notices.push(`${sqlState} ${message}`);
          },
        });
        await session.query(driverStatements.rollback);
        expect(notices).toEqual(["25P01 there is no transaction in progress"]);
        await session.close();
      });
    });
  });
}
