// Generated statements, written as text and parsed, come back as they were, whatever their names and texts hold.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DocumentPath, PathElement } from "../expressions/index.ts";
import { bindStatement, parseStatement } from "./index.ts";
import { reservedWord } from "./reserved-words.ts";
import type {
  ParsedAction,
  ParsedCondition,
  ParsedOperand,
  ParsedSelect,
  ParsedTerm,
  ParsedUpdateValue,
  Statement,
} from "./syntax-tree.ts";

/** What statements are made of, so that names and texts are full of it. */
const hostile = fc
  .array(
    fc.constantFrom(
      ..."' \" '' \"\" ; -- /* */ ? : # . , [ ] { } << >> ( ) = SELECT WHERE OR 1=1 :v #n \\ ` a \u{1F600} \ud800 é".split(
        " ",
      ),
      "\n",
      " ",
      "\0",
      "__proto__",
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(""));
const plain = fc.constantFrom("a", "B2", "_c", "$d", "year", "old", "value2", "constructor");
const name = fc.oneof(plain, hostile);
const element: fc.Arbitrary<PathElement> = fc.oneof(name, fc.nat({ max: 2 ** 31 - 1 }));
const path: fc.Arbitrary<DocumentPath> = fc.record({ name, inner: fc.array(element, { maxLength: 3 }) });
const pathOperand = path.map((found) => ({ kind: "path" as const, path: found }));

const scalar: fc.Arbitrary<ParsedTerm> = fc
  .oneof(
    hostile.map((value) => ({ type: "S" as const, value })),
    fc.integer().map((value) => ({ type: "N" as const, value: String(value) })),
    fc.boolean().map((value) => ({ type: "BOOL" as const, value })),
    fc.constant({ type: "NULL" as const, value: true as const }),
  )
  .map((value) => ({ kind: "value", value }));
const parameter: fc.Arbitrary<ParsedTerm> = fc.constant({ kind: "parameter", position: 0 });

const { term } = fc.letrec<{ term: ParsedTerm }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    parameter,
    fc.constant<ParsedTerm>({ kind: "missing" }),
    fc.record({
      kind: fc.constantFrom("list" as const, "set" as const),
      members: fc.array(tie("term"), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant("map" as const),
      members: fc.array(fc.record({ name: hostile, term: tie("term") }), { maxLength: 3 }),
    }),
  ),
}));

const { operand } = fc.letrec<{ operand: ParsedOperand }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 2 },
    pathOperand,
    term,
    fc.record({
      kind: fc.constant("size" as const),
      operands: fc.array(tie("operand"), { minLength: 1, maxLength: 2 }),
    }),
  ),
}));

const simple: fc.Arbitrary<ParsedCondition> = fc.oneof(
  fc.record({
    kind: fc.constant("comparison" as const),
    operator: fc.constantFrom(
      "=" as const,
      "<>" as const,
      "<" as const,
      "<=" as const,
      ">" as const,
      ">=" as const,
    ),
    left: operand,
    right: operand,
  }),
  fc.record({ kind: fc.constant("between" as const), operand, lower: operand, upper: operand }),
  fc.record({
    kind: fc.constant("in" as const),
    operand,
    candidates: fc.array(operand, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constantFrom("isMissing" as const, "isNull" as const),
    operand,
    negated: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("function" as const),
    name: fc.constantFrom("attribute_type" as const, "begins_with" as const, "contains" as const),
    operands: fc.array(operand, { minLength: 1, maxLength: 3 }),
  }),
);

const { condition } = fc.letrec<{ condition: ParsedCondition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    simple,
    tie("condition").map((inner): ParsedCondition => ({ kind: "not", condition: inner })),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      conditions: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const { updateValue } = fc.letrec<{ updateValue: ParsedUpdateValue }>((tie) => ({
  updateValue: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    pathOperand,
    term,
    fc.record({
      kind: fc.constant("arithmetic" as const),
      operator: fc.constantFrom("+" as const, "-" as const),
      left: tie("updateValue"),
      right: tie("updateValue"),
    }),
    fc.record({
      kind: fc.constant("listAppend" as const),
      first: tie("updateValue"),
      second: tie("updateValue"),
    }),
  ),
}));

const action: fc.Arbitrary<ParsedAction> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), path, value: updateValue }),
  fc.record({ kind: fc.constant("remove" as const), path }),
  fc.record({
    kind: fc.constantFrom("setAdd" as const, "setDelete" as const),
    path,
    operand: path,
    members: term,
  }),
);

