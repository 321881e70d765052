/**
 * What conditions and filters say about an item. Each row is asked three times: as the filter of a Query, as
 * the filter of a Scan, and as the condition of an UpdateItem that changes nothing.
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
  no,
  NS,
  S,
  SS,
  yes,
} from "./case-types.ts";

const key = { pk: S("item") };

const item: JsonObject = {
  ...key,
  s: S("hello"),
  s2: S("hello"),
  capital: S("A"),
  small: S("a"),
  emoji: S("\u{1F600}"),
  wide: S("\uFF5E"),
  n: N(5),
  n2: N(-3),
  big: N("12345678901234567890123456789012345678"),
  b: B("AQID"),
  t: yes,
  f: no,
  z: nil,
  l: L(N(1), S("x"), L(N(2))),
  m: M({ k: S("v"), deep: M({ n: N(7) }) }),
  ss: SS("a", "b"),
  ns: NS(1, 2),
  bs: BS("AQ==", "Ag=="),
  el: L(),
  em: M({}),
  es: S(""),
  "a.b": S("dotted"),
};

/** Names that mean something to JavaScript objects are ordinary names to DynamoDB. */
const hostile: JsonObject = {
  ...key,
  ["__proto__"]: S("plain"),
  constructor: N(1),
  m: M({ ["__proto__"]: N(2) }),
};

type Row = readonly [expression: string, values: JsonObject, truth: boolean, names?: JsonObject];

const equality: readonly Row[] = [
  ["s = :v", { ":v": S("hello") }, true],
  ["s = :v", { ":v": S("Hello") }, false],
  [":v = s", { ":v": S("hello") }, true],
  ["s = s2", {}, true],
  ["s <> s2", {}, false],
  ["n = :v", { ":v": N("5.0") }, true],
  ["n = :v", { ":v": N("0.5e1") }, true],
  ["n = :v", { ":v": S("5") }, false],
  ["n <> :v", { ":v": S("5") }, true],
  ["b = :v", { ":v": B("AQID") }, true],
  ["t = :v", { ":v": yes }, true],
  ["t = :v", { ":v": no }, false],
  ["z = :v", { ":v": nil }, true],
  ["ss = :v", { ":v": SS("b", "a") }, true],
  ["ss = :v", { ":v": SS("a") }, false],
  ["ss <> :v", { ":v": SS("a") }, true],
  ["ns = :v", { ":v": NS("2.0", "1") }, true],
  ["bs = :v", { ":v": BS("Ag==", "AQ==") }, true],
  ["l = :v", { ":v": L(N(1), S("x"), L(N(2))) }, true],
  ["l = :v", { ":v": L(S("x"), N(1), L(N(2))) }, false],
  ["m = :v", { ":v": M({ deep: M({ n: N("7.00") }), k: S("v") }) }, true],
  ["m = :v", { ":v": M({ k: S("v") }) }, false],
  ["el = :v", { ":v": L() }, true],
  ["em = :v", { ":v": M({}) }, true],
  ["el = em", {}, false],
  ["es = :v", { ":v": S("") }, true],
  ["nothing = :v", { ":v": S("x") }, false],
  ["nothing <> :v", { ":v": S("x") }, true],
  ["nothing = extra", {}, false],
  ["big = :v", { ":v": N("12345678901234567890123456789012345678") }, true],
  ["big = :v", { ":v": N("12345678901234567890123456789012345679") }, false],
];

