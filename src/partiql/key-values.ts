/** What a condition demands of one attribute: which values it may have at all. */
import { type ConditionPlan, junctionPlan, type Operand } from "../expressions/index.ts";
import type { AttributeValue, ScalarType, ScalarValue } from "../values/index.ts";

export interface KeyAttribute {
  readonly name: string;
  readonly type: ScalarType;
}

/** The conditions that must all hold, those in nested ANDs included. */
export function conjuncts(plan: ConditionPlan | undefined): readonly ConditionPlan[] {
  if (plan === undefined) return [];
  return plan.kind === "and" ? plan.conditions.flatMap(conjuncts) : [plan];
}

/** One condition out of several that must all hold; undefined for none. */
export function conjunction(conditions: readonly ConditionPlan[]): ConditionPlan | undefined {
  return conditions.length > 1 ? junctionPlan("and", conditions) : conditions[0];
}

export function isAttribute(operand: Operand, name: string): boolean {
  return operand.kind === "path" && operand.path.inner.length === 0 && operand.path.name === name;
}

/** The value of a comparison `name = value`, written either way round. */
export function equalValue(condition: ConditionPlan, name: string): AttributeValue | undefined {
  if (condition.kind !== "comparison" || condition.operator !== "=") return undefined;
  const { left, right } = condition;
  if (right.kind === "value" && isAttribute(left, name)) return right.value;
  return left.kind === "value" && isAttribute(right, name) ? left.value : undefined;
}

/** Values of which the attribute has one wherever the condition holds. */
export interface AllowedValues {
  readonly values: readonly AttributeValue[];
  /** The condition says nothing else: it also holds wherever the attribute has one of them. */
  readonly exact: boolean;
}

/** Undefined when the condition leaves the attribute's value open. */
function allowedValues(condition: ConditionPlan, name: string): AllowedValues | undefined {
  switch (condition.kind) {
    case "comparison": {
      const value = equalValue(condition, name);
      return value === undefined ? undefined : { values: [value], exact: true };
    }
    case "in":
      return allowedByIn(condition, name);
    case "or":
      return allowedByAny(condition.conditions, name);
    case "and":
      return allowedByAll(condition.conditions, name);
    default:
      return undefined;
  }
}

function allowedByIn(
  { operand, candidates }: Extract<ConditionPlan, { kind: "in" }>,
  name: string,
): AllowedValues | undefined {
  if (!isAttribute(operand, name)) return undefined;
  const values = candidates.flatMap((candidate) => (candidate.kind === "value" ? [candidate.value] : []));
  return values.length === candidates.length ? { values, exact: true } : undefined;
}

function allowedByAny(conditions: readonly ConditionPlan[], name: string): AllowedValues | undefined {
  const values: AttributeValue[] = [];
  let exact = true;
  for (const condition of conditions) {
    const allowed = allowedValues(condition, name);
    if (allowed === undefined) return undefined;
    values.push(...allowed.values);
    exact &&= allowed.exact;
  }
  return { values, exact };
}

/** The part that allows the fewest; the others say more. */
function allowedByAll(conditions: readonly ConditionPlan[], name: string): AllowedValues | undefined {
  const fewest = fewestAllowed(conditions, name);
  return fewest === undefined ? undefined : { values: fewest.values, exact: false };
}

/** One of several conditions that must all hold, and what it allows. */
interface AllowingCondition extends AllowedValues {
  readonly condition: ConditionPlan;
}

/** Exact ones go first, then those that allow less. */
export function fewestAllowed(
  conditions: readonly ConditionPlan[],
  name: string,
): AllowingCondition | undefined {
  let best: AllowingCondition | undefined;
  for (const condition of conditions) {
    const allowed = allowedValues(condition, name);
    if (allowed === undefined) continue;
    if (best === undefined || isBetter(allowed, best)) best = { condition, ...allowed };
  }
  return best;
}

function isBetter(allowed: AllowedValues, best: AllowedValues): boolean {
  if (allowed.exact !== best.exact) return allowed.exact;
  return allowed.values.length < best.values.length;
}

/** Each value once, in the order written; undefined when one is not of the attribute's type. */
export function valuesOfType(
  values: readonly AttributeValue[],
  type: ScalarType,
): readonly ScalarValue[] | undefined {
  const distinct = new Map<string, ScalarValue>();
  for (const value of values) {
    if (value.type !== type) return undefined;
    // Values are normalized, so that equal ones are equal texts.
    const scalar = value as ScalarValue;
    if (!distinct.has(scalar.value)) distinct.set(scalar.value, scalar);
  }
  return [...distinct.values()];
}
