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
export { type Binding } from "./binder.ts";
export { projectionPlanOf } from "./bind-projection.ts";
export {
  betweenPlan,
  comparisonPlan,
  functionPlan,
  inPlan,
  type IssueNotes,
  junctionPlan,
  notPlan,
  pathOperand,
  sizeOperand,
  valueOperand,
} from "./condition-plans.ts";
export { type DocumentPath, listIndexMax, type PathElement, samePath } from "./document-path.ts";
export { evaluateCondition } from "./evaluate-condition.ts";
export { expressionIssue, type ExpressionIssue, formTexts, nestingText, operandTexts } from "./issues.ts";
export { keyConditionCountIssue, mirroredComparator } from "./key-condition.ts";
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
  projectionAttributes,
  updatedAttributeNames,
} from "./plan-attributes.ts";
export { parseCache, type ParseCache } from "./parse-cache.ts";
export { frozen } from "./parse-result.ts";
export type {
  ConditionPlan,
  KeyCondition,
  KeyConditionPlan,
  Operand,
  ProjectionPlan,
  SortCondition,
  SortOperator,
  UpdateAction,
  UpdatePlan,
  UpdateValue,
} from "./plans.ts";
export { projectItem, updatedAttributes } from "./project.ts";
export { keyTypeText, resolveKeyCondition, type ResolvedKeyCondition } from "./resolve-key-condition.ts";
export type { Comparator } from "./syntax-tree.ts";
export { arithmeticValue, listAppendValue, type UpdateNotes, updatePlanOf } from "./update-plans.ts";
export type { UpdateIssue } from "./update-values.ts";
