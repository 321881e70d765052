/** Query and Scan on secondary indexes: what they refuse, and what they answer. */
import {
  type Expectation,
  invalid,
  type JsonObject,
  N,
  parametersInvalid,
  type Refusal,
  S,
  text,
} from "./case-types.ts";
import { type IndexedCase, type IndexedGroup, items, where } from "./indexed-case.ts";

const byG = where("g = :g", { ":g": S("g") });
const byPk = where("pk = :p", { ":p": S("p") });
const start = { g: S("g"), pk: S("p"), sk: S("a") };
const localStart = { pk: S("p"), l: N(1), sk: S("a") };

function query(name: string, IndexName: string, more: JsonObject, expect: Expectation): IndexedCase {
  return { name, table: "ruled", operation: "Query", request: { IndexName, ...more }, expect };
}

function scan(name: string, IndexName: string, more: JsonObject, expect: Expectation): IndexedCase {
  return { name, table: "ruled", operation: "Scan", request: { IndexName, ...more }, expect };
}

/** Said of both operations. */
function bothWays(
  name: string,
  IndexName: string,
  more: JsonObject,
  expect: Refusal,
): readonly IndexedCase[] {
  const queried =
    "FilterExpression" in more && "ExpressionAttributeValues" in more
      ? {
          ...byG,
          ExpressionAttributeValues: { ":g": S("g"), ...(more["ExpressionAttributeValues"] as JsonObject) },
        }
      : byG;
  return [
    query(`${name} (Query)`, IndexName, { ...more, ...queried }, expect),
    scan(`${name} (Scan)`, IndexName, more, expect),
  ];
}

const noIndex = (name: string): Refusal => invalid(`The table does not have the specified index: ${name}`);
const notConsistent = invalid("Consistent reads are not supported on global secondary indexes");
const notAll = (index: string): Refusal =>
  parametersInvalid(
    `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index} because its projection type is not ALL`,
  );
const notProjected = (index: string, names: string): Refusal =>
  parametersInvalid(`Global secondary index ${index} does not project [${names}]`);
const notFiltered = (index: string, names: string): Refusal =>
  parametersInvalid(`Secondary index ${index} does not project one or more filter attributes: [${names}]`);
