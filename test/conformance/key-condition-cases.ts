/** KeyConditionExpression and KeyConditions: what is refused, before and after the table is known. */
import {
  type CaseGroup,
  type ConformanceCase,
  invalid,
  invalidSomehow,
  type JsonObject,
  N,
  parametersInvalid,
  type Refusal,
  S,
} from "./case-types.ts";

const v = { ":p": S("a"), ":v": S("x") };

function refused(
  expression: string,
  expect: Refusal,
  values: JsonObject = v,
  table: string = "range",
): ConformanceCase {
  return {
    name: expression,
    operation: "Query",
    request: {
      TableName: table,
      KeyConditionExpression: expression,
      ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
    },
    expect,
  };
}

const operator = (name: string): Refusal =>
  invalid(`Invalid operator used in KeyConditionExpression: ${name}`);
const condition = (detail: string): Refusal =>
  invalid(`Invalid condition in KeyConditionExpression: ${detail}`);

const operators: readonly ConformanceCase[] = [
  refused("pk = :p OR sk = :v", operator("OR")),
  refused("NOT pk = :p", operator("NOT"), { ":p": S("a") }),
  refused("pk = :p AND sk IN (:v)", operator("IN")),
  refused("pk = :p AND sk <> :v", operator("<>")),
  refused("pk = :p AND attribute_exists(sk)", operator("attribute_exists"), { ":p": S("a") }),
  refused("pk = :p AND attribute_not_exists(sk)", operator("attribute_not_exists"), { ":p": S("a") }),
  refused("pk = :p AND attribute_type(sk, :v)", operator("attribute_type"), { ":p": S("a"), ":v": S("S") }),
  refused("pk = :p AND contains(sk, :v)", operator("contains")),
  refused("pk = :p AND size(sk) = :v", invalid("KeyConditionExpressions cannot contain nested operations"), {
    ":p": S("a"),
    ":v": N(1),
  }),
];

const shapes: readonly ConformanceCase[] = [
  refused(
    "pk = :p AND sk.a = :v",
    invalid("KeyConditionExpressions cannot have conditions on nested attributes"),
  ),
  refused(
    "pk = :p AND sk[0] = :v",
    invalid("KeyConditionExpressions cannot have conditions on nested attributes"),
  ),
  refused("pk = :p AND pk = :v", invalid("KeyConditionExpressions must only contain one condition per key")),
  refused(
    "pk = :p AND sk > :v AND sk < :p",
    invalid("KeyConditionExpressions must only contain one condition per key"),
  ),
  refused(":p = :v", condition("No key attribute specified")),
  refused("pk = sk", condition("Multiple attribute names used in one condition"), {}),
  refused(
    "pk = :p AND :v BETWEEN sk AND :p",
    condition("BETWEEN operator must have the key attribute as its first operand"),
  ),
  refused(
    "pk = :p AND begins_with(:v, sk)",
    condition("begins_with operator must have the key attribute as its first operand"),
  ),
  refused("pk = :p AND sk = :v AND extra = :v", invalid("Conditions can be of length 1 or 2 only")),
];

const schema: readonly ConformanceCase[] = [
  refused("pk = :p", invalidSomehow, { ":p": S("") }),
  refused("pk = :p AND sk = :v", invalidSomehow, { ":p": S("a"), ":v": S("") }),
  refused("pk > :p", invalid("Query key condition not supported"), { ":p": S("a") }),
  refused("begins_with(pk, :p)", invalid("Query key condition not supported"), { ":p": S("a") }),
  refused("pk BETWEEN :p AND :v", invalid("Query key condition not supported")),
  refused("pk > :p AND sk = :v", invalid("Query key condition not supported")),
  refused("sk = :v", invalid("Query condition missed key schema element: pk"), { ":v": S("x") }),
  refused("pk = :p AND extra = :v", invalid("Query condition missed key schema element: sk")),
  refused("extra = :v", invalid("Query condition missed key schema element: pk"), { ":v": S("x") }),
  refused("pk = :p", parametersInvalid("Condition parameter type does not match schema type"), {
    ":p": N(1),
  }),
  refused("pk = :p AND sk = :v", parametersInvalid("Condition parameter type does not match schema type"), {
    ":p": S("a"),
    ":v": N(1),
  }),
  refused("pk = :p AND sk = :v", invalid("Query key condition not supported"), v, "hash"),
];

function legacy(
  name: string,
  conditions: JsonObject,
  expect: Refusal,
  table: string = "range",
): ConformanceCase {
  return { name, operation: "Query", request: { TableName: table, KeyConditions: conditions }, expect };
}

const equal = (value: JsonObject): JsonObject => ({ ComparisonOperator: "EQ", AttributeValueList: [value] });

const legacyConditions: readonly ConformanceCase[] = [
  legacy(
    "a partition key that is not EQ",
    { pk: { ComparisonOperator: "GT", AttributeValueList: [S("a")] } },
    invalid("Query key condition not supported"),
  ),
  legacy("no partition key", { sk: equal(S("a")) }, invalid("Query condition missed key schema element: pk")),
  legacy(
    "anextra attribute",
    { pk: equal(S("a")), extra: equal(S("a")) },
    invalid("Query condition missed key schema element: sk"),
  ),
  legacy(
    "anextra type",
    { pk: equal(N(1)) },
    parametersInvalid("Condition parameter type does not match schema type"),
  ),
  legacy(
    "three conditions",
    { pk: equal(S("a")), sk: equal(S("a")), extra: equal(S("a")) },
    invalid("Conditions can be of length 1 or 2 only"),
  ),
  ...["NE", "CONTAINS", "NOT_CONTAINS"].map((name) =>
    legacy(
      `${name} on the sort key`,
      { pk: equal(S("a")), sk: { ComparisonOperator: name, AttributeValueList: [S("a")] } },
      invalid("Attempted conditional constraint is not an indexable operation"),
    ),
  ),
  ...["NULL", "NOT_NULL"].map((name) =>
    legacy(
      `${name} on the sort key`,
      { pk: equal(S("a")), sk: { ComparisonOperator: name } },
      invalid("Attempted conditional constraint is not an indexable operation"),
    ),
  ),
  legacy(
    "IN on the sort key",
    { pk: equal(S("a")), sk: { ComparisonOperator: "IN", AttributeValueList: [S("a"), S("b")] } },
    invalid("Attempted conditional constraint is not an indexable operation"),
  ),
  legacy(
    "two conditions on a table without sort key",
    { pk: equal(S("a")), extra: equal(S("a")) },
    invalid("Query key condition not supported"),
    "hash",
  ),
];

export const keyConditionGroups: readonly CaseGroup[] = [
  { title: "operators", cases: operators },
  { title: "shapes", cases: shapes },
  { title: "against the key schema", cases: schema },
  { title: "KeyConditions", cases: legacyConditions },
];
