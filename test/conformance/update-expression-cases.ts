/** Static errors of UpdateExpression. What updates do to items is in update-result-cases.ts. */
import { type CaseGroup, type ConformanceCase, invalid, type JsonObject, L, N, S, SS } from "./case-types.ts";

function refused(
  expression: string,
  detail: string,
  values?: JsonObject,
  names?: JsonObject,
): ConformanceCase {
  return {
    name: expression,
    operation: "UpdateItem",
    request: {
      TableName: "hash",
      Key: { pk: S("a") },
      UpdateExpression: expression,
      ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
      ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    },
    expect: invalid(`Invalid UpdateExpression: ${detail}`),
  };
}

const v = { ":v": S("x") };
const n = { ":n": N(1) };

const once = (section: string): string =>
  `The "${section}" section can only be used once in an update expression;`;

const sections: readonly ConformanceCase[] = [
  refused("SET a = :v SET b = :v", once("SET"), v),
  refused("REMOVE a REMOVE b", once("REMOVE")),
  refused("ADD a :n ADD b :n", once("ADD"), n),
  refused("DELETE a :s DELETE b :s", once("DELETE"), { ":s": SS("x") }),
  refused("SET a = :v REMOVE b SET c = :v", once("SET"), v),
  refused("set a = :v remove b SET c = :v", once("SET"), v),
];

const overlap = (one: string, two: string): string =>
  `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${one}], path two: [${two}]`;
const conflict = (one: string, two: string): string =>
  `Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [${one}], path two: [${two}]`;

const paths: readonly ConformanceCase[] = [
  refused("SET a = :v, a = :v", overlap("a", "a"), v),
  refused("SET a = :v REMOVE a", overlap("a", "a"), v),
  refused("SET a = :v, a.b = :v", overlap("a", "a, b"), v),
  refused("SET a.b[1] = :v, a.b = :v", overlap("a, b, [1]", "a, b"), v),
  refused("SET a = :v, #a = :v", overlap("a", "a"), v, { "#a": "a" }),
  refused("REMOVE a.b, a[1]", conflict("a, b", "a, [1]")),
  refused("SET a[0] = :v, a.b = :v", conflict("a, [0]", "a, b"), v),
];

const operands: readonly ConformanceCase[] = [
  refused(
    "ADD a :v",
    "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
    v,
  ),
  refused(
    "ADD a :v",
    "Incorrect operand type for operator or function; operator: ADD, operand type: BOOLEAN",
    {
      ":v": { BOOL: true },
    },
  ),
  refused("ADD a :v", "Incorrect operand type for operator or function; operator: ADD, operand type: MAP", {
    ":v": { M: {} },
  }),
  refused("ADD a :v", "Incorrect operand type for operator or function; operator: ADD, operand type: NULL", {
    ":v": { NULL: true },
  }),
  refused(
    "ADD a :v",
    "Incorrect operand type for operator or function; operator: ADD, operand type: BINARY",
    {
      ":v": { B: "YQ==" },
    },
  ),
  refused(
    "DELETE a :n",
    "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
    n,
  ),
  refused(
    "DELETE a :v",
    "Incorrect operand type for operator or function; operator: DELETE, operand type: STRING",
    v,
  ),
  refused(
    "DELETE a :v",
    "Incorrect operand type for operator or function; operator: DELETE, operand type: LIST",
    {
      ":v": L(S("x")),
    },
  ),
  refused(
    "SET a = b + :v",
    "Incorrect operand type for operator or function; operator or function: +, operand type: S",
    v,
  ),
  refused(
    "SET a = :v - b",
    "Incorrect operand type for operator or function; operator or function: -, operand type: S",
    v,
  ),
  refused(
    "SET a = list_append(b, :v)",
    "Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
    v,
  ),
  refused(
    "SET a = list_append(:n, b)",
    "Incorrect operand type for operator or function; operator or function: list_append, operand type: N",
    n,
  ),
];

const functions: readonly ConformanceCase[] = [
  refused("SET a = foo(b)", "Invalid function name; function: foo"),
  refused("SET a = LIST_APPEND(a, b)", "Invalid function name; function: LIST_APPEND"),
  refused(
    "SET a = if_not_exists(b)",
    "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1",
  ),
  refused(
    "SET a = if_not_exists(b, c, d)",
    "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 3",
  ),
  refused(
    "SET a = list_append(b)",
    "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
  ),
  refused(
    "SET a = if_not_exists(:v, b)",
    "Operator or function requires a document path; operator or function: if_not_exists",
    v,
  ),
];

/** Of two faults the earlier in the documented precedence is reported. */
const precedence: readonly ConformanceCase[] = [
  refused("SET a = foo(name)", "Attribute name is a reserved keyword; reserved keyword: name"),
  refused("SET a = foo(b) SET c = d", "Invalid function name; function: foo"),
  refused("SET a = #u SET c = d", once("SET")),
  refused(
    "SET a = #u, b = :u",
    "An expression attribute name used in the document path is not defined; attribute name: #u",
  ),
  refused(
    "SET a = :u, a = :u",
    "An expression attribute value used in expression is not defined; attribute value: :u",
  ),
  refused("SET c.d = :v, c[0] = :v, a = :v, a = :v", overlap("a", "a"), v),
  refused("SET a.b = :v, a[0] = :v ADD c :v", conflict("a, b", "a, [0]"), v),
  refused(
    "SET a = list_append(:n, b) ADD c :v",
    "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
    { ...n, ...v },
  ),
];

export const updateExpressionGroups: readonly CaseGroup[] = [
  { title: "sections", cases: sections },
  { title: "paths", cases: paths },
  { title: "operands", cases: operands },
  { title: "functions", cases: functions },
  { title: "precedence", cases: precedence },
];
