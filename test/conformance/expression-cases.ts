/** Texts that every kind of expression shares: placeholders, syntax, names, functions, operands, precedence. */
import {
  type CaseGroup,
  type ConformanceCase,
  invalid,
  invalidSomehow,
  type JsonObject,
  N,
  type Refusal,
  S,
  SS,
} from "./case-types.ts";

const key = { pk: S("a") };

type Kind =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "UpdateExpression";

interface Row {
  readonly name?: string;
  readonly expression: string;
  readonly names?: JsonObject;
  readonly values?: JsonObject;
}

/** The request that carries an expression of a kind; conditions go to PutItem, filters to Scan. */
function carrier(kind: Kind, row: Row): Pick<ConformanceCase, "operation" | "request"> {
  const common = {
    TableName: "hash",
    [kind]: row.expression,
    ...(row.names === undefined ? {} : { ExpressionAttributeNames: row.names }),
    ...(row.values === undefined ? {} : { ExpressionAttributeValues: row.values }),
  };
  switch (kind) {
    case "ConditionExpression":
      return { operation: "PutItem", request: { ...common, Item: key } };
    case "FilterExpression":
      return { operation: "Scan", request: common };
    case "KeyConditionExpression":
      return { operation: "Query", request: common };
    case "ProjectionExpression":
      return { operation: "GetItem", request: { ...common, Key: key } };
    case "UpdateExpression":
      return { operation: "UpdateItem", request: { ...common, Key: key } };
  }
}

/** `detail` is what stands after "Invalid <Kind>: ". */
function refused(kind: Kind, row: Row, detail: string): ConformanceCase {
  return {
    name: `${kind}: ${row.name ?? row.expression}`,
    ...carrier(kind, row),
    expect: invalid(`Invalid ${kind}: ${detail}`),
  };
}

function refusedWith(kind: Kind, row: Row, expect: Refusal): ConformanceCase {
  return { name: `${kind}: ${row.name ?? row.expression}`, ...carrier(kind, row), expect };
}

/** Conditions and filters share one grammar: each row is asked as both. */
function refusedConditions(
  rows: readonly (readonly [row: Row, detail: string])[],
): readonly ConformanceCase[] {
  const kinds: readonly Kind[] = ["ConditionExpression", "FilterExpression"];
  return rows.flatMap(([row, detail]) => kinds.map((kind) => refused(kind, row, detail)));
}

const v = { ":v": S("x") };
const n = { ":n": N(1) };

