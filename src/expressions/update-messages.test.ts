// What the service says about update and projection expressions, text by text and in which precedence.
import { describe, expect, test } from "vitest";
import { compileExpressions } from "./index.ts";

const allValues: Readonly<Record<string, unknown>> = {
  ":s": { S: "a" },
  ":n": { N: "1" },
  ":b": { B: "AQI=" },
  ":bool": { BOOL: true },
  ":null": { NULL: true },
  ":l": { L: [] },
  ":m": { M: {} },
  ":ss": { SS: ["a"] },
};

const allNames: Readonly<Record<string, string>> = { "#a": "a", "#b": "b" };

function mentioned<Entry>(
  all: Readonly<Record<string, Entry>>,
  text: string,
): Record<string, Entry> | undefined {
  const found = Object.entries(all).filter(([key]) => new RegExp(`${key}\\b`).test(text));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function messageFor(parameter: "update" | "projection", text: string): string | undefined {
  const result = compileExpressions({
    kinds: ["update", "condition", "projection"],
    [parameter]: text,
    names: mentioned(allNames, text),
    values: mentioned(allValues, text),
  });
  return result.kind === "expressionIssue" ? result.message : undefined;
}

const updatePrefix = "Invalid UpdateExpression: ";
const operandType = "Incorrect operand type for operator or function; ";
const overlap =
  "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ";
const conflict =
  "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: ";

describe("messages about updates", () => {
  test.each([
    ["", "The expression can not be empty;"],
    ["SET", 'Syntax error; token: "<EOF>", near: "SET"'],
    ["INVALID SYNTAX HERE", 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    ["SET  REMOVE #a", 'Syntax error; token: "REMOVE", near: "SET  REMOVE #a"'],
    ["ADD hits : incr", 'Syntax error; token: ":", near: "hits : incr"'],
    ["set _something = :s", 'Syntax error; token: "_", near: "set _something"'],
    ["SET a = :s, #, b = :s", 'Syntax error; token: "#", near: ", #,"'],
    ["SET a = :s b = :s", 'Syntax error; token: "b", near: ":s b ="'],
    ["SET a = :s,", 'Syntax error; token: "<EOF>", near: ","'],
    ["SET a = b + :n + :n", 'Syntax error; token: "+", near: ":n + :n"'],
    ["ADD a b", 'Syntax error; token: "b", near: "a b"'],
    ["DELETE a", 'Syntax error; token: "<EOF>", near: "a"'],
    ["REMOVE a = :s", 'Syntax error; token: "=", near: "a = :s"'],
    ["SET a = ((:n))", "The expression has redundant parentheses;"],
    ["SET status = :s", "Attribute name is a reserved keyword; reserved keyword: status"],
    ["SET a = foo(b)", "Invalid function name; function: foo"],
    ["SET a = size(b)", "Invalid function name; function: size"],
    ["SET a = :s SET b = :s", 'The "SET" section can only be used once in an update expression;'],
    ["REMOVE a REMOVE b", 'The "REMOVE" section can only be used once in an update expression;'],
    ["ADD a :n SET b = :s ADD c :n", 'The "ADD" section can only be used once in an update expression;'],
    ["DELETE a :ss DELETE b :ss", 'The "DELETE" section can only be used once in an update expression;'],
    ["REMOVE a[2147483648]", "List index is not within the allowable range; index: [2147483648]"],
    [
      "REMOVE #x",
      "An expression attribute name used in the document path is not defined; attribute name: #x",
    ],
    ["SET a = :x", "An expression attribute value used in expression is not defined; attribute value: :x"],
    ["SET f = :s, f = :n", `${overlap}[f], path two: [f]`],
    ["SET #a.b = :s REMOVE a.b[1]", `${overlap}[a, b], path two: [a, b, [1]]`],
    ["SET a.b[1] = :s REMOVE a.#b", `${overlap}[a, b, [1]], path two: [a, b]`],
    ["SET a.b = :s, a[1] = :s", `${conflict}[a, b], path two: [a, [1]]`],
    ["ADD a :s", `${operandType}operator: ADD, operand type: STRING`],
    ["ADD a :b", `${operandType}operator: ADD, operand type: BINARY`],
    ["ADD a :null", `${operandType}operator: ADD, operand type: NULL`],
    ["ADD a :bool", `${operandType}operator: ADD, operand type: BOOLEAN`],
    ["ADD a :l", `${operandType}operator: ADD, operand type: LIST`],
    ["ADD a :m", `${operandType}operator: ADD, operand type: MAP`],
    ["DELETE a :n", `${operandType}operator: DELETE, operand type: NUMBER`],
    ["SET a = b + :s", `${operandType}operator or function: +, operand type: S`],
    ["SET a = :l - b", `${operandType}operator or function: -, operand type: L`],
    ["SET a = list_append(b, :m)", `${operandType}operator or function: list_append, operand type: M`],
    ["SET a = list_append((b + :n), :l)", `${operandType}operator or function: list_append, operand type: N`],
    ["SET a = :n + list_append(a, :l)", `${operandType}operator or function: +, operand type: L`],
    [
      "SET a = if_not_exists(:s, :s)",
      "Operator or function requires a document path; operator or function: if_not_exists",
    ],
    [
      "SET a = list_append(:l)",
      "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
    ],
    [
      "SET a = if_not_exists(a, :s, :s)",
      "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 3",
    ],
  ])("%s", (text, message) => {
    expect(messageFor("update", text)).toBe(updatePrefix + message);
  });
});

describe("number of operators in updates", () => {
  const sums = (count: number): string =>
    Array.from({ length: count }, (_, index) => `a${index}=b+:n`).join(",");

  test("300 are accepted, assignments not counted", () => {
    expect(messageFor("update", `SET ${sums(300)}`)).toBeUndefined();
  });

  test("301 are refused, functions counted", () => {
    expect(messageFor("update", `SET ${sums(299)},c=if_not_exists(c,(:n-:n))`)).toBe(
      `${updatePrefix}The expression contains too many operators; operator count: 301`,
    );
  });
});

describe("precedence in updates", () => {
  test.each([
    ["syntax before reserved words", "SET status = = :s", "Syntax error"],
    ["reserved words before functions", "SET a = foo(status)", "Attribute name is a reserved"],
    ["functions before sections", "REMOVE a REMOVE b SET c = foo(b)", "Invalid function name"],
    ["sections before undefined names", "REMOVE #x REMOVE b", 'The "REMOVE" section'],
    ["names before values, wherever they are", "SET a = :x REMOVE #x", "An expression attribute name"],
    ["values before overlaps", "SET a = :s, a = :x", "An expression attribute value"],
    ["overlaps before conflicts", "SET a.b = :s, a[1] = :s, c = :s, c = :s", "Two document paths overlap"],
    ["conflicts before operands of ADD", "SET a.b = :s ADD a[1] :s", "Two document paths conflict"],
    ["operands of ADD before those of functions", "SET a = b + :s ADD c :s", ".*operator: ADD"],
    ["operand count before operand types", "SET a = list_append(:s)", "Incorrect number of operands"],
  ])("%s", (_, text, start) => {
    expect(messageFor("update", text)?.slice(updatePrefix.length)).toMatch(new RegExp(`^${start}`));
  });
});

describe("accepted updates", () => {
  test.each([
    "SET a = :s, b.c = :n REMOVE d[1], d[2] ADD e :n, f :ss DELETE g :ss",
    "delete g :ss add e :n remove d set a = :s",
    "SET a = a + :n",
    "SET a = (a - :n)",
    "SET a = (a + :n) - (b - :n)",
    "SET a = if_not_exists(a, :n) + :n",
    "SET a = list_append(if_not_exists(a, :l), :l)",
    "SET a.b = :s, a.c = :s, l[0] = :s, l[1] = :s",
    "SET a = b, b = a",
  ])("%s", (text) => {
    expect(messageFor("update", text)).toBeUndefined();
  });
});

describe("messages about projections", () => {
  const prefix = "Invalid ProjectionExpression: ";
  test.each([
    ["", "The expression can not be empty;"],
    ["a,", 'Syntax error; token: "<EOF>", near: ","'],
    ["a b", 'Syntax error; token: "b", near: "a b"'],
    [":s", 'Syntax error; token: ":s", near: ":s"'],
    ["a[99999999999999]", "List index is not within the allowable range; index: [99999999999999]"],
    ["a, status", "Attribute name is a reserved keyword; reserved keyword: status"],
    ["#x", "An expression attribute name used in the document path is not defined; attribute name: #x"],
    ["a, a.b", `${overlap}[a], path two: [a, b]`],
    ["a, b, #a", `${overlap}[a], path two: [a]`],
    ["a[1], a.b", `${conflict}[a, [1]], path two: [a, b]`],
    ["#x, a, a", "An expression attribute name used in the document path is not defined; attribute name: #x"],
  ])("%s", (text, message) => {
    // `:s` is no part of a projection, so that its value would be unused.
    const result = compileExpressions({
      kinds: ["projection"],
      projection: text,
      names: mentioned(allNames, text),
    });
    expect(result).toEqual({ kind: "expressionIssue", message: prefix + message });
  });

  test("a long list of paths is accepted", () => {
    expect(
      messageFor("projection", Array.from({ length: 600 }, (_, index) => `a${index}`).join(",")),
    ).toBeUndefined();
  });
});
