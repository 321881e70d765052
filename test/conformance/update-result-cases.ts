/** What an update makes of an item, and the errors that only the item can cause. */
import {
  B,
  BS,
  type CaseGroup,
  type ConformanceCase,
  invalid,
  type JsonObject,
  L,
  M,
  N,
  nil,
  NS,
  S,
  SS,
  text,
  yes,
} from "./case-types.ts";

const key = { pk: S("item") };

interface Row {
  /** Attributes beside the key; undefined: no item. */
  readonly before: JsonObject | undefined;
  readonly update: string;
  readonly values?: JsonObject;
  readonly names?: JsonObject;
}

function request(row: Row): JsonObject {
  return {
    TableName: "hash",
    Key: key,
    UpdateExpression: row.update,
    ...(row.values === undefined ? {} : { ExpressionAttributeValues: row.values }),
    ...(row.names === undefined ? {} : { ExpressionAttributeNames: row.names }),
  };
}

function title(row: Row): string {
  return `${JSON.stringify(row.before ?? null)} ${row.update} ${JSON.stringify(row.values ?? {})}`;
}

function given(row: Row): readonly JsonObject[] {
  return row.before === undefined ? [] : [{ ...key, ...row.before }];
}

function becomes(row: Row, after: JsonObject): ConformanceCase {
  const item = { ...key, ...after };
  return {
    name: title(row),
    operation: "UpdateItem",
    request: { ...request(row), ReturnValues: "ALL_NEW" },
    given: given(row),
    expect: { body: { Attributes: item } },
    after: [item],
  };
}

function fails(row: Row, message: string): ConformanceCase {
  return {
    name: title(row),
    operation: "UpdateItem",
    request: request(row),
    given: given(row),
    expect: invalid(message),
    after: given(row),
  };
}

const v = { ":v": S("new") };
const n1 = { ":n": N(1) };
const abc = L(S("a"), S("b"), S("c"));

/** In the notation they come back in. */
const huge = N(`9${"0".repeat(125)}`);
const tiny = N(`0.${"0".repeat(129)}11`);

const set: readonly ConformanceCase[] = [
  becomes({ before: undefined, update: "SET a = :v", values: v }, { a: S("new") }),
  becomes({ before: { a: S("old") }, update: "SET a = :v", values: v }, { a: S("new") }),
  becomes({ before: { a: N(1), b: N(2) }, update: "SET a = b, b = a" }, { a: N(2), b: N(1) }),
  becomes({ before: { a: N(1) }, update: "SET a = :v, b = a", values: v }, { a: S("new"), b: N(1) }),
  becomes(
    { before: { m: M({ k: N(1) }) }, update: "SET m.j = :v", values: v },
    { m: M({ k: N(1), j: S("new") }) },
  ),
  becomes({ before: { m: M({ k: N(1) }) }, update: "SET m.k = :v", values: v }, { m: M({ k: S("new") }) }),
  becomes(
    { before: { m: M({ l: L(M({})) }) }, update: "SET m.l[0].x = :v", values: v },
    { m: M({ l: L(M({ x: S("new") })) }) },
  ),
  becomes({ before: { l: abc }, update: "SET l[1] = :v", values: v }, { l: L(S("a"), S("new"), S("c")) }),
  becomes(
    { before: { l: abc }, update: "SET l[9] = :v", values: v },
    { l: L(S("a"), S("b"), S("c"), S("new")) },
  ),
  becomes(
    { before: { l: L() }, update: "SET l[9] = :x, l[5] = :y", values: { ":x": N(9), ":y": N(5) } },
    { l: L(N(5), N(9)) },
  ),
  becomes(
    { before: { a: N(1) }, update: "SET #d = :v", values: v, names: { "#d": "x.y" } },
    { a: N(1), "x.y": S("new") },
  ),
  becomes(
    {
      before: {},
      update: "SET #p = :v, #c = :v",
      values: v,
      names: { "#p": "__proto__", "#c": "constructor" },
    },
    { ["__proto__"]: S("new"), constructor: S("new") },
  ),
  becomes({ before: { m: M({ k: N(1) }) }, update: "SET a = m.k" }, { m: M({ k: N(1) }), a: N(1) }),
  becomes({ before: { l: abc }, update: "SET a = l[2]" }, { l: abc, a: S("c") }),
  fails({ before: {}, update: "SET a.b = :v", values: v }, text.badUpdatePath),
  fails({ before: undefined, update: "SET a.b = :v", values: v }, text.badUpdatePath),
  fails({ before: { a: S("x") }, update: "SET a.b = :v", values: v }, text.badUpdatePath),
  fails({ before: { a: L() }, update: "SET a.b = :v", values: v }, text.badUpdatePath),
  fails({ before: { a: M({}) }, update: "SET a[0] = :v", values: v }, text.badUpdatePath),
  fails({ before: { a: M({}) }, update: "SET a.b.c = :v", values: v }, text.badUpdatePath),
  fails({ before: {}, update: "SET a = b" }, text.missingAttribute),
  fails({ before: { m: M({}) }, update: "SET a = m.k" }, text.missingAttribute),
  fails({ before: { l: abc }, update: "SET a = l[3]" }, text.missingAttribute),
];

