// What the service says about condition and filter expressions, text by text and in which precedence.
import { describe, expect, test } from "vitest";
import { compileExpressions } from "./index.ts";

type Names = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, unknown>>;

/** Values by type: `:s`, `:n`, ... each is put in only where the text mentions it. */
const allValues: Values = {
  ":s": { S: "a" },
  ":s2": { S: "b" },
  ":n": { N: "1" },
  ":n2": { N: "2" },
  ":b": { B: "AQI=" },
  ":bool": { BOOL: true },
  ":null": { NULL: true },
  ":l": { L: [] },
  ":m": { M: {} },
  ":ss": { SS: ["a"] },
  ":ns": { NS: ["1"] },
  ":bs": { BS: ["AQ=="] },
  ":type": { S: "SS" },
};

const allNames: Names = { "#a": "a", "#b": "b", "#dotted": "x.y" };

function mentioned<Entry>(
  all: Readonly<Record<string, Entry>>,
  text: string,
): Record<string, Entry> | undefined {
  const found = Object.entries(all).filter(([key]) => new RegExp(`${key}\\b`).test(text));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function messageFor(condition: string): string | undefined {
  const result = compileExpressions({
    kinds: ["condition"],
    condition,
    names: mentioned(allNames, condition),
    values: mentioned(allValues, condition),
  });
  return result.kind === "expressionIssue" ? result.message : undefined;
}

const prefix = "Invalid ConditionExpression: ";
const operandType = "Incorrect operand type for operator or function; ";
const distinct =
  "The first operand must be distinct from the remaining operands for this operator or function; operator: ";
const many = (count: number, part: string, join: string): string =>
  Array.from({ length: count }, () => part).join(join);

describe("form of a condition", () => {
  test.each([
    ["", "The expression can not be empty;"],
    [" \t\r\n", "The expression can not be empty;"],
    ["a", 'Syntax error; token: "<EOF>", near: "a"'],
    ["a =", 'Syntax error; token: "<EOF>", near: "="'],
    ["a = :s AND", 'Syntax error; token: "<EOF>", near: "AND"'],
    ["INVALID SYNTAX HERE", 'Syntax error; token: "SYNTAX", near: "INVALID SYNTAX HERE"'],
    ["a-b", 'Syntax error; token: "-", near: "a-b"'],
    ["= :s", 'Syntax error; token: "=", near: "= :s"'],
    ["_type = :s", 'Syntax error; token: "_", near: "_type"'],
    ["a  <  > :s", 'Syntax error; token: ">", near: "<  > :s"'],
    ["tenant:abc-1 = :s", 'Syntax error; token: ":abc", near: "tenant:abc-"'],
    ["begins_with(a, G#)", 'Syntax error; token: "#", near: "G#)"'],
    ["#a attribute_exists :s", 'Syntax error; token: "attribute_exists", near: "#a attribute_exists :s"'],
    ["size()", 'Syntax error; token: ")", near: "()"'],
    ["a IN ()", 'Syntax error; token: ")", near: "()"'],
    ["()", 'Syntax error; token: ")", near: "()"'],
    ["a AND b = :s", 'Syntax error; token: "AND", near: "a AND b"'],
    ["(a) AND b = :s", 'Syntax error; token: "AND", near: ") AND b"'],
    ["a = :s = :s", 'Syntax error; token: "=", near: ":s = :s"'],
    ["(a = :s) = :s", 'Syntax error; token: "=", near: ") = :s"'],
    ["a = (b = :s)", 'Syntax error; token: "=", near: "b = :s"'],
    ["a BETWEEN :n OR :n2", 'Syntax error; token: "OR", near: ":n OR :n2"'],
    ["a = :s)", 'Syntax error; token: ")", near: ":s)"'],
    ["(a = :s", 'Syntax error; token: "<EOF>", near: ":s"'],
    ["NOT a", 'Syntax error; token: "<EOF>", near: "a"'],
    ["set = :s", 'Syntax error; token: "set", near: "set ="'],
    ["a.1 = :s", 'Syntax error; token: "1", near: ".1 ="'],
    ["a[b] = :s", 'Syntax error; token: "b", near: "[b]"'],
    ["a[1 = :s", 'Syntax error; token: "=", near: "1 = :s"'],
    ["a[-1] = :s", 'Syntax error; token: "-", near: "[-1"'],
    ["1a = :s", 'Syntax error; token: "1", near: "1a"'],
    ["a = 5", 'Syntax error; token: "5", near: "= 5"'],
    ["a = 'x'", 'Syntax error; token: "\'", near: "= \'x"'],
    ["a = \u{1F600}", 'Syntax error; token: "\u{1F600}", near: "= \u{1F600}"'],
    ["((a = :s))", "The expression has redundant parentheses;"],
    ["((a)) = :s", "The expression has redundant parentheses;"],
    ["a = ((:s))", "The expression has redundant parentheses;"],
    ["foo(a)", "Invalid function name; function: foo"],
    ["Size(a) = :n", "Invalid function name; function: Size"],
    ["if_not_exists(a, :s) = :s", "Invalid function name; function: if_not_exists"],
    [
      "attribute_exists(a) = :s",
      "The function is not allowed to be used this way in an expression; function: attribute_exists",
    ],
    ["size(a)", "The function is not allowed to be used this way in an expression; function: size"],
    [
      "size(contains(a, :s)) = :n",
      "The function is not allowed to be used this way in an expression; function: contains",
    ],
    ["status = :s", "Attribute name is a reserved keyword; reserved keyword: status"],
    ["a.Name = :s", "Attribute name is a reserved keyword; reserved keyword: Name"],
    ["a[2147483648] = :s", "List index is not within the allowable range; index: [2147483648]"],
    ["a[99999999999999] = :s", "List index is not within the allowable range; index: [99999999999999]"],
    [`a${".b".repeat(32)} = :s`, "The document path has too many nesting elements; nesting levels: 33"],
    [many(151, "a = :s", " OR "), "The expression contains too many operators; operator count: 301"],
  ])("%s", (text, message) => {
    expect(messageFor(text)).toBe(prefix + message);
  });
});

describe("operands of a condition", () => {
  test.each([
    ["#x = :s", "An expression attribute name used in the document path is not defined; attribute name: #x"],
    ["a = :x", "An expression attribute value used in expression is not defined; attribute value: :x"],
    [
      "attribute_exists(a, b)",
      "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
    ],
    [
      "contains(a)",
      "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1",
    ],
    [
      "size(a, b) = :n",
      "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2",
    ],
    [
      `a IN (${many(101, ":s", ", ")})`,
      "The IN operator is provided with too many operands; number of operands: 101",
    ],
    [
      "attribute_exists(:s)",
      "Operator or function requires a document path; operator or function: attribute_exists",
    ],
    [
      "attribute_not_exists(:s)",
      "Operator or function requires a document path; operator or function: attribute_not_exists",
    ],
    ["a = a", `${distinct}=, first operand: [a]`],
    ["a <> a", `${distinct}<>, first operand: [a]`],
    ["#a.b[1] < a.#b[1]", `${distinct}<, first operand: [a, b, [1]]`],
    ["a BETWEEN :n AND a", `${distinct}BETWEEN, first operand: [a]`],
    ["a IN (:n, a)", `${distinct}IN, first operand: [a]`],
    ["begins_with(a, a)", `${distinct}begins_with, first operand: [a]`],
    ["contains(#dotted, #dotted)", `${distinct}contains, first operand: [x.y]`],
    ["begins_with(a, :n)", `${operandType}operator or function: begins_with, operand type: N`],
    ["begins_with(:ss, a)", `${operandType}operator or function: begins_with, operand type: SS`],
    ["begins_with(a, size(b))", `${operandType}operator or function: begins_with, operand type: N`],
    ["contains(:m, a)", `${operandType}operator or function: contains, operand type: M`],
    ["size(:n) = :n", `${operandType}operator or function: size, operand type: N`],
    ["size(size(a)) = :n", `${operandType}operator or function: size, operand type: N`],
    ["size(:bool) = :n", `${operandType}operator or function: size, operand type: BOOL`],
    [
      "attribute_type(a, b)",
      `${operandType}operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}`,
    ],
    ["attribute_type(a, :n)", `${operandType}operator or function: attribute_type, operand type: N`],
    [
      "attribute_type(a, :s)",
      "Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
    ],
    ["a < :bool", `${operandType}operator: <, operand type: BOOLEAN`],
    ["a <= :null", `${operandType}operator: <=, operand type: NULL`],
    ["a > :l", `${operandType}operator: >, operand type: LIST`],
    [":m >= a", `${operandType}operator: >=, operand type: MAP`],
    ["a < :ss", `${operandType}operator: <, operand type: STRING_SET`],
    ["a < :ns", `${operandType}operator: <, operand type: NUMBER_SET`],
    ["a < :bs", `${operandType}operator: <, operand type: BINARY_SET`],
    ["a BETWEEN :l AND :n", `${operandType}operator: BETWEEN, operand type: LIST`],
    [
      "a BETWEEN :n AND :s",
      "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}",
    ],
    [
      "a BETWEEN :n2 AND :n",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
    ],
  ])("%s", (text, message) => {
    expect(messageFor(text)).toBe(prefix + message);
  });
});

describe("precedence", () => {
  test.each([
    ["syntax before everything", "((foo(status))) = = #x", "Syntax error"],
    [
      "operator count before parentheses",
      `((${many(160, "a = :s", " OR ")}))`,
      "The expression contains too many",
    ],
    ["parentheses before functions", "foo(status) AND ((a = :s))", "The expression has redundant"],
    ["unknown before misused functions", "size(status) AND foo(a)", "Invalid function name"],
    ["misused functions before reserved words", "status = :x AND size(a)", "The function is not allowed"],
    ["reserved words before undefined names", "#x = :x AND status = :s", "Attribute name is a reserved"],
    ["the first condition before the second", "a = a AND #x = :s", "The first operand must be"],
    ["undefined names before operand count", "contains(#x)", "An expression attribute name"],
    ["undefined values before operand count", "contains(:x)", "An expression attribute value"],
    ["operand count before distinct operands", "contains(a, a, :n)", "Incorrect number of operands"],
    ["distinct operands before operand types", "a BETWEEN a AND :l", "The first operand must be"],
    ["operand types before bounds", ":bool BETWEEN :n2 AND :n", "Incorrect operand type"],
  ])("%s", (_, text, start) => {
    expect(messageFor(text)?.slice(prefix.length)).toMatch(new RegExp(`^${start}`));
  });
});

describe("accepted conditions", () => {
  test.each([
    "( ( size ( #a )) < #b.Maximum ) AND ( #b > :n )",
    "NOT NOT a = :s",
    "not (a = :s) and b <> :n or a between :n and :n2",
    "(a) = (:s)",
    "(attribute_exists(a))",
    "((a) = :s)",
    "((a = :s) AND (b = :n))",
    "contains(:l, a)",
    "attribute_type(:s, :type)",
    "size(:ss) > :n",
    ":s = :s2",
    "a = b",
    "a.b.c[0][1] = :l",
    "a[2147483647] = :s",
    `a${".b".repeat(31)} = :s`,
    "something_ = :s",
    "settings = :s",
    "#dotted = :s",
    `a IN (${many(100, ":s", ",")})`,
    many(150, "a = :s", " OR "),
  ])("%s", (text) => {
    expect(messageFor(text)).toBeUndefined();
  });
});
