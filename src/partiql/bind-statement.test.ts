// What statements compile to: the very plans that the API's own expressions compile to, and their texts.
import { describe, expect, test } from "vitest";
import { compileExpressions } from "../expressions/index.ts";
import { type AttributeValue, parseItem } from "../values/index.ts";
import { bindStatement, parseStatement, type StatementPlan } from "./index.ts";

type Wire = Readonly<Record<string, unknown>>;

function valuesOf(wire: readonly unknown[]): readonly AttributeValue[] {
  const parsed = parseItem(Object.fromEntries(wire.map((value, index) => [`v${index}`, value])));
  if (parsed.kind !== "item") throw new Error(parsed.message);
  return [...parsed.item.values()];
}

function bind(text: string, parameters: readonly unknown[] = []): ReturnType<typeof bindStatement> {
  const parsed = parseStatement(text);
  if (parsed.kind !== "parsed") throw new Error(`${text}: ${parsed.message}`);
  return bindStatement(parsed, valuesOf(parameters));
}

function plan(text: string, parameters?: readonly unknown[]): StatementPlan {
  const bound = bind(text, parameters);
  if (bound.kind === "expressionIssue") throw new Error(`${text}: ${bound.message}`);
  return bound;
}

function message(text: string, parameters?: readonly unknown[]): string | undefined {
  const bound = bind(text, parameters);
  return bound.kind === "expressionIssue" ? bound.message : undefined;
}

/** The same as the service's own expression, with `:0`, `:1` for values. */
function expression(
  kind: "condition" | "update" | "projection",
  text: string,
  values: readonly unknown[] = [],
) {
  const wire = Object.fromEntries(values.map((value, index) => [`:${index}`, value]));
  const compiled = compileExpressions({
    kinds: [kind],
    [kind]: text,
    values: values.length === 0 ? undefined : (wire as never),
  });
  if (compiled.kind !== "compiled") throw new Error(compiled.message);
  return compiled[kind];
}

const one: Wire = { N: "1" };
const x: Wire = { S: "x" };

describe("conditions", () => {
  test.each<[where: string, condition: string, values: readonly unknown[]]>([
    ["a = 1", "a = :0", [one]],
    ["a <> 'x' OR NOT b.c[3] < 1", "a <> :0 OR NOT b.c[3] < :1", [x, one]],
    ["'x' >= a AND (b = 1 OR c = 1)", ":0 >= a AND (b = :1 OR c = :1)", [x, one]],
    ["a BETWEEN 1 AND b", "a BETWEEN :0 AND b", [one]],
    ["a IN ['x', 1, b]", "a IN (:0, :1, b)", [x, one]],
    ["a IS MISSING AND b IS NOT MISSING", "attribute_not_exists(a) AND attribute_exists(b)", []],
    ["a IS NULL", "attribute_type(a, :0)", [{ S: "NULL" }]],
    ["a IS NOT NULL", "NOT attribute_type(a, :0)", [{ S: "NULL" }]],
    ["attribute_type(a, 'SS')", "attribute_type(a, :0)", [{ S: "SS" }]],
    ["begins_with(a, 'x') AND contains(b, 1)", "begins_with(a, :0) AND contains(b, :1)", [x, one]],
    ["size(a.b) > 1", "size(a.b) > :0", [one]],
    ["a = NULL", "a = :0", [{ NULL: true }]],
    ["a = {'b': [TRUE, <<1, 2>>]}", "a = :0", [{ M: { b: { L: [{ BOOL: true }, { NS: ["1", "2"] }] } } }]],
  ])("%s is %s", (where, condition, values) => {
    const bound = plan(`SELECT * FROM t WHERE ${where}`);
    expect(bound).toEqual({
      kind: "select",
      table: "t",
      where: expression("condition", condition, values),
      orderBy: [],
    });
  });

  test("names in quotes are names, whatever they look like", () => {
    const quoted = plan('SELECT * FROM t WHERE "#a.b[0]" = 1 AND ":v"."__proto__" = 1 AND "it""s" = 1');
    const leaf = (name: string, ...inner: readonly string[]) => ({
      kind: "comparison",
      operator: "=",
      left: { kind: "path", path: { name, inner } },
      right: { kind: "value", value: { type: "N", value: "1" } },
    });
    expect(quoted).toMatchObject({
      where: { kind: "and", conditions: [leaf("#a.b[0]"), leaf(":v", "__proto__"), leaf('it"s')] },
    });
  });

  test.each<[where: string, message: string]>([
    ["a = a", "The first operand must be distinct from the remaining operands"],
    ["a < TRUE", "Incorrect operand type for operator or function; operator: <, operand type: BOOLEAN"],
    [
      "a BETWEEN 2 AND 1",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound",
    ],
    ["a BETWEEN 'x' AND 1", "The BETWEEN operator requires same data type for lower and upper bounds"],
    ["begins_with(a, 1)", "operator or function: begins_with, operand type: N"],
    [
      "begins_with(a)",
      "Incorrect number of operands for operator or function; operator or function: begins_with",
    ],
    ["size(a, b) = 1", "Incorrect number of operands for operator or function; operator or function: size"],
    ["size(1) = 1", "operator or function: size, operand type: N"],
    ["attribute_type(a, 'X')", "Invalid attribute type name found; type: X"],
    ["1 IS MISSING", "Operator or function requires a document path"],
    ["a = MISSING", "MISSING can only stand for"],
    ["a = [MISSING]", "MISSING can only stand for"],
    ["a = <<1, 'x'>>", "The elements of a set must be all of type string"],
    ["a = <<[1]>>", "The elements of a set must be all of type string"],
    ["a = <<>>", "An string set  may not be empty"],
    ["a = <<1, 1.0>>", "Input collection contains duplicates"],
    ["a = {'b': 1, 'b': 2}", "The tuple contains an attribute more than once: b"],
    ["a = {'': 1}", "An attribute name may not be an empty string"],
    [
      `a IN [${"1,".repeat(100)}1]`,
      "The IN operator is provided with too many operands; number of operands: 101",
    ],
    [`a = ${"[".repeat(32)}1${"]".repeat(32)}`, "Nesting Levels have exceeded supported limits"],
  ])("%s is refused", (where, text) => {
    expect(message(`SELECT * FROM t WHERE ${where}`)).toContain(text);
  });

  test("31 levels above a scalar are not too many", () => {
    expect(message(`SELECT * FROM t WHERE a = ${"[".repeat(31)}1${"]".repeat(31)}`)).toBeUndefined();
  });
});

