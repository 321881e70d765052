/** The driver on a real server, whose URL is in the variable STATOR_POSTGRES_URL. */
import { createServer, type Server } from "node:net";
import process from "node:process";
import { afterEach, describe, expect, test } from "vitest";
import { driverContract } from "../../testing/postgres-driver-contract.ts";
import { PostgresConnectionError, type PostgresHost, type PostgresSession } from "./driver.ts";
import { pgDriver, type PgDriverLimits } from "./pg-driver.ts";
import { readPassword } from "./postgres-password.ts";
import { parsePostgresUrl, type PostgresUrl } from "./postgres-url.ts";
import type { PostgresAddress } from "./settings.ts";

const url = process.env["STATOR_POSTGRES_URL"];

if (url === undefined) {
  test.skip("set STATOR_POSTGRES_URL to run on a real PostgreSQL server", () => {});
} else {
  const { password, tls, ...address } = parsed(url);
  realServerTests(
    { ...address, tls: { mode: tls.mode }, password: () => readPassword(password) },
    password.kind === "given",
  );
}

function parsed(text: string): PostgresUrl {
  const outcome = parsePostgresUrl(text);
  if (outcome.kind === "refused") throw new Error(`STATOR_POSTGRES_URL ${outcome.reason}`);
  return outcome.url;
}