const placeholderMaps: readonly ConformanceCase[] = [
  refusedWith(
    "ConditionExpression",
    { name: "empty names", expression: "attribute_exists(a)", names: {} },
    invalid("ExpressionAttributeNames must not be empty"),
  ),
  refusedWith(
    "FilterExpression",
    { name: "empty values", expression: "attribute_exists(a)", values: {} },
    invalid("ExpressionAttributeValues must not be empty"),
  ),
  ...["a", "#", "#a-b", "##", "#a b"].map((name) =>
    refusedWith(
      "ProjectionExpression",
      { name: `name key ${name}`, expression: "a", names: { [name]: "a" } },
      invalid(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${name}"`),
    ),
  ),
  ...["v", ":", ":a-b", "#v"].map((name) =>
    refusedWith(
      "ConditionExpression",
      { name: `value key ${name}`, expression: "attribute_exists(a)", values: { [name]: S("x") } },
      invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${name}"`),
    ),
  ),
  refusedWith(
    "ProjectionExpression",
    { name: "an empty name", expression: "#a", names: { "#a": "" } },
    { error: "ValidationException", messageStart: "ExpressionAttributeNames contains invalid value: " },
  ),
  refusedWith(
    "ProjectionExpression",
    { name: "an unused name", expression: "a", names: { "#a": "a" } },
    invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"),
  ),
  refusedWith(
    "ConditionExpression",
    { name: "an unused value", expression: "attribute_exists(a)", values: v },
    invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"),
  ),
  refusedWith(
    "UpdateExpression",
    { name: "two unused names", expression: "REMOVE a", names: { "#a": "a", "#b": "b" } },
    invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"),
  ),
  refusedWith(
    "FilterExpression",
    { name: "two unused values", expression: "attribute_exists(a)", values: { ":a": S("x"), ":b": S("y") } },
    invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {:a, :b}"),
  ),
  refusedWith(
    "ConditionExpression",
    {
      name: "unused names are named before unused values",
      expression: "attribute_exists(a)",
      names: { "#a": "a" },
      values: v,
    },
    invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"),
  ),
];

const everyKind: readonly Kind[] = [
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
  "ProjectionExpression",
  "UpdateExpression",
];

function padded(kind: Kind, bytes: number): string {
  const expression =
    kind === "UpdateExpression" ? "REMOVE a" : kind === "ProjectionExpression" ? "a" : "a = :v";
  return expression.padEnd(bytes, " ");
}

const anyKind: readonly ConformanceCase[] = everyKind.flatMap((kind) => [
  refused(kind, { name: "empty", expression: "" }, "The expression can not be empty;"),
  refusedWith(
    kind,
    {
      name: "4097 bytes",
      expression: padded(kind, 4097),
      ...(kind === "UpdateExpression" || kind === "ProjectionExpression" ? {} : { values: v }),
    },
    {
      error: "ValidationException",
      messageStart: `Invalid ${kind}: Expression size has exceeded the maximum allowed size`,
    },
  ),
]);

const sizes: readonly ConformanceCase[] = [
  refused(
    "ConditionExpression",
    { name: "the size is told", expression: padded("ConditionExpression", 5000), values: v },
    "Expression size has exceeded the maximum allowed size; expression size: 5000",
  ),
  refused(
    "FilterExpression",
    { name: "the size is in bytes as sent", expression: `${"é".repeat(2049)}`, values: v },
    "Expression size has exceeded the maximum allowed size; expression size: 4098",
  ),
  {
    name: "4096 bytes are accepted",
    ...carrier("FilterExpression", { expression: padded("FilterExpression", 4096), values: v }),
    given: [],
    expect: { body: { Items: [], Count: 0, ScannedCount: 0 } },
  },
  {
    name: "300 operators are accepted",
    ...carrier("FilterExpression", {
      // 150 comparisons, 149 OR, one NOT.
      expression: `NOT a=:v${" OR a=:v".repeat(149)}`,
      values: v,
    }),
    given: [],
    expect: { body: { Items: [], Count: 0, ScannedCount: 0 } },
  },
  ...refusedConditions([
    [
      { name: "301 operators", expression: `a=:v${" OR a=:v".repeat(150)}`, values: v },
      "The expression contains too many operators; operator count: 301",
    ],
  ]),
];

const syntax: readonly ConformanceCase[] = [
  // Reported with the live service's answers for a bare hyphen.
  ...(["ConditionExpression", "FilterExpression", "KeyConditionExpression"] as const).map((kind) =>
    refused(kind, { expression: "a-b" }, 'Syntax error; token: "-", near: "a-b"'),
  ),
  ...refusedConditions([
    [{ expression: "a = = b" }, 'Syntax error; token: "=", near: "= = b"'],
    [{ expression: "a = :v b", values: v }, 'Syntax error; token: "b", near: ":v b"'],
    [{ expression: "() a" }, 'Syntax error; token: ")", near: "() a"'],
    [{ expression: "a = :v AND", values: v }, 'Syntax error; token: "<EOF>", near: "AND"'],
    [{ expression: "contains(a, :v", values: v }, 'Syntax error; token: "<EOF>", near: ":v"'],
    [{ expression: "a" }, 'Syntax error; token: "<EOF>", near: "a"'],
    [{ expression: "a BETWEEN :v AND", values: v }, 'Syntax error; token: "<EOF>", near: "AND"'],
  ]),
  ...(["ConditionExpression", "FilterExpression"] as const).flatMap((kind) =>
    [
      "a = 'x'",
      "a = 1",
      'a = "x"',
      "a ! :v",
      "a == :v",
      "a = :v)",
      "(a = :v",
      "NOT",
      "a IN ()",
      "a.1 = :v",
      "a[] = :v",
      "a[x] = :v",
      "a[-1] = :v",
      "1a = :v",
      "a = :v AND AND a = :v",
      "a < :v < :v",
    ].map((expression) =>
      refusedWith(
        kind,
        { expression, ...(expression.includes(":v") ? { values: v } : {}) },
        { error: "ValidationException", messageStart: `Invalid ${kind}: Syntax error; token: "` },
      ),
    ),
  ),
  ...["a,", ",a", "a b", "a..b", "a[0", "a.[0]", "a[0]b", ":v"].map((expression) =>
    refusedWith(
      "ProjectionExpression",
      { expression },
      { error: "ValidationException", messageStart: 'Invalid ProjectionExpression: Syntax error; token: "' },
    ),
  ),
  ...[
    "SET",
    "SET a",
    "SET a =",
    "SET a = :v,",
    "SET a = :v b = :v",
    "REMOVE",
    "REMOVE a,",
    "ADD a",
    "DELETE a",
    "SET a = :v + :v + :v +",
    "PUT a = :v",
    "SET :v = a",
    "a = :v",
  ].map((expression) =>
    refusedWith(
      "UpdateExpression",
      { expression, ...(expression.includes(":v") ? { values: v } : {}) },
      { error: "ValidationException", messageStart: 'Invalid UpdateExpression: Syntax error; token: "' },
    ),
  ),
  refused(
    "UpdateExpression",
    { expression: "ADD hits : incr" },
    'Syntax error; token: ":", near: "hits : incr"',
  ),
  refused(
    "UpdateExpression",
    { expression: "INVALID SYNTAX HERE" },
    'Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
  ),
];

const names: readonly ConformanceCase[] = [
  ...refusedConditions([
    [{ expression: "name = :v", values: v }, "Attribute name is a reserved keyword; reserved keyword: name"],
    [
      { expression: "Status = :v", values: v },
      "Attribute name is a reserved keyword; reserved keyword: Status",
    ],
    [
      { expression: "a.ABORT = :v", values: v },
      "Attribute name is a reserved keyword; reserved keyword: ABORT",
    ],
    [
      { expression: "#a = :v", values: v },
      "An expression attribute name used in the document path is not defined; attribute name: #a",
    ],
    [
      { expression: "#a = :v", values: v, names: { "#b": "b" } },
      "An expression attribute name used in the document path is not defined; attribute name: #a",
    ],
    [
      { expression: "a = :v" },
      "An expression attribute value used in expression is not defined; attribute value: :v",
    ],
    [
      { expression: "a = :w", values: v },
      "An expression attribute value used in expression is not defined; attribute value: :w",
    ],
    [
      { expression: "a[99999999999] = :v", values: v },
      "List index is not within the allowable range; index: [99999999999]",
    ],
  ]),
  refused(
    "ProjectionExpression",
    { expression: "a, zone" },
    "Attribute name is a reserved keyword; reserved keyword: zone",
  ),
  refused(
    "ProjectionExpression",
    { expression: "a, #b" },
    "An expression attribute name used in the document path is not defined; attribute name: #b",
  ),
  refused(
    "ProjectionExpression",
    { expression: "a, a.b" },
    "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
  ),
  refused(
    "ProjectionExpression",
    { expression: "a, a" },
    "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
  ),
  refused(
    "ProjectionExpression",
    { expression: "a[1].b, #a[1]", names: { "#a": "a" } },
    "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, [1], b], path two: [a, [1]]",
  ),
  refused(
    "UpdateExpression",
    { expression: "SET year = :v", values: v },
    "Attribute name is a reserved keyword; reserved keyword: year",
  ),
  refused(
    "UpdateExpression",
    { expression: "REMOVE #a" },
    "An expression attribute name used in the document path is not defined; attribute name: #a",
  ),
  refused(
    "UpdateExpression",
    { expression: "SET a = :v" },
    "An expression attribute value used in expression is not defined; attribute value: :v",
  ),
  refusedWith(
    "ProjectionExpression",
    { name: "a path of 33 elements", expression: Array.from({ length: 33 }, () => "a").join(".") },
    invalidSomehow,
  ),
];

const typeSet = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}";
const validTypes = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}";