const entered = (name: string): Refusal =>
  invalid(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: ${name}`,
  );
const keyFilter = (what: string, name: string): Refusal =>
  invalid(`${what} can only contain non-primary key attributes: Primary key attribute: ${name}`);
const keyEquals = (value: JsonObject): JsonObject => ({
  ComparisonOperator: "EQ",
  AttributeValueList: [value],
});

const selections: readonly IndexedCase[] = [
  ...bothWays("10: an unknown index", "nowhere", {}, noIndex("nowhere")),
  ...bothWays("10: a strong read of a global index", "all-by-g", { ConsistentRead: true }, notConsistent),
  ...bothWays(
    "10: all attributes of an index with some",
    "some-by-g",
    { Select: "ALL_ATTRIBUTES" },
    notAll("some-by-g"),
  ),
  scan(
    "10: all attributes of an index with keys only",
    "keys-by-l",
    { Select: "ALL_ATTRIBUTES" },
    notAll("keys-by-l"),
  ),
  ...bothWays(
    "10: a projection of what is not there",
    "some-by-g",
    { ProjectionExpression: "b.x, a, c" },
    notProjected("some-by-g", "b, c"),
  ),
  scan(
    "10: AttributesToGet of what is not there",
    "some-by-g",
    { AttributesToGet: ["a", "b"] },
    notProjected("some-by-g", "b"),
  ),
  ...bothWays(
    "10: a filter on what is not there",
    "some-by-g",
    { FilterExpression: "attribute_exists(b)" },
    notFiltered("some-by-g", "b"),
  ),
  ...bothWays(
    "10: a filter on several that are not there",
    "some-by-g",
    { FilterExpression: "a = :v OR b = :v OR c = :v", ExpressionAttributeValues: { ":v": S("v") } },
    notFiltered("some-by-g", "b, c"),
  ),
  ...bothWays("6: a projection into an index key", "all-by-g", { ProjectionExpression: "g.x" }, entered("g")),
  scan(
    "6: a filter into an index key",
    "all-by-g",
    { FilterExpression: "attribute_exists(l[0])" },
    entered("l"),
  ),
  query(
    "10: a filter on the partition key in use",
    "all-by-g",
    { ...byG, FilterExpression: "attribute_exists(g)" },
    keyFilter("Filter Expression", "g"),
  ),
  query(
    "10: a filter on the sort key in use",
    "local-all",
    { ...byPk, FilterExpression: "attribute_exists(l)" },
    keyFilter("Filter Expression", "l"),
  ),
  query(
    "10: QueryFilter on the key in use",
    "local-all",
    { KeyConditions: { pk: keyEquals(S("p")) }, QueryFilter: { l: { ComparisonOperator: "NOT_NULL" } } },
    keyFilter("QueryFilter", "l"),
  ),
  {
    name: "10: ALL_PROJECTED_ATTRIBUTES without an index",
    table: "ruled",
    operation: "Scan",
    request: { Select: "ALL_PROJECTED_ATTRIBUTES" },
    expect: invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"),
  },
  scan(
    "10: COUNT with a projection",
    "all-by-g",
    { Select: "COUNT", ProjectionExpression: "a" },
    invalid("Cannot specify the ProjectionExpression when choosing to get only the Count"),
  ),
];

const withValues = (condition: string, values: JsonObject): JsonObject => where(condition, values);
const three = withValues("g = :g AND n = :n AND pk = :p", { ":g": S("g"), ":n": N(1), ":p": S("p") });

const keyConditions: readonly IndexedCase[] = [
  query(
    "8: three conditions on an ordinary index",
    "some-by-g",
    three,
    invalid("Conditions can be of length 1 or 2 only"),
  ),
  query(
    "8: three conditions on a local index",
    "local-all",
    three,
    invalid("Conditions can be of length 1 or 2 only"),
  ),
  query(
    "8: the table's key for the index's",
    "all-by-g",
    byPk,
    invalid("Query condition missed key schema element: g"),
  ),
  query(
    "8: a sort key alone",
    "some-by-g",
    withValues("n = :n", { ":n": N(1) }),
    invalid("Query condition missed key schema element: g"),
  ),
  query(
    "8: a sort key the index does not have",
    "all-by-g",
    withValues("g = :g AND n = :n", { ":g": S("g"), ":n": N(1) }),
    invalid("Query key condition not supported"),
  ),
  query(
    "8: the table's sort key for the index's",
    "local-all",
    withValues("pk = :p AND sk = :s", { ":p": S("p"), ":s": S("a") }),
    invalid("Query condition missed key schema element: l"),
  ),
  query(
    "8: a range of partition keys",
    "all-by-g",
    withValues("g > :g", { ":g": S("g") }),
    invalid("Query key condition not supported"),
  ),
  query(
    "8: another type",
    "all-by-g",
    withValues("g = :g", { ":g": N(1) }),
    parametersInvalid("Condition parameter type does not match schema type"),
  ),
  query(
    "8: another type of the sort key",
    "local-all",
    withValues("pk = :p AND l = :l", { ":p": S("p"), ":l": S("1") }),
    parametersInvalid("Condition parameter type does not match schema type"),
  ),
  query(
    "8: an empty value",
    "all-by-g",
    withValues("g = :g", { ":g": S("") }),
    invalid(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: g",
    ),
  ),
  query(
    "8: a condition inside an index key",
    "all-by-g",
    withValues("g.x = :g", { ":g": S("g") }),
    invalid("KeyConditionExpressions cannot have conditions on nested attributes"),
  ),
];

const startInvalid = "The provided starting key is invalid";
const bare = invalid(startInvalid);
const mismatch = invalid(`${startInvalid}: ${text.keySchema}`);
const from = (key: JsonObject, more: JsonObject = byG): JsonObject => ({ ...more, ExclusiveStartKey: key });
const localRange = withValues("pk = :p AND l = :l", { ":p": S("p"), ":l": N(1) });
const { g: _, ...withoutG } = start;

const startKeys: readonly IndexedCase[] = [
  query("10: without the table's key", "all-by-g", from({ g: S("g") }), bare),
  query("10: without the index key", "all-by-g", from(withoutG), bare),
  query("10: with another attribute in its place", "all-by-g", from({ ...withoutG, x: S("g") }), bare),
  query("10: with too many attributes", "all-by-g", from({ ...start, n: N(1) }), bare),
  query("10: the index key of another type", "all-by-g", from({ ...start, g: N(1) }), bare),
  query("10: the table's key of another type", "all-by-g", from({ ...start, sk: N(1) }), mismatch),
  query(
    "10: of another partition",
    "all-by-g",
    from({ ...start, g: S("h") }),
    invalid("The provided starting key is outside query boundaries based on provided conditions"),
  ),
  query(
    "10: of another partition of a local index",
    "local-all",
    from({ ...localStart, pk: S("q") }, byPk),
    invalid("The provided starting key is outside query boundaries based on provided conditions"),
  ),
  query(
    "10: of another partition, with a condition on the sort key",
    "local-all",
    from({ ...localStart, pk: S("q") }, localRange),
    invalid("The query can return at most one row and cannot be restarted"),
  ),
  query(
    "10: outside the condition on the sort key",
    "local-all",
    from({ ...localStart, l: N(2) }, localRange),
    invalid("The provided starting key does not match the range key predicate"),
  ),
  query(
    "10: of a value that is none",
    "all-by-g",
    from({ ...start, g: {} }),
    invalid(`${startInvalid}: ${text.emptyValue}`),
  ),
  scan("10: Scan without the table's key", "all-by-g", from({ g: S("g") }, {}), bare),
  scan("10: Scan with the table's key of another type", "all-by-g", from({ ...start, sk: N(1) }, {}), bare),
  scan("10: Scan with a key of the table alone", "all-by-g", from(withoutG, {}), bare),
];

const rows = ["a", "b", "c", "d"].map((sk, at) => ({
  pk: S("p"),
  sk: S(sk),
  g: S("g"),
  l: N(10 - at),
  n: N(at),
  a: S(`a${sk}`),
  b: S(`b${sk}`),
}));
const other = { pk: S("p"), sk: S("x"), b: S("not in an index") };
const pick = (names: readonly string[], from4: readonly JsonObject[] = rows): readonly JsonObject[] =>
  from4.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name))));
const keysOfG = ["pk", "sk", "g", "n"];

interface Answered {
  readonly operation?: "Query" | "Scan";
  readonly request: JsonObject;
  readonly body: JsonObject;
}

function answered(name: string, { operation = "Query", request, body }: Answered): IndexedCase {
  return { name, table: "ruled", given: [...rows, other], operation, request, expect: { body } };
}

const found = (Items: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  Items,
  Count: Items.length,
  ScannedCount: Items.length,
  ...more,
});

const inSome = { IndexName: "some-by-g", ...byG };
const inLocalKeys = { IndexName: "local-keys", ...byPk };
const reversed = rows.toReversed();

const answers: readonly IndexedCase[] = [
  answered("semantics 6: an index gives what it projects", {
    request: inSome,
    body: found(pick([...keysOfG, "a"])),
  }),
  answered("semantics 6: the same by name", {
    request: { ...inSome, Select: "ALL_PROJECTED_ATTRIBUTES" },
    body: found(pick([...keysOfG, "a"])),
  }),
  answered("semantics 6: all attributes of an index with all", {
    request: { IndexName: "local-all", ...byPk, Select: "ALL_ATTRIBUTES" },
    body: found(reversed),
  }),
  answered("semantics 6: backwards", {
    request: { ...inSome, ScanIndexForward: false, ProjectionExpression: "sk" },
    body: found(pick(["sk"], reversed)),
  }),
  answered("semantics 6: a condition on the sort key", {
    request: {
      IndexName: "some-by-g",
      ...where("g = :g AND n BETWEEN :from AND :to", { ":g": S("g"), ":from": N(1), ":to": N(2) }),
      ProjectionExpression: "sk",
    },
    body: found([{ sk: S("b") }, { sk: S("c") }]),
  }),
  answered("semantics 6: a page ends with the keys of the index and of the table", {
    request: { ...inSome, Limit: 2, ProjectionExpression: "sk" },
    body: found([{ sk: S("a") }, { sk: S("b") }], {
      LastEvaluatedKey: { g: S("g"), n: N(1), pk: S("p"), sk: S("b") },
    }),
  }),
  answered("semantics 6: the next page begins behind it", {
    request: {
      ...inSome,
      ProjectionExpression: "sk",
      ExclusiveStartKey: { g: S("g"), n: N(1), pk: S("p"), sk: S("b") },
    },
    body: found([{ sk: S("c") }, { sk: S("d") }]),
  }),
  answered("semantics 6: a start key need not be there", {
    request: {
      ...inSome,
      ProjectionExpression: "sk",
      ExclusiveStartKey: { g: S("g"), n: N("1.5"), pk: S("gone"), sk: S("gone") },
    },
    body: found([{ sk: S("c") }, { sk: S("d") }]),
  }),
  answered("semantics 6: a filter on the table's key and what is projected", {
    request: {
      IndexName: "some-by-g",
      ...where("g = :g", { ":g": S("g"), ":a": S("ab"), ":s": S("b") }),
      FilterExpression: "a = :a AND sk = :s",
    },
    body: { Items: pick([...keysOfG, "a"], rows.slice(1, 2)), Count: 1, ScannedCount: 4 },
  }),
  answered("semantics 6: a strong read of a local index", {
    request: { ...inLocalKeys, ConsistentRead: true },
    body: found(pick(["pk", "sk", "l"], reversed)),
  }),
  answered("semantics 6: a local index fetches all attributes", {
    request: { ...inLocalKeys, Select: "ALL_ATTRIBUTES" },
    body: found(reversed),
  }),
  answered("semantics 6: a local index fetches what is named", {
    request: { ...inLocalKeys, ProjectionExpression: "b" },
    body: found(pick(["b"], reversed)),
  }),
  answered("semantics 6: AttributesToGet fetches, too", {
    request: {
      IndexName: "local-keys",
      KeyConditions: { pk: keyEquals(S("p")) },
      AttributesToGet: ["b"],
    },
    body: found(pick(["b"], reversed)),
  }),
  answered("semantics 6: Scan gives no item without an entry", {
    operation: "Scan",
    request: { IndexName: "all-by-g", Select: "COUNT" },
    body: { Count: 4, ScannedCount: 4 },
  }),
  answered("semantics 6: Scan of a local index is strong when asked", {
    operation: "Scan",
    request: { IndexName: "local-all", Select: "COUNT", ConsistentRead: true },
    body: { Count: 4, ScannedCount: 4 },
  }),
  answered("semantics 6: ScanFilter works on entries", {
    operation: "Scan",
    request: {
      IndexName: "all-by-g",
      ScanFilter: { a: keyEquals(S("ac")) },
      AttributesToGet: ["sk"],
    },
    body: { Items: [{ sk: S("c") }], Count: 1, ScannedCount: 4 },
  }),
  answered("semantics 6: another partition is empty", {
    request: { IndexName: "all-by-g", ...where("g = :g", { ":g": S("h") }) },
    body: found([]),
  }),
];

const shared = ["a", "b", "c"].map((pk) => items({ pk, g: "same" }));

const ties: readonly IndexedCase[] = [
  {
    name: "semantics 7: equal index keys are told apart by the table's",
    table: "global-keys",
    given: shared,
    operation: "Query",
    request: {
      IndexName: "byG",
      ...where("g = :g", { ":g": S("same") }),
      ExclusiveStartKey: items({ pk: "b", g: "same" }),
    },
    expect: { body: found(shared.slice(2)) },
  },
  {
    name: "semantics 7: an index may have the table's own keys",
    table: "global-same",
    given: ["b", "a"].map((pk) => items({ pk, sk: "s" })),
    operation: "Query",
    request: { IndexName: "inverted", ...where("sk = :s", { ":s": S("s") }), Limit: 1 },
    expect: {
      body: found([items({ pk: "a", sk: "s" })], { LastEvaluatedKey: items({ pk: "a", sk: "s" }) }),
    },
  },
];

export const indexReadGroups: readonly IndexedGroup[] = [
  { title: "selections", cases: selections },
  { title: "key conditions", cases: keyConditions },
  { title: "start keys", cases: startKeys },
  { title: "answers", cases: answers },
  { title: "equal keys", cases: ties },
];
