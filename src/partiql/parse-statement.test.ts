// What statements parse to, and what is said of those that do not.
import { describe, expect, test } from "vitest";
import { createStatementParser, parseStatement } from "./index.ts";
import type { ParsedCondition, ParsedStatement, ParsedTerm, Statement } from "./syntax-tree.ts";

function parsed(text: string): ParsedStatement {
  const result = parseStatement(text);
  if (result.kind !== "parsed") throw new Error(`${text}: ${result.message}`);
  return result;
}

function statement(text: string): Statement {
  return parsed(text).statement;
}

function where(text: string): ParsedCondition | undefined {
  const tree = statement(`SELECT * FROM t WHERE ${text}`);
  return tree.kind === "select" ? tree.where : undefined;
}

function message(text: string): string | undefined {
  const result = parseStatement(text);
  return result.kind === "parsed" ? undefined : result.message;
}

const path = (name: string, ...inner: readonly (string | number)[]) => ({ name, inner });
const operand = (name: string, ...inner: readonly (string | number)[]) =>
  ({ kind: "path", path: path(name, ...inner) }) as const;
const s = (value: string) => ({ kind: "value", value: { type: "S", value } }) as const;
const n = (value: string) => ({ kind: "value", value: { type: "N", value } }) as const;
const parameter = (position: number) => ({ kind: "parameter", position }) as const;

const keyword = "Statement wasn't well formed, can't be processed: Unexpected keyword";
const term = "Statement wasn't well formed, can't be processed: Unexpected term";
const dataManipulation = "Statement wasn't well formed, can't be processed: Expected data manipulation";

describe("SELECT", () => {
  test.each<[text: string, tree: object]>([
    ["SELECT * FROM Music", { table: "Music", orderBy: [] }],
    ['select * from "my-table" ;', { table: "my-table", orderBy: [] }],
    ['SELECT * FROM "a.b"."c-d"', { table: "a.b", index: "c-d", orderBy: [] }],
    ["SELECT * FROM Music.byYear", { table: "Music", index: "byYear", orderBy: [] }],
    [
      'SELECT a, "b c".d[0]."e"[12], year FROM t',
      { table: "t", paths: [path("a"), path("b c", "d", 0, "e", 12), path("year")], orderBy: [] },
    ],
    [
      "SELECT * FROM t WHERE a = 1 ORDER BY a, b DESC, c ASC",
      {
        table: "t",
        where: { kind: "comparison", operator: "=", left: operand("a"), right: n("1") },
        orderBy: [
          { attribute: "a", descending: false },
          { attribute: "b", descending: true },
          { attribute: "c", descending: false },
        ],
      },
    ],
    ["\r\n\tSELECT\t*\nFROM\r\nt", { table: "t", orderBy: [] }],
  ])("%s", (text, tree) => {
    expect(statement(text)).toEqual({ kind: "select", ...tree });
  });
});

