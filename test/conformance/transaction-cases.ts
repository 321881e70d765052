/** TransactWriteItems and TransactGetItems: what is refused at once, what cancels, what comes back. */
import {
  type Answer,
  type CaseGroup,
  type ConformanceCase,
  constraint,
  entry,
  invalid,
  type JsonObject,
  N,
  notFound,
  type Refusal,
  S,
  shapeErrors,
  text,
  unserializable,
  valuesInvalid,
} from "./case-types.ts";
import { missingTable } from "./fixtures.ts";

const key = (pk: string): JsonObject => ({ TableName: "hash", Key: { pk: S(pk) } });
const put = (pk: string, more: JsonObject = {}, rest: JsonObject = {}): JsonObject => ({
  Put: { TableName: "hash", Item: { pk: S(pk), ...more }, ...rest },
});
const remove = (pk: string, rest: JsonObject = {}): JsonObject => ({ Delete: { ...key(pk), ...rest } });
const update = (pk: string, expression: string, rest: JsonObject = {}): JsonObject => ({
  Update: { ...key(pk), UpdateExpression: expression, ...rest },
});
const check = (pk: string, condition: string, rest: JsonObject = {}): JsonObject => ({
  ConditionCheck: { ...key(pk), ConditionExpression: condition, ...rest },
});
const get = (pk: string, rest: JsonObject = {}): JsonObject => ({ Get: { ...key(pk), ...rest } });
const values = (more: JsonObject): JsonObject => ({ ExpressionAttributeValues: more });

function write(name: string, items: readonly JsonObject[], expect: Refusal | Answer): ConformanceCase {
  return {
    name,
    operation: "TransactWriteItems",
    request: { TransactItems: items },
    given: [],
    expect,
    after: [],
  };
}

function read(name: string, items: readonly JsonObject[], expect: Refusal | Answer): ConformanceCase {
  return { name, operation: "TransactGetItems", request: { TransactItems: items }, expect };
}

/** The whole body of a cancelled transaction. */
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

const none = { Code: "None" };
const failed = { Code: "ConditionalCheckFailed", Message: text.conditionFailed };
const reason = (message: string): JsonObject => ({ Code: "ValidationError", Message: message });

const onlyOneAction = invalid("TransactItems can only contain one of Check, Put, Update or Delete");
const repeated = invalid("Transaction request cannot include multiple operations on one item");
const emptyKey = invalid(
  "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
);
const hundredAndOne = Array.from({ length: 101 }, (_, index) => index);

const shapes: readonly ConformanceCase[] = [
  write("nothing to write", [], shapeErrors(entry("transactItems", "[]", constraint.lengthMin(1)))),
  read("nothing to read", [], shapeErrors(entry("transactItems", "[]", constraint.lengthMin(1)))),
  {
    name: "101 writes",
    operation: "TransactWriteItems",
    request: { TransactItems: hundredAndOne.map((index) => put(`item-${index}`)) },
    expect: {
      error: "ValidationException",
      messageIncludes:
        "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
    },
  },
  {
    name: "101 reads",
    operation: "TransactGetItems",
    request: { TransactItems: hundredAndOne.map((index) => get(`item-${index}`)) },
    expect: {
      error: "ValidationException",
      messageIncludes:
        "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
    },
  },
  {
    name: "a token of 37 characters",
    operation: "TransactWriteItems",
    request: { TransactItems: [put("a")], ClientRequestToken: "t".repeat(37) },
    expect: shapeErrors(entry("clientRequestToken", "t".repeat(37), constraint.lengthMax(36))),
  },
  write(
    "no table",
    [{ Put: { Item: { pk: S("a") } } }],
    shapeErrors(entry("transactItems.1.member.put.tableName", undefined, constraint.required)),
  ),
  write(
    "a check without its condition",
    [put("a"), { ConditionCheck: key("b") }],
    shapeErrors(
      entry("transactItems.2.member.conditionCheck.conditionExpression", undefined, constraint.required),
    ),
  ),
  write(
    "an update without its expression",
    [{ Update: key("b") }],
    shapeErrors(entry("transactItems.1.member.update.updateExpression", undefined, constraint.required)),
  ),
  write(
    "a number for a table",
    [{ Delete: { ...key("a"), TableName: 1 } }],
    unserializable("NUMBER_VALUE cannot be converted to String"),
  ),
];

