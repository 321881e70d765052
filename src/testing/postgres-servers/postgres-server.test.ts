// One real server: starting, stopping, killing, TLS, passwords.
import { existsSync, readFileSync } from "node:fs";
import { Client, type ClientConfig } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { assert } from "../../base/index.ts";
import { postgresCertificateFile } from "./cluster.ts";
import { describePostgres } from "./postgres-for-tests.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { sharedPostgres } from "./shared-postgres.ts";

const startMsMax = 60_000;
const role = { name: "stator", password: "p@ss word" };

describePostgres("a PostgreSQL server of a test", (programs) => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres(programs, { tls: "offered", passwordRole: role });
    await server.sql("CREATE TABLE kept (n int)");
  }, startMsMax);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    assert(!existsSync(server.dataDir), "a server leaves no files behind");
  });

  async function ask(config: ClientConfig, text: string): Promise<unknown> {
    const client = new Client({ ssl: false, ...config });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(text);
      return Object.values(rows[0] ?? {})[0];
    } finally {
      await client.end();
    }
  }

  it("has room for many sessions, and may have standbys", async () => {
    const names = ["max_connections", "wal_level", "fsync", "listen_addresses"];
    const settings = await Promise.all(names.map((name) => server.sql(`SHOW ${name}`)));
    expect(settings.map(([row]) => Object.values(row ?? {})[0])).toStrictEqual([
      "200",
      "replica",
      "on",
      "127.0.0.1",
    ]);
  });

  it.each(["kill", "crash", "restart"] as const)(
    "keeps its address and what was committed over a %s",
    async (end) => {
      const before = server.url();
      await server.sql("INSERT INTO kept VALUES (1)");
      const committed = await server.sql("SELECT count(*)::int AS n FROM kept");
      await server[end]();
      if (end !== "restart") {
        expect(server.pid).toBeUndefined();
        await expect(server.sql("SELECT 1")).rejects.toThrow(/ECONNREFUSED|ENOENT/u);
        await server.start();
        expect(server.log()).toContain("not properly shut down");
      }
      expect(server.url()).toBe(before);
      expect(await server.sql("SELECT count(*)::int AS n FROM kept")).toStrictEqual(committed);
    },
    startMsMax,
  );

  it("asks the password role for its password", async () => {
    const url = server.url({ user: role.name, password: role.password });
    expect(await ask({ connectionString: url }, "SELECT current_user")).toBe(role.name);
    const wrong = server.url({ user: role.name, password: "wrong" });
    await expect(ask({ connectionString: wrong }, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  });

  it("speaks TLS with a certificate that names its host, to who knows it", async () => {
    const { host, port } = server;
    const login = { host, port, user: "postgres", database: "postgres" };
    const encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    const ca = readFileSync(postgresCertificateFile, "utf8");
    expect(await ask({ ...login, ssl: { ca } }, encrypted)).toBe(true);
    expect(await ask(login, encrypted)).toBe(false);
    await expect(ask({ ...login, ssl: {} }, encrypted)).rejects.toThrow("self-signed certificate");
  });

  it("is shared by those who do not harm it, each with a database of their own", async () => {
    const shared = await sharedPostgres(programs);
    expect(await sharedPostgres(programs)).toBe(shared);
    const [first, second] = [await shared.newDatabase(), await shared.newDatabase()];
    await ask({ connectionString: first.url }, "CREATE TABLE mine (n int)");
    expect(await ask({ connectionString: first.url }, "SELECT to_regclass('mine')::text")).toBe("mine");
    expect(await ask({ connectionString: second.url }, "SELECT to_regclass('mine')::text")).toBeNull();
    expect(shared.newSchemaName()).not.toBe(shared.newSchemaName());
  }, 60_000);
});
