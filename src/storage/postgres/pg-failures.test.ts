// What errors of the client become: refusals of the server, or ends of the session.
import { describe, expect, test } from "vitest";
import { PostgresConnectionError, PostgresError } from "./driver.ts";
import { loginFailure, sessionFailure, statementFailure } from "./pg-failures.ts";

function serverError(code: string, severity: string): Error {
  return Object.assign(new Error(`text of ${code}`), { code, severity });
}

describe("of a statement", () => {
  test("the server's refusal keeps its state and its text", () => {
    const cause = serverError("23505", "ERROR");
    const failure = statementFailure(cause);
    expect(failure).toBeInstanceOf(PostgresError);
    expect(failure).toMatchObject({ sqlState: "23505", message: "text of 23505", cause });
  });

  test.each([
    ["57P01", "FATAL"],
    ["57P01", "致命的エラー"],
    ["25P03", "FATAL"],
    ["XX000", "PANIC"],
  ])("%s %s ends the session, and nobody knows what the statement did", (code, severity) => {
    const failure = statementFailure(serverError(code, severity));
    expect(failure).toBeInstanceOf(PostgresConnectionError);
    expect(failure.cause).toMatchObject({ sqlState: code });
  });

  test("what the socket says ends the session", () => {
    const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    const failure = statementFailure(cause);
    expect(failure).toBeInstanceOf(PostgresConnectionError);
    expect(failure).toMatchObject({ message: "the session has ended: read ECONNRESET", cause });
    expect(sessionFailure(failure)).toBe(failure);
  });
});

describe("of a login", () => {
  test("the server's refusal names the place", () => {
    expect(loginFailure(serverError("28P01", "FATAL"), "h:1")).toMatchObject({
      name: "PostgresError",
      sqlState: "28P01",
      message: "h:1: text of 28P01",
    });
  });

  test("a missing password is a refused login", () => {
    expect(loginFailure(new PostgresError("28P01", "no password"), "h:1")).toMatchObject({
      name: "PostgresError",
      sqlState: "28P01",
      message: "h:1: no password",
    });
  });

  test("all addresses of a name are told", () => {
    const errors = [new Error("connect ECONNREFUSED ::1:1"), new Error("connect ECONNREFUSED 127.0.0.1:1")];
    expect(loginFailure(new AggregateError(errors), "localhost:1")).toMatchObject({
      name: "PostgresConnectionError",
      message: "localhost:1: connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1",
    });
  });

  test("a server without TLS is told from one that is not there", () => {
    const error = new Error("The server does not support SSL connections");
    expect(loginFailure(error, "h:1").message).toContain("sslmode=disable");
  });
});
