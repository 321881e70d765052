// Which uses of a statement prepare it, on a session that sends without waiting.
import { beforeEach, expect, test } from "vitest";
import { type Preparation, PreparedStatements } from "./prepared-statements.ts";

let sent: string[];
let statements: PreparedStatements;
let get: Preparation;

const connection = {
  parse: ({ name }: { readonly name: string }) => {
    sent.push(`parse ${name}`);
  },
  close: ({ name }: { readonly name: string }) => {
    sent.push(`close ${name}`);
  },
};

beforeEach(() => {
  sent = [];
  statements = new PreparedStatements();
  get = statements.of({ name: "get", text: "SELECT 1" });
});

function use(): boolean {
  return get.prepare(connection);
}

test("a statement is prepared with its first use only", () => {
  const first = use();
  get.answered(first, "done");
  get.answered(use(), "done");
  use();
  expect(sent).toEqual(["parse get"]);
});

test("as long as no answer says that it is prepared, each use prepares it anew", () => {
  use();
  use();
  expect(sent).toEqual(["parse get", "close get", "parse get"]);
});

test("the last answer says whether it is prepared", () => {
  const uses = [use(), use()];
  for (const [index, prepares] of uses.entries()) {
    get.answered(prepares, index === 0 ? "done" : "failed");
  }
  sent = [];
  expect(use()).toBe(true);
  expect(sent).toEqual(["close get", "parse get"]);
});

test("a use that failed has the statement prepared again", () => {
  get.answered(use(), "done");
  get.answered(use(), "failed");
  sent = [];
  get.answered(use(), "done");
  use();
  expect(sent).toEqual(["close get", "parse get"]);
});

test("a name has one text", () => {
  expect(statements.of({ name: "get", text: "SELECT 1" })).toBe(get);
  expect(() => statements.of({ name: "get", text: "SELECT 2" })).toThrow("one text");
});
