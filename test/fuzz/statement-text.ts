/** Writes generated statements as PartiQL: values in the text or as parameters, words in any case, names quoted or not. */
import type { Random } from "../../src/base/index.ts";
import { byBytes, oneIn, pick } from "./statement-generator.ts";
import {
  type Action,
  type Condition,
  type Exists,
  type Operand,
  type Path,
  type Returned,
  type Select,
  type Sort,
  targetKeys,
  type UpdateValue,
  type Wire,
  type WireItem,
  type Write,
} from "./statement-model.ts";

export interface Statement {
  readonly Statement: string;
  readonly Parameters?: readonly Wire[];
}

interface Writer {
  readonly random: Random;
  readonly parameters: Wire[];
  /** Of texts beyond this length a parameter is made. */
  readonly literalMax: number;
}

export function statementText(random: Random, statement: Select | Write | Exists): Statement {
  const writer: Writer = { random, parameters: [], literalMax: 200 };
  const text = wordsOf(writer, statement);
  const { parameters } = writer;
  const end = oneIn(random, 20) ? " ;" : "";
  return { Statement: `${text}${end}`, ...(parameters.length === 0 ? {} : { Parameters: parameters }) };
}

function wordsOf(writer: Writer, statement: Select | Write | Exists): string {
  switch (statement.kind) {
    case "select":
      return selectText(writer, statement);
    case "insert":
      return join(writer, [
        word(writer, "INSERT"),
        word(writer, "INTO"),
        name(writer, statement.table.name),
        word(writer, "VALUE"),
        tuple(writer, statement.item),
      ]);
    case "update":
      return join(writer, [
        word(writer, "UPDATE"),
        name(writer, statement.table.name),
        ...statement.actions.map((action) => actionText(writer, action)),
        keyedWhere(writer, statement.key, statement.condition),
        ...returning(writer, statement.returned),
      ]);
    case "delete":
      return join(writer, [
        word(writer, "DELETE"),
        word(writer, "FROM"),
        name(writer, statement.table.name),
        keyedWhere(writer, statement.key, statement.condition),
        ...returning(writer, statement.returned),
      ]);
    case "exists":
      return join(writer, [
        word(writer, "EXISTS"),
        "(",
        word(writer, "SELECT"),
        "*",
        word(writer, "FROM"),
        name(writer, statement.table.name),
        keyedWhere(writer, statement.key, statement.condition),
        ")",
      ]);
  }
}

function join({ random }: Writer, parts: readonly string[]): string {
  return parts.join(oneIn(random, 10) ? "\n\t" : " ");
}

function word({ random }: Writer, text: string): string {
  return oneIn(random, 5) ? text.toLowerCase() : text;
}

/** These are words for more than names in some places. */
const reserved = new Set(["size", "where"]);

function name({ random }: Writer, text: string): string {
  const plain = /^[A-Za-z_$][A-Za-z0-9_$]*$/u.test(text) && !reserved.has(text);
  return plain && oneIn(random, 2) ? text : `"${text.replaceAll('"', '""')}"`;
}

