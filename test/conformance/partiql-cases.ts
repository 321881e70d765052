/** PartiQL statements, alone, in batches and in transactions: what is refused with which text, what comes back. */
import {
  type Answer,
  type CaseGroup,
  conditionFailed,
  type ConformanceCase,
  constraint,
  entry,
  invalid,
  invalidSomehow,
  type JsonObject,
  L,
  M,
  N,
  nil,
  notFound,
  NS,
  type Operation,
  parametersInvalid,
  type Refusal,
  S,
  shapeErrors,
  SS,
  text,
  yes,
} from "./case-types.ts";
import { missingTable } from "./fixtures.ts";

type Items = readonly JsonObject[];

/** On the table `hash`. */
function statement(
  Statement: string,
  expect: Refusal | Answer,
  more: { readonly given?: Items; readonly after?: Items; readonly rest?: JsonObject } = {},
): ConformanceCase {
  const { given, after, rest } = more;
  return {
    name: Statement,
    operation: "ExecuteStatement",
    request: { Statement, ...rest },
    expect,
    ...(given === undefined ? {} : { given }),
    ...(after === undefined ? {} : { after }),
  };
}

function items(...Items: readonly JsonObject[]): Answer {
  return { body: { Items } };
}

function malformed(detail: string): Refusal {
  return invalid(`Statement wasn't well formed, can't be processed: ${detail}`);
}

const one = { pk: S("a"), n: N(1), s: S("it's"), m: M({ k: L(N(1), S("x")) }) };
const two = { pk: S("b"), n: N(2) };

const forms: readonly ConformanceCase[] = [
  statement("DROP TABLE hash", malformed("Expected data manipulation")),
  statement("SELECT * FROM hash WHERE", malformed("Unexpected term")),
  statement("INSERT INTO hash (pk) VALUES ('a')", malformed("Unexpected keyword")),
  statement("UPDATE hash WHERE pk = 'a'", malformed("Expected data manipulation")),
  statement("SELECT * FROM hash WHERE pk = 'a' AND", invalidSomehow),
  statement("SELECT * FROM hash WHERE pk = 'a", invalidSomehow),
  statement(`SELECT * FROM "${missingTable}"`, notFound),
  statement(`SELECT * FROM hash.none`, invalid("The table does not have the specified index: none")),
  statement(
    "SELECT * FROM hash WHERE pk = ?",
    invalid("Number of parameters in request and statement don't match."),
    { rest: { Parameters: [S("a"), S("b")] } },
  ),
  statement(
    "SELECT * FROM hash WHERE n = 1 ORDER BY pk",
    invalid(
      "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
    ),
  ),
  statement("SELECT * FROM hash", invalidSomehow, { rest: { NextToken: "none of ours" } }),
  {
    name: "no statement",
    operation: "ExecuteStatement",
    request: {},
    expect: shapeErrors(entry("statement", undefined, constraint.required)),
  },
  {
    name: "an empty statement",
    operation: "ExecuteStatement",
    request: { Statement: "" },
    expect: shapeErrors(entry("statement", "", constraint.lengthMin(1))),
  },
  {
    name: "no parameters where there is a list of them",
    operation: "ExecuteStatement",
    request: { Statement: "SELECT * FROM hash", Parameters: [] },
    expect: shapeErrors(entry("parameters", "[]", constraint.lengthMin(1))),
  },
  {
    name: "a Limit of 0",
    operation: "ExecuteStatement",
    request: { Statement: "SELECT * FROM hash", Limit: 0 },
    expect: shapeErrors(entry("limit", "0", constraint.valueMin(1))),
  },
];

const selects: readonly ConformanceCase[] = [
  statement("SELECT * FROM hash WHERE pk = 'a'", items(one), { given: [one, two] }),
  statement("select n, m.k[0] from hash where pk = 'a'", items({ n: N(1), m: M({ k: L(N(1)) }) })),
  statement(`SELECT n FROM "hash" WHERE "pk" IN ['b', 'c', 'a']`, items({ n: N(2) }, { n: N(1) })),
  statement("SELECT n FROM hash WHERE pk = 'b' OR pk = 'a'", items({ n: N(2) }, { n: N(1) })),
  statement("SELECT pk FROM hash WHERE s = 'it''s'", items({ pk: S("a") })),
  statement("SELECT pk FROM hash WHERE pk = 'a' AND n > 1", items()),
  statement("SELECT pk FROM hash WHERE s IS MISSING", items({ pk: S("b") })),
  statement("SELECT pk FROM hash WHERE contains(s, 't') AND NOT n BETWEEN 2 AND 3", items({ pk: S("a") })),
  statement("SELECT pk FROM hash WHERE size(s) = ?", items({ pk: S("a") }), { rest: { Parameters: [N(4)] } }),
  statement("SELECT * FROM hash WHERE pk = 1", invalidSomehow),
];

