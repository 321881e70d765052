/** Evaluates conditions on items. Never fails: what does not fit makes a comparison false. */
import {
  type AttributeValue,
  base64SizeBytes,
  compareScalars,
  isScalar,
  type Item,
  type SetValue,
  stringSizeBytes,
  valuesEqual,
} from "../values/index.ts";
import { valueAt } from "./document-path.ts";
import type { ConditionPlan, Operand } from "./plans.ts";
import { binaryIncludes, binaryStartsWith, textIncludes, textStartsWith } from "./substrings.ts";
import type { Comparator } from "./syntax-tree.ts";

/** `item` is empty for an item that does not exist. */
export function evaluateCondition(plan: ConditionPlan, item: Item): boolean {
  switch (plan.kind) {
    case "and":
      return plan.conditions.every((condition) => evaluateCondition(condition, item));
    case "or":
      return plan.conditions.some((condition) => evaluateCondition(condition, item));
    case "not":
      return !evaluateCondition(plan.condition, item);
    case "comparison":
      return compare(plan, item);
    case "between":
      return isBetween(plan, item);
    case "in":
      return isIn(plan, item);
    case "exists":
      return valueAt(item, plan.path) !== undefined;
    case "notExists":
      return valueAt(item, plan.path) === undefined;
    case "attributeType":
      return operandValue(plan.operand, item)?.type === plan.type;
    case "beginsWith":
      return beginsWith(operandValue(plan.operand, item), operandValue(plan.prefix, item));
    case "contains":
      return contains(operandValue(plan.operand, item), operandValue(plan.member, item));
  }
}

function operandValue(operand: Operand, item: Item): AttributeValue | undefined {
  switch (operand.kind) {
    case "path":
      return valueAt(item, operand.path);
    case "value":
      return operand.value;
    case "size":
      return sizeOf(operandValue(operand.operand, item));
  }
}

/** Undefined for what has no size. */
function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  const size = value === undefined ? undefined : elementCount(value);
  return size === undefined ? undefined : { type: "N", value: String(size) };
}

function elementCount(value: AttributeValue): number | undefined {
  switch (value.type) {
    case "S":
      // Bytes, as PartiQL's documentation of the same function says; characters are as likely (unconfirmed).
      return stringSizeBytes(value.value);
    case "B":
      return base64SizeBytes(value.value);
    case "SS":
    case "NS":
    case "BS":
    case "L":
      return value.value.length;
    case "M":
      return value.value.size;
    case "N":
    case "BOOL":
    case "NULL":
      return undefined;
  }
}

type Comparison = Extract<ConditionPlan, { kind: "comparison" }>;

function compare({ operator, left, right }: Comparison, item: Item): boolean {
  const a = operandValue(left, item);
  const b = operandValue(right, item);
  if (operator === "=") return isEqual(a, b);
  if (operator === "<>") return !isEqual(a, b) && isSized(left, a) && isSized(right, b);
  return a !== undefined && b !== undefined && isOrderedBy(operator, compareScalars(a, b));
}

function isEqual(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  return left !== undefined && right !== undefined && left.type === right.type && valuesEqual(left, right);
}

/** A missing side makes <> true, but the size of something without one makes any comparison false. */
function isSized({ kind }: Operand, value: AttributeValue | undefined): boolean {
  return kind !== "size" || value !== undefined;
}

function isOrderedBy(operator: Exclude<Comparator, "=" | "<>">, order: number | undefined): boolean {
  if (order === undefined) return false;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function isBetween(plan: Extract<ConditionPlan, { kind: "between" }>, item: Item): boolean {
  const value = operandValue(plan.operand, item);
  const lower = operandValue(plan.lower, item);
  const upper = operandValue(plan.upper, item);
  if (value === undefined || lower === undefined || upper === undefined) return false;
  return isOrderedBy("<=", compareScalars(lower, value)) && isOrderedBy("<=", compareScalars(value, upper));
}

function isIn({ operand, candidates }: Extract<ConditionPlan, { kind: "in" }>, item: Item): boolean {
  const value = operandValue(operand, item);
  if (value === undefined) return false;
  return candidates.some((candidate) => isEqual(value, operandValue(candidate, item)));
}

function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (value?.type === "S") return prefix?.type === "S" && textStartsWith(value.value, prefix.value);
  if (value?.type === "B") return prefix?.type === "B" && binaryStartsWith(value.value, prefix.value);
  return false;
}

function contains(value: AttributeValue | undefined, member: AttributeValue | undefined): boolean {
  if (value === undefined || member === undefined) return false;
  switch (value.type) {
    case "S":
      return member.type === "S" && textIncludes(value.value, member.value);
    case "B":
      return member.type === "B" && binaryIncludes(value.value, member.value);
    case "SS":
    case "NS":
    case "BS":
      return isMember(value, member);
    case "L":
      return value.value.some((element) => isEqual(element, member));
    case "M":
    case "N":
    case "BOOL":
    case "NULL":
      return false;
  }
}

/** Members are normalized texts. */
function isMember(set: SetValue, member: AttributeValue): boolean {
  return isScalar(member) && set.type === `${member.type}S` && set.value.includes(member.value);
}