describe("conditions", () => {
  const one: ParsedCondition = { kind: "comparison", operator: "=", left: operand("a"), right: n("1") };
  const two: ParsedCondition = { kind: "comparison", operator: "<", left: operand("b"), right: n("2") };
  const three: ParsedCondition = { kind: "isMissing", operand: operand("c"), negated: false };
  test.each<[text: string, tree: ParsedCondition]>([
    [
      "a=1 AND b<2 OR c IS MISSING",
      { kind: "or", conditions: [{ kind: "and", conditions: [one, two] }, three] },
    ],
    [
      "c is missing or a=1 and b<2",
      { kind: "or", conditions: [three, { kind: "and", conditions: [one, two] }] },
    ],
    [
      "a=1 AND (b<2 OR c IS MISSING)",
      { kind: "and", conditions: [one, { kind: "or", conditions: [two, three] }] },
    ],
    ["NOT a=1 AND b<2", { kind: "and", conditions: [{ kind: "not", condition: one }, two] }],
    ["NOT (a=1 AND b<2)", { kind: "not", condition: { kind: "and", conditions: [one, two] } }],
    ["((a=1))", one],
    ["(a)=(1)", one],
    ["a != 1", { ...one, operator: "<>" }],
    ["a <> 1", { ...one, operator: "<>" }],
    ["1 >= a", { kind: "comparison", operator: ">=", left: n("1"), right: operand("a") }],
    [
      "a BETWEEN 1 AND 2 AND b<2",
      {
        kind: "and",
        conditions: [{ kind: "between", operand: operand("a"), lower: n("1"), upper: n("2") }, two],
      },
    ],
    [
      "a NOT BETWEEN 1 AND 2",
      {
        kind: "not",
        condition: { kind: "between", operand: operand("a"), lower: n("1"), upper: n("2") },
      },
    ],
    ["a IN [1, 'x', ?]", { kind: "in", operand: operand("a"), candidates: [n("1"), s("x"), parameter(0)] }],
    ["a IN (1)", { kind: "in", operand: operand("a"), candidates: [n("1")] }],
    ["a NOT IN (1)", { kind: "not", condition: { kind: "in", operand: operand("a"), candidates: [n("1")] } }],
    ["a IS NOT MISSING", { kind: "isMissing", operand: operand("a"), negated: true }],
    ["a.b IS NULL", { kind: "isNull", operand: operand("a", "b"), negated: false }],
    ["a IS NOT NULL", { kind: "isNull", operand: operand("a"), negated: true }],
    ["Begins_With(a, 'x')", { kind: "function", name: "begins_with", operands: [operand("a"), s("x")] }],
    ["contains(a, ?)", { kind: "function", name: "contains", operands: [operand("a"), parameter(0)] }],
    [
      "attribute_type(a, 'S')",
      { kind: "function", name: "attribute_type", operands: [operand("a"), s("S")] },
    ],
    [
      "SIZE(a) > 3",
      {
        kind: "comparison",
        operator: ">",
        left: { kind: "size", operands: [operand("a")] },
        right: n("3"),
      },
    ],
  ])("%s", (text, tree) => {
    expect(where(text)).toEqual(tree);
  });
});

describe("values", () => {
  const value = (text: string): ParsedTerm => {
    const tree = statement(`INSERT INTO t VALUE {'v': ${text}}`);
    if (tree.kind !== "insert" || tree.tuple.kind !== "map") throw new Error("no tuple");
    return tree.tuple.members[0]?.term ?? { kind: "missing" };
  };
  test.each<[text: string, tree: ParsedTerm]>([
    ["'it''s'", s("it's")],
    ["''", s("")],
    ["''''", s("'")],
    [`'"; -- ? : # \n'`, s(`"; -- ? : # \n`)],
    ["1", n("1")],
    ["-1.50", n("-1.5")],
    ["- 2", n("-2")],
    ["+2", n("2")],
    ["1e3", n("1000")],
    ["1E-2", n("0.01")],
    [".5", n("0.5")],
    ["true", { kind: "value", value: { type: "BOOL", value: true } }],
    ["FALSE", { kind: "value", value: { type: "BOOL", value: false } }],
    ["null", { kind: "value", value: { type: "NULL", value: true } }],
    ["Missing", { kind: "missing" }],
    ["?", parameter(0)],
    ["[]", { kind: "list", members: [] }],
    ["[1, [?]]", { kind: "list", members: [n("1"), { kind: "list", members: [parameter(0)] }] }],
    ["{}", { kind: "map", members: [] }],
    [
      "{'a''b': {'__proto__': 1}}",
      {
        kind: "map",
        members: [{ name: "a'b", term: { kind: "map", members: [{ name: "__proto__", term: n("1") }] } }],
      },
    ],
    ["<<'a', 'b'>>", { kind: "set", members: [s("a"), s("b")] }],
    ["<<>>", { kind: "set", members: [] }],
  ])("%s", (text, tree) => {
    expect(value(text)).toEqual(tree);
  });

  test("parameters are counted in the order of the text", () => {
    const tree = parsed("UPDATE t SET a = ?, b = [?, {'c': ?}] WHERE p = ? AND s IN [?, ?]");
    expect(tree.parameterCount).toBe(6);
    expect(tree.statement).toMatchObject({
      where: { conditions: [{ right: parameter(3) }, { candidates: [parameter(4), parameter(5)] }] },
    });
  });
});

