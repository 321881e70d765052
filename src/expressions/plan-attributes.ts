/** Which attributes of the item a plan is about: for checks against key schemas and index projections. */
import type { DocumentPath } from "./document-path.ts";
import type {
  ConditionPlan,
  Operand,
  ProjectionPlan,
  UpdateAction,
  UpdatePlan,
  UpdateValue,
} from "./plans.ts";

/** Attributes an update writes to or into, one per action, in the order written. */
export function updatedAttributeNames(plan: UpdatePlan): readonly string[] {
  return plan.actions.map(({ path }) => path.name);
}

/** True when no action could make an absent item exist. */
export function onlyRemoves(plan: UpdatePlan): boolean {
  return plan.actions.every(({ kind }) => kind === "remove" || kind === "delete");
}

/** Each attribute once, in the order the condition mentions them. */
export function conditionAttributes(plan: ConditionPlan): readonly string[] {
  return names(conditionPaths(plan));
}

/** Each attribute once, in the order the projection mentions them. */
export function projectionAttributes({ tree }: ProjectionPlan): readonly string[] {
  return tree.branches.map(({ element }) => String(element));
}

export interface EnteringPlans {
  readonly update?: UpdatePlan | undefined;
  readonly condition?: ConditionPlan | undefined;
  readonly projection?: ProjectionPlan | undefined;
}

/** Attributes some path goes inside of: those must not be keys, which are scalars. */
export function attributesEntered({ update, condition, projection }: EnteringPlans): readonly string[] {
  const paths = [
    ...(update === undefined ? [] : update.actions.flatMap(actionPaths)),
    ...(condition === undefined ? [] : conditionPaths(condition)),
  ];
  const branches = projection === undefined ? [] : projection.tree.branches;
  return [
    ...names(paths.filter(({ inner }) => inner.length > 0)),
    ...branches.filter((branch) => "inner" in branch).map(({ element }) => String(element)),
  ];
}

function actionPaths(action: UpdateAction): readonly DocumentPath[] {
  return action.kind === "set" ? [action.path, ...valuePaths(action.value)] : [action.path];
}

function valuePaths(value: UpdateValue): readonly DocumentPath[] {
  switch (value.kind) {
    case "value":
      return [];
    case "path":
      return [value.path];
    case "arithmetic":
      return [...valuePaths(value.left), ...valuePaths(value.right)];
    case "ifNotExists":
      return [value.path, ...valuePaths(value.otherwise)];
    case "listAppend":
      return [...valuePaths(value.first), ...valuePaths(value.second)];
  }
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
