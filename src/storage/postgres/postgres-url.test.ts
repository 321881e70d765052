// URLs of stores: what they may say, and what is refused without telling the password.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeAddress, isPostgresUrl, parsePostgresUrl, type PostgresUrl } from "./postgres-url.ts";

function parsed(text: string, extras = {}): PostgresUrl {
  const outcome = parsePostgresUrl(text, extras);
  if (outcome.kind === "refused") throw new Error(outcome.reason);
  return outcome.url;
}

function reason(text: string, extras = {}): string {
  const outcome = parsePostgresUrl(text, extras);
  if (outcome.kind === "parsed") throw new Error(`not refused: ${describeAddress(outcome.url)}`);
  return outcome.reason;
}

test("a short URL has the usual port, the schema stator and no password", () => {
  expect(parsed("postgres://me@localhost/db")).toEqual({
    user: "me",
    password: { kind: "none" },
    hosts: [{ host: "localhost", port: 5432 }],
    database: "db",
    schema: "stator",
    tls: { mode: "disable" },
  });
});

test("a URL may say everything", () => {
  const text =
    "postgresql://me:se%3Acret%40@db1.example:5433,db2,[::1]:5434/my%20db?schema=s&sslmode=verify-ca" +
    "&sslrootcert=/a%20b/ca.pem&sslcert=c.pem&sslkey=k.pem";
  expect(parsed(text)).toEqual({
    user: "me",
    password: { kind: "given", text: "se:cret@" },
    hosts: [
      { host: "db1.example", port: 5433 },
      { host: "db2", port: 5432 },
      { host: "::1", port: 5434 },
    ],
    database: "my db",
    schema: "s",
    tls: {
      mode: "verify-ca",
      certificateAuthorityFile: "/a b/ca.pem",
      certificateFile: "c.pem",
      keyFile: "k.pem",
    },
  });
});

test("a socket's folder is a host", () => {
  expect(parsed("postgres://me@%2Fvar%2Frun%2Fpostgresql/db")).toMatchObject({
    hosts: [{ host: "/var/run/postgresql", port: 5432 }],
    tls: { mode: "disable" },
  });
});

test("a password may contain the signs that separate a login from a host", () => {
  expect(parsed("postgres://me:a:b@c@localhost/db").password).toEqual({ kind: "given", text: "a:b@c" });
});

describe("protection", () => {
  test.each([
    ["localhost", "disable"],
    ["127.0.0.1,[::1]", "disable"],
    ["localhost,db1", "verify-full"],
    ["127.0.0.1.example", "verify-full"],
    ["10.0.0.1", "verify-full"],
  ])("without sslmode %s is connected with %s", (hosts, mode) => {
    expect(parsed(`postgres://me@${hosts}/db`).tls.mode).toBe(mode);
  });

  test.each(["disable", "require", "verify-ca", "verify-full"])("sslmode %s is taken as it is", (mode) => {
    expect(parsed(`postgres://me@db/db?sslmode=${mode}`).tls.mode).toBe(mode);
  });
});

