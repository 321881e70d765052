// Generated trees, written as text and parsed, come back as they were.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCondition } from "./parse-condition.ts";
import { parseProjection } from "./parse-projection.ts";
import { parseUpdate } from "./parse-update.ts";
import type {
  RawCondition,
  RawElement,
  RawOperand,
  RawPath,
  RawUpdateAction,
  RawUpdateValue,
  RawValue,
} from "./syntax-tree.ts";

const name = fc.constantFrom("a", "b2", "C_c", "settings", "orderLine", "#n", "#2", "#_x");
const element: fc.Arbitrary<RawElement> = fc.oneof(name, fc.nat({ max: 2 ** 31 - 1 }));
const path: fc.Arbitrary<RawPath> = fc
  .tuple(name, fc.array(element, { maxLength: 4 }))
  .map(([first, rest]) => ({ kind: "path", elements: [first, ...rest] }));
const value: fc.Arbitrary<RawValue> = fc
  .constantFrom(":v", ":0", ":long_name", ":AND")
  .map((placeholder) => ({ kind: "value", placeholder }));
const { operand } = fc.letrec<{ operand: RawOperand; size: RawOperand }>((tie) => ({
  operand: fc.oneof({ maxDepth: 2 }, path, value, tie("size")),
  size: tie("operand").map((inner) => ({ kind: "function", name: "size", operands: [inner] })),
}));

const simple: fc.Arbitrary<RawCondition> = fc.oneof(
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
    candidates: fc.array(operand, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant("function" as const),
    name: fc.constantFrom(
      "attribute_exists",
      "attribute_not_exists",
      "attribute_type",
      "begins_with",
      "contains",
    ),
    operands: fc.array(operand, { minLength: 1, maxLength: 3 }),
  }),
);

const { condition } = fc.letrec<{ condition: RawCondition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    simple,
    tie("condition").map((inner): RawCondition => ({ kind: "not", condition: inner })),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      conditions: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

/** Blanks of all kinds stand between tokens that need them, keywords in any case. */
const spelling = fc.record({ blank: fc.constantFrom(" ", "\t", "\r\n", "  "), lower: fc.boolean() });
type Spelling = { readonly blank: string; readonly lower: boolean };

function keyword(word: string, { blank, lower }: Spelling): string {
  return `${blank}${lower ? word.toLowerCase() : word}${blank}`;
}

function printPath({ elements }: RawPath): string {
  return elements
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");
}

function printOperand(raw: RawOperand): string {
  if (raw.kind === "path") return printPath(raw);
  return raw.kind === "value" ? raw.placeholder : `${raw.name}(${raw.operands.map(printOperand).join(",")})`;
}

/** Parentheses exactly where the tree would be another without them. */
function printCondition(raw: RawCondition, how: Spelling): string {
  switch (raw.kind) {
    case "and":
    case "or":
      return raw.conditions
        .map((part) => {
          const text = printCondition(part, how);
          return part.kind === "or" || (part.kind === "and" && raw.kind === "and") ? `(${text})` : text;
        })
        .join(keyword(raw.kind.toUpperCase(), how));
    case "not": {
      const text = printCondition(raw.condition, how);
      return (
        keyword("NOT", how) +
        (raw.condition.kind === "and" || raw.condition.kind === "or" ? `(${text})` : text)
      );
    }
    case "comparison":
      return `${printOperand(raw.left)}${raw.operator}${printOperand(raw.right)}`;
    case "between":
      return `${printOperand(raw.operand)}${keyword("BETWEEN", how)}${printOperand(raw.lower)}${keyword("AND", how)}${printOperand(raw.upper)}`;
    case "in":
      return `${printOperand(raw.operand)}${keyword("IN", how)}(${raw.candidates.map(printOperand).join(how.blank + ",")})`;
    case "function":
      return printOperand(raw);
  }
}

test("conditions", () => {
  fc.assert(
    fc.property(condition, spelling, (tree, how) => {
      expect(parseCondition(printCondition(tree, how))).toEqual({ kind: "parsed", tree });
    }),
    { seed: 11, numRuns: 300 },
  );
});

const { updateValue } = fc.letrec<{ updateValue: RawUpdateValue }>((tie) => ({
  updateValue: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    path,
    value,
    fc.record({
      kind: fc.constant("function" as const),
      name: fc.constantFrom("if_not_exists", "list_append"),
      operands: fc.array(tie("updateValue"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant("arithmetic" as const),
      operator: fc.constantFrom("+" as const, "-" as const),
      left: tie("updateValue"),
      right: tie("updateValue"),
    }),
  ),
}));

const actions: fc.Arbitrary<readonly RawUpdateAction[]> = fc
  .tuple(
    fc.array(fc.record({ kind: fc.constant("set" as const), path, value: updateValue }), { maxLength: 3 }),
    fc.array(fc.record({ kind: fc.constant("remove" as const), path }), { maxLength: 3 }),
    fc.array(fc.record({ kind: fc.constant("add" as const), path, value }), { maxLength: 3 }),
    fc.array(fc.record({ kind: fc.constant("delete" as const), path, value }), { maxLength: 3 }),
  )
  .chain((sections) => fc.shuffledSubarray(sections, { minLength: 4 }))
  .map((sections) => sections.flat())
  .filter((all) => all.length > 0);

function printUpdateValue(raw: RawUpdateValue, nested: boolean): string {
  switch (raw.kind) {
    case "path":
      return printPath(raw);
    case "value":
      return raw.placeholder;
    case "function":
      return `${raw.name}(${raw.operands.map((operand) => printUpdateValue(operand, true)).join(", ")})`;
    case "arithmetic": {
      const text = `${printUpdateValue(raw.left, true)} ${raw.operator}${printUpdateValue(raw.right, true)}`;
      return nested ? `(${text})` : text;
    }
  }
}

function printAction(raw: RawUpdateAction): string {
  const target = printPath(raw.path);
  if (raw.kind === "set") return `${target}=${printUpdateValue(raw.value, false)}`;
  return raw.kind === "remove" ? target : `${target} ${raw.value.placeholder}`;
}

function printUpdate(all: readonly RawUpdateAction[], how: Spelling): string {
  let text = "";
  let section = "";
  for (const action of all) {
    text += action.kind === section ? "," : keyword(action.kind.toUpperCase(), how);
    section = action.kind;
    text += printAction(action);
  }
  return text;
}

test("updates", () => {
  fc.assert(
    fc.property(actions, spelling, (all, how) => {
      const parsed = parseUpdate(printUpdate(all, how));
      expect(parsed).toEqual({ kind: "parsed", tree: { kind: "update", actions: all } });
    }),
    { seed: 12, numRuns: 300 },
  );
});

test("projections", () => {
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 8 }), (paths) => {
      const parsed = parseProjection(paths.map(printPath).join(" ,"));
      expect(parsed).toEqual({ kind: "parsed", tree: { kind: "projection", paths } });
    }),
    { seed: 13, numRuns: 200 },
  );
});

test("no text makes a parser fail other than with a problem", () => {
  const piece = fc.constantFrom(
    ...'( ) , a #n :v = < > AND OR NOT IN BETWEEN size SET REMOVE ADD DELETE + - [ ] 1 . _ " \u{1F600} \ud800'.split(
      " ",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom("", " "), (pieces, joint) => {
      const text = pieces.join(joint);
      for (const parse of [parseCondition, parseUpdate, parseProjection]) {
        expect(parse(text).kind).toMatch(/^(parsed|problem)$/);
      }
    }),
    { seed: 14, numRuns: 300 },
  );
});
