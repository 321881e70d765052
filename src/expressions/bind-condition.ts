/** Binds a parsed condition, checking operand by operand what can be checked without an item. */
import { limits } from "../base/index.ts";
import type { AttributeType } from "../values/index.ts";
import { type Binder, type Binding, bindPath, bindValue, newBinder, type Placeholders } from "./binder.ts";
import { boundsIssue, distinctIssue, functionIssue, isAttributeType, orderedIssue } from "./operand-rules.ts";
import { operandTexts } from "./issues.ts";
import { conditionFunctionOperands } from "./parse-condition.ts";
import type { ConditionPlan, Operand } from "./plans.ts";
import type {
  RawBetween,
  RawComparison,
  RawCondition,
  RawFunction,
  RawIn,
  RawOperand,
} from "./syntax-tree.ts";

export function bindCondition(placeholders: Placeholders, raw: RawCondition): Binding<ConditionPlan> {
  const binder = newBinder(placeholders);
  const plan = bindNode(binder, raw);
  return binder.issue === undefined ? { kind: "bound", plan } : { kind: "unbound", message: binder.issue };
}

function bindNode(binder: Binder, raw: RawCondition): ConditionPlan {
  switch (raw.kind) {
    case "and":
    case "or": {
      const conditions = raw.conditions.map((condition) => bindNode(binder, condition));
      return Object.freeze({ kind: raw.kind, conditions: Object.freeze(conditions) });
    }
    case "not":
      return Object.freeze({ kind: "not", condition: bindNode(binder, raw.condition) });
    case "comparison":
      return bindComparison(binder, raw);
    case "between":
      return bindBetween(binder, raw);
    case "in":
      return bindIn(binder, raw);
    case "function":
      return bindFunction(binder, raw);
  }
}

function bindOperand(binder: Binder, raw: RawOperand): Operand {
  switch (raw.kind) {
    case "path":
      return Object.freeze({ kind: "path", path: bindPath(binder, raw) });
    case "value":
      return Object.freeze({ kind: "value", value: bindValue(binder, raw) });
    case "function":
      // The parser lets no other function than size stand as an operand.
      return Object.freeze({ kind: "size", operand: bindFunctionOperands(binder, raw)[0] });
  }
}

function bindComparison(
  binder: Binder,
  { operator, left: rawLeft, right: rawRight }: RawComparison,
): ConditionPlan {
  const left = bindOperand(binder, rawLeft);
  const right = bindOperand(binder, rawRight);
  binder.issue ??= distinctIssue(operator, left, [right]);
  if (operator !== "=" && operator !== "<>") binder.issue ??= orderedIssue(operator, [left, right]);
  return Object.freeze({ kind: "comparison", operator, left, right });
}

function bindBetween(binder: Binder, raw: RawBetween): ConditionPlan {
  const operand = bindOperand(binder, raw.operand);
  const lower = bindOperand(binder, raw.lower);
  const upper = bindOperand(binder, raw.upper);
  binder.issue ??= distinctIssue("BETWEEN", operand, [lower, upper]);
  binder.issue ??= orderedIssue("BETWEEN", [operand, lower, upper]);
  binder.issue ??= boundsIssue(lower, upper);
  return Object.freeze({ kind: "between", operand, lower, upper });
}

function bindIn(binder: Binder, raw: RawIn): ConditionPlan {
  const operand = bindOperand(binder, raw.operand);
  const candidates = raw.candidates.map((candidate) => bindOperand(binder, candidate));
  if (candidates.length > limits.inOperandsMax) binder.issue ??= operandTexts.inOperands(candidates.length);
  binder.issue ??= distinctIssue("IN", operand, candidates);
  return Object.freeze({ kind: "in", operand, candidates: Object.freeze(candidates) });
}

/** Stands in for an operand that is missing; the binder has an issue then. */
const noOperand: Operand = Object.freeze({ kind: "path", path: Object.freeze({ name: "", inner: [] }) });

function bindFunctionOperands(binder: Binder, { name, operands }: RawFunction): readonly [Operand, Operand] {
  const bound = operands.map((operand) => bindOperand(binder, operand));
  if (bound.length !== conditionFunctionOperands.get(name)) {
    binder.issue ??= operandTexts.operandCount(name, bound.length);
  } else {
    binder.issue ??= functionIssue(name, bound);
  }
  const [first = noOperand, second = noOperand] = bound;
  return [first, second];
}

function bindFunction(binder: Binder, raw: RawFunction): ConditionPlan {
  const [first, second] = bindFunctionOperands(binder, raw);
  switch (raw.name) {
    case "attribute_exists":
      return Object.freeze({ kind: "exists", path: pathOf(first) });
    case "attribute_not_exists":
      return Object.freeze({ kind: "notExists", path: pathOf(first) });
    case "attribute_type":
      return Object.freeze({ kind: "attributeType", operand: first, type: typeNamed(second) });
    case "begins_with":
      return Object.freeze({ kind: "beginsWith", operand: first, prefix: second });
    default:
      return Object.freeze({ kind: "contains", operand: first, member: second });
  }
}

function pathOf(operand: Operand): Extract<Operand, { kind: "path" }>["path"] {
  return operand.kind === "path" ? operand.path : { name: "", inner: [] };
}

function typeNamed(operand: Operand): AttributeType {
  if (operand.kind !== "value" || operand.value.type !== "S") return "NULL";
  return isAttributeType(operand.value.value) ? operand.value.value : "NULL";
}