const functions: readonly ConformanceCase[] = [
  ...refusedConditions([
    [{ expression: "foo(a)" }, "Invalid function name; function: foo"],
    [{ expression: "a = foo(b)" }, "Invalid function name; function: foo"],
    [{ expression: "CONTAINS(a, :v)", values: v }, "Invalid function name; function: CONTAINS"],
    [
      { expression: "a = attribute_exists(b)" },
      "The function is not allowed to be used this way in an expression; function: attribute_exists",
    ],
    [
      { expression: "size(a)" },
      "The function is not allowed to be used this way in an expression; function: size",
    ],
    [
      { expression: "size(a) AND attribute_exists(b)" },
      "The function is not allowed to be used this way in an expression; function: size",
    ],
    [{ expression: "((a = :v))", values: v }, "The expression has redundant parentheses;"],
    [{ expression: "((a = :v)) AND b = :v", values: v }, "The expression has redundant parentheses;"],
    [
      { expression: "attribute_exists(a, b)" },
      "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
    ],
    [
      { expression: "attribute_not_exists(a, b, c)" },
      "Incorrect number of operands for operator or function; operator or function: attribute_not_exists, number of operands: 3",
    ],
    [
      { expression: "begins_with(a)" },
      "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
    ],
    [
      { expression: "contains(a)" },
      "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1",
    ],
    [
      { expression: "attribute_type(a)" },
      "Incorrect number of operands for operator or function; operator or function: attribute_type, number of operands: 1",
    ],
    [
      { expression: "size(a, b) = :n", values: n },
      "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2",
    ],
    [
      { expression: "attribute_exists(:v)", values: v },
      "Operator or function requires a document path; operator or function: attribute_exists",
    ],
    [
      { expression: "attribute_not_exists(:v)", values: v },
      "Operator or function requires a document path; operator or function: attribute_not_exists",
    ],
    [
      { expression: "begins_with(a, :n)", values: n },
      "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
    ],
    [
      { expression: "begins_with(a, :s)", values: { ":s": SS("x") } },
      "Incorrect operand type for operator or function; operator or function: begins_with, operand type: SS",
    ],
    [
      { expression: "size(:n) = :n", values: n },
      "Incorrect operand type for operator or function; operator or function: size, operand type: N",
    ],
    [
      { expression: "attribute_type(a, :n)", values: n },
      "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N",
    ],
    [
      { expression: "attribute_type(a, b)" },
      `Incorrect operand type for operator or function; operator or function: attribute_type, operand type: ${typeSet}`,
    ],
    [
      { expression: "attribute_type(a, :t)", values: { ":t": S("String") } },
      `Invalid attribute type name found; type: String, valid types: ${validTypes}`,
    ],
    [
      { expression: "attribute_type(a, :t)", values: { ":t": S("s") } },
      `Invalid attribute type name found; type: s, valid types: ${validTypes}`,
    ],
    [
      { expression: "a = a" },
      "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
    ],
    [
      { expression: "a.b[1] < a.b[1]" },
      "The first operand must be distinct from the remaining operands for this operator or function; operator: <, first operand: [a, b, [1]]",
    ],
    [
      { expression: "contains(a, #a)", names: { "#a": "a" } },
      "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [a]",
    ],
    [
      { expression: "begins_with(a, a)" },
      "The first operand must be distinct from the remaining operands for this operator or function; operator: begins_with, first operand: [a]",
    ],
    [
      { expression: "a BETWEEN :n AND :v", values: { ...n, ...v } },
      "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}",
    ],
    [
      { expression: "a BETWEEN :b AND :a", values: { ":a": N(1), ":b": N(2) } },
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
    ],
  ]),
  ...(["ConditionExpression", "FilterExpression"] as const).flatMap((kind) => [
    refusedWith(
      kind,
      { expression: "a < :s", values: { ":s": SS("x") } },
      {
        error: "ValidationException",
        messageStart: `Invalid ${kind}: Incorrect operand type for operator or function; `,
      },
    ),
    refusedWith(
      kind,
      { expression: "a BETWEEN :t AND :t", values: { ":t": { BOOL: true } } },
      invalidSomehow,
    ),
    refusedWith(
      kind,
      {
        name: "IN with 101 operands",
        expression: `a IN (${Array.from({ length: 101 }, () => ":v").join(",")})`,
        values: v,
      },
      invalidSomehow,
    ),
  ]),
  {
    name: "IN with 100 operands is accepted",
    ...carrier("FilterExpression", {
      expression: `a IN (${Array.from({ length: 100 }, () => ":v").join(",")})`,
      values: v,
    }),
    given: [{ pk: S("a"), a: S("x") }],
    expect: { includes: { Count: 1 } },
  },
];