describe("writes", () => {
  test.each<[text: string, tree: object]>([
    [
      "INSERT INTO t VALUE {'a': 1}",
      {
        kind: "insert",
        table: "t",
        tuple: { kind: "map", members: [{ name: "a", term: n("1") }] },
      },
    ],
    ["insert into t value ?", { kind: "insert", table: "t", tuple: parameter(0) }],
    [
      "UPDATE t SET a = 1 SET b.c = a - 2 REMOVE d[0] WHERE p = 1",
      {
        kind: "update",
        table: "t",
        actions: [
          { kind: "set", path: path("a"), value: n("1") },
          {
            kind: "set",
            path: path("b", "c"),
            value: { kind: "arithmetic", operator: "-", left: operand("a"), right: n("2") },
          },
          { kind: "remove", path: path("d", 0) },
        ],
        where: { kind: "comparison", operator: "=", left: operand("p"), right: n("1") },
        returning: "none",
      },
    ],
    [
      "UPDATE t SET a=b-1, c=-1+b, d=e - -1 REMOVE f, g",
      {
        kind: "update",
        table: "t",
        actions: [
          {
            kind: "set",
            path: path("a"),
            value: { kind: "arithmetic", operator: "-", left: operand("b"), right: n("1") },
          },
          {
            kind: "set",
            path: path("c"),
            value: { kind: "arithmetic", operator: "+", left: n("-1"), right: operand("b") },
          },
          {
            kind: "set",
            path: path("d"),
            value: { kind: "arithmetic", operator: "-", left: operand("e"), right: n("-1") },
          },
          { kind: "remove", path: path("f") },
          { kind: "remove", path: path("g") },
        ],
        returning: "none",
      },
    ],
    [
      "UPDATE t SET l = LIST_APPEND(l, [1]), x = (y + 1)",
      {
        kind: "update",
        table: "t",
        actions: [
          {
            kind: "set",
            path: path("l"),
            value: { kind: "listAppend", first: operand("l"), second: { kind: "list", members: [n("1")] } },
          },
          {
            kind: "set",
            path: path("x"),
            value: { kind: "arithmetic", operator: "+", left: operand("y"), right: n("1") },
          },
        ],
        returning: "none",
      },
    ],
    [
      "UPDATE t SET s = set_add(s, <<1>>) SET r.q = Set_Delete(r.q, ?)",
      {
        kind: "update",
        table: "t",
        actions: [
          {
            kind: "setAdd",
            path: path("s"),
            operand: path("s"),
            members: { kind: "set", members: [n("1")] },
          },
          { kind: "setDelete", path: path("r", "q"), operand: path("r", "q"), members: parameter(0) },
        ],
        returning: "none",
      },
    ],
    [
      "DELETE FROM t WHERE p = 1 RETURNING ALL OLD *",
      {
        kind: "delete",
        table: "t",
        where: { kind: "comparison", operator: "=", left: operand("p"), right: n("1") },
        returning: "allOld",
      },
    ],
    [
      "EXISTS(SELECT * FROM t WHERE p = 1)",
      {
        kind: "exists",
        select: {
          kind: "select",
          table: "t",
          where: { kind: "comparison", operator: "=", left: operand("p"), right: n("1") },
          orderBy: [],
        },
      },
    ],
  ])("%s", (text, tree) => {
    expect(statement(text)).toEqual(tree);
  });

  test.each([
    ["ALL OLD *", "allOld"],
    ["all new *", "allNew"],
    ["MODIFIED OLD *", "updatedOld"],
    ["Modified New*", "updatedNew"],
  ])("RETURNING %s", (text, returning) => {
    expect(statement(`UPDATE t REMOVE a RETURNING ${text}`)).toMatchObject({ returning });
  });

  test("words with a meaning in one place are names elsewhere", () => {
    expect(statement("UPDATE modified SET old = new REMOVE returning_all")).toMatchObject({
      table: "modified",
      actions: [{ path: path("old"), value: operand("new") }, { path: path("returning_all") }],
    });
  });
});

