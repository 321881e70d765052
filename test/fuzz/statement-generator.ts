/** Makes statements by a grammar, over few keys so that they meet, out of names and texts that are full of syntax. */
import type { Random } from "../../src/base/index.ts";
import {
  type Action,
  type Condition,
  type Exists,
  type FuzzTable,
  keyNames,
  numberKeys,
  type Operand,
  otherNames,
  type Path,
  type Read,
  type Request,
  type Returned,
  type Select,
  type Sort,
  tables,
  targetKeys,
  type UpdateValue,
  type Wire,
  type WireItem,
  type Write,
} from "./statement-model.ts";

export function generatedRequest(random: Random): Request {
  const kind = random.below(20);
  if (kind === 0) return { kind: "batch", statements: batch(random) };
  if (kind === 1) return { kind: "transaction", statements: transaction(random) };
  return { kind: "statement", statement: oneIn(random, 2) ? select(random) : write(random) };
}

export function pick<Member>(random: Random, members: readonly Member[]): Member {
  const member = members[random.below(members.length)];
  if (member === undefined) throw new Error("nothing to pick from");
  return member;
}

export function oneIn(random: Random, count: number): boolean {
  return random.below(count) === 0;
}

function several<Member>(random: Random, most: number, make: () => Member): readonly Member[] {
  return Array.from({ length: 1 + random.below(most) }, make);
}

function batch(random: Random): readonly (Select | Write)[] {
  return oneIn(random, 2) ? several(random, 5, () => point(random)) : several(random, 5, () => write(random));
}

function transaction(random: Random): readonly (Select | Write | Exists)[] {
  if (oneIn(random, 3)) return several(random, 4, () => point(random));
  return several(random, 4, () =>
    oneIn(random, 4) ? exists(random) : { ...write(random), returned: "NONE" },
  );
}

// --- values

const texts = [
  "a",
  "b",
  "o'o",
  `'; DELETE FROM "tab" WHERE pk = 'a' --`,
  `" OR ""=""`,
  ":v0",
  "#n0",
  "?",
  "a\nb",
  "\u{1F600}é",
  "\ud800",
  "__proto__",
  "{'a': <<1>>}",
  "\\",
];
const keyTexts = ["a", "b'", `c"`, ":d"];
const sortTexts = ["1", "1'", '2"', "#3", "é"];
const numbers = ["0", "1", "-1", "2.5", "1E+30", "-0.001", "10", "12345678901234567890123456789012345678"];

function scalar(random: Random): Wire {
  switch (random.below(7)) {
    case 0:
    case 1:
    case 2:
      return { S: pick(random, texts) };
    case 3:
    case 4:
      return { N: pick(random, numbers) };
    case 5:
      return { B: Buffer.from(pick(random, texts)).toString("base64") };
    default:
      return oneIn(random, 2) ? { BOOL: oneIn(random, 2) } : { NULL: true };
  }
}

function set(random: Random): Wire {
  if (oneIn(random, 2)) return { SS: [...new Set(several(random, 3, () => pick(random, texts)))] };
  if (oneIn(random, 8)) return { BS: ["AQ==", "Ag=="] };
  return { NS: [...new Set(several(random, 3, () => pick(random, numbers)))] };
}

function value(random: Random, depth = 2): Wire {
  const kind = random.below(depth > 0 ? 9 : 7);
  if (kind < 6) return scalar(random);
  if (kind === 6) return set(random);
  if (kind === 7) return { L: several(random, 3, () => value(random, depth - 1)) };
  return { M: record(several(random, 3, () => [name(random), value(random, depth - 1)] as const)) };
}

/** Rarely large, so that pages end and units are more than the least. */
function attributeValue(random: Random): Wire {
  return oneIn(random, 150) ? { S: "x".repeat(pick(random, [1500, 5000, 120_000])) } : value(random);
}

/** `__proto__` becomes a member like any other. */
export function record(entries: Iterable<readonly [string, unknown]>): Wire {
  return Object.fromEntries(entries);
}

function keyValue(random: Random, attribute: string, table: FuzzTable): Wire {
  if (oneIn(random, 300))
    return pick<Wire>(random, [{ S: "" }, { N: "7" }, { BOOL: true }, { S: "k".repeat(2049) }]);
  if (numberKeys.has(attribute)) return { N: pick(random, ["1", "2"]) };
  return { S: pick(random, attribute === table.range ? sortTexts : keyTexts) };
}

// --- names and paths

function name(random: Random): string {
  return pick(random, otherNames);
}

function path(random: Random, first = name(random)): Path {
  if (!oneIn(random, 4)) return { name: first, inner: [] };
  return {
    name: first,
    inner: several(random, 2, () => (oneIn(random, 2) ? random.below(3) : name(random))),
  };
}

/** With the attributes of keys among the names. */
function anyPath(random: Random, table: FuzzTable): Path {
  if (!oneIn(random, 6)) return path(random);
  const keys = [...keyNames(table), ...table.indexes.flatMap(({ hash, range }) => [hash, range ?? hash])];
  const first = pick(random, keys);
  return oneIn(random, 20) ? path(random, first) : { name: first, inner: [] };
}

