/** The condition of a write, from ConditionExpression or from the legacy Expected. */
import { type ExpectedAttributeValue, validationError, type WireValue } from "../api/index.ts";
import { compileExpected, type ConditionPlan, type ExpressionIssue } from "../expressions/index.ts";
import type { OperationContext } from "./context.ts";

/** Members of PutItem and DeleteItem about their condition; UpdateItem compiles its update with it. */
export interface ConditionInput extends LegacyCondition {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, WireValue>>;
}

/** Expected is checked first, then the expression. Both are never there together. */
export function writeCondition(context: OperationContext, input: ConditionInput): ConditionPlan | undefined {
  const legacy = legacyCondition(input);
  const compiled = orThrow(
    context.services.compiler.compile({
      kinds: ["condition"],
      condition: input.ConditionExpression,
      names: input.ExpressionAttributeNames,
      values: input.ExpressionAttributeValues,
    }),
  );
  return compiled.condition ?? legacy;
}

interface LegacyCondition {
  readonly Expected?: Readonly<Record<string, ExpectedAttributeValue>>;
  readonly ConditionalOperator?: "AND" | "OR";
}

/** Undefined without Expected; throws on what is wrong with it. */
export function legacyCondition(input: LegacyCondition): ConditionPlan | undefined {
  if (input.Expected === undefined && input.ConditionalOperator === undefined) return undefined;
  return orThrow(
    compileExpected({ expected: input.Expected, conditionalOperator: input.ConditionalOperator }),
  );
}

/** A compiled plan, or the issue as a ValidationException. */
export function orThrow<Result extends object | undefined>(result: Result): Exclude<Result, ExpressionIssue> {
  if (isIssue(result)) throw validationError(result.message);
  return result as Exclude<Result, ExpressionIssue>;
}

function isIssue(result: object | undefined): result is ExpressionIssue {
  return result !== undefined && "kind" in result && result.kind === "expressionIssue";
}
