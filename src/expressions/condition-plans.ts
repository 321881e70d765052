/**
 * Makes condition plans out of operands that are bound already, with all that can be checked without an item.
 * What a condition was written in, an expression or a PartiQL statement, makes no difference here.
 */
import { limits } from "../base/index.ts";
import type { AttributeType, AttributeValue } from "../values/index.ts";
import type { DocumentPath } from "./document-path.ts";
import { operandTexts } from "./issues.ts";
import { boundsIssue, distinctIssue, functionIssue, isAttributeType, orderedIssue } from "./operand-rules.ts";
import type { ConditionPlan, Operand } from "./plans.ts";
import type { Comparator } from "./syntax-tree.ts";

/** Where the first problem is noted; what is made after it means nothing. */
export interface IssueNotes {
  issue: string | undefined;
}

export function pathOperand(path: DocumentPath): Operand {
  return Object.freeze({ kind: "path", path });
}

export function valueOperand(value: AttributeValue): Operand {
  return Object.freeze({ kind: "value", value });
}

export function sizeOperand(notes: IssueNotes, operands: readonly Operand[]): Operand {
  return Object.freeze({ kind: "size", operand: checkedOperands(notes, "size", operands)[0] });
}

export function junctionPlan(kind: "and" | "or", conditions: readonly ConditionPlan[]): ConditionPlan {
  return Object.freeze({ kind, conditions: Object.freeze(conditions) });
}

export function notPlan(condition: ConditionPlan): ConditionPlan {
  return Object.freeze({ kind: "not", condition });
}

export function comparisonPlan(
  notes: IssueNotes,
  operator: Comparator,
  { left, right }: { readonly left: Operand; readonly right: Operand },
): ConditionPlan {
  notes.issue ??= distinctIssue(operator, left, [right]);
  if (operator !== "=" && operator !== "<>") notes.issue ??= orderedIssue(operator, [left, right]);
  return Object.freeze({ kind: "comparison", operator, left, right });
}

export function betweenPlan(
  notes: IssueNotes,
  { operand, lower, upper }: { readonly operand: Operand; readonly lower: Operand; readonly upper: Operand },
): ConditionPlan {
  notes.issue ??= distinctIssue("BETWEEN", operand, [lower, upper]);
  notes.issue ??= orderedIssue("BETWEEN", [operand, lower, upper]);
  notes.issue ??= boundsIssue(lower, upper);
  return Object.freeze({ kind: "between", operand, lower, upper });
}

export function inPlan(notes: IssueNotes, operand: Operand, candidates: readonly Operand[]): ConditionPlan {
  if (candidates.length > limits.inOperandsMax) notes.issue ??= operandTexts.inOperands(candidates.length);
  notes.issue ??= distinctIssue("IN", operand, candidates);
  return Object.freeze({ kind: "in", operand, candidates: Object.freeze(candidates) });
}

/** Operands each function of conditions takes. */
export const conditionFunctionOperands: ReadonlyMap<string, number> = new Map([
  ["attribute_exists", 1],
  ["attribute_not_exists", 1],
  ["attribute_type", 2],
  ["begins_with", 2],
  ["contains", 2],
  ["size", 1],
]);

/** The name is one of those above, other than size. */
export function functionPlan(notes: IssueNotes, name: string, operands: readonly Operand[]): ConditionPlan {
  const [first, second] = checkedOperands(notes, name, operands);
  switch (name) {
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

/** Stands in for an operand that is missing; there is an issue then. */
const noOperand: Operand = Object.freeze({ kind: "path", path: Object.freeze({ name: "", inner: [] }) });

function checkedOperands(
  notes: IssueNotes,
  name: string,
  operands: readonly Operand[],
): readonly [Operand, Operand] {
  if (operands.length === conditionFunctionOperands.get(name)) notes.issue ??= functionIssue(name, operands);
  else notes.issue ??= operandTexts.operandCount(name, operands.length);
  const [first = noOperand, second = noOperand] = operands;
  return [first, second];
}

function pathOf(operand: Operand): DocumentPath {
  return operand.kind === "path" ? operand.path : { name: "", inner: [] };
}

function typeNamed(operand: Operand): AttributeType {
  if (operand.kind !== "value" || operand.value.type !== "S") return "NULL";
  return isAttributeType(operand.value.value) ? operand.value.value : "NULL";
}