// --- conditions

type MakePath = () => Path;

function condition(random: Random, makePath: MakePath, depth = 2): Condition {
  if (depth > 0) {
    const kind = random.below(6);
    const part = (): Condition => condition(random, makePath, depth - 1);
    if (kind === 0) return { kind: "and", parts: [part(), part()] };
    if (kind === 1) return { kind: "or", parts: [part(), part()] };
    if (kind === 2) return { kind: "not", part: part() };
  }
  return simple(random, makePath);
}

function simple(random: Random, makePath: MakePath): Condition {
  switch (random.below(9)) {
    case 0:
    case 1:
    case 2:
      return compared(random, makePath);
    case 3:
      return { kind: "between", operand: operand(random, makePath), ...bounds(random) };
    case 4:
      return {
        kind: "in",
        operand: operand(random, makePath),
        values: several(random, 3, () => value(random, 1)),
      };
    case 5:
      return { kind: oneIn(random, 2) ? "missing" : "null", path: makePath(), negated: oneIn(random, 2) };
    case 6:
      return {
        kind: "type",
        path: makePath(),
        type: pick(random, ["S", "N", "B", "SS", "L", "M", "NULL", "bool"]),
      };
    default:
      return { kind: oneIn(random, 2) ? "begins" : "contains", path: makePath(), value: scalar(random) };
  }
}

function compared(random: Random, makePath: MakePath): Condition {
  const left = operand(random, makePath);
  // An equality on a key could be taken for the one that names the item.
  const operators = ["<>", "<", "<=", ">", ">=", ...(isKeyPath(left) ? [] : ["=", "="])];
  const operator = pick(random, operators);
  const right: Operand = oneIn(random, 6)
    ? operand(random, makePath)
    : { kind: "value", value: oneIn(random, 6) ? value(random, 1) : scalar(random) };
  return oneIn(random, 4)
    ? { kind: "compare", operator, left: right, right: left }
    : { kind: "compare", operator, left, right };
}

function isKeyPath(operand: Operand): boolean {
  return operand.kind === "path" && tables.some((table) => keyNames(table).includes(operand.path.name));
}

function operand(random: Random, makePath: MakePath): Operand {
  return { kind: oneIn(random, 6) ? "size" : "path", path: makePath() };
}

function bounds(random: Random): { readonly lower: Wire; readonly upper: Wire } {
  if (oneIn(random, 5)) return { lower: scalar(random), upper: scalar(random) };
  return oneIn(random, 2) ? textBounds(random, texts) : { lower: { N: "-1" }, upper: { N: "2.50" } };
}

function textBounds(random: Random, from: readonly string[]): { readonly lower: Wire; readonly upper: Wire } {
  const [lower = "", upper = lower] = [pick(random, from), pick(random, from)].toSorted(byBytes);
  return { lower: { S: lower }, upper: { S: upper } };
}

export function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/**
 * Attributes that the target is not read by: a Query's filter may have no others. In a scan the partition attribute is
 * left out as well, since a condition on it could make the statement a Query.
 */
function filterPath(random: Random, { table, index }: Pick<Select, "table" | "index">, read: Read): MakePath {
  const { hash, range } = targetKeys({ table, index: index as NonNullable<typeof index> });
  const forbidden = new Set(read.kind === "scan" ? [hash] : [hash, range]);
  return () => {
    const made = anyPath(random, table);
    return forbidden.has(made.name) ? path(random) : made;
  };
}

// --- statements

function select(random: Random): Select {
  const table = pick(random, tables);
  const index = oneIn(random, 2) ? pick(random, table.indexes) : undefined;
  const target = { table, ...(index === undefined ? {} : { index }) };
  const read = reading(random, target);
  const paths = oneIn(random, 3) ? projection(random, table) : undefined;
  const makePath = filterPath(random, target, read);
  const ordered = read.kind === "queries" && targetKeys(target).range !== undefined && oneIn(random, 3);
  return {
    kind: "select",
    ...target,
    ...(paths === undefined ? {} : { paths }),
    read,
    ...(oneIn(random, 2) ? { filter: condition(random, makePath) } : {}),
    ...(ordered ? { order: oneIn(random, 2) ? "ASC" : "DESC" } : {}),
    ...(oneIn(random, 3) && read.kind !== "points" ? { limit: 1 + random.below(4) } : {}),
    strong: oneIn(random, index?.global === true ? 20 : 2),
  };
}

function projection(random: Random, table: FuzzTable): readonly Path[] {
  return several(random, 3, () => anyPath(random, table));
}

function reading(random: Random, target: Pick<Select, "table" | "index">): Read {
  const { table, index } = target;
  const { hash, range } = targetKeys(target);
  if (oneIn(random, 4)) return { kind: "scan" };
  const partitions = oneIn(random, 4)
    ? distinct(several(random, 3, () => keyValue(random, hash, table)))
    : [keyValue(random, hash, table)];
  if (index === undefined && (range === undefined || oneIn(random, 2))) {
    const sorts =
      range === undefined ? [] : distinct(several(random, 2, () => keyValue(random, range, table)));
    return { kind: "points", partitions, sorts };
  }
  if (range === undefined || oneIn(random, 2)) return { kind: "queries", partitions };
  return { kind: "queries", partitions, sort: sorting(random, target, range) };
}