const order: readonly Row[] = [
  ["n < :v", { ":v": N(6) }, true],
  ["n < :v", { ":v": N(5) }, false],
  ["n <= :v", { ":v": N(5) }, true],
  ["n > :v", { ":v": N("4.999") }, true],
  ["n >= :v", { ":v": N("5.0001") }, false],
  ["n > :v", { ":v": N(10) }, false],
  ["n2 < :v", { ":v": N(-2) }, true],
  ["n2 < n", {}, true],
  ["big < :v", { ":v": N("12345678901234567890123456789012345679") }, true],
  ["n < :v", { ":v": S("6") }, false],
  ["n >= :v", { ":v": S("4") }, false],
  ["s < :v", { ":v": S("hellp") }, true],
  ["s < :v", { ":v": S("hello ") }, true],
  ["small > capital", {}, true],
  ["emoji > wide", {}, true],
  ["b < :v", { ":v": B("AQIDAA==") }, true],
  ["b < :v", { ":v": B("/w==") }, true],
  ["b > :v", { ":v": B("AQI=") }, true],
  ["t < :v", { ":v": N(1) }, false],
  ["ss < :v", { ":v": S("z") }, false],
  ["nothing < :v", { ":v": N(1) }, false],
  ["nothing >= :v", { ":v": N(1) }, false],
  ["n < nothing", {}, false],
  ["n BETWEEN :a AND :b", { ":a": N(5), ":b": N(6) }, true],
  ["n BETWEEN :a AND :b", { ":a": N(4), ":b": N(5) }, true],
  ["n BETWEEN :a AND :a", { ":a": N(5) }, true],
  ["n BETWEEN :a AND :b", { ":a": N(6), ":b": N(7) }, false],
  ["s BETWEEN :a AND :b", { ":a": S("a"), ":b": S("z") }, true],
  ["n BETWEEN :a AND :b", { ":a": S("4"), ":b": S("6") }, false],
  ["nothing BETWEEN :a AND :b", { ":a": N(1), ":b": N(2) }, false],
  [":v BETWEEN n2 AND n", { ":v": N(0) }, true],
  ["n IN (:a, :b)", { ":a": N(4), ":b": N(5) }, true],
  ["n IN (:a)", { ":a": N(4) }, false],
  ["n IN (:a, n2)", { ":a": N("5.00") }, true],
  ["ss IN (:a)", { ":a": SS("b", "a") }, true],
  ["nothing IN (:a)", { ":a": N(4) }, false],
];

const paths: readonly Row[] = [
  ["attribute_exists(s)", {}, true],
  ["attribute_exists(nothing)", {}, false],
  ["attribute_exists(z)", {}, true],
  ["attribute_not_exists(nothing)", {}, true],
  ["attribute_not_exists(z)", {}, false],
  ["attribute_exists(m.k)", {}, true],
  ["attribute_exists(m.nothing)", {}, false],
  ["attribute_exists(s.k)", {}, false],
  ["attribute_not_exists(s.k)", {}, true],
  ["attribute_exists(l[0])", {}, true],
  ["attribute_exists(l[3])", {}, false],
  ["attribute_exists(m[0])", {}, false],
  ["attribute_exists(l.k)", {}, false],
  ["m.deep.n = :v", { ":v": N(7) }, true],
  ["l[2][0] = :v", { ":v": N(2) }, true],
  ["l[1] = :v", { ":v": S("x") }, true],
  ["#d = :v", { ":v": S("dotted") }, true, { "#d": "a.b" }],
  ["a.b = :v", { ":v": S("dotted") }, false],
  ["#m.#k = :v", { ":v": S("v") }, true, { "#m": "m", "#k": "k" }],
];

const hostileNames: readonly Row[] = [
  ["#p = :v", { ":v": S("plain") }, true, { "#p": "__proto__" }],
  ["m.#p = :v", { ":v": N(2) }, true, { "#p": "__proto__" }],
  ["#c = :v", { ":v": N(1) }, true, { "#c": "constructor" }],
  ["attribute_exists(#t)", {}, false, { "#t": "toString" }],
  ["attribute_exists(m.#t)", {}, false, { "#t": "hasOwnProperty" }],
  ["attribute_exists(m.#c)", {}, false, { "#c": "constructor" }],
];