const where = fc
  .option(condition, { nil: undefined })
  .map((found) => (found === undefined ? {} : { where: found }));
const select: fc.Arbitrary<ParsedSelect> = fc
  .record({
    kind: fc.constant("select" as const),
    table: name,
    index: fc.option(name, { nil: undefined }),
    paths: fc.option(fc.array(path, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    orderBy: fc.array(fc.record({ attribute: name, descending: fc.boolean() }), { maxLength: 2 }),
  })
  .chain(({ index, paths, ...rest }) =>
    where.map((found) => ({
      ...rest,
      ...found,
      ...(index === undefined ? {} : { index }),
      ...(paths === undefined ? {} : { paths }),
    })),
  );
const statement: fc.Arbitrary<Statement> = fc.oneof(
  select,
  select.map((found) => ({ kind: "exists" as const, select: found })),
  fc.record({
    kind: fc.constant("insert" as const),
    table: name,
    tuple: term.filter(({ kind }) => kind === "map" || kind === "parameter"),
  }),
  fc
    .tuple(name, fc.array(action, { minLength: 1, maxLength: 3 }), where)
    .chain(([table, actions, found]) =>
      fc
        .constantFrom(
          "none" as const,
          "allOld" as const,
          "allNew" as const,
          "updatedOld" as const,
          "updatedNew" as const,
        )
        .map((returning) => ({ kind: "update" as const, table, actions, ...found, returning })),
    ),
  fc
    .tuple(name, where, fc.constantFrom("none" as const, "allOld" as const))
    .map(([table, found, returning]) => ({ kind: "delete" as const, table, ...found, returning })),
);

/** How it is written: blanks that need not be there, keywords in small letters, names in quotes that need none. */
interface Spelling {
  readonly blank: string;
  readonly lower: boolean;
  readonly quoted: boolean;
}
const spelling: fc.Arbitrary<Spelling> = fc.record({
  blank: fc.constantFrom(" ", "\t", "\r\n", "  "),
  lower: fc.boolean(),
  quoted: fc.boolean(),
});

/** Writes a statement; kept together since everything in it needs the spelling. */
function printer({ blank, lower, quoted }: Spelling) {
  const word = (text: string): string => `${blank}${lower ? text.toLowerCase() : text}${blank}`;
  const list = (parts: readonly string[]): string => parts.join(`,${blank}`);
  const printName = (text: string): string =>
    !quoted && /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(text) && reservedWord(text) === undefined
      ? text
      : `"${text.replaceAll('"', '""')}"`;
  const falseOrNull = (type: string): string => (type === "BOOL" ? "FALSE" : "NULL");
  const printText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const printPath = ({ name: first, inner }: DocumentPath): string =>
    printName(first) +
    inner.map((part) => (typeof part === "number" ? `[${part}]` : `.${printName(part)}`)).join("");

  function printTerm(tree: ParsedTerm): string {
    switch (tree.kind) {
      case "value":
        if (tree.value.type === "S") return printText(tree.value.value);
        if (tree.value.type === "N") return tree.value.value;
        return word(tree.value.type === "BOOL" && tree.value.value ? "TRUE" : falseOrNull(tree.value.type));
      case "parameter":
        return "?";
      case "missing":
        return word("MISSING");
      case "list":
        return `[${list(tree.members.map(printTerm))}]`;
      case "set":
        return `<<${list(tree.members.map(printTerm))}>>`;
      case "map":
        return `{${list(tree.members.map((member) => `${printText(member.name)}${blank}:${printTerm(member.term)}`))}}`;
    }
  }

  function printOperand(tree: ParsedOperand): string {
    if (tree.kind === "path") return printPath(tree.path);
    if (tree.kind === "size") return `${word("SIZE")}(${list(tree.operands.map(printOperand))})`;
    return printTerm(tree);
  }

  function printCondition(tree: ParsedCondition): string {
    switch (tree.kind) {
      case "and":
      case "or":
        return tree.conditions
          .map((part) => {
            const text = printCondition(part);
            return part.kind === "or" || (part.kind === "and" && tree.kind === "and") ? `(${text})` : text;
          })
          .join(word(tree.kind.toUpperCase()));
      case "not": {
        const text = printCondition(tree.condition);
        const junction = tree.condition.kind === "and" || tree.condition.kind === "or";
        return word("NOT") + (junction ? `(${text})` : text);
      }
      case "comparison":
        return `${printOperand(tree.left)}${blank}${tree.operator}${blank}${printOperand(tree.right)}`;
      case "between":
        return `${printOperand(tree.operand)}${word("BETWEEN")}${printOperand(tree.lower)}${word("AND")}${printOperand(tree.upper)}`;
      case "in":
        return `${printOperand(tree.operand)}${word("IN")}[${list(tree.candidates.map(printOperand))}]`;
      case "isMissing":
      case "isNull":
        return `${printOperand(tree.operand)}${word("IS")}${tree.negated ? word("NOT") : ""}${word(tree.kind === "isNull" ? "NULL" : "MISSING")}`;
      case "function":
        return `${word(tree.name.toUpperCase())}(${list(tree.operands.map(printOperand))})`;
    }
  }

  function printUpdateValue(tree: ParsedUpdateValue): string {
    switch (tree.kind) {
      case "path":
        return printPath(tree.path);
      case "arithmetic":
        return `(${printUpdateValue(tree.left)} ${tree.operator} ${printUpdateValue(tree.right)})`;
      case "listAppend":
        return `list_append(${printUpdateValue(tree.first)},${printUpdateValue(tree.second)})`;
      default:
        return printTerm(tree);
    }
  }

  function printAction(tree: ParsedAction): string {
    const target = printPath(tree.path);
    switch (tree.kind) {
      case "set":
        return `${word("SET")}${target}=${printUpdateValue(tree.value)}`;
      case "remove":
        return word("REMOVE") + target;
      default: {
        const called = tree.kind === "setAdd" ? "set_add" : "set_delete";
        return `${word("SET")}${target} = ${called}(${printPath(tree.operand)},${printTerm(tree.members)})`;
      }
    }
  }

  const returnings = {
    none: "",
    allOld: "RETURNING ALL OLD *",
    allNew: "RETURNING ALL NEW *",
    updatedOld: "RETURNING MODIFIED OLD *",
    updatedNew: "RETURNING MODIFIED NEW *",
  };
  const printWhere = (tree: { readonly where?: ParsedCondition }): string =>
    tree.where === undefined ? "" : word("WHERE") + printCondition(tree.where);

  return function print(tree: Statement): string {
    switch (tree.kind) {
      case "select": {
        const order = tree.orderBy.map(
          (key) => printName(key.attribute) + (key.descending ? word("DESC") : ""),
        );
        return [
          word("SELECT"),
          tree.paths === undefined ? "*" : list(tree.paths.map(printPath)),
          word("FROM"),
          printName(tree.table),
          tree.index === undefined ? "" : `.${printName(tree.index)}`,
          printWhere(tree),
          order.length === 0 ? "" : word("ORDER") + word("BY") + list(order),
        ].join("");
      }
      case "exists":
        return `${word("EXISTS")}(${print(tree.select)})`;
      case "insert":
        return `${word("INSERT")}${word("INTO")}${printName(tree.table)}${word("VALUE")}${printTerm(tree.tuple)};`;
      case "update":
        return `${word("UPDATE")}${printName(tree.table)}${tree.actions.map(printAction).join("")}${printWhere(tree)}${word(returnings[tree.returning])}`;
      case "delete":
        return `${word("DELETE")}${word("FROM")}${printName(tree.table)}${printWhere(tree)}${word(returnings[tree.returning])}`;
    }
  };
}

/** Parameters numbered as the printed text counts them, which is the order of the tree's members. */
function numbered(tree: Statement): { readonly statement: Statement; readonly parameterCount: number } {
  let parameterCount = 0;
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== "object" || node === null) return node;
    if ("kind" in node && node.kind === "parameter") {
      parameterCount += 1;
      return { kind: "parameter", position: parameterCount - 1 };
    }
    return Object.fromEntries(Object.entries(node).map(([member, child]) => [member, walk(child)]));
  };
  return { statement: walk(tree) as Statement, parameterCount };
}

