/**
 * What a SearchConditionExpression may say. The developer guide calls it a Boolean combination of
 * conditions `#name operator :value` on top-level attributes of the search schema, and has an example with IN, BETWEEN
 * and OR; earlier the service took "=" alone. Which functions it knows is unconfirmed, and so are all texts but one.
 */
import { validationError } from "../api/index.ts";
import { unreachable } from "../base/index.ts";
import type { ConditionPlan } from "../expressions/index.ts";

type Operand = Extract<ConditionPlan, { kind: "comparison" }>["left"];
type Path = Extract<Operand, { kind: "path" }>["path"];

/** Whole texts. The first is quoted by AWS, for operators it does not take; the others are unconfirmed. */
export const searchConditionTexts = {
  operator: "Invalid SearchConditionExpression: Invalid comparator used in SearchConditionExpression",
  form: "Invalid SearchConditionExpression: A condition must compare an attribute with expression attribute values",
  nested: "Invalid SearchConditionExpression: Conditions on nested attributes are not supported",
  undeclared: (name: string): string =>
    `Invalid SearchConditionExpression: Attribute ${name} is not defined in SearchSchema`,
} as const;

/** Throws unless every condition is one of an attribute of the item, on the left, and of values. */
export function refuseBadSearchCondition(plan: ConditionPlan): void {
  switch (plan.kind) {
    case "and":
    case "or":
      for (const condition of plan.conditions) refuseBadSearchCondition(condition);
      return;
    case "not":
      refuseBadSearchCondition(plan.condition);
      return;
    case "comparison":
      refuseBadOperands(plan.left, [plan.right]);
      return;
    case "between":
      refuseBadOperands(plan.operand, [plan.lower, plan.upper]);
      return;
    case "in":
      refuseBadOperands(plan.operand, plan.candidates);
      return;
    case "beginsWith":
      refuseBadOperands(plan.operand, [plan.prefix]);
      return;
    case "exists":
    case "notExists":
      refuseNested(plan.path);
      return;
    case "contains":
    case "attributeType":
      throw validationError(searchConditionTexts.operator);
    default:
      unreachable(plan);
  }
}

function refuseBadOperands(first: Operand, others: readonly Operand[]): void {
  for (const operand of [first, ...others]) {
    if (operand.kind === "size") throw validationError(searchConditionTexts.operator);
    if (operand.kind === "path") refuseNested(operand.path);
  }
  if (first.kind === "path" && others.every(({ kind }) => kind === "value")) return;
  throw validationError(searchConditionTexts.form);
}

function refuseNested(path: Path): void {
  if (path.inner.length > 0) throw validationError(searchConditionTexts.nested);
}