/** Of two faults the earlier in the documented precedence is reported. */
const precedence: readonly ConformanceCase[] = refusedConditions([
  [{ expression: "((foo(a)))" }, "The expression has redundant parentheses;"],
  [{ expression: "a = attribute_exists(b) AND foo(a)" }, "Invalid function name; function: foo"],
  [
    { expression: "size(a) AND name = :v", values: v },
    "The function is not allowed to be used this way in an expression; function: size",
  ],
  [
    { expression: "#u = :v AND name = :v", values: v },
    "Attribute name is a reserved keyword; reserved keyword: name",
  ],
  [
    { expression: "attribute_exists(#u, b)" },
    "An expression attribute name used in the document path is not defined; attribute name: #u",
  ],
  [
    { expression: "begins_with(a, :u, :u)" },
    "An expression attribute value used in expression is not defined; attribute value: :u",
  ],
  [
    { expression: "contains(a, a, a)" },
    "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 3",
  ],
]);

export const expressionGroups: readonly CaseGroup[] = [
  { title: "placeholder maps", cases: placeholderMaps },
  { title: "every kind", cases: anyKind },
  { title: "sizes", cases: sizes },
  { title: "syntax", cases: syntax },
  { title: "names and values", cases: names },
  { title: "functions and operands", cases: functions },
  { title: "precedence", cases: precedence },
];