const types: readonly Row[] = [
  ["attribute_type(s, :t)", { ":t": S("S") }, true],
  ["attribute_type(n, :t)", { ":t": S("N") }, true],
  ["attribute_type(b, :t)", { ":t": S("B") }, true],
  ["attribute_type(t, :t)", { ":t": S("BOOL") }, true],
  ["attribute_type(z, :t)", { ":t": S("NULL") }, true],
  ["attribute_type(l, :t)", { ":t": S("L") }, true],
  ["attribute_type(m, :t)", { ":t": S("M") }, true],
  ["attribute_type(ss, :t)", { ":t": S("SS") }, true],
  ["attribute_type(ns, :t)", { ":t": S("NS") }, true],
  ["attribute_type(bs, :t)", { ":t": S("BS") }, true],
  ["attribute_type(m.k, :t)", { ":t": S("S") }, true],
  ["attribute_type(s, :t)", { ":t": S("N") }, false],
  ["attribute_type(nothing, :t)", { ":t": S("S") }, false],
];

const functions: readonly Row[] = [
  ["begins_with(s, :v)", { ":v": S("hel") }, true],
  ["begins_with(s, :v)", { ":v": S("hello!") }, false],
  ["begins_with(s, :v)", { ":v": S("") }, true],
  ["begins_with(s, :v)", { ":v": B("aGVs") }, false],
  ["begins_with(b, :v)", { ":v": B("AQI=") }, true],
  ["begins_with(b, :v)", { ":v": B("Ag==") }, false],
  ["begins_with(n, :v)", { ":v": S("5") }, false],
  ["begins_with(nothing, :v)", { ":v": S("x") }, false],
  ["begins_with(s, s2)", {}, true],
  ["contains(s, :v)", { ":v": S("ell") }, true],
  ["contains(s, :v)", { ":v": S("elL") }, false],
  ["contains(s, :v)", { ":v": N(1) }, false],
  ["contains(b, :v)", { ":v": B("AgM=") }, true],
  ["contains(b, :v)", { ":v": B("AQM=") }, false],
  ["contains(ss, :v)", { ":v": S("a") }, true],
  ["contains(ss, :v)", { ":v": S("ab") }, false],
  ["contains(ns, :v)", { ":v": N("2.0") }, true],
  ["contains(ns, :v)", { ":v": S("2") }, false],
  ["contains(bs, :v)", { ":v": B("Ag==") }, true],
  ["contains(l, :v)", { ":v": S("x") }, true],
  ["contains(l, :v)", { ":v": L(N(2)) }, true],
  ["contains(l, :v)", { ":v": N(2) }, false],
  ["contains(m, :v)", { ":v": S("v") }, false],
  ["contains(n, :v)", { ":v": N(5) }, false],
  ["contains(nothing, :v)", { ":v": S("x") }, false],
  ["contains(s, s2)", {}, true],
  ["size(s) = :v", { ":v": N(5) }, true],
  ["size(es) = :v", { ":v": N(0) }, true],
  ["size(b) = :v", { ":v": N(3) }, true],
  ["size(ss) = :v", { ":v": N(2) }, true],
  ["size(ns) = :v", { ":v": N(2) }, true],
  ["size(bs) = :v", { ":v": N(2) }, true],
  ["size(l) = :v", { ":v": N(3) }, true],
  ["size(m) = :v", { ":v": N(2) }, true],
  ["size(el) = :v", { ":v": N(0) }, true],
  ["size(m.deep) >= :v", { ":v": N(1) }, true],
  ["size(s) > size(ss)", {}, true],
  ["size(s) BETWEEN :a AND :b", { ":a": N(1), ":b": N(5) }, true],
  ["size(ss) IN (:a, :b)", { ":a": N(1), ":b": N(2) }, true],
  ["size(:v) = size(s)", { ":v": S("12345") }, true],
  ["size(n) = :v", { ":v": N(1) }, false],
  ["size(n) < :v", { ":v": N(100) }, false],
  ["size(nothing) >= :v", { ":v": N(0) }, false],
  ["size(s) = :v", { ":v": S("5") }, false],
];