const arithmetic: readonly ConformanceCase[] = [
  becomes({ before: { n: N(5) }, update: "SET n = n + :n", values: n1 }, { n: N(6) }),
  becomes({ before: { n: N(5) }, update: "SET n = n - :n", values: n1 }, { n: N(4) }),
  becomes({ before: { n: N(5) }, update: "SET n = :n - n", values: n1 }, { n: N(-4) }),
  becomes({ before: { n: N("0.1") }, update: "SET n = n + :n", values: { ":n": N("0.2") } }, { n: N("0.3") }),
  becomes(
    { before: { n: N("1e37") }, update: "SET n = n + :n", values: n1 },
    { n: N("10000000000000000000000000000000000001") },
  ),
  becomes(
    { before: { n: N("99999999999999999999999999999999999999") }, update: "SET n = n - :n", values: n1 },
    { n: N("99999999999999999999999999999999999998") },
  ),
  becomes({ before: { n: N(5) }, update: "SET n = n - :n", values: { ":n": N(5) } }, { n: N(0) }),
  becomes(
    { before: {}, update: "SET n = if_not_exists(n, :z) + :n", values: { ...n1, ":z": N(0) } },
    { n: N(1) },
  ),
  becomes(
    { before: { n: N(41) }, update: "SET n = if_not_exists(n, :z) + :n", values: { ...n1, ":z": N(0) } },
    { n: N(42) },
  ),
  becomes({ before: { a: N(1), b: N(2) }, update: "SET c = a + b" }, { a: N(1), b: N(2), c: N(3) }),
  fails({ before: {}, update: "SET n = n + :n", values: n1 }, text.missingAttribute),
  fails({ before: { n: S("5") }, update: "SET n = n + :n", values: n1 }, text.operandType),
  fails({ before: { n: nil }, update: "SET n = n - :n", values: n1 }, text.operandType),
  fails({ before: { n: huge }, update: "SET n = n + :n", values: { ":n": huge } }, text.overflow),
  fails({ before: { n: tiny }, update: "SET n = n - :n", values: { ":n": N("1e-130") } }, text.underflow),
];