const inserts: readonly ConformanceCase[] = [
  statement(
    "INSERT INTO hash VALUE {'pk': 'new', 'l': [1, 'x', true], 's': <<'a', 'b'>>, 'n': <<1>>, 'z': NULL}",
    items(),
    {
      given: [],
      after: [{ pk: S("new"), l: L(N(1), S("x"), yes), s: SS("a", "b"), n: NS(1), z: nil }],
    },
  ),
  statement(
    "INSERT INTO hash VALUE {'pk': 'a'}",
    { error: "DuplicateItemException", message: "Duplicate primary key exists in table" },
    { given: [one], after: [one] },
  ),
  statement("INSERT INTO hash VALUE {'n': 1}", parametersInvalid("Missing the key pk in the item")),
  statement(
    "INSERT INTO hash VALUE {'pk': 1}",
    parametersInvalid("Type mismatch for key pk expected: S actual: N"),
  ),
  statement("INSERT INTO hash VALUE {'pk': ?, 'v': ?}", invalid(text.itemTooLarge), {
    rest: { Parameters: [S("a"), S("x".repeat(409_600))] },
  }),
];

const updates: readonly ConformanceCase[] = [
  statement("UPDATE hash SET n = n + 4 SET x = 'y' REMOVE s WHERE pk = 'a'", items(), {
    given: [one],
    after: [{ pk: S("a"), n: N(5), x: S("y"), m: one.m }],
  }),
  statement("UPDATE hash SET n = 2 WHERE pk = 'a' RETURNING ALL OLD *", items(one), { given: [one] }),
  statement("UPDATE hash SET n = 3 WHERE pk = 'a' RETURNING MODIFIED NEW *", items({ n: N(3) })),
  statement(
    "UPDATE hash SET m.k = list_append(m.k, [2]) WHERE pk = 'a' RETURNING MODIFIED NEW *",
    items({ m: M({ k: L(N(1), S("x"), N(2)) }) }),
  ),
  statement("UPDATE hash REMOVE s WHERE pk = 'a' RETURNING MODIFIED NEW *", items()),
  statement("UPDATE hash SET n = 2 WHERE pk = 'none'", conditionFailed, { given: [], after: [] }),
  statement("UPDATE hash SET n = 2 WHERE pk = 'a' AND n = 7", conditionFailed, {
    given: [one],
    after: [one],
  }),
  statement(
    "UPDATE hash SET n = 2 WHERE n = 1",
    invalid("Where clause does not contain a mandatory equality on all key attributes"),
  ),
  statement(
    "UPDATE hash SET pk = 'x' WHERE pk = 'a'",
    parametersInvalid("Cannot update attribute pk. This attribute is part of the key"),
  ),
  statement("UPDATE hash SET n = none + 1 WHERE pk = 'a'", invalid(text.missingAttribute)),
];

const deletes: readonly ConformanceCase[] = [
  statement("DELETE FROM hash WHERE pk = 'a' RETURNING ALL OLD *", items(one), {
    given: [one, two],
    after: [two],
  }),
  statement("DELETE FROM hash WHERE pk = 'a' RETURNING ALL OLD *", items(), { after: [two] }),
  statement("DELETE FROM hash WHERE pk = 'b' AND n = 7", conditionFailed, { after: [two] }),
  statement("DELETE FROM hash WHERE pk = 'none' AND n = 7", items(), { after: [two] }),
  statement(
    "DELETE FROM range WHERE pk = 'a'",
    invalid("Where clause does not contain a mandatory equality on all key attributes"),
  ),
  statement("DELETE FROM hash WHERE pk = 'a' RETURNING ALL NEW *", invalidSomehow),
];

function several(
  operation: Operation,
  name: string,
  row: Pick<ConformanceCase, "given" | "expect" | "after"> & { readonly statements: readonly string[] },
): ConformanceCase {
  const { statements, ...rest } = row;
  const list = statements.map((Statement) => ({ Statement }));
  const request = operation === "ExecuteTransaction" ? { TransactStatements: list } : { Statements: list };
  return { name, operation, request, ...rest };
}

const TableName = "hash";