describe("passwords", () => {
  test("come from the URL, else from a file, else from the environment", () => {
    expect(parsed("postgres://me:a@h/db", { password: "b" }).password).toEqual({ kind: "given", text: "a" });
    expect(parsed("postgres://me@h/db", { password: "b", passwordFile: "f" }).password).toEqual({
      kind: "file",
      path: "f",
    });
    expect(parsed("postgres://me@h/db", { password: "b" }).password).toEqual({ kind: "given", text: "b" });
    expect(parsed("postgres://me:@h/db").password).toEqual({ kind: "none" });
  });

  test("of the URL and a file contradict each other", () => {
    expect(reason("postgres://me:a@h/db", { passwordFile: "f" })).toBe(
      "has a password, and there is a password file, too",
    );
  });

  test("are not told by a description", () => {
    const url = parsed("postgres://me:secret@h1,[::1]:5433/db?schema=s");
    expect(describeAddress(url)).toBe("me@h1:5432,[::1]:5433/db, schema s");
  });

  // However it is written, also where it breaks the URL.
  test("are not told by a refusal", () => {
    const secret = fc.stringMatching(/^[a-z@/?#&=:%,[\] ]{0,6}qjxqz[a-z@/?#&=:%,[\] ]{0,6}$/u);
    fc.assert(
      fc.property(secret, (password) => {
        const outcome = parsePostgresUrl(`postgres://me:${password}@h/db?sslmode=x`);
        expect(outcome.kind).toBe("refused");
        expect(outcome).not.toMatchObject({ reason: expect.stringContaining("qjxqz") });
      }),
    );
  });
});

describe("refused", () => {
  test.each([
    ["mysql://me@h/db", "does not begin with postgres://"],
    ["postgres:/me@h/db", "does not begin with postgres://"],
    [`postgres://me@h/${"d".repeat(4096)}`, "is longer than 4096 characters"],
    ["postgres://h/db", "names no user"],
    ["postgres://:a@h/db", "names no user"],
    ["postgres://me@/db", "names no host"],
    ["postgres://me@h", "names no database"],
    ["postgres://me@h/?schema=s", "names no database"],
    ["postgres://me%2@h/db", "has a user with a % that is not followed by two digits"],
    ["postgres://me%00@h/db", "has a user with a zero byte"],
    ["postgres://me@h/d%0Ab", "has a database with control characters"],
    [`postgres://${"ü".repeat(32)}@h/db`, "has a user of more than 63 bytes"],
    ["postgres://me@h:0/db", "has no port from 1 to 65535 at host 1"],
    ["postgres://me@h,h2:65536/db", "has no port from 1 to 65535 at host 2"],
    ["postgres://me@h:/db", "has no port from 1 to 65535 at host 1"],
    ["postgres://me@h,/db", "has no name or address as host 2; an IPv6 address is written in brackets"],
    ["postgres://me@[h]/db", "has no name or address as host 1; an IPv6 address is written in brackets"],
    ["postgres://me@h h/db", "has no name or address as host 1; an IPv6 address is written in brackets"],
    ["postgres://me@::1/db", "has no name or address as host 1; an IPv6 address is written in brackets"],
    [`postgres://me@${"h,".repeat(16)}h/db`, "names more than 16 hosts"],
    [
      "postgres://me@h/db?sslmode=prefer",
      "has an sslmode that is not one of disable, require, verify-ca, verify-full",
    ],
    ["postgres://me@h/db?schema=a&schema=b", "has the parameter schema twice"],
    ["postgres://me@h/db?schema=", "has no value for the parameter schema"],
    ["postgres://me@h/db?schema", "has no value for the parameter schema"],
    ["postgres://me@h/db?schema=pg_temp", "has the schema pg_temp, which belongs to PostgreSQL itself"],
    ["postgres://me@h/db?sslcert=c", "needs both sslcert and sslkey, or neither"],
    [
      "postgres://me@h/db?sslmode=disable&sslrootcert=c",
      "names certificates, and sslmode says that none are used",
    ],
    [
      "postgres://me@h/db?ssl_mode=require",
      "has an unknown parameter ssl_mode; known are sslmode, sslrootcert, sslcert, sslkey, schema",
    ],
    [
      "postgres://me@h/db?__proto__=1",
      "has an unknown parameter __proto__; known are sslmode, sslrootcert, sslcert, sslkey, schema",
    ],
    [
      "postgres://me:pa/ss@h/db",
      "has an @ or a # after the hosts; signs in a user or a password are written as % and two digits",
    ],
  ])("%s %s", (text, expected) => {
    expect(reason(text)).toBe(expected);
  });
});

test("any text is parsed or refused", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(":", "@", "/", "?", "#", "&", "=", "%", ",", "[", "]", "0", "a", "ü", "\0"),
      }),
      (text) => {
        expect(["parsed", "refused"]).toContain(parsePostgresUrl(`postgres://${text}`).kind);
      },
    ),
  );
});

test("only URLs of PostgreSQL are taken for one", () => {
  expect(["postgres://", "postgresql://", "POSTGRES://h"].map(isPostgresUrl)).toEqual([true, true, true]);
  expect(["postgres:", "./postgres://", "postgresqlite://"].map(isPostgresUrl)).toEqual([
    false,
    false,
    false,
  ]);
});