test("statements come back as they were written", () => {
  fc.assert(
    fc.property(statement, spelling, (tree, how) => {
      const expected = numbered(tree);
      const parsed = parseStatement(printer(how)(expected.statement));
      expect(parsed).toEqual({ kind: "parsed", ...expected });
    }),
    { seed: 31, numRuns: 600 },
  );
});

describe("what names and texts hold", () => {
  test("changes a plan in that place only", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (attribute, text, table) => {
        const quote = (found: string): string => `"${found.replaceAll('"', '""')}"`;
        const written = `'${text.replaceAll("'", "''")}'`;
        const parsed = parseStatement(
          `UPDATE ${quote(table)} SET ${quote(attribute)} = ${written} WHERE ${quote(attribute)} = ${written} AND p = ?`,
        );
        if (parsed.kind !== "parsed") throw new Error(parsed.message);
        const plan = bindStatement(parsed, [{ type: "S", value: text }]);
        const value = { type: "S", value: text };
        const path = { name: attribute, inner: [] };
        expect(plan).toEqual({
          kind: "update",
          table,
          update: {
            kind: "update",
            form: "expression",
            actions: [{ kind: "set", path, value: { kind: "value", value } }],
            targets: { access: "key", branches: [{ element: attribute, leaf: 0 }] },
          },
          where: {
            kind: "and",
            conditions: [
              {
                kind: "comparison",
                operator: "=",
                left: { kind: "path", path },
                right: { kind: "value", value },
              },
              {
                kind: "comparison",
                operator: "=",
                left: { kind: "path", path: { name: "p", inner: [] } },
                right: { kind: "value", value },
              },
            ],
          },
          returning: "none",
        });
      }),
      { seed: 32, numRuns: 200 },
    );
  });
});

