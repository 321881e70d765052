/** Binds a parsed condition, checking operand by operand what can be checked without an item. */
import { type Binder, type Binding, bindPath, bindValue, newBinder, type Placeholders } from "./binder.ts";
import {
  betweenPlan,
  comparisonPlan,
  functionPlan,
  inPlan,
  junctionPlan,
  notPlan,
  pathOperand,
  sizeOperand,
  valueOperand,
} from "./condition-plans.ts";
import type { ConditionPlan, Operand } from "./plans.ts";
import type { RawCondition, RawOperand } from "./syntax-tree.ts";

export function bindCondition(placeholders: Placeholders, raw: RawCondition): Binding<ConditionPlan> {
  const binder = newBinder(placeholders);
  const plan = bindNode(binder, raw);
  return binder.issue === undefined ? { kind: "bound", plan } : { kind: "unbound", message: binder.issue };
}

function bindNode(binder: Binder, raw: RawCondition): ConditionPlan {
  switch (raw.kind) {
    case "and":
    case "or":
      return junctionPlan(
        raw.kind,
        raw.conditions.map((condition) => bindNode(binder, condition)),
      );
    case "not":
      return notPlan(bindNode(binder, raw.condition));
    case "comparison": {
      const left = bindOperand(binder, raw.left);
      const right = bindOperand(binder, raw.right);
      return comparisonPlan(binder, raw.operator, { left, right });
    }
    case "between": {
      const operand = bindOperand(binder, raw.operand);
      const lower = bindOperand(binder, raw.lower);
      const upper = bindOperand(binder, raw.upper);
      return betweenPlan(binder, { operand, lower, upper });
    }
    case "in": {
      const operand = bindOperand(binder, raw.operand);
      return inPlan(binder, operand, bindOperands(binder, raw.candidates));
    }
    case "function":
      return functionPlan(binder, raw.name, bindOperands(binder, raw.operands));
  }
}

function bindOperands(binder: Binder, raw: readonly RawOperand[]): readonly Operand[] {
  return raw.map((operand) => bindOperand(binder, operand));
}

function bindOperand(binder: Binder, raw: RawOperand): Operand {
  switch (raw.kind) {
    case "path":
      return pathOperand(bindPath(binder, raw));
    case "value":
      return valueOperand(bindValue(binder, raw));
    case "function":
      // The parser lets no other function than size stand as an operand.
      return sizeOperand(binder, bindOperands(binder, raw.operands));
  }
}