describe("malformed statements", () => {
  test.each<[text: string, message: string]>([
    ["", dataManipulation],
    [";", dataManipulation],
    ["CREATE TABLE t", dataManipulation],
    ["hello", dataManipulation],
    ["UPDATE Payment-prod SET active=? WHERE subscriptionId=?", dataManipulation],
    ["UPDATE t WHERE a = 1", dataManipulation],
    ['UPDATE "t"."i" SET a = 1', dataManipulation],
    ["INSERT INTO urls (key, secret_key) VALUES (?, ?)", keyword],
    ["INSERT INTO t VALUES {'a': 1}", keyword],
    ["INSERT INTO t VALUE [1]", term],
    ["SELECT DISTINCT a FROM t", keyword],
    ["SELECT COUNT(*) FROM t", keyword],
    ["SELECT a FROM t LIMIT 1", keyword],
    ["SELECT a FROM t GROUP BY a", keyword],
    ["SELECT a FROM t JOIN u", keyword],
    ["SELECT key FROM t", keyword],
    ["SELECT a.order FROM t", keyword],
    ["SELECT * FROM table", keyword],
    ["SELECT * FROM t WHERE size = 1", keyword],
    ["SELECT * FROM t WHERE a = date", keyword],
    ["SELECT * FROM t WHERE EXISTS(SELECT * FROM u)", keyword],
    ["SELECT", term],
    ["SELECT FROM t", keyword],
    ["SELECT * FROM", term],
    ["SELECT * FROM t x", term],
    ["SELECT * FROM t WHERE", term],
    ["SELECT * FROM t WHERE a", term],
    ["SELECT * FROM t WHERE a =", term],
    ["SELECT * FROM t WHERE a = 1 = 2", term],
    ["SELECT * FROM t WHERE a < 1 AND", term],
    ["SELECT * FROM t WHERE (a = 1", term],
    ["SELECT * FROM t WHERE a = 1)", term],
    ["SELECT * FROM t WHERE a IN []", term],
    ["SELECT * FROM t WHERE a IN [1)", term],
    ["SELECT * FROM t WHERE a IN 1", term],
    ["SELECT * FROM t WHERE a IS 1", term],
    ["SELECT * FROM t WHERE a NOT 1", term],
    ["SELECT * FROM t WHERE a NOT = 1", term],
    ["SELECT * FROM t WHERE (a = 1) = 2", term],
    ["SELECT * FROM t WHERE begins_with(a, contains(b, 1))", term],
    ["SELECT * FROM t ORDER BY a.b", term],
    ["SELECT * FROM t ORDER a", term],
    ["SELECT * FROM t;;", term],
    ["SELECT * FROM t; SELECT * FROM t", keyword],
    ["SELECT a[-1] FROM t", term],
    ["SELECT a[1.5] FROM t", term],
    ["SELECT a['b'] FROM t", term],
    ["SELECT a[b] FROM t", term],
    ["SELECT 'a' FROM t", term],
    ['SELECT "" FROM t', term],
    ['SELECT "a FROM t', term],
    ["SELECT * FROM t WHERE a = 'b", term],
    ["SELECT * FROM t WHERE a = 1x", term],
    ["SELECT * FROM t WHERE a = 1e", term],
    ["SELECT * FROM t WHERE a = :v", term],
    ["SELECT * FROM t WHERE #a = 1", term],
    ["SELECT * FROM t -- comment", term],
    ["SELECT * /* all */ FROM t", term],
    ["-- comment\nSELECT * FROM t", dataManipulation],
    ["SELECT * FROM t WHERE a = `{}`", term],
    ["SELECT * FROM t WHERE a = \u{1F600}", term],
    ['INSERT INTO t VALUE {"a": 1}', term],
    ["INSERT INTO t VALUE {'a': 1,}", term],
    ["INSERT INTO t VALUE {'a' 1}", term],
    ["INSERT INTO t VALUE {'a': b}", term],
    ["INSERT INTO t VALUE {'a': <<1>}", term],
    ["INSERT INTO t VALUE {'a': --1}", term],
    ["DELETE t WHERE a = 1", term],
    ["DELETE FROM t RETURNING ALL NEW *", term],
    ["DELETE FROM t RETURNING MODIFIED OLD *", term],
    ["UPDATE t SET a = 1 RETURNING OLD *", term],
    ["UPDATE t SET a = 1 RETURNING ALL OLD", term],
    ["UPDATE t SET a = b + c + d", term],
    ["UPDATE t SET a[0 = 1", term],
    ["UPDATE t SET a = set_add(a)", term],
    ["UPDATE t SET a = 1 + set_add(a, <<1>>)", "Invalid function name; function: set_add"],
    ["UPDATE t SET a = if_not_exists(a, 1)", "Invalid function name; function: if_not_exists"],
    ["SELECT * FROM t WHERE attribute_exists(a)", "Invalid function name; function: attribute_exists"],
    ["SELECT * FROM t WHERE constructor(a)", "Invalid function name; function: constructor"],
    ["EXISTS(SELECT * FROM t", term],
    ["EXISTS SELECT * FROM t", keyword],
    ["EXISTS(DELETE FROM t)", keyword],
  ])("%s", (text, expected) => {
    expect(message(text)).toBe(expected);
  });
});

