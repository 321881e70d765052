/**
 * What the API model does not say and the service does: in which order it looks at members, in which order it
 * prints enumerations, and bounds that differ from the model. Written by hand, from observations of the live
 * service; everything not named here follows the model.
 */
import { integer, list, type ListShape, type Members, required, structure } from "./shapes/model.ts";

/** Stands for all members that an order does not name, in the order of the model. */
const others = "*";

const writeOrder: readonly string[] = [
  "ReturnConsumedCapacity",
  "TableName",
  "ReturnItemCollectionMetrics",
  "ReturnValues",
  "Key",
  "Item",
  "ConditionalOperator",
  "Expected",
  others,
];

const readOrder: readonly string[] = [
  "Select",
  "IndexName",
  "TotalSegments",
  "ReturnConsumedCapacity",
  "QueryFilter",
  "ScanFilter",
  "TableName",
  "ConditionalOperator",
  others,
  "Limit",
  "KeyConditions",
];

/**
 * The order in which violations are reported, by operation or structure name. Observed for Put, Update, Query,
 * Scan and CreateTable; Get and Delete are taken to be like Put (unconfirmed).
 */
const memberOrders: ReadonlyMap<string, readonly string[]> = new Map([
  ["PutItem", writeOrder],
  ["UpdateItem", writeOrder],
  ["DeleteItem", writeOrder],
  ["GetItem", writeOrder],
  ["Query", readOrder],
  ["Scan", readOrder],
  [
    "CreateTable",
    [
      "AttributeDefinitions",
      "TableName",
      "BillingMode",
      "ProvisionedThroughput",
      "KeySchema",
      "LocalSecondaryIndexes",
      "GlobalSecondaryIndexes",
      others,
    ],
  ],
  ["ProvisionedThroughput", ["WriteCapacityUnits", "ReadCapacityUnits", others]],
]);

/** Members of an operation or structure in the order in which they are checked. */
export function checkOrder(name: string, members: Members): readonly string[] {
  const order = memberOrders.get(name);
  const all = Object.keys(members);
  if (order === undefined) return all;
  const rest = all.filter((member) => !order.includes(member));
  return order
    .flatMap((member) => (member === others ? rest : [member]))
    .filter((member) => Object.hasOwn(members, member));
}

/** Where the printed order differs from the model's. The order of StreamViewType and SSEType is unconfirmed. */
const printedEnums: ReadonlyMap<string, readonly string[]> = new Map([
  ["ReturnValue", ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]],
  ["Select", ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]],
  ["ConditionalOperator", ["OR", "AND"]],
  [
    "ComparisonOperator",
    [
      "IN",
      "NULL",
      "BETWEEN",
      "LT",
      "NOT_CONTAINS",
      "EQ",
      "GT",
      "NOT_NULL",
      "NE",
      "LE",
      "BEGINS_WITH",
      "GE",
      "CONTAINS",
    ],
  ],
  ["ScalarAttributeType", ["B", "N", "S"]],
  ["ProjectionType", ["ALL", "INCLUDE", "KEYS_ONLY"]],
]);

export function printedEnumValues(name: string, modelOrder: readonly string[]): readonly string[] {
  return printedEnums.get(name) ?? modelOrder;
}

/** Enumerations whose wrong values are answered with a sentence of their own, after all other violations. */
const enumSentences: ReadonlyMap<string, string> = new Map([
  [
    "TableClass",
    "Invalid table-class parameter provided. Please try again with a valid table-class value: " +
      "[STANDARD, STANDARD_INFREQUENT_ACCESS].",
  ],
]);

export function enumSentence(name: string): string | undefined {
  return enumSentences.get(name);
}

/** A table has one or two key attributes; the model stopped saying so when indexes got more. */
const tableKeySchema: ListShape = list(structure("KeySchemaElement"), 1, 2);

const memberOverrides: ReadonlyMap<string, Members> = new Map<string, Members>([
  ["CreateTable", { KeySchema: tableKeySchema }],
  ["TableCreationParameters", { KeySchema: required(tableKeySchema) }],
  // Documented limits of the streams operations; the shape of their error is unconfirmed.
  ["DescribeStream", { Limit: integer(1, 100) }],
  ["ListStreams", { Limit: integer(1, 100) }],
  ["GetRecords", { Limit: integer(1, 1000) }],
]);

/** The members as the service checks them. */
export function checkedMembers(name: string, members: Members): Members {
  const overrides = memberOverrides.get(name);
  return overrides === undefined ? members : { ...members, ...overrides };
}

/** Required in ordinary requests, optional when another member supplies the same facts. */
const requiredUnless: ReadonlyMap<string, { readonly members: readonly string[]; readonly unless: string }> =
  new Map([
    ["CreateTable", { members: ["AttributeDefinitions", "KeySchema"], unless: "GlobalTableSourceArn" }],
  ]);

/** The member whose presence makes `member` optional; undefined when there is no such rule. */
export function optionalBecauseOf(name: string, member: string): string | undefined {
  const rule = requiredUnless.get(name);
  return rule?.members.includes(member) === true ? rule.unless : undefined;
}
