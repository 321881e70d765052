/**
 * What the legacy comparison operators say about an item. Each row is asked as ScanFilter, as QueryFilter and
 * as Expected of an UpdateItem that changes nothing.
 */
import {
  B,
  BS,
  type CaseGroup,
  type ConformanceCase,
  conditionFailed,
  type JsonObject,
  L,
  M,
  N,
  nil,
  NS,
  S,
  SS,
  yes,
} from "./case-types.ts";

const key = { pk: S("item") };

const item: JsonObject = {
  ...key,
  s: S("hello"),
  n: N(5),
  b: B("AQID"),
  t: yes,
  z: nil,
  l: L(N(1), S("x")),
  m: M({ k: S("v") }),
  ss: SS("a", "b"),
  ns: NS(1, 2),
  bs: BS("AQ==", "Ag=="),
};

type Row = readonly [attribute: string, operator: string, values: readonly JsonObject[], truth: boolean];

const rows: readonly Row[] = [
  ["s", "EQ", [S("hello")], true],
  ["s", "EQ", [S("other")], false],
  ["n", "EQ", [N("5.0")], true],
  ["n", "EQ", [S("5")], false],
  ["ss", "EQ", [SS("b", "a")], true],
  ["l", "EQ", [L(N(1), S("x"))], true],
  ["m", "EQ", [M({ k: S("v") })], true],
  ["nothing", "EQ", [S("x")], false],
  ["s", "NE", [S("hello")], false],
  ["s", "NE", [N(1)], true],
  ["nothing", "NE", [S("x")], true],
  ["n", "LT", [N(6)], true],
  ["n", "LT", [N(5)], false],
  ["n", "LT", [S("6")], false],
  ["n", "LE", [N(5)], true],
  ["n", "GT", [N(4)], true],
  ["n", "GE", [N("5.1")], false],
  ["s", "GT", [S("hell")], true],
  ["b", "LT", [B("AgA=")], true],
  ["nothing", "LT", [N(1)], false],
  ["z", "NOT_NULL", [], true],
  ["z", "NULL", [], false],
  ["nothing", "NULL", [], true],
  ["nothing", "NOT_NULL", [], false],
  ["s", "CONTAINS", [S("ell")], true],
  ["s", "CONTAINS", [S("x")], false],
  ["b", "CONTAINS", [B("AgM=")], true],
  ["ss", "CONTAINS", [S("a")], true],
  ["ns", "CONTAINS", [N("2.0")], true],
  ["bs", "CONTAINS", [B("AQ==")], true],
  ["l", "CONTAINS", [S("x")], true],
  ["l", "CONTAINS", [S("y")], false],
  ["nothing", "CONTAINS", [S("x")], false],
  ["s", "NOT_CONTAINS", [S("x")], true],
  ["s", "NOT_CONTAINS", [S("ell")], false],
  ["ss", "NOT_CONTAINS", [S("c")], true],
  ["nothing", "NOT_CONTAINS", [S("x")], true],
  ["s", "BEGINS_WITH", [S("hel")], true],
  ["s", "BEGINS_WITH", [S("x")], false],
  ["b", "BEGINS_WITH", [B("AQ==")], true],
  ["n", "BEGINS_WITH", [S("5")], false],
  ["nothing", "BEGINS_WITH", [S("x")], false],
  ["n", "IN", [N(4), N(5)], true],
  ["n", "IN", [N(4)], false],
  ["s", "IN", [S("x"), S("hello")], true],
  ["nothing", "IN", [S("x")], false],
  ["n", "BETWEEN", [N(5), N(6)], true],
  ["n", "BETWEEN", [N(4), N(5)], true],
  ["n", "BETWEEN", [N(6), N(7)], false],
  ["s", "BETWEEN", [S("a"), S("z")], true],
  ["n", "BETWEEN", [S("4"), S("6")], false],
  ["nothing", "BETWEEN", [N(1), N(2)], false],
];

const byPartition = { pk: { ComparisonOperator: "EQ", AttributeValueList: [S("item")] } };

function triple(
  name: string,
  condition: JsonObject,
  operator: string | undefined,
  truth: boolean,
): readonly ConformanceCase[] {
  const found = { Items: truth ? [item] : [], Count: truth ? 1 : 0, ScannedCount: 1 };
  const conditional = operator === undefined ? {} : { ConditionalOperator: operator };
  return [
    {
      name: `ScanFilter: ${name}`,
      operation: "Scan",
      request: { TableName: "hash", ScanFilter: condition, ...conditional },
      given: [item],
      expect: { body: found },
    },
    {
      name: `QueryFilter: ${name}`,
      operation: "Query",
      request: { TableName: "hash", KeyConditions: byPartition, QueryFilter: condition, ...conditional },
      given: [item],
      expect: { body: found },
    },
    {
      name: `Expected: ${name}`,
      operation: "UpdateItem",
      request: { TableName: "hash", Key: key, Expected: condition, ...conditional },
      given: [item],
      expect: truth ? { body: {} } : conditionFailed,
      after: [item],
    },
  ];
}

const operators: readonly ConformanceCase[] = rows.flatMap(([attribute, operator, values, truth]) =>
  triple(
    `${attribute} ${operator} ${JSON.stringify(values)} is ${truth}`,
    {
      [attribute]: {
        ComparisonOperator: operator,
        ...(values.length === 0 ? {} : { AttributeValueList: values }),
      },
    },
    undefined,
    truth,
  ),
);

const isFive = { ComparisonOperator: "EQ", AttributeValueList: [N(5)] };
const isSix = { ComparisonOperator: "EQ", AttributeValueList: [N(6)] };
const isHello = { ComparisonOperator: "EQ", AttributeValueList: [S("hello")] };

const combined: readonly ConformanceCase[] = [
  ...triple("both true, no operator", { n: isFive, s: isHello }, undefined, true),
  ...triple("one false, no operator", { n: isSix, s: isHello }, undefined, false),
  ...triple("one false, AND", { n: isSix, s: isHello }, "AND", false),
  ...triple("one false, OR", { n: isSix, s: isHello }, "OR", true),
  ...triple("both false, OR", { n: isSix, m: isHello }, "OR", false),
];

function expected(name: string, clause: JsonObject, truth: boolean): ConformanceCase {
  return {
    name,
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, Expected: clause },
    given: [item],
    expect: truth ? { body: {} } : conditionFailed,
    after: [item],
  };
}

const plainExpected: readonly ConformanceCase[] = [
  expected("Value equal", { n: { Value: N("5.0") } }, true),
  expected("Value different", { n: { Value: N(6) } }, false),
  expected("Exists true and equal", { s: { Exists: true, Value: S("hello") } }, true),
  expected("Exists false, absent", { nothing: { Exists: false } }, true),
  expected("Exists false, present", { s: { Exists: false } }, false),
  expected("Exists false, a null present", { z: { Exists: false } }, false),
  expected("Value of ComparisonOperator", { n: { ComparisonOperator: "GT", Value: N(4) } }, true),
];

export const legacyTruthGroups: readonly CaseGroup[] = [
  { title: "operators", cases: operators },
  { title: "ConditionalOperator", cases: combined },
  { title: "Expected", cases: plainExpected },
];
