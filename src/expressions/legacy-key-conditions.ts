/** KeyConditions compiled to the same plan as a key condition expression. */
import { expressionIssue, type ExpressionIssue } from "./issues.ts";
import { conditionCountText } from "./key-condition.ts";
import { legacyArguments, type LegacyOperator } from "./legacy-arguments.ts";
import type { LegacyCondition } from "./legacy-conditions.ts";
import type { KeyCondition, KeyConditionPlan } from "./plans.ts";

const keyOperators: Readonly<Partial<Record<LegacyOperator, KeyCondition["operator"]>>> = {
  EQ: "=",
  LE: "<=",
  LT: "<",
  GE: ">=",
  GT: ">",
  BEGINS_WITH: "beginsWith",
  BETWEEN: "between",
};

/**
 * Operators that no key can use are kept and refused when the schema is known, as the service does; so is the
 * greatest number of conditions.
 */
export function compileKeyConditions(
  conditions: Readonly<Record<string, LegacyCondition>>,
): KeyConditionPlan | ExpressionIssue {
  const compiled: KeyCondition[] = [];
  for (const [attribute, condition] of Object.entries(conditions)) {
    const args = legacyArguments(condition.ComparisonOperator, condition.AttributeValueList ?? []);
    if (args.kind === "expressionIssue") return args;
    const operator = keyOperators[args.operator] ?? "notIndexable";
    compiled.push(Object.freeze({ attribute, operator, values: Object.freeze(args.values) }));
  }
  if (compiled.length < 1) return expressionIssue(conditionCountText);
  return Object.freeze({ kind: "keyCondition", conditions: Object.freeze(compiled) });
}