const setFunctions: readonly ConformanceCase[] = [
  becomes({ before: {}, update: "SET a = if_not_exists(a, :v)", values: v }, { a: S("new") }),
  becomes({ before: { a: nil }, update: "SET a = if_not_exists(a, :v)", values: v }, { a: nil }),
  becomes({ before: { b: N(2) }, update: "SET a = if_not_exists(a, b)" }, { a: N(2), b: N(2) }),
  becomes(
    { before: { l: abc }, update: "SET l = list_append(l, :l)", values: { ":l": L(N(1)) } },
    { l: L(S("a"), S("b"), S("c"), N(1)) },
  ),
  becomes(
    { before: { l: abc }, update: "SET l = list_append(:l, l)", values: { ":l": L(N(1)) } },
    { l: L(N(1), S("a"), S("b"), S("c")) },
  ),
  becomes(
    {
      before: {},
      update: "SET l = list_append(if_not_exists(l, :e), :l)",
      values: { ":e": L(), ":l": L(N(1)) },
    },
    { l: L(N(1)) },
  ),
  becomes(
    { before: { a: L(N(1)), b: L(N(2)) }, update: "SET c = list_append(a, b)" },
    { a: L(N(1)), b: L(N(2)), c: L(N(1), N(2)) },
  ),
  fails(
    { before: {}, update: "SET l = list_append(l, :l)", values: { ":l": L(N(1)) } },
    text.missingAttribute,
  ),
  fails(
    { before: { l: S("x") }, update: "SET l = list_append(l, :l)", values: { ":l": L(N(1)) } },
    text.operandType,
  ),
  fails(
    { before: { l: SS("x") }, update: "SET l = list_append(l, :l)", values: { ":l": L(N(1)) } },
    text.operandType,
  ),
];

const remove: readonly ConformanceCase[] = [
  becomes({ before: { a: N(1), b: N(2) }, update: "REMOVE a" }, { b: N(2) }),
  becomes({ before: { b: N(2) }, update: "REMOVE a" }, { b: N(2) }),
  becomes({ before: { m: M({ k: N(1), j: N(2) }) }, update: "REMOVE m.k" }, { m: M({ j: N(2) }) }),
  becomes({ before: { m: M({ k: N(1) }) }, update: "REMOVE m.k" }, { m: M({}) }),
  becomes({ before: { m: M({ k: N(1) }) }, update: "REMOVE m.j" }, { m: M({ k: N(1) }) }),
  becomes({ before: { l: abc }, update: "REMOVE l[1]" }, { l: L(S("a"), S("c")) }),
  becomes({ before: { l: abc }, update: "REMOVE l[0], l[1]" }, { l: L(S("c")) }),
  becomes({ before: { l: abc }, update: "REMOVE l[7]" }, { l: abc }),
  becomes({ before: { a: N(1) }, update: "REMOVE a SET b = a" }, { b: N(1) }),
  fails({ before: {}, update: "REMOVE m.k" }, text.badUpdatePath),
  fails({ before: { m: S("x") }, update: "REMOVE m.k" }, text.badUpdatePath),
];

