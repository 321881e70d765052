/**
 * The five kinds of expression and the legacy parameters they replaced: compiled to plans, evaluated on items.
 * Nothing here throws for what a client sent; issues are values with DynamoDB's texts.
 */
export { applyUpdate, type UpdateOutcome } from "./apply-update.ts";
export {
  compileExpressions,
  type CompiledExpressions,
  createExpressionCompiler,
  type ExpressionCompiler,
  type ExpressionKind,
  type ExpressionRequest,
} from "./compiler.ts";
export { evaluateCondition } from "./evaluate-condition.ts";
export type { ExpressionIssue } from "./issues.ts";
export {
  compileExpected,
  compileLegacyFilter,
  type LegacyCondition,
  type LegacyExpectation,
} from "./legacy-conditions.ts";
export { compileKeyConditions } from "./legacy-key-conditions.ts";
export { compileAttributesToGet, compileAttributeUpdates, type LegacyUpdate } from "./legacy-updates.ts";
export {
  attributesEntered,
  conditionAttributes,
  type EnteringPlans,
  onlyRemoves,
  updatedAttributeNames,
} from "./plan-attributes.ts";
export type { ConditionPlan, KeyConditionPlan, ProjectionPlan, SortCondition, UpdatePlan } from "./plans.ts";
export { projectItem, updatedAttributes } from "./project.ts";
export { resolveKeyCondition, type ResolvedKeyCondition } from "./resolve-key-condition.ts";
export type { UpdateIssue } from "./update-values.ts";
