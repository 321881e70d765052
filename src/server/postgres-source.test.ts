// From a URL and what stands beside it to the data that a server and its threads are given.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadPostgresStorage, type PostgresSource } from "./postgres-source.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-source-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function load(url: string, more: Partial<PostgresSource> = {}): ReturnType<typeof loadPostgresStorage> {
  return loadPostgresStorage({ url, create: true, ...more });
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const pem = (what: string): string => `-----BEGIN ${what}-----\nAA==\n-----END ${what}-----\n`;

test("is plain data, so that it can be posted to a thread", async () => {
  const passwordFile = file("password", "secret\n");
  const ca = file("ca.pem", pem("CERTIFICATE"));
  const outcome = await load(
    `postgres://app@db1:5432,db2:6432/data?schema=orders&sslmode=verify-full&sslrootcert=${ca}`,
    { passwordFile, eventualReads: "random", eventualStalenessMs: 700, connectionsMax: 9 },
  );
  const storage = {
    kind: "postgres",
    store: {
      name: "app@db1:5432,db2:6432/data, schema orders",
      address: {
        hosts: [
          { host: "db1", port: 5432 },
          { host: "db2", port: 6432 },
        ],
        database: "data",
        user: "app",
        schema: "orders",
        tls: { mode: "verify-full", certificateAuthority: pem("CERTIFICATE") },
      },
      password: { kind: "file", path: passwordFile },
      replicas: "random",
      connectionsMax: 9,
      limits: { staleMsMax: 700 },
    },
    create: true,
  };
  expect(outcome).toEqual({ kind: "loaded", storage });
  expect(structuredClone(outcome)).toEqual(outcome);
});

test("takes the password of the URL before that of the environment", async () => {
  const environmentPassword = "other";
  const passwordOf = async (url: string): Promise<unknown> => {
    const outcome = await load(url, { environmentPassword });
    return outcome.kind === "loaded" && outcome.storage.store.password;
  };
  expect(await passwordOf("postgres://u:pa%40ss@127.0.0.1/d")).toEqual({ kind: "given", text: "pa@ss" });
  expect(await passwordOf("postgres://u@127.0.0.1/d")).toEqual({ kind: "given", text: "other" });
});

test("refuses in one line what it cannot use, and shows no password", async () => {
  const notPem = file("not.pem", "hello");
  const missing = join(folder, "missing");
  const cases: readonly (readonly [url: string, more: Partial<PostgresSource>, message: RegExp])[] = [
    ["mysql://u:hidden@h/d", {}, /^the store's URL does not begin with postgres:\/\/$/u],
    ["postgres://u:hidden@h/d?port=1", {}, /^the store's URL has an unknown parameter port/u],
    ["postgres://u@h/d", { passwordFile: missing }, /^the password file .*missing cannot be read$/u],
    ["postgres://u:hidden@h/d", { passwordFile: missing }, /^the store's URL has a password, and there is/u],
    [`postgres://u@h/d?sslrootcert=${missing}`, {}, /^cannot read the file of sslrootcert: ENOENT/u],
    [
      `postgres://u@h/d?sslrootcert=${notPem}`,
      {},
      /^the file of sslrootcert, .*not\.pem, is not in the PEM/u,
    ],
  ];
  for (const [url, more, message] of cases) {
    const outcome = await load(url, more);
    expect(outcome).toEqual({ kind: "failed", message: expect.stringMatching(message) });
    expect(JSON.stringify(outcome)).not.toContain("hidden");
  }
});
