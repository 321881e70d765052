/** Binds a parsed condition to the plans of the API's own conditions, whose rules about operands apply. */
import {
  betweenPlan,
  comparisonPlan,
  type ConditionPlan,
  functionPlan,
  inPlan,
  junctionPlan,
  notPlan,
  type Operand,
  pathOperand,
  sizeOperand,
  valueOperand,
} from "../expressions/index.ts";
import { bindTerm, type StatementBinder } from "./bind-term.ts";
import type { ParsedCondition, ParsedOperand } from "./syntax-tree.ts";

export function bindCondition(binder: StatementBinder, parsed: ParsedCondition): ConditionPlan {
  switch (parsed.kind) {
    case "and":
    case "or":
      return junctionPlan(
        parsed.kind,
        parsed.conditions.map((condition) => bindCondition(binder, condition)),
      );
    case "not":
      return notPlan(bindCondition(binder, parsed.condition));
    case "comparison": {
      const left = bindOperand(binder, parsed.left);
      const right = bindOperand(binder, parsed.right);
      return comparisonPlan(binder, parsed.operator, { left, right });
    }
    case "between": {
      const operand = bindOperand(binder, parsed.operand);
      const lower = bindOperand(binder, parsed.lower);
      const upper = bindOperand(binder, parsed.upper);
      return betweenPlan(binder, { operand, lower, upper });
    }
    case "in": {
      const operand = bindOperand(binder, parsed.operand);
      return inPlan(binder, operand, bindOperands(binder, parsed.candidates));
    }
    case "function":
      return functionPlan(binder, parsed.name, bindOperands(binder, parsed.operands));
    case "isMissing":
    case "isNull":
      return bindIs(binder, parsed);
  }
}

const nullTypeName: Operand = valueOperand({ type: "S", value: "NULL" });

/**
 * An attribute that is absent is missing and not null: NULL is a type here. IS NOT NULL is the plain negation, so
 * that an absent attribute satisfies it (unconfirmed).
 */
function bindIs(
  binder: StatementBinder,
  parsed: Extract<ParsedCondition, { kind: "isMissing" | "isNull" }>,
): ConditionPlan {
  const operand = bindOperand(binder, parsed.operand);
  if (parsed.kind === "isMissing") {
    return functionPlan(binder, parsed.negated ? "attribute_exists" : "attribute_not_exists", [operand]);
  }
  const isNull = functionPlan(binder, "attribute_type", [operand, nullTypeName]);
  return parsed.negated ? notPlan(isNull) : isNull;
}

function bindOperands(binder: StatementBinder, parsed: readonly ParsedOperand[]): readonly Operand[] {
  return parsed.map((operand) => bindOperand(binder, operand));
}

function bindOperand(binder: StatementBinder, parsed: ParsedOperand): Operand {
  switch (parsed.kind) {
    case "path":
      return pathOperand(parsed.path);
    case "size":
      return sizeOperand(binder, bindOperands(binder, parsed.operands));
    default:
      return valueOperand(bindTerm(binder, parsed));
  }
}
