/** ReturnValues of every write, and numbers as they come back. */
import { type CaseGroup, type ConformanceCase, type JsonObject, L, M, N, NS, S } from "./case-types.ts";

const key = { pk: S("item") };
const old = { ...key, a: N(1), m: M({ k: S("v"), j: S("w") }), l: L(S("x"), S("y"), S("z")) };

const putAndDelete: readonly ConformanceCase[] = [
  {
    name: "PutItem says nothing by default",
    operation: "PutItem",
    request: { TableName: "hash", Item: { ...key, b: N(2) } },
    given: [old],
    expect: { body: {} },
    after: [{ ...key, b: N(2) }],
  },
  {
    name: "PutItem ALL_OLD gives the replaced item",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ReturnValues: "ALL_OLD" },
    given: [old],
    expect: { body: { Attributes: old } },
    after: [key],
  },
  {
    name: "PutItem ALL_OLD without an old item",
    operation: "PutItem",
    request: { TableName: "hash", Item: key, ReturnValues: "ALL_OLD" },
    given: [],
    expect: { body: {} },
  },
  {
    name: "collection metrics belong to tables with a local index only",
    operation: "PutItem",
    request: { TableName: "range", Item: { pk: S("a"), sk: S("b") }, ReturnItemCollectionMetrics: "SIZE" },
    given: [],
    expect: { body: {} },
  },
  {
    name: "DeleteItem says nothing by default",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: key },
    given: [old],
    expect: { body: {} },
    after: [],
  },
  {
    name: "DeleteItem ALL_OLD gives the deleted item",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: key, ReturnValues: "ALL_OLD" },
    given: [old],
    expect: { body: { Attributes: old } },
    after: [],
  },
  {
    name: "DeleteItem ALL_OLD without an item",
    operation: "DeleteItem",
    request: { TableName: "hash", Key: key, ReturnValues: "ALL_OLD" },
    given: [],
    expect: { body: {} },
  },
];

function updated(
  name: string,
  returnValues: string,
  update: JsonObject,
  attributes: JsonObject | undefined,
): ConformanceCase {
  return {
    name: `${returnValues}: ${name}`,
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, ReturnValues: returnValues, ...update },
    given: [old],
    expect: { body: attributes === undefined ? {} : { Attributes: attributes } },
  };
}

const setA = { UpdateExpression: "SET a = :v", ExpressionAttributeValues: { ":v": N(9) } };
const setNew = { UpdateExpression: "SET fresh = :v", ExpressionAttributeValues: { ":v": N(9) } };
const nested = { UpdateExpression: "SET m.k = :v, l[1] = :v", ExpressionAttributeValues: { ":v": S("n") } };
const removeA = { UpdateExpression: "REMOVE a" };

const updates: readonly ConformanceCase[] = [
  updated("nothing", "NONE", setA, undefined),
  updated("the whole old item", "ALL_OLD", setA, old),
  updated("the whole new item", "ALL_NEW", setA, { ...old, a: N(9) }),
  updated("the old value", "UPDATED_OLD", setA, { a: N(1) }),
  updated("the new value", "UPDATED_NEW", setA, { a: N(9) }),
  updated("an attribute that was not there", "UPDATED_OLD", setNew, undefined),
  updated("an attribute that was not there", "UPDATED_NEW", setNew, { fresh: N(9) }),
  updated("nested values stand inside their parents", "UPDATED_OLD", nested, {
    m: M({ k: S("v") }),
    l: L(S("y")),
  }),
  updated("nested values stand inside their parents", "UPDATED_NEW", nested, {
    m: M({ k: S("n") }),
    l: L(S("n")),
  }),
  updated("a removed attribute", "UPDATED_OLD", removeA, { a: N(1) }),
  updated("a removed attribute", "UPDATED_NEW", removeA, undefined),
  updated("the item without the removed attribute", "ALL_NEW", removeA, { ...key, m: old.m, l: old.l }),
  updated(
    "AttributeUpdates",
    "UPDATED_NEW",
    { AttributeUpdates: { a: { Action: "ADD", Value: N(4) } } },
    { a: N(5) },
  ),
  updated("AttributeUpdates", "UPDATED_OLD", { AttributeUpdates: { a: { Value: N(4) } } }, { a: N(1) }),
  {
    name: "ALL_OLD without an old item",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, ReturnValues: "ALL_OLD", ...setA },
    given: [],
    expect: { body: {} },
  },
  {
    name: "ALL_NEW of an item that was made",
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, ReturnValues: "ALL_NEW", ...setA },
    given: [],
    expect: { body: { Attributes: { ...key, a: N(9) } } },
  },
];

/** Input and the form it comes back in: plain notation, no needless zeros. */
const spellings: readonly (readonly [input: string, output: string])[] = [
  ["0", "0"],
  ["-0", "0"],
  ["0.0", "0"],
  ["00012", "12"],
  ["1.50", "1.5"],
  ["100", "100"],
  ["1e3", "1000"],
  ["1E3", "1000"],
  ["1e+3", "1000"],
  ["1.5e3", "1500"],
  ["1e-3", "0.001"],
  ["-1.5e-3", "-0.0015"],
  ["0.1e1", "1"],
  ["123.456", "123.456"],
  [".5", "0.5"],
  ["12345678901234567890123456789012345678", "12345678901234567890123456789012345678"],
  ["1.2345678901234567890123456789012345678", "1.2345678901234567890123456789012345678"],
  ["-0.12345678901234567890123456789012345678", "-0.12345678901234567890123456789012345678"],
  ["1e125", `1${"0".repeat(125)}`],
  ["9.9999999999999999999999999999999999999E+125", `${"9".repeat(38)}${"0".repeat(88)}`],
  ["-9.9999999999999999999999999999999999999E+125", `-${"9".repeat(38)}${"0".repeat(88)}`],
  ["1e-130", `0.${"0".repeat(129)}1`],
  ["-1E-130", `-0.${"0".repeat(129)}1`],
  [`${"1".repeat(38)}${"0".repeat(20)}`, `${"1".repeat(38)}${"0".repeat(20)}`],
];

const numbers: readonly ConformanceCase[] = [
  ...spellings.map(([input, output]): ConformanceCase => ({
    name: `${input} comes back as ${output}`,
    operation: "PutItem",
    request: { TableName: "hash", Item: { ...key, n: N(input), l: L(N(input)), s: NS(input) } },
    given: [],
    expect: { body: {} },
    after: [{ ...key, n: N(output), l: L(N(output)), s: NS(output) }],
  })),
  {
    name: "numeric keys are equal whatever their spelling",
    operation: "GetItem",
    request: { TableName: "numeric", Key: { pk: N("1.0e1"), sk: N("-0.50") } },
    given: [{ pk: N(10), sk: N("-0.5"), a: S("found") }],
    expect: { body: { Item: { pk: N(10), sk: N("-0.5"), a: S("found") } } },
  },
];

export const writeResultGroups: readonly CaseGroup[] = [
  { title: "PutItem and DeleteItem", cases: putAndDelete },
  { title: "UpdateItem", cases: updates },
  { title: "numbers", cases: numbers },
];