function distinct(values: readonly Wire[]): readonly Wire[] {
  return [...new Map(values.map((each) => [JSON.stringify(each), each])).values()];
}

/** Of a table no "=": that would be a point. */
function sorting(random: Random, { table, index }: Pick<Select, "table" | "index">, range: string): Sort {
  const from = range === table.range ? sortTexts : keyTexts;
  const operators = ["<", "<=", ">", ">=", "begins", "between", "bounds", "="] as const;
  const operator = pick(random, index === undefined ? operators.slice(0, -1) : operators);
  if (operator === "between" || operator === "bounds") return { operator, ...textBounds(random, from) };
  return { operator, value: oneIn(random, 50) ? scalar(random) : { S: pick(random, from) } };
}

/** One item by its whole key. */
function point(random: Random): Select {
  const table = pick(random, tables);
  const sorts = table.range === undefined ? [] : [keyValue(random, table.range, table)];
  return {
    kind: "select",
    table,
    read: { kind: "points", partitions: [keyValue(random, table.hash, table)], sorts },
    ...(oneIn(random, 3) ? { paths: projection(random, table) } : {}),
    strong: oneIn(random, 2),
  };
}

function key(random: Random, table: FuzzTable): WireItem {
  return new Map(keyNames(table).map((attribute) => [attribute, keyValue(random, attribute, table)]));
}

function write(random: Random): Write {
  const table = pick(random, tables);
  const kind = random.below(10);
  if (kind < 4) return { kind: "insert", table, item: item(random, table) };
  const conditional = oneIn(random, 4) ? { condition: condition(random, () => anyPath(random, table)) } : {};
  const common = { table, key: key(random, table), ...conditional, showsFailed: oneIn(random, 2) };
  if (kind === 4) {
    return { kind: "delete", ...common, returned: oneIn(random, 2) ? "ALL_OLD" : "NONE" };
  }
  const actions = several(random, 2, () => action(random, table));
  return { kind: "update", ...common, actions, returned: pick(random, returns) };
}

const returns: readonly Returned[] = ["NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"];

function exists(random: Random): Exists {
  const table = pick(random, tables);
  return {
    kind: "exists",
    table,
    key: key(random, table),
    condition: condition(random, () => anyPath(random, table)),
    returned: "NONE",
    showsFailed: oneIn(random, 2),
  };
}

function item(random: Random, table: FuzzTable): WireItem {
  const made = new Map<string, Wire>(key(random, table));
  for (const { hash, range } of table.indexes) {
    for (const attribute of range === undefined ? [hash] : [hash, range]) {
      if (!made.has(attribute) && !oneIn(random, 4)) made.set(attribute, keyValue(random, attribute, table));
    }
  }
  for (const attribute of several(random, 4, () => name(random))) made.set(attribute, attributeValue(random));
  if (oneIn(random, 2)) made.set(numberName, { N: pick(random, numbers) });
  if (oneIn(random, 2)) made.set(listName, { L: several(random, 3, () => value(random, 1)) });
  if (oneIn(random, 60)) made.delete(pick(random, keyNames(table)));
  return made;
}

function action(random: Random, table: FuzzTable): Action {
  const kind = random.below(8);
  const path = target(random, table);
  if (kind === 0) return { kind: "remove", path };
  if (kind === 1) return { kind: oneIn(random, 2) ? "setAdd" : "setDelete", path, value: set(random) };
  return { kind: "set", path, value: updateValue(random, table) };
}

/** Whole attributes of no key, mostly: nearly all else is refused. */
function target(random: Random, table: FuzzTable): Path {
  return oneIn(random, 8) ? anyPath(random, table) : { name: name(random), inner: [] };
}

function updateValue(random: Random, table: FuzzTable): UpdateValue {
  switch (random.below(10)) {
    case 0:
      return { kind: "path", path: anyPath(random, table) };
    case 1:
    case 2:
      return { kind: oneIn(random, 2) ? "+" : "-", left: numeric(random), right: numeric(random) };
    case 3:
    case 4:
      return { kind: "append", left: listed(random), right: listed(random) };
    default:
      return { kind: "value", value: attributeValue(random) };
  }
}

/** Often a number in items. */
const numberName = "constructor";
/** Often a list in items. */
const listName = "x.y[0]";

function numeric(random: Random): UpdateValue {
  if (oneIn(random, 20)) return { kind: "value", value: value(random) };
  return oneIn(random, 2)
    ? { kind: "path", path: { name: numberName, inner: [] } }
    : { kind: "value", value: { N: pick(random, numbers) } };
}

function listed(random: Random): UpdateValue {
  return oneIn(random, 2)
    ? { kind: "path", path: { name: listName, inner: [] } }
    : { kind: "value", value: { L: several(random, 2, () => scalar(random)) } };
}