const refused: readonly ConformanceCase[] = [
  write("an element without an action", [put("a"), {}], onlyOneAction),
  write("an element with two actions", [{ ...put("a"), ...remove("b") }], onlyOneAction),
  write("one item put and checked", [put("a"), put("b"), check("a", "attribute_exists(pk)")], repeated),
  write("one item deleted twice", [remove("a"), remove("a")], repeated),
  read("one item read twice", [get("a"), get("b"), get("a")], repeated),
  write("a missing table", [put("a"), { Delete: { ...key("a"), TableName: missingTable } }], notFound),
  read("a missing table to read from", [{ Get: { ...key("a"), TableName: missingTable } }], notFound),
  write("an empty key of a put", [put("fine"), put("")], emptyKey),
  write("an empty key of a delete", [remove("")], emptyKey),
  write("an empty key of an update", [update("", "REMOVE n")], emptyKey),
  write("an empty key of a check", [check("", "attribute_exists(pk)")], emptyKey),
  write("a value without a type", [put("a", { v: {} })], invalid(text.emptyValue)),
  write("an item over 400 KB", [put("a", { fil: S("x".repeat(409_600)) })], invalid(text.itemTooLarge)),
  write(
    "a reserved word in an update",
    [put("a"), update("b", "SET name = :v", values({ ":v": S("v") }))],
    invalid("Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name"),
  ),
  write(
    "a reserved word in a condition",
    [check("a", "attribute_exists(name)")],
    invalid("Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: name"),
  ),
  read(
    "a reserved word in a projection",
    [get("a", { ProjectionExpression: "name" })],
    invalid("Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name"),
  ),
  write(
    "an unused value beside an expression",
    [check("a", "attribute_exists(pk)", values({ ":v": S("v") }))],
    invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"),
  ),
];

const there = { pk: S("there"), t: S("text") };
const one = values({ ":one": N(1) });

function cancels(
  name: string,
  items: readonly JsonObject[],
  reasons: readonly JsonObject[],
): ConformanceCase {
  return {
    name,
    operation: "TransactWriteItems",
    request: { TransactItems: items },
    given: [there],
    expect: cancelled(...reasons),
    after: [there],
  };
}

