/** Finds among conditions those that a sort key can be read by, so that a query reads no more than it must. */
import {
  type Comparator,
  type ConditionPlan,
  type KeyCondition,
  mirroredComparator,
  type Operand,
  type SortOperator,
} from "../expressions/index.ts";
import { type AttributeValue, compareScalars } from "../values/index.ts";
import { equalValue, isAttribute, type KeyAttribute } from "./key-values.ts";

export interface SortConditions {
  readonly conditions: readonly KeyCondition[];
  /** Those that need not be looked at again. */
  readonly consumed: readonly ConditionPlan[];
}

/** Equalities on the leading sort attributes and at most one range after them. */
export function sortConditions(
  conditions: readonly ConditionPlan[],
  attributes: readonly KeyAttribute[],
): SortConditions {
  const found: KeyCondition[] = [];
  const consumed: ConditionPlan[] = [];
  for (const { name } of attributes) {
    const equality = conditions.find((condition) => equalValue(condition, name) !== undefined);
    const value = equality === undefined ? undefined : equalValue(equality, name);
    if (equality !== undefined && value !== undefined) {
      found.push(keyCondition(name, "=", [value]));
      consumed.push(equality);
      continue;
    }
    const range = rangeOn(conditions, name);
    if (range !== undefined) {
      found.push(keyCondition(name, range.operator, range.values));
      consumed.push(...range.consumed);
    }
    break;
  }
  return { conditions: found, consumed };
}

export function keyCondition(
  attribute: string,
  operator: SortOperator,
  values: readonly AttributeValue[],
): KeyCondition {
  return Object.freeze({ attribute, operator, values: Object.freeze(values) });
}

interface Range {
  readonly operator: SortOperator;
  readonly values: readonly AttributeValue[];
  readonly consumed: readonly ConditionPlan[];
}

/** Of several ranges the one that tends to hold least: BETWEEN or a prefix, then two bounds, then one. */
function rangeOn(conditions: readonly ConditionPlan[], name: string): Range | undefined {
  const ranges = conditions.flatMap((condition) => rangeOf(condition, name) ?? []);
  const narrow = ranges.find(({ operator }) => operator === "between" || operator === "beginsWith");
  return narrow ?? betweenBounds(ranges) ?? ranges[0];
}

function rangeOf(condition: ConditionPlan, name: string): Range | undefined {
  switch (condition.kind) {
    case "comparison":
      return comparedRange(condition, name);
    case "between": {
      const values = valuesIn([condition.lower, condition.upper]);
      if (!isAttribute(condition.operand, name) || values === undefined) return undefined;
      return { operator: "between", values, consumed: [condition] };
    }
    case "beginsWith": {
      const values = valuesIn([condition.prefix]);
      if (!isAttribute(condition.operand, name) || values === undefined) return undefined;
      return { operator: "beginsWith", values, consumed: [condition] };
    }
    default:
      return undefined;
  }
}

function comparedRange(
  condition: Extract<ConditionPlan, { kind: "comparison" }>,
  name: string,
): Range | undefined {
  const { operator, left, right } = condition;
  if (operator === "=" || operator === "<>") return undefined;
  const [value] = valuesIn([right]) ?? [];
  if (value !== undefined && isAttribute(left, name)) return bound(condition, operator, value);
  const [mirror] = valuesIn([left]) ?? [];
  if (mirror === undefined || !isAttribute(right, name)) return undefined;
  return bound(condition, mirroredComparator[operator], mirror);
}

function bound(condition: ConditionPlan, operator: Exclude<Comparator, "<>">, value: AttributeValue): Range {
  return { operator, values: [value], consumed: [condition] };
}

/** All of them, or undefined when one is no plain value. */
function valuesIn(operands: readonly Operand[]): readonly AttributeValue[] | undefined {
  const values = operands.flatMap((operand) => (operand.kind === "value" ? [operand.value] : []));
  return values.length === operands.length ? values : undefined;
}

/** A lower and an upper bound as BETWEEN; bounds that are not inclusive stay to be looked at again. */
function betweenBounds(ranges: readonly Range[]): Range | undefined {
  const lower = ranges.find(({ operator }) => operator === ">" || operator === ">=");
  const upper = ranges.find(({ operator }) => operator === "<" || operator === "<=");
  const [first] = lower?.values ?? [];
  const [last] = upper?.values ?? [];
  if (lower === undefined || upper === undefined || first === undefined || last === undefined) {
    return undefined;
  }
  const order = compareScalars(first, last);
  if (order === undefined || order > 0) return undefined;
  const consumed = [lower, upper].filter(({ operator }) => operator === ">=" || operator === "<=");
  return {
    operator: "between",
    values: [first, last],
    consumed: consumed.flatMap((range) => range.consumed),
  };
}