const one = { ":v": N(5) };

const logic: readonly Row[] = [
  ["n = :v AND s = s2", one, true],
  ["n = :v AND attribute_exists(nothing)", one, false],
  ["n = :v OR attribute_exists(nothing)", one, true],
  ["NOT n = :v", one, false],
  ["NOT nothing = :v", one, true],
  ["NOT nothing < :v", one, true],
  ["NOT size(nothing) < :v", one, true],
  ["NOT NOT n = :v", one, true],
  // AND binds tighter than OR; NOT tighter than both.
  ["n = :v OR n = :v AND attribute_exists(nothing)", one, true],
  ["(n = :v OR n = :v) AND attribute_exists(nothing)", one, false],
  ["NOT n = :v OR n = :v", one, true],
  ["NOT (n = :v OR n = :v)", one, false],
  ["NOT n = :v AND attribute_exists(nothing)", one, false],
  ["NOT (n = :v AND attribute_exists(nothing))", one, true],
  ["n between :a and :b or not attribute_exists(s)", { ":a": N(1), ":b": N(9) }, true],
  ["n\tIN\r\n(\n:v\n)", one, true],
  ["n=:v and(s=s2)", one, true],
  ["(n) = (:v)", one, true],
];

function cases(rows: readonly Row[], item: JsonObject): readonly ConformanceCase[] {
  return rows.flatMap(([expression, values, truth, names]) => {
    const name = `${expression} ${JSON.stringify(values)} is ${truth}`;
    const parameters = {
      ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    };
    const found = { Items: truth ? [item] : [], Count: truth ? 1 : 0, ScannedCount: 1 };
    return [
      {
        name: `Scan: ${name}`,
        operation: "Scan",
        request: { TableName: "hash", FilterExpression: expression, ...parameters },
        given: [item],
        expect: { body: found },
      },
      {
        name: `Query: ${name}`,
        operation: "Query",
        request: {
          TableName: "hash",
          KeyConditionExpression: "pk = :pk",
          FilterExpression: expression,
          ...parameters,
          ExpressionAttributeValues: { ...values, ":pk": S("item") },
        },
        given: [item],
        expect: { body: found },
      },
      {
        name: `UpdateItem: ${name}`,
        operation: "UpdateItem",
        request: { TableName: "hash", Key: key, ConditionExpression: expression, ...parameters },
        given: [item],
        expect: truth ? { body: {} } : conditionFailed,
        after: [item],
      },
    ];
  });
}

/** An absent item is an empty one to a condition. */
const absent: readonly ConformanceCase[] = [
  ["attribute_not_exists(pk)", true],
  ["attribute_exists(pk)", false],
  ["NOT attribute_exists(a)", true],
  ["a <> :v", true],
  ["a = :v", false],
].map(([expression, truth]): ConformanceCase => {
  const condition = String(expression);
  return {
    name: `${condition} without an item is ${String(truth)}`,
    operation: "PutItem",
    request: {
      TableName: "hash",
      Item: key,
      ConditionExpression: condition,
      ...(condition.includes(":v") ? { ExpressionAttributeValues: { ":v": N(1) } } : {}),
    },
    given: [],
    expect: truth === true ? { body: {} } : conditionFailed,
    after: truth === true ? [key] : [],
  };
});

export const conditionTruthGroups: readonly CaseGroup[] = [
  { title: "equality", cases: cases(equality, item) },
  { title: "order", cases: cases(order, item) },
  { title: "paths", cases: cases(paths, item) },
  { title: "names that JavaScript knows", cases: cases(hostileNames, hostile) },
  { title: "attribute_type", cases: cases(types, item) },
  { title: "functions", cases: cases(functions, item) },
  { title: "logic", cases: cases(logic, item) },
  { title: "absent items", cases: absent },
];
