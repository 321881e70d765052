/** Which attributes of the item a plan is about: for checks against key schemas and index projections. */
import type { DocumentPath } from "./document-path.ts";
import type { ConditionPlan, Operand, ProjectionPlan, UpdatePlan } from "./plans.ts";

export interface UpdateTarget {
  readonly name: string;
  /** The target is a place inside the attribute. */
  readonly nested: boolean;
}

/** One per action, in the order written. */
export function updateTargets(plan: UpdatePlan): readonly UpdateTarget[] {
  return plan.actions.map(({ path }) => ({ name: path.name, nested: path.inner.length > 0 }));
}

/** True when no action could make an absent item exist. */
export function onlyRemoves(plan: UpdatePlan): boolean {
  return plan.actions.every(({ kind }) => kind === "remove" || kind === "delete");
}

/** Each attribute once, in the order the condition mentions them. */
export function conditionAttributes(plan: ConditionPlan): readonly string[] {
  return names(conditionPaths(plan));
}

/** Attributes the condition looks inside of: those must not be keys, which are scalars. */
export function attributesEnteredByCondition(plan: ConditionPlan): readonly string[] {
  return names(conditionPaths(plan).filter(({ inner }) => inner.length > 0));
}

/** Each attribute once, in the order written. */
export function projectionAttributes(plan: ProjectionPlan): readonly string[] {
  return plan.tree.branches.map(({ element }) => String(element));
}

/** Attributes of which the projection picks parts. */
export function attributesEnteredByProjection(plan: ProjectionPlan): readonly string[] {
  return plan.tree.branches.filter((branch) => "inner" in branch).map(({ element }) => String(element));
}

function names(paths: readonly DocumentPath[]): readonly string[] {
  return [...new Set(paths.map(({ name }) => name))];
}

function conditionPaths(plan: ConditionPlan): readonly DocumentPath[] {
  switch (plan.kind) {
    case "and":
    case "or":
      return plan.conditions.flatMap(conditionPaths);
    case "not":
      return conditionPaths(plan.condition);
    case "exists":
    case "notExists":
      return [plan.path];
    default:
      return operandsOf(plan).flatMap(operandPaths);
  }
}

function operandsOf(
  plan: Exclude<ConditionPlan, { kind: "and" | "or" | "not" | "exists" | "notExists" }>,
): readonly Operand[] {
  switch (plan.kind) {
    case "comparison":
      return [plan.left, plan.right];
    case "between":
      return [plan.operand, plan.lower, plan.upper];
    case "in":
      return [plan.operand, ...plan.candidates];
    case "attributeType":
      return [plan.operand];
    case "beginsWith":
      return [plan.operand, plan.prefix];
    case "contains":
      return [plan.operand, plan.member];
  }
}

function operandPaths(operand: Operand): readonly DocumentPath[] {
  if (operand.kind === "path") return [operand.path];
  return operand.kind === "size" ? operandPaths(operand.operand) : [];
}
