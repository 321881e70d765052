/** Turns a bound condition into a key condition: one simple condition on each of some attributes. */
import { limits } from "../base/index.ts";
import { expressionIssue, type ExpressionIssue } from "./issues.ts";
import type { ConditionPlan, KeyCondition, KeyConditionPlan, Operand, SortOperator } from "./plans.ts";
import type { Comparator } from "./syntax-tree.ts";

const prefix = "Invalid condition in KeyConditionExpression: ";

const texts = {
  operator: (operator: string): string => `Invalid operator used in KeyConditionExpression: ${operator}`,
  nestedOperations: "KeyConditionExpressions cannot contain nested operations",
  nestedAttributes: "KeyConditionExpressions cannot have conditions on nested attributes",
  oncePerKey: "KeyConditionExpressions must only contain one condition per key",
  noAttribute: `${prefix}No key attribute specified`,
  severalAttributes: `${prefix}Multiple attribute names used in one condition`,
  attributeFirst: (operator: string): string =>
    `${prefix}${operator} operator must have the key attribute as its first operand`,
} as const;

/** Conditions a key of a table, of a local index or of an ordinary global index can use. */
const ordinaryKeyMax = 2;
const longKeyMax = limits.globalIndexPartitionAttributesMax + limits.globalIndexSortAttributesMax;

/** What is said of too few conditions, and of too many where a key has at most two attributes. */
export const conditionCountText: string = `Conditions can be of length 1 or ${ordinaryKeyMax} only`;
/** Of too many where a key may have more (unconfirmed). */
const longConditionCountText = `Conditions can be of length 1 to ${longKeyMax} only`;

/**
 * Held against the number of attributes the key may have. Apart from compiling, since that is not known there; said of
 * both forms.
 */
export function keyConditionCountIssue(
  { conditions }: KeyConditionPlan,
  key: "ordinary" | "long",
): ExpressionIssue | undefined {
  if (key === "ordinary") {
    return conditions.length > ordinaryKeyMax ? expressionIssue(conditionCountText) : undefined;
  }
  return conditions.length > longKeyMax ? expressionIssue(longConditionCountText) : undefined;
}

/** Keys with more attributes than a table can have: only global indexes have them. */
export function keyLength(attributeCount: number): "ordinary" | "long" {
  return attributeCount > ordinaryKeyMax ? "long" : "ordinary";
}

export function keyConditionOf(condition: ConditionPlan): KeyConditionPlan | ExpressionIssue {
  const conditions: KeyCondition[] = [];
  const message = collect(condition, conditions);
  if (message !== undefined) return expressionIssue(message);
  return Object.freeze({ kind: "keyCondition", conditions: Object.freeze(conditions) });
}

/** Adds the simple conditions to the list; the text of what is wrong with one ends it. */
function collect(condition: ConditionPlan, conditions: KeyCondition[]): string | undefined {
  if (condition.kind === "and") {
    for (const part of condition.conditions) {
      const message = collect(part, conditions);
      if (message !== undefined) return message;
    }
    return undefined;
  }
  const found = simpleCondition(condition);
  if (typeof found === "string") return found;
  if (conditions.some(({ attribute }) => attribute === found.attribute)) return texts.oncePerKey;
  conditions.push(found);
  return undefined;
}

/** The condition on one attribute, or the text of what is wrong with it. */
function simpleCondition(condition: ConditionPlan): KeyCondition | string {
  switch (condition.kind) {
    case "comparison":
      return condition.operator === "<>" ? texts.operator("<>") : comparison(condition, condition.operator);
    case "between":
      return positioned("BETWEEN", "between", [condition.operand, condition.lower, condition.upper]);
    case "beginsWith":
      return positioned("begins_with", "beginsWith", [condition.operand, condition.prefix]);
    default:
      return texts.operator(operatorNames[condition.kind]);
  }
}

const operatorNames = {
  or: "OR",
  and: "AND",
  not: "NOT",
  in: "IN",
  exists: "attribute_exists",
  notExists: "attribute_not_exists",
  attributeType: "attribute_type",
  contains: "contains",
} as const satisfies Partial<Record<ConditionPlan["kind"], string>>;

/** The comparator that says the same with its operands exchanged. */
export const mirroredComparator: Readonly<Record<Exclude<Comparator, "<>">, Exclude<Comparator, "<>">>> = {
  "=": "=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** `:v = key` is read as `key = :v`. */
function comparison(
  { left, right }: { readonly left: Operand; readonly right: Operand },
  operator: Exclude<Comparator, "<>">,
): KeyCondition | string {
  const message = operandsIssue([left, right]);
  if (message !== undefined) return message;
  if (left.kind === "path" && right.kind === "value") return condition(left, operator, [right]);
  if (right.kind === "path" && left.kind === "value")
    return condition(right, mirroredComparator[operator], [left]);
  return texts.noAttribute;
}

/** BETWEEN and begins_with name the attribute first. */
function positioned(
  name: string,
  operator: SortOperator,
  operands: readonly Operand[],
): KeyCondition | string {
  const message = operandsIssue(operands);
  if (message !== undefined) return message;
  const [first, ...values] = operands;
  return first?.kind === "path" ? condition(first, operator, values) : texts.attributeFirst(name);
}

function condition(
  { path }: Extract<Operand, { kind: "path" }>,
  operator: SortOperator,
  operands: readonly Operand[],
): KeyCondition {
  const values = operands.flatMap((operand) => (operand.kind === "value" ? [operand.value] : []));
  return Object.freeze({ attribute: path.name, operator, values: Object.freeze(values) });
}

function operandsIssue(operands: readonly Operand[]): string | undefined {
  if (operands.some(({ kind }) => kind === "size")) return texts.nestedOperations;
  const paths = operands.flatMap((operand) => (operand.kind === "path" ? [operand.path] : []));
  if (paths.some(({ inner }) => inner.length > 0)) return texts.nestedAttributes;
  if (paths.length === 0) return texts.noAttribute;
  return paths.length > 1 ? texts.severalAttributes : undefined;
}