describe("limits", () => {
  const select = "SELECT * FROM t WHERE ";
  const nesting =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

  test("of operators", () => {
    const terms = (count: number): string => Array.from({ length: count }, () => "a=1").join(" OR ");
    expect(message(select + terms(150))).toBeUndefined();
    expect(message(select + terms(151))).toBe(
      "The expression contains too many operators; operator count: 301",
    );
    expect(message(`${select}${"NOT ".repeat(299)}a=1`)).toBeUndefined();
    expect(message(`${select}${"NOT ".repeat(300)}a=1`)).toBe(
      "The expression contains too many operators; operator count: 301",
    );
  });

  test("of nesting, however deep it goes", () => {
    expect(message(`${select}${"(".repeat(500)}a=1${")".repeat(500)}`)).toBeUndefined();
    for (const text of [
      `${select}${"(".repeat(4000)}a=1${")".repeat(4000)}`,
      `${select}${"(".repeat(8000)}`,
      `${select}${"NOT ".repeat(2000)}a=1`,
      `${select}${"size(".repeat(1600)}a`,
      `${select}a = ${"[".repeat(8000)}`,
      `INSERT INTO t VALUE ${"{'a':".repeat(1600)}`,
      `UPDATE t SET a = ${"<<".repeat(4000)}`,
      `UPDATE t SET a = ${"list_append(".repeat(650)}`,
      `UPDATE t SET a = ${"(".repeat(8000)}`,
    ]) {
      expect(message(text)).toBe(nesting);
    }
  });

  test("of paths", () => {
    expect(message(`SELECT a${".b".repeat(31)} FROM t`)).toBeUndefined();
    expect(message(`SELECT a${".b".repeat(32)} FROM t`)).toBe(
      "The document path has too many nesting elements; nesting levels: 33",
    );
    expect(message("SELECT a[2147483647] FROM t")).toBeUndefined();
    expect(message("SELECT a[2147483648] FROM t")).toBe(
      "List index is not within the allowable range; index: [2147483648]",
    );
  });

  test("of numbers", () => {
    expect(message(`${select}a = 1e126`)).toContain("Number overflow");
    expect(message(`${select}a = -${"1".repeat(39)}`)).toContain("more than 38 significant digits");
  });
});

describe("the parser as an object", () => {
  test("remembers trees and issues by text", () => {
    const parser = createStatementParser({ cacheEntriesMax: 4 });
    const tree = parser.parse("SELECT * FROM t");
    expect(parser.parse("SELECT * FROM t")).toBe(tree);
    expect(parser.parse("SELECT * FROM u")).toMatchObject({ statement: { table: "u" } });
    expect(parser.parse("nonsense")).toBe(parser.parse("nonsense"));
  });

  test("shares trees that nobody can change", () => {
    const parser = createStatementParser({ cacheEntriesMax: 4 });
    const unfrozen = (node: unknown, place: string): readonly string[] => {
      if (typeof node !== "object" || node === null) return [];
      const below = Object.entries(node).flatMap(([key, child]) => unfrozen(child, `${place}.${key}`));
      return Object.isFrozen(node) ? below : [place, ...below];
    };
    const texts = [
      "SELECT a.b FROM t WHERE a IN [1, ?] OR b IS MISSING ORDER BY a",
      "UPDATE t SET a = list_append(b, [1, {'c': <<1>>}]) REMOVE d[1] WHERE NOT size(a) > 1",
    ];
    for (const text of texts) parser.parse(text);
    expect(texts.flatMap((text) => unfrozen(parser.parse(text), text))).toEqual([]);
  });
});