const cancellations: readonly ConformanceCase[] = [
  cancels("a failed check", [put("a"), check("there", "attribute_not_exists(pk)")], [none, failed]),
  cancels(
    "failed conditions of every kind",
    [
      put("there", {}, { ConditionExpression: "attribute_not_exists(pk)" }),
      remove("nowhere", { ConditionExpression: "attribute_exists(pk)" }),
      update("nowhere2", "SET n = :one", { ...one, ConditionExpression: "attribute_exists(pk)" }),
      put("fine"),
    ],
    [failed, failed, failed, none],
  ),
  cancels(
    "ALL_OLD gives the item, where there is one",
    [
      check("there", "attribute_not_exists(pk)", { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      check("nowhere", "attribute_exists(pk)", { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      put("a", {}, { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
    ],
    [{ ...failed, Item: there }, failed, none],
  ),
  cancels(
    "a missing attribute",
    [put("a"), update("there", "SET n = n + :one", one)],
    [none, reason(text.missingAttribute)],
  ),
  cancels("a wrong operand", [update("there", "ADD t :one", one)], [reason(text.operandType)]),
  cancels("a path into nothing", [update("there", "SET m.x = :one", one)], [reason(text.badUpdatePath)]),
  cancels(
    "a key of a wrong type",
    [
      { Delete: { TableName: "hash", Key: { pk: N(1) } } },
      { Update: { TableName: "hash", Key: { pk: N(2) }, UpdateExpression: "REMOVE n" } },
      {
        ConditionCheck: { TableName: "hash", Key: { pk: N(3) }, ConditionExpression: "attribute_exists(pk)" },
      },
      put("a"),
    ],
    [reason(text.keySchema), reason(text.keySchema), reason(text.keySchema), none],
  ),
  cancels(
    "a put whose key has a wrong type, or none",
    [
      { Put: { TableName: "hash", Item: { pk: N(1) } } },
      { Put: { TableName: "hash", Item: { other: N(1) } } },
    ],
    [
      reason(`${valuesInvalid}Type mismatch for key pk expected: S actual: N`),
      reason(`${valuesInvalid}Missing the key pk in the item`),
    ],
  ),
  cancels(
    "a key that is too long",
    [put("x".repeat(2049)), remove("y".repeat(2049)), put("a")],
    [
      reason(`${valuesInvalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`),
      reason(`${valuesInvalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`),
      none,
    ],
  ),
  cancels(
    "an update that grows an item beyond 400 KB",
    [
      update("there", "SET more = :m", values({ ":m": S("y".repeat(409_600)) })),
      check("there2", "attribute_exists(pk)"),
    ],
    [reason(text.updateTooLarge), failed],
  ),
  read(
    "a key of a wrong type to read",
    [get("a"), { Get: { TableName: "hash", Key: { pk: N(1) } } }],
    cancelled(none, reason(text.keySchema)),
  ),
];

const results: readonly ConformanceCase[] = [
  {
    name: "all actions take place",
    operation: "TransactWriteItems",
    request: {
      TransactItems: [
        put("new", { v: S("x") }),
        update("there", "SET t = :one REMOVE gone", one),
        remove("old"),
        check("absent", "attribute_not_exists(pk)"),
      ],
    },
    given: [there, { pk: S("old") }],
    expect: { body: {} },
    after: [
      { pk: S("new"), v: S("x") },
      { pk: S("there"), t: N(1) },
    ],
  },
  {
    name: "names and values need no expression",
    operation: "TransactWriteItems",
    request: {
      TransactItems: [put("a", {}, { ExpressionAttributeNames: { "#a": "a" }, ...values({ ":v": S("v") }) })],
    },
    given: [],
    expect: { body: {} },
    after: [{ pk: S("a") }],
  },
  {
    name: "items come in order, nothing for those that are not there",
    operation: "TransactGetItems",
    request: {
      TransactItems: [
        get("b"),
        get("missing"),
        get("a", { ProjectionExpression: "#m.x", ExpressionAttributeNames: { "#m": "m" } }),
        get("c", { ProjectionExpression: "nothing" }),
      ],
    },
    given: [{ pk: S("a"), m: { M: { x: S("y"), z: S("z") } } }, { pk: S("b") }, { pk: S("c") }],
    expect: {
      body: {
        Responses: [{ Item: { pk: S("b") } }, {}, { Item: { m: { M: { x: S("y") } } } }, { Item: {} }],
      },
    },
  },
];

const sized = (bytes: number): JsonObject => ({ fil: S("x".repeat(bytes - 6)) });

function consumed(member: "ReadCapacityUnits" | "WriteCapacityUnits", units: number): Answer {
  return {
    includes: { ConsumedCapacity: [{ TableName: "hash", CapacityUnits: units, [member]: units }] },
    lacks: ["ItemCollectionMetrics"],
  };
}

const capacity: readonly ConformanceCase[] = [
  {
    name: "writing three items of 500 B: 6",
    operation: "TransactWriteItems",
    request: {
      TransactItems: ["a", "b", "c"].map((pk) => put(pk, sized(500))),
      ReturnConsumedCapacity: "TOTAL",
    },
    given: [],
    expect: consumed("WriteCapacityUnits", 6),
  },
  {
    name: "checking 1.5 KB and deleting nothing: 6",
    operation: "TransactWriteItems",
    request: {
      TransactItems: [check("a", "attribute_exists(pk)"), remove("b")],
      ReturnConsumedCapacity: "TOTAL",
    },
    given: [{ pk: S("a"), ...sized(1536) }],
    expect: consumed("WriteCapacityUnits", 6),
  },
  {
    name: "reading three items of 500 B: 6",
    operation: "TransactGetItems",
    request: { TransactItems: [get("a"), get("b"), get("c")], ReturnConsumedCapacity: "TOTAL" },
    given: ["a", "b", "c"].map((pk) => ({ pk: S(pk), ...sized(500) })),
    expect: consumed("ReadCapacityUnits", 6),
  },
  {
    name: "reading 8 KB: 4",
    operation: "TransactGetItems",
    request: { TransactItems: [get("a")], ReturnConsumedCapacity: "TOTAL" },
    given: [{ pk: S("a"), ...sized(8192) }],
    expect: consumed("ReadCapacityUnits", 4),
  },
  {
    name: "reading nothing: 2",
    operation: "TransactGetItems",
    request: { TransactItems: [get("a")], ReturnConsumedCapacity: "TOTAL" },
    given: [],
    expect: consumed("ReadCapacityUnits", 2),
  },
];

/** One token, in rows that follow each other; a run of its own on a server that lives longer. */
const token = `token-${process.pid}-${Math.floor(process.uptime() * 1e6)}`;
const tokened = (items: readonly JsonObject[]): JsonObject => ({
  TransactItems: items,
  ClientRequestToken: token,
  ReturnConsumedCapacity: "TOTAL",
});
const counted = update("counter", "ADD n :one", one);

const tokens: readonly ConformanceCase[] = [
  {
    name: "the first request is done",
    operation: "TransactWriteItems",
    request: tokened([counted]),
    given: [{ pk: S("counter"), n: N(1) }],
    expect: consumed("WriteCapacityUnits", 2),
    after: [{ pk: S("counter"), n: N(2) }],
  },
  {
    name: "the same one again succeeds and does nothing",
    operation: "TransactWriteItems",
    request: tokened([counted]),
    expect: consumed("ReadCapacityUnits", 2),
    after: [{ pk: S("counter"), n: N(2) }],
  },
  {
    name: "another one with its token is refused",
    operation: "TransactWriteItems",
    request: tokened([put("other")]),
    expect: { error: "IdempotentParameterMismatchException" },
    after: [{ pk: S("counter"), n: N(2) }],
  },
];

export const transactionGroups: readonly CaseGroup[] = [
  { title: "shapes", cases: shapes },
  { title: "refused", cases: refused },
  { title: "cancelled", cases: cancellations },
  { title: "results", cases: results },
  { title: "consumed capacity", cases: capacity },
  { title: "tokens", cases: tokens },
];
