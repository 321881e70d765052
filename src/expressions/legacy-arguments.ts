/** Comparison operators of the legacy parameters: how many values of which types each takes. */
import {
  type AttributeType,
  type AttributeValue,
  compareScalars,
  parseAttributeValue,
} from "../values/index.ts";
import { expressionIssue, type ExpressionIssue, parametersPrefix } from "./issues.ts";

export type LegacyOperator =
  | "EQ"
  | "NE"
  | "LE"
  | "LT"
  | "GE"
  | "GT"
  | "NOT_NULL"
  | "NULL"
  | "CONTAINS"
  | "NOT_CONTAINS"
  | "BEGINS_WITH"
  | "IN"
  | "BETWEEN";

/** An operator with values that fit it. */
export interface LegacyArguments {
  readonly kind: "arguments";
  readonly operator: LegacyOperator;
  readonly values: readonly AttributeValue[];
}

interface OperatorRule {
  readonly valuesMin: number;
  readonly valuesMax: number;
  /** Undefined for every type. */
  readonly types?: ReadonlySet<AttributeType>;
}

const ordered: ReadonlySet<AttributeType> = new Set<AttributeType>(["S", "N", "B"]);
const text: ReadonlySet<AttributeType> = new Set<AttributeType>(["S", "B"]);
const oneOrdered: OperatorRule = { valuesMin: 1, valuesMax: 1, types: ordered };

const rules: Readonly<Record<LegacyOperator, OperatorRule>> = {
  EQ: { valuesMin: 1, valuesMax: 1 },
  NE: { valuesMin: 1, valuesMax: 1 },
  LE: oneOrdered,
  LT: oneOrdered,
  GE: oneOrdered,
  GT: oneOrdered,
  NOT_NULL: { valuesMin: 0, valuesMax: 0 },
  NULL: { valuesMin: 0, valuesMax: 0 },
  CONTAINS: oneOrdered,
  NOT_CONTAINS: oneOrdered,
  BEGINS_WITH: { valuesMin: 1, valuesMax: 1, types: text },
  IN: { valuesMin: 1, valuesMax: Infinity, types: ordered },
  BETWEEN: { valuesMin: 2, valuesMax: 2, types: ordered },
};

/** Values are as on the wire; they are checked first, then their number, then their types. */
export function legacyArguments(
  operator: LegacyOperator,
  wireValues: readonly unknown[],
): LegacyArguments | ExpressionIssue {
  const values: AttributeValue[] = [];
  for (const wire of wireValues) {
    const parsed = parseAttributeValue(wire);
    if (parsed.kind === "valueIssue") return expressionIssue(parsed.message);
    values.push(parsed.value);
  }
  const message = argumentsIssue(operator, values);
  return message === undefined ? { kind: "arguments", operator, values } : expressionIssue(message);
}

function argumentsIssue(operator: LegacyOperator, values: readonly AttributeValue[]): string | undefined {
  const { valuesMin, valuesMax, types } = rules[operator];
  if (values.length < valuesMin || values.length > valuesMax) {
    return `${parametersPrefix}Invalid number of argument(s) for the ${operator} ComparisonOperator`;
  }
  const [first, second] = values;
  if (first === undefined) return undefined;
  if (values.some(({ type }) => type !== first.type)) {
    return `${parametersPrefix}AttributeValues inside AttributeValueList must be of same type`;
  }
  if (types?.has(first.type) === false) {
    return `${parametersPrefix}ComparisonOperator ${operator} is not valid for ${first.type} AttributeValue type`;
  }
  if (operator !== "BETWEEN" || second === undefined || (compareScalars(first, second) ?? 0) <= 0)
    return undefined;
  return "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound";
}