function pathText(writer: Writer, { name: first, inner }: Path): string {
  const elements = inner.map((element) =>
    typeof element === "number" ? `[${element}]` : `.${name(writer, element)}`,
  );
  return `${name(writer, first)}${elements.join("")}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function tuple(writer: Writer, item: WireItem): string {
  const members = [...item].map(([member, value]) => `${quoted(member)}: ${valueText(writer, value)}`);
  return `{${members.join(", ")}}`;
}

function valueText(writer: Writer, value: Wire): string {
  const literal = oneIn(writer.random, 3) ? undefined : literalText(writer, value);
  if (literal !== undefined) return literal;
  writer.parameters.push(value);
  return "?";
}

/** Undefined for what has no literal, or is too long for one. A parameter may stand inside. */
function literalText(writer: Writer, value: Wire): string | undefined {
  const [type = "", content] = Object.entries(value)[0] ?? [];
  switch (type) {
    case "S":
      return String(content).length > writer.literalMax ? undefined : quoted(String(content));
    case "N":
      return String(content);
    case "BOOL":
      return word(writer, content === true ? "TRUE" : "FALSE");
    case "NULL":
      return word(writer, "NULL");
    case "SS":
      return `<<${(content as readonly string[]).map(quoted).join(", ")}>>`;
    case "NS":
      return `<<${(content as readonly string[]).join(", ")}>>`;
    case "L":
      return `[${(content as readonly Wire[]).map((member) => valueText(writer, member)).join(", ")}]`;
    case "M":
      return tuple(writer, new Map(Object.entries(content as Record<string, Wire>)));
    default:
      return undefined;
  }
}

// --- conditions

function conditionText(writer: Writer, condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.parts
        .map((part) => grouped(writer, part))
        .join(` ${word(writer, condition.kind.toUpperCase())} `);
    case "not":
      return `${word(writer, "NOT")} ${grouped(writer, condition.part)}`;
    case "compare": {
      const left = operandText(writer, condition.left);
      return `${left} ${condition.operator} ${operandText(writer, condition.right)}`;
    }
    case "between": {
      const operand = operandText(writer, condition.operand);
      const lower = valueText(writer, condition.lower);
      return `${operand} ${word(writer, "BETWEEN")} ${lower} ${word(writer, "AND")} ${valueText(writer, condition.upper)}`;
    }
    case "in":
      return inText(writer, operandText(writer, condition.operand), condition.values);
    case "missing":
    case "null": {
      const not = condition.negated ? `${word(writer, "NOT")} ` : "";
      const path = pathText(writer, condition.path);
      return `${path} ${word(writer, "IS")} ${not}${word(writer, condition.kind.toUpperCase())}`;
    }
    case "type":
      return call(writer, "attribute_type", condition.path, { S: condition.type });
    case "begins":
      return call(writer, "begins_with", condition.path, condition.value);
    case "contains":
      return call(writer, "contains", condition.path, condition.value);
  }
}

function call(writer: Writer, called: string, path: Path, value: Wire): string {
  const inCase = oneIn(writer.random, 5) ? called.toUpperCase() : called;
  return `${inCase}(${pathText(writer, path)}, ${valueText(writer, value)})`;
}

function grouped(writer: Writer, condition: Condition): string {
  const text = conditionText(writer, condition);
  const simple = condition.kind !== "and" && condition.kind !== "or" && condition.kind !== "not";
  return simple && oneIn(writer.random, 2) ? text : `(${text})`;
}

function operandText(writer: Writer, operand: Operand): string {
  switch (operand.kind) {
    case "path":
      return pathText(writer, operand.path);
    case "size":
      return `size(${pathText(writer, operand.path)})`;
    case "value":
      return valueText(writer, operand.value);
  }
}

function inText(writer: Writer, operand: string, values: readonly Wire[]): string {
  const list = values.map((value) => valueText(writer, value)).join(", ");
  return `${operand} ${word(writer, "IN")} ${oneIn(writer.random, 2) ? `[${list}]` : `(${list})`}`;
}

/** Each text is made where it stands, so that parameters come in their order. */
function where(writer: Writer, conjuncts: readonly (() => string)[]): string {
  const parts: string[] = [];
  const left = [...conjuncts];
  while (left.length > 0) parts.push(left.splice(writer.random.below(left.length), 1)[0]?.() ?? "");
  return `${word(writer, "WHERE")} ${parts.join(` ${word(writer, "AND")} `)}`;
}

function keyedWhere(writer: Writer, key: WireItem, condition: Condition | undefined): string {
  return where(writer, [
    ...[...key].map(
      ([attribute, value]) =>
        () =>
          equality(writer, attribute, value),
    ),
    ...(condition === undefined ? [] : [() => grouped(writer, condition)]),
  ]);
}

function equality(writer: Writer, attribute: string, value: Wire): string {
  if (oneIn(writer.random, 5)) return `${valueText(writer, value)} = ${name(writer, attribute)}`;
  return `${name(writer, attribute)} = ${valueText(writer, value)}`;
}

/** One value: equality. Several: IN, or equalities with OR. */
function oneOf(writer: Writer, attribute: string, values: readonly Wire[]): string {
  const [first, ...others] = values;
  if (first !== undefined && others.length === 0) return equality(writer, attribute, first);
  if (oneIn(writer.random, 2)) return inText(writer, name(writer, attribute), values);
  return `(${values.map((value) => equality(writer, attribute, value)).join(` ${word(writer, "OR")} `)})`;
}

// --- SELECT

function selectText(writer: Writer, select: Select): string {
  const { table, index, paths, order } = select;
  const { hash, range = "" } = targetKeys(select);
  const projection = paths?.map((path) => pathText(writer, path)).join(", ") ?? "*";
  const source = `${name(writer, table.name)}${index === undefined ? "" : `.${name(writer, index.name)}`}`;
  const conjuncts = [
    ...readConjuncts(writer, select),
    ...(select.filter === undefined ? [] : [filterText(writer, select.filter)]),
  ];
  const partitionOrder = severalPartitions(select) ? `${name(writer, hash)} ${order ?? ""}, ` : "";
  return join(writer, [
    word(writer, "SELECT"),
    projection,
    word(writer, "FROM"),
    source,
    ...(conjuncts.length === 0 ? [] : [where(writer, conjuncts)]),
    ...(order === undefined
      ? []
      : [
          `${word(writer, "ORDER")} ${word(writer, "BY")} ${partitionOrder}${name(writer, range)}${order === "ASC" && oneIn(writer.random, 2) ? "" : ` ${word(writer, order)}`}`,
        ]),
  ]);
}

function filterText(writer: Writer, filter: Condition): () => string {
  return () => grouped(writer, filter);
}

function severalPartitions({ read }: Select): boolean {
  return read.kind !== "scan" && read.partitions.length > 1;
}

function readConjuncts(writer: Writer, select: Select): readonly (() => string)[] {
  const { read } = select;
  const { hash, range = "" } = targetKeys(select);
  if (read.kind === "scan") return [];
  const partition = (): string => oneOf(writer, hash, read.partitions);
  if (read.kind === "points") {
    return read.sorts.length === 0 ? [partition] : [partition, () => oneOf(writer, range, read.sorts)];
  }
  const { sort } = read;
  return sort === undefined ? [partition] : [partition, ...sortConjuncts(writer, range, sort)];
}

function sortConjuncts(writer: Writer, range: string, sort: Sort): readonly (() => string)[] {
  const path: Path = { name: range, inner: [] };
  const operand: Operand = { kind: "path", path };
  const compare = (operator: string, value: Wire) => (): string =>
    conditionText(writer, { kind: "compare", operator, left: operand, right: { kind: "value", value } });
  switch (sort.operator) {
    case "between":
      return [
        () => conditionText(writer, { kind: "between", operand, lower: sort.lower, upper: sort.upper }),
      ];
    case "bounds":
      return [compare(">=", sort.lower), compare("<=", sort.upper)];
    case "begins":
      return [() => call(writer, "begins_with", path, sort.value)];
    default:
      return [compare(sort.operator, sort.value)];
  }
}

/** As the statement reads them, one after the other. */
export function orderedPartitions({ read, order }: Select): readonly Wire[] {
  if (read.kind === "scan") return [];
  if (order === undefined || read.partitions.length < 2) return read.partitions;
  const ascending = sortedKeys(read.partitions);
  return order === "ASC" ? ascending : ascending.toReversed();
}

/** The order of a partition, in which its items are read however they are named. */
export function sortedKeys(values: readonly Wire[]): readonly Wire[] {
  return values.toSorted((left, right) => byBytes(textOf(left), textOf(right)));
}

function textOf(value: Wire): string {
  return String(Object.values(value)[0]);
}

// --- UPDATE

function actionText(writer: Writer, action: Action): string {
  if (action.kind === "remove") return `${word(writer, "REMOVE")} ${pathText(writer, action.path)}`;
  const target = `${word(writer, "SET")} ${pathText(writer, action.path)} =`;
  if (action.kind === "set") return `${target} ${updateText(writer, action.value)}`;
  const called = action.kind === "setAdd" ? "set_add" : "set_delete";
  return `${target} ${call(writer, called, action.path, action.value)}`;
}

function updateText(writer: Writer, value: UpdateValue): string {
  switch (value.kind) {
    case "value":
      return valueText(writer, value.value);
    case "path":
      return pathText(writer, value.path);
    case "append":
      return `list_append(${updateText(writer, value.left)}, ${updateText(writer, value.right)})`;
    default:
      return `${updateText(writer, value.left)} ${value.kind} ${updateText(writer, value.right)}`;
  }
}

const returningWords: Readonly<Record<Exclude<Returned, "NONE">, string>> = {
  ALL_OLD: "RETURNING ALL OLD *",
  ALL_NEW: "RETURNING ALL NEW *",
  UPDATED_OLD: "RETURNING MODIFIED OLD *",
  UPDATED_NEW: "RETURNING MODIFIED NEW *",
};

function returning(writer: Writer, returned: Returned): readonly string[] {
  return returned === "NONE" ? [] : [word(writer, returningWords[returned])];
}

/** A text with something changed in it, which may or may not be a statement. */
export function damaged(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const piece = pick(random, [
    "",
    "'",
    '"',
    "?",
    "(",
    ")",
    " AND ",
    " SELECT ",
    "<<",
    "{",
    "\0",
    ";",
    "--",
    "[9]",
    ".",
  ]);
  return text.slice(0, at) + piece + text.slice(at + random.below(4));
}