function realServerTests(address: PostgresAddress, hasPassword: boolean): void {
  const host = address.hosts[0] ?? { host: "localhost", port: 5432 };
  const limits: PgDriverLimits = { connectMs: 3000, answerMs: 10_000 };
  const driver = pgDriver({ ...address, schema: "public" }, limits);

  driverContract("pg on a server", async () => ({
    connect: (schema, events) => pgDriver({ ...address, schema }, limits).connect(host, events),
    dispose: async () => {},
  }));

  describe("a session", () => {
    test("has the settings of a store", async () => {
      const session = await pgDriver({ ...address, schema: 'a "b" \\c' }, limits).connect(host);
      const text = `SELECT current_setting('search_path'), current_setting('plan_cache_mode'),
        current_setting('default_transaction_isolation'), current_setting('application_name'),
        current_setting('idle_in_transaction_session_timeout'), current_setting('client_connection_check_interval')`;
      const { rows } = await session.query({ name: "settings", text });
      expect(rows).toEqual([['"a ""b"" \\c"', "force_generic_plan", "read committed", "stator", "5s", "1s"]]);
      await session.close();
    });

    test("carries large values in many statements at once", async () => {
      const session = await driver.connect(host);
      const values = Array.from({ length: 20 }, (_, index) => Buffer.alloc(400_000, index));
      const echo = { name: "echo", text: "SELECT $1::bytea" };
      const answers = await Promise.all(values.map((value) => session.query(echo, [value])));
      const columns = answers.map(({ rows }) => rows[0]?.[0]);
      expect(columns).toEqual(values.map((value) => `\\x${value.toString("hex")}`));
      await session.close();
    });

    test("that a server ends tells so once, and rejects what waits", async () => {
      const ends: unknown[] = [];
      const session = await driver.connect(host, { onEnd: (error) => ends.push(error) });
      const pid = await backendOf(session);
      const waiting = Promise.allSettled([sleep(session), session.script("SELECT 1")]);
      await terminate(pid);
      expect(await waiting).toMatchObject([
        { reason: { name: "PostgresConnectionError", cause: { sqlState: "57P01" } } },
        { reason: { name: "PostgresConnectionError" } },
      ]);
      await expect(session.query({ name: "one", text: "SELECT 1" })).rejects.toBeInstanceOf(
        PostgresConnectionError,
      );
      await session.close();
      expect(ends).toMatchObject([{ name: "PostgresConnectionError", cause: { sqlState: "57P01" } }]);
    });

    test("that a server ends while nothing waits tells so", async () => {
      let end: (error: Error | undefined) => void = () => {};
      const ended = new Promise<Error | undefined>((resolve) => {
        end = resolve;
      });
      const session = await driver.connect(host, { onEnd: end });
      await terminate(await backendOf(session));
      expect(await ended).toMatchObject({ name: "PostgresConnectionError", cause: { sqlState: "57P01" } });
    });

    test("that is not answered for too long is ended", async () => {
      const ends: unknown[] = [];
      const hasty = pgDriver(address, { ...limits, answerMs: 80 });
      const session = await hasty.connect(host, { onEnd: (error) => ends.push(error) });
      await expect(sleep(session)).rejects.toMatchObject({
        name: "PostgresConnectionError",
        message: "the server has not answered for 80 ms",
      });
      expect(ends).toHaveLength(1);
    });

    test("is closed within a limit when the server does not answer", async () => {
      const session = await pgDriver(address, { ...limits, answerMs: 80 }).connect(host);
      const sleeping = sleep(session);
      await Promise.all([session.close(), expect(sleeping).rejects.toBeInstanceOf(PostgresConnectionError)]);
    });
  });

  describe("a login", () => {
    let mute: Server | undefined;

    afterEach(() => {
      mute?.close();
      mute = undefined;
    });

    const wrongPasswords = [
      ["a wrong password", { password: async () => "wrong" }, "28P01"],
      ["no password", { password: async () => undefined }, "28P01"],
    ] as const;
    test.each([
      // A URL without a password is of a server that asks for none.
      ...(hasPassword ? wrongPasswords : []),
      ["a database that is not there", { database: "no such database" }, "3D000"] as const,
    ])("with %s is refused", async (_, wrong, sqlState) => {
      const ends: unknown[] = [];
      const refused = pgDriver({ ...address, ...wrong }, limits).connect(host, {
        onEnd: (error) => ends.push(error),
      });
      await expect(refused).rejects.toMatchObject({ name: "PostgresError", sqlState });
      expect(ends).toEqual([]);
    });

    test("at a port where nobody listens fails", async () => {
      mute = createServer();
      const port = await listen(mute);
      mute.close();
      await expect(driver.connect({ host: "127.0.0.1", port })).rejects.toMatchObject({
        name: "PostgresConnectionError",
        message: expect.stringMatching(/^127\.0\.0\.1:\d+: connect ECONNREFUSED/u),
      });
    });

    test("at a server that says nothing ends after its limit", async () => {
      let closed: () => void = () => {};
      const noticed = new Promise<void>((resolve) => {
        closed = resolve;
      });
      mute = createServer((socket) => {
        socket.resume();
        socket.on("close", closed);
        socket.on("error", () => {});
      });
      const place: PostgresHost = { host: "127.0.0.1", port: await listen(mute) };
      await expect(pgDriver(address, { ...limits, connectMs: 50 }).connect(place)).rejects.toMatchObject({
        name: "PostgresConnectionError",
        message: `127.0.0.1:${place.port}: no login within 50 ms`,
      });
      await noticed;
    });

    test("whose password cannot be read fails", async () => {
      const password = (): Promise<string> => Promise.reject(new Error("the password file is gone"));
      await expect(pgDriver({ ...address, password }, limits).connect(host)).rejects.toMatchObject({
        name: "PostgresConnectionError",
        message: expect.stringContaining("the password file is gone"),
      });
    });
  });

  async function terminate(pid: string): Promise<void> {
    const other = await driver.connect(host);
    await other.query({ name: "terminate", text: "SELECT pg_terminate_backend($1)" }, [pid]);
    await other.close();
  }
}

async function backendOf(session: PostgresSession): Promise<string> {
  const { rows } = await session.query({ name: "backend", text: "SELECT pg_backend_pid()" });
  return rows[0]?.[0] ?? "";
}

function sleep(session: PostgresSession): Promise<unknown> {
  return session.query({ name: "sleep", text: "SELECT pg_sleep(60)" });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