const addAndDelete: readonly ConformanceCase[] = [
  becomes({ before: undefined, update: "ADD n :n", values: n1 }, { n: N(1) }),
  becomes({ before: {}, update: "ADD n :n", values: n1 }, { n: N(1) }),
  becomes({ before: { n: N(5) }, update: "ADD n :n", values: { ":n": N("-5.5") } }, { n: N("-0.5") }),
  becomes({ before: {}, update: "ADD s :s", values: { ":s": SS("a") } }, { s: SS("a") }),
  becomes({ before: { s: SS("a") }, update: "ADD s :s", values: { ":s": SS("a") } }, { s: SS("a") }),
  becomes({ before: { m: M({ n: N(1) }) }, update: "ADD m.n :n", values: n1 }, { m: M({ n: N(2) }) }),
  becomes({ before: { m: M({}) }, update: "ADD m.n :n", values: n1 }, { m: M({ n: N(1) }) }),
  fails({ before: { n: S("x") }, update: "ADD n :n", values: n1 }, text.operandType),
  fails({ before: { n: NS(1) }, update: "ADD n :n", values: n1 }, text.operandType),
  fails({ before: { s: SS("a") }, update: "ADD s :s", values: { ":s": NS(1) } }, text.operandType),
  fails({ before: { s: L(S("a")) }, update: "ADD s :s", values: { ":s": SS("a") } }, text.operandType),
  fails({ before: { n: huge }, update: "ADD n :n", values: { ":n": huge } }, text.overflow),
  becomes(
    { before: { s: SS("a", "b") }, update: "DELETE s :s", values: { ":s": SS("a", "z") } },
    { s: SS("b") },
  ),
  becomes({ before: { s: SS("a") }, update: "DELETE s :s", values: { ":s": SS("a") } }, {}),
  becomes({ before: { s: NS(1, 2) }, update: "DELETE s :s", values: { ":s": NS("1.0") } }, { s: NS(2) }),
  becomes(
    { before: { s: BS("AQ==", "Ag==") }, update: "DELETE s :s", values: { ":s": BS("AQ==") } },
    { s: BS("Ag==") },
  ),
  becomes({ before: { a: yes }, update: "DELETE s :s", values: { ":s": SS("a") } }, { a: yes }),
  fails({ before: { s: NS(1) }, update: "DELETE s :s", values: { ":s": SS("a") } }, text.operandType),
  fails({ before: { s: S("a") }, update: "DELETE s :s", values: { ":s": SS("a") } }, text.operandType),
];

function bare(
  name: string,
  more: JsonObject,
  given: readonly JsonObject[],
  after: readonly JsonObject[],
): ConformanceCase {
  return {
    name,
    operation: "UpdateItem",
    request: { TableName: "hash", Key: key, ...more },
    given,
    expect: { body: {} },
    after,
  };
}

const upserts: readonly ConformanceCase[] = [
  bare("no action at all makes the bare item", {}, [], [key]),
  bare("no action at all leaves an item as it is", {}, [{ ...key, a: N(1) }], [{ ...key, a: N(1) }]),
  bare("REMOVE alone makes no item", { UpdateExpression: "REMOVE a" }, [], []),
  bare(
    "DELETE alone makes no item",
    { UpdateExpression: "DELETE s :s", ExpressionAttributeValues: { ":s": SS("a") } },
    [],
    [],
  ),
  bare(
    "AttributeUpdates DELETE alone makes no item",
    { AttributeUpdates: { a: { Action: "DELETE" } } },
    [],
    [],
  ),
  bare(
    "AttributeUpdates PUT makes one",
    { AttributeUpdates: { a: { Value: N(1) } } },
    [],
    [{ ...key, a: N(1) }],
  ),
  bare(
    "AttributeUpdates ADD counts from zero",
    { AttributeUpdates: { a: { Action: "ADD", Value: N(3) } } },
    [],
    [{ ...key, a: N(3) }],
  ),
  bare(
    "AttributeUpdates ADD to a number",
    { AttributeUpdates: { a: { Action: "ADD", Value: N(3) } } },
    [{ ...key, a: N(1) }],
    [{ ...key, a: N(4) }],
  ),
  bare(
    "AttributeUpdates DELETE from a set",
    { AttributeUpdates: { a: { Action: "DELETE", Value: SS("x") } } },
    [{ ...key, a: SS("x", "y") }],
    [{ ...key, a: SS("y") }],
  ),
  bare(
    "AttributeUpdates DELETE of an attribute",
    { AttributeUpdates: { a: { Action: "DELETE" }, b: { Value: yes, Action: "PUT" } } },
    [{ ...key, a: B("AQ==") }],
    [{ ...key, b: yes }],
  ),
];

export const updateResultGroups: readonly CaseGroup[] = [
  { title: "SET", cases: set },
  { title: "arithmetic", cases: arithmetic },
  { title: "functions", cases: setFunctions },
  { title: "REMOVE", cases: remove },
  { title: "ADD and DELETE", cases: addAndDelete },
  { title: "items that do not exist", cases: upserts },
];