const batches: readonly ConformanceCase[] = [
  several("BatchExecuteStatement", "reads answer an item each", {
    given: [one, two],
    statements: ["SELECT n FROM hash WHERE pk = 'b'", "SELECT * FROM hash WHERE pk = 'none'"],
    expect: { body: { Responses: [{ TableName, Item: { n: N(2) } }, { TableName }] } },
  }),
  several("BatchExecuteStatement", "a read that names no whole key fails alone", {
    statements: ["SELECT * FROM hash", "SELECT n FROM hash WHERE pk = 'b'"],
    expect: {
      body: {
        Responses: [
          {
            Error: {
              Code: "ValidationError",
              Message:
                "Select statements within BatchExecuteStatement must specify the primary key in the where clause.",
            },
            TableName,
          },
          { TableName, Item: { n: N(2) } },
        ],
      },
    },
  }),
  several("BatchExecuteStatement", "writes fail alone", {
    given: [one],
    statements: [
      "INSERT INTO hash VALUE {'pk': 'a'}",
      "INSERT INTO hash VALUE {'pk': 'b', 'n': 2}",
      "UPDATE hash SET n = 1 WHERE pk = 'none'",
    ],
    expect: {
      body: {
        Responses: [
          { Error: { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" }, TableName },
          { TableName },
          { Error: { Code: "ConditionalCheckFailed", Message: text.conditionFailed }, TableName },
        ],
      },
    },
    after: [one, two],
  }),
  several("BatchExecuteStatement", "reads and writes do not mix", {
    statements: ["SELECT n FROM hash WHERE pk = 'b'", "DELETE FROM hash WHERE pk = 'b'"],
    expect: invalidSomehow,
  }),
];

const failedReason = { Code: "ConditionalCheckFailed", Message: text.conditionFailed };
const duplicateReason = { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" };

function cancelled(...reasons: readonly JsonObject[]): Refusal {
  const codes = reasons.map((reason) => reason["Code"]).join(", ");
  return {
    error: "TransactionCanceledException",
    body: {
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      CancellationReasons: reasons,
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    },
  };
}

const transactions: readonly ConformanceCase[] = [
  several("ExecuteTransaction", "writes take place together", {
    given: [one],
    statements: ["INSERT INTO hash VALUE {'pk': 'b', 'n': 2}", "DELETE FROM hash WHERE pk = 'a'"],
    expect: {},
    after: [two],
  }),
  several("ExecuteTransaction", "what EXISTS finds, lets them", {
    given: [one],
    statements: [
      "INSERT INTO hash VALUE {'pk': 'b', 'n': 2}",
      "EXISTS (SELECT * FROM hash WHERE pk = 'a' AND n = 1)",
    ],
    expect: {},
    after: [one, two],
  }),
  several("ExecuteTransaction", "and what it does not find, cancels them", {
    given: [one],
    statements: [
      "INSERT INTO hash VALUE {'pk': 'b', 'n': 2}",
      "EXISTS (SELECT * FROM hash WHERE pk = 'a' AND n = 7)",
      "INSERT INTO hash VALUE {'pk': 'c'}",
    ],
    expect: cancelled({ Code: "None" }, failedReason, { Code: "None" }),
    after: [one],
  }),
  several("ExecuteTransaction", "an item that is there cancels its INSERT", {
    given: [one],
    statements: ["INSERT INTO hash VALUE {'pk': 'b'}", "INSERT INTO hash VALUE {'pk': 'a'}"],
    expect: cancelled({ Code: "None" }, duplicateReason),
    after: [one],
  }),
  several("ExecuteTransaction", "reads answer an item each", {
    given: [one, two],
    statements: ["SELECT n FROM hash WHERE pk = 'b'", "SELECT * FROM hash WHERE pk = 'none'"],
    expect: { body: { Responses: [{ Item: { n: N(2) } }, {}] } },
  }),
  several("ExecuteTransaction", "one item twice", {
    statements: ["DELETE FROM hash WHERE pk = 'b'", "DELETE FROM hash WHERE pk = 'b'"],
    expect: invalid("Transaction request cannot include multiple operations on one item"),
  }),
  several("ExecuteTransaction", "reads and writes do not mix", {
    statements: ["SELECT n FROM hash WHERE pk = 'b'", "DELETE FROM hash WHERE pk = 'a'"],
    expect: invalidSomehow,
  }),
  several("ExecuteTransaction", "RETURNING", {
    statements: ["DELETE FROM hash WHERE pk = 'b' RETURNING ALL OLD *"],
    expect: invalidSomehow,
    after: [one, two],
  }),
];

export const partiqlGroups: readonly CaseGroup[] = [
  { title: "statements refused", cases: forms },
  { title: "SELECT", cases: selects },
  { title: "INSERT", cases: inserts },
  { title: "UPDATE", cases: updates },
  { title: "DELETE", cases: deletes },
  { title: "batches", cases: batches },
  { title: "transactions", cases: transactions },
];
