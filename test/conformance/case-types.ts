/**
 * What a row of the conformance tables is: one request in awsJson and the answer DynamoDB gives to it. The
 * rows come from DynamoDB's documentation and from answers recorded or reported from the live service, never
 * from our own output. Where the evidence gives no exact text, the row leaves the text out.
 */

export interface JsonObject {
  readonly [member: string]: unknown;
}

export type Operation =
  | "BatchExecuteStatement"
  | "BatchGetItem"
  | "BatchWriteItem"
  | "CreateTable"
  | "DeleteItem"
  | "DeleteTable"
  | "DescribeEndpoints"
  | "DescribeLimits"
  | "DescribeTable"
  | "ExecuteStatement"
  | "ExecuteTransaction"
  | "GetItem"
  | "ListTables"
  | "ListTagsOfResource"
  | "PutItem"
  | "Query"
  | "Scan"
  | "TagResource"
  | "TransactGetItems"
  | "TransactWriteItems"
  | "UntagResource"
  | "UpdateItem"
  | "UpdateTable";

/** An expected error; every text member that is given must hold. */
export interface Refusal {
  /** The part of `__type` after the `#`. */
  readonly error: string;
  readonly message?: string;
  readonly messageStart?: string;
  readonly messageIncludes?: string;
  /** Constraint entries whose order is not known; the count in front of them is checked too. */
  readonly entries?: readonly string[];
  /** The whole body, for the few whose members matter beside the message. */
  readonly body?: JsonObject;
}

/** An expected success: `body` is the whole answer, `includes` a part of it. */
export interface Answer {
  readonly body?: JsonObject;
  readonly includes?: JsonObject;
  /** Members that must not be there. */
  readonly lacks?: readonly string[];
}

export type Expectation = Refusal | Answer;

export interface ConformanceCase {
  readonly name: string;
  readonly operation: Operation;
  /** A text is sent as it is, for bodies that are not JSON. */
  readonly request: JsonObject | string;
  /** Items in the table of the request before it is sent; given at all, the table holds just these. */
  readonly given?: readonly JsonObject[];
  readonly expect: Expectation;
  /** What the table holds afterwards, found by the key members of each item. */
  readonly after?: readonly JsonObject[];
}

export interface CaseGroup {
  readonly title: string;
  readonly cases: readonly ConformanceCase[];
}

/** Prefix of most ValidationExceptions about parameters. */
export const valuesInvalid = "One or more parameter values were invalid: ";

export function invalid(message: string): Refusal {
  return { error: "ValidationException", message };
}

/** A ValidationException whose text no evidence gives. */
export const invalidSomehow: Refusal = { error: "ValidationException" };

export function parametersInvalid(detail: string): Refusal {
  return invalid(`${valuesInvalid}${detail}`);
}

export function unserializable(message: string): Refusal {
  return { error: "SerializationException", message };
}

/** The collected form of shape errors, entries in the documented order. */
export function shapeErrors(...entries: readonly string[]): Refusal {
  return invalid(`${entriesHead(entries.length)}${entries.join("; ")}`);
}

/** The same where the order between the entries is not known. */
export function shapeErrorsInAnyOrder(...entries: readonly string[]): Refusal {
  return { error: "ValidationException", entries };
}

export function entriesHead(count: number): string {
  return count === 1 ? "1 validation error detected: " : `${count} validation errors detected: `;
}

/** One entry of a shape error. `value` undefined stands for null, which is printed without quotes. */
export function entry(path: string, value: string | undefined, constraint: string): string {
  const printed = value === undefined ? "null" : `'${value}'`;
  return `Value ${printed} at '${path}' failed to satisfy constraint: ${constraint}`;
}

export const constraint: {
  readonly required: string;
  readonly lengthMin: (n: number) => string;
  readonly lengthMax: (n: number) => string;
  readonly valueMin: (n: number) => string;
  readonly valueMax: (n: number) => string;
  readonly pattern: (pattern: string) => string;
  readonly oneOf: (values: string) => string;
} = {
  required: "Member must not be null",
  lengthMin: (n) => `Member must have length greater than or equal to ${n}`,
  lengthMax: (n) => `Member must have length less than or equal to ${n}`,
  valueMin: (n) => `Member must have value greater than or equal to ${n}`,
  valueMax: (n) => `Member must have value less than or equal to ${n}`,
  pattern: (pattern) => `Member must satisfy regular expression pattern: ${pattern}`,
  oneOf: (values) => `Member must satisfy enum value set: [${values}]`,
};

export const namePattern = "[a-zA-Z0-9_.-]+";

/** Texts that several groups of rows need. */
export const text = {
  keySchema: "The provided key element does not match the schema",
  notFound: "Requested resource not found",
  conditionFailed: "The conditional request failed",
  emptyValue: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  severalTypes:
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
  notANumber: "The parameter cannot be converted to a numeric value",
  overflow: "Number overflow. Attempting to store a number with magnitude larger than supported range",
  underflow: "Number underflow. Attempting to store a number with magnitude smaller than supported range",
  tooManyDigits: "Attempting to store more than 38 significant digits in a Number",
  itemTooLarge: "Item size has exceeded the maximum allowed size",
  updateTooLarge: "Item size to update has exceeded the maximum allowed size",
  missingAttribute: "The provided expression refers to an attribute that does not exist in the item",
  operandType: "An operand in the update expression has an incorrect data type",
  badUpdatePath: "The document path provided in the update expression is invalid for update",
} as const;

export const notFound: Refusal = { error: "ResourceNotFoundException", message: text.notFound };

export const conditionFailed: Refusal = {
  error: "ConditionalCheckFailedException",
  message: text.conditionFailed,
};

/** Shorthand for attribute values in rows. */
export const S = (value: string): JsonObject => ({ S: value });
export const N = (value: string | number): JsonObject => ({ N: String(value) });
export const B = (value: string): JsonObject => ({ B: value });
export const L = (...value: readonly unknown[]): JsonObject => ({ L: value });
export const M = (value: JsonObject): JsonObject => ({ M: value });
export const SS = (...value: readonly string[]): JsonObject => ({ SS: value });
export const NS = (...value: readonly (string | number)[]): JsonObject => ({ NS: value.map(String) });
export const BS = (...value: readonly string[]): JsonObject => ({ BS: value });
export const yes: JsonObject = { BOOL: true };
export const no: JsonObject = { BOOL: false };
export const nil: JsonObject = { NULL: true };