describe("parameters", () => {
  test("stand where they were written", () => {
    expect(plan("SELECT * FROM t WHERE a = ? AND b IN [?, ?]", [one, x, { B: "AQ==" }])).toMatchObject({
      where: expression("condition", "a = :0 AND b IN (:1, :2)", [one, x, { B: "AQ==" }]),
    });
  });

  test("stand inside lists, sets and tuples", () => {
    const bound = plan("INSERT INTO t VALUE {'a': [?, {'b': ?}], 'c': <<?, ?>>}", [
      one,
      { M: { d: x } },
      { B: "AQ==" },
      { B: "Ag==" },
    ]);
    const item = parseItem({ a: { L: [one, { M: { b: { M: { d: x } } } }] }, c: { BS: ["AQ==", "Ag=="] } });
    if (item.kind !== "item") throw new Error("no item");
    expect(bound).toEqual({ kind: "insert", table: "t", item: item.item });
  });

  test.each<[text: string, parameters: readonly unknown[]]>([
    ["SELECT * FROM t WHERE a = ?", []],
    ["SELECT * FROM t WHERE a = ?", [one, one]],
    ["SELECT * FROM t", [one]],
    ["SELECT * FROM t WHERE a = '?'", [one]],
  ])("%s with others than it has places for", (text, parameters) => {
    expect(message(text, parameters)).toBe("Number of parameters in request and statement don't match.");
  });

  test("do not go deeper than values may", () => {
    const list = (levels: number): unknown => (levels === 0 ? one : { L: [list(levels - 1)] });
    expect(message("SELECT * FROM t WHERE a = ?", [list(31)])).toBeUndefined();
    expect(message("SELECT * FROM t WHERE a = [?]", [list(31)])).toContain("Nesting Levels");
  });

  test("are data: nothing in them is read as a statement", () => {
    const hostile = { S: "' OR 1=1; DELETE FROM t -- \" ? << :v #n\n" };
    expect(plan("SELECT * FROM t WHERE a = ?", [hostile])).toMatchObject({
      where: expression("condition", "a = :0", [hostile]),
    });
  });
});