describe("no text makes the parser or the binder fail other than with an issue", () => {
  const piece = fc.constantFrom(
    ..."SELECT * FROM t WHERE a = 1 'x' ? AND OR NOT IN [ ] ( ) IS MISSING NULL BETWEEN size( contains( , . ORDER BY DESC".split(
      " ",
    ),
    ...'INSERT INTO VALUE { } : << >> UPDATE SET REMOVE DELETE RETURNING ALL OLD "b" \' " ; - + 1e5 set_add( list_append( EXISTS ( -- \u{1F600} \ud800 \0'.split(
      " ",
    ),
  );
  const start = fc.constantFrom(
    "",
    "SELECT * FROM t WHERE ",
    "UPDATE t SET a = ",
    "INSERT INTO t VALUE {'a':",
    "DELETE FROM t WHERE a=",
  );

  function answers(text: string): void {
    const parsed = parseStatement(text);
    if (parsed.kind === "expressionIssue") {
      expect(parsed.message).not.toBe("");
      return;
    }
    const parameters = Array.from({ length: parsed.parameterCount }, () => ({
      type: "N" as const,
      value: "1",
    }));
    const plan = bindStatement(parsed, parameters);
    if (plan.kind === "expressionIssue") expect(plan.message).not.toBe("");
  }

  test("of tokens", () => {
    fc.assert(
      fc.property(
        start,
        fc.array(piece, { maxLength: 30 }),
        fc.constantFrom("", " "),
        (first, pieces, joint) => {
          answers(first + pieces.join(joint));
        },
      ),
      { seed: 33, numRuns: 1000 },
    );
  });

  test("of bytes", () => {
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), (first, bytes) => {
        answers(first + Buffer.from(bytes).toString("latin1"));
      }),
      { seed: 34, numRuns: 400 },
    );
  });
});