describe("projections", () => {
  test.each([
    ["a, b.c, d[1], d[0].e", "a, b.c, d[1], d[0].e"],
    ['"a"', "a"],
  ])("%s", (paths, projection) => {
    expect(plan(`SELECT ${paths} FROM "t"."i"`)).toEqual({
      kind: "select",
      table: "t",
      index: "i",
      projection: expression("projection", projection),
      orderBy: [],
    });
  });

  test("paths may not overlap or conflict", () => {
    expect(message("SELECT a, a.b FROM t")).toBe(
      "Two document paths overlap with each other; must remove or rewrite one of these paths; " +
        "path one: [a], path two: [a, b]",
    );
    expect(message("SELECT a.b, a[0] FROM t")).toContain("Two document paths conflict with each other");
  });
});

describe("updates", () => {
  test.each<[text: string, update: string, values: readonly unknown[]]>([
    ["SET a = 1", "SET a = :0", [one]],
    ["SET a = 1 SET b.c[2] = d REMOVE e, f[0]", "SET a = :0, b.c[2] = d REMOVE e, f[0]", [one]],
    ["SET a = a + 1, b = 1 - b", "SET a = a + :0, b = :0 - b", [one]],
    ["SET a = list_append(a, [1])", "SET a = list_append(a, :0)", [{ L: [one] }]],
    [
      "SET a = list_append(list_append([1], b), c)",
      "SET a = list_append(list_append(:0, b), c)",
      [{ L: [one] }],
    ],
    [
      "SET a = set_add(a, <<1>>) SET b.c = set_delete(b.c, <<'x'>>)",
      "ADD a :0 DELETE b.c :1",
      [{ NS: ["1"] }, { SS: ["x"] }],
    ],
  ])("%s is %s", (text, update, values) => {
    expect(plan(`UPDATE t ${text} WHERE p = 1 RETURNING MODIFIED NEW *`)).toEqual({
      kind: "update",
      table: "t",
      update: expression("update", update, values),
      where: expression("condition", "p = :0", [one]),
      returning: "updatedNew",
    });
  });

  test.each<[text: string, message: string]>([
    ["SET a = 1 SET a = 2", "Two document paths overlap with each other"],
    ["SET a.b = 1 REMOVE a", "Two document paths overlap with each other"],
    ["SET a.b = 1 SET a[0] = 1", "Two document paths conflict with each other"],
    ["SET a = b + 'x'", "operator or function: +, operand type: S"],
    ["SET a = list_append(a, 1)", "operator or function: list_append, operand type: N"],
    ["SET a = set_add(a, 1)", "operator or function: set_add, operand type: N"],
    ["SET a = set_delete(a, 'x')", "operator or function: set_delete, operand type: S"],
    ["SET a = set_add(b, <<1>>)", "The first operand of set_add must be the path that is set"],
    ["SET a = MISSING", "MISSING can only stand for"],
  ])("%s is refused", (text, expected) => {
    expect(message(`UPDATE t ${text} WHERE p = 1`)).toContain(expected);
  });
});

describe("other statements", () => {
  test("an INSERT has an item, without what is MISSING", () => {
    expect(plan("INSERT INTO t VALUE {'__proto__': 1, 'a': MISSING, 'it''s': 'x'}")).toEqual({
      kind: "insert",
      table: "t",
      item: new Map([
        ["__proto__", { type: "N", value: "1" }],
        ["it's", { type: "S", value: "x" }],
      ]),
    });
    expect(plan("INSERT INTO t VALUE ?", [{ M: { a: one } }])).toMatchObject({
      item: new Map([["a", { type: "N", value: "1" }]]),
    });
    expect(message("INSERT INTO t VALUE ?", [one])).toBe("The value of an INSERT statement must be a tuple");
  });

  test("a DELETE has a condition", () => {
    expect(plan("DELETE FROM t WHERE p = 1 RETURNING ALL OLD *")).toEqual({
      kind: "delete",
      table: "t",
      where: expression("condition", "p = :0", [one]),
      returning: "allOld",
    });
  });

  test("EXISTS has a SELECT on a table", () => {
    const select = plan("SELECT * FROM t WHERE p = 1");
    expect(plan("EXISTS(SELECT * FROM t WHERE p = 1)")).toEqual({ kind: "exists", table: "t", select });
    expect(message("EXISTS(SELECT * FROM t.i WHERE p = 1)")).toBe("EXISTS cannot be used on an index");
  });

  test("plans travel by structured clone", () => {
    const bound = plan("UPDATE t SET a = list_append(a, [1]) WHERE p = 1 AND b IS MISSING");
    expect(structuredClone(bound)).toEqual(bound);
  });
});
