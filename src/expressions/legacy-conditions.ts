/** Expected, QueryFilter and ScanFilter compiled to the same plans as condition expressions. */
import { parseAttributeValue } from "../values/index.ts";
import type { DocumentPath } from "./document-path.ts";
import { expressionIssue, type ExpressionIssue, parametersPrefix } from "./issues.ts";
import { type LegacyArguments, legacyArguments, type LegacyOperator } from "./legacy-arguments.ts";
import type { ConditionPlan, Operand } from "./plans.ts";
import type { Comparator } from "./syntax-tree.ts";
import { nullValue } from "./value-kinds.ts";

/** One entry of a filter, as on the wire and with its shape checked. */
export interface LegacyCondition {
  readonly ComparisonOperator: LegacyOperator;
  readonly AttributeValueList?: readonly unknown[] | undefined;
}

/** One entry of Expected, as on the wire and with its shape checked. */
export interface LegacyExpectation {
  readonly Value?: unknown;
  readonly Exists?: boolean | undefined;
  readonly ComparisonOperator?: LegacyOperator | undefined;
  readonly AttributeValueList?: readonly unknown[] | undefined;
}

export type LegacyConditionalOperator = "AND" | "OR";

type LegacyPlan = ConditionPlan | ExpressionIssue | undefined;

/** Undefined when nothing is expected. */
export function compileExpected({
  expected,
  conditionalOperator,
}: {
  readonly expected?: Readonly<Record<string, LegacyExpectation>> | undefined;
  readonly conditionalOperator?: LegacyConditionalOperator | undefined;
}): LegacyPlan {
  return joined(expected ?? {}, conditionalOperator, expectation);
}

/** Undefined when there is no filter. */
export function compileLegacyFilter({
  conditions,
  conditionalOperator,
}: {
  readonly conditions?: Readonly<Record<string, LegacyCondition>> | undefined;
  readonly conditionalOperator?: LegacyConditionalOperator | undefined;
  readonly parameter: "QueryFilter" | "ScanFilter";
}): LegacyPlan {
  return joined(conditions ?? {}, conditionalOperator, (attribute, condition) => {
    const args = legacyArguments(condition.ComparisonOperator, condition.AttributeValueList ?? []);
    return args.kind === "expressionIssue" ? args : conditionOn(attribute, args);
  });
}

/** The entries one after the other; ConditionalOperator is looked at before them (unconfirmed). */
function joined<Entry>(
  entries: Readonly<Record<string, Entry>>,
  conditionalOperator: LegacyConditionalOperator | undefined,
  compile: (attribute: string, entry: Entry) => ConditionPlan | ExpressionIssue,
): LegacyPlan {
  const attributes = Object.entries(entries);
  if (conditionalOperator !== undefined && attributes.length < 2) {
    return expressionIssue(
      attributes.length === 0
        ? "ConditionalOperator cannot be used without Filter or Expected"
        : "ConditionalOperator can only be used when Filter or Expected has two or more elements",
    );
  }
  const conditions: ConditionPlan[] = [];
  for (const [attribute, entry] of attributes) {
    const condition = compile(attribute, entry);
    if (condition.kind === "expressionIssue") return condition;
    conditions.push(condition);
  }
  if (conditions.length < 2) return conditions[0];
  return Object.freeze({
    kind: conditionalOperator === "OR" ? "or" : "and",
    conditions: Object.freeze(conditions),
  });
}

function expectation(attribute: string, entry: LegacyExpectation): ConditionPlan | ExpressionIssue {
  const message = expectationIssue(attribute, entry);
  if (message !== undefined) return expressionIssue(`${parametersPrefix}${message}`);
  const { Value: value, Exists: exists, ComparisonOperator: operator, AttributeValueList: list } = entry;
  if (operator !== undefined) {
    const args = legacyArguments(operator, list ?? (isGiven(value) ? [value] : []));
    return args.kind === "expressionIssue" ? args : conditionOn(attribute, args);
  }
  if (exists === false) return Object.freeze({ kind: "notExists", path: pathTo(attribute) });
  const parsed = parseAttributeValue(value);
  if (parsed.kind === "valueIssue") return expressionIssue(parsed.message);
  return conditionOn(attribute, { kind: "arguments", operator: "EQ", values: [parsed.value] });
}

/** Which members go together; the order is that in which the service was seen to complain. */
function expectationIssue(attribute: string, entry: LegacyExpectation): string | undefined {
  const { Value: value, Exists: exists, ComparisonOperator: operator, AttributeValueList: list } = entry;
  const place = `for Attribute: ${attribute}`;
  if (isGiven(value) && isGiven(list)) return `Value and AttributeValueList cannot be used together ${place}`;
  if (isGiven(operator)) {
    if (isGiven(exists)) return `Exists and ComparisonOperator cannot be used together ${place}`;
    const valueless = operator === "NULL" || operator === "NOT_NULL";
    if (valueless || isGiven(value) || isGiven(list)) return undefined;
    return `Value or AttributeValueList must be used with ComparisonOperator: ${operator} ${place}`;
  }
  if (isGiven(list)) return `AttributeValueList can only be used with a ComparisonOperator ${place}`;
  if (exists === false)
    return isGiven(value) ? `Value cannot be used when Exists is false ${place}` : undefined;
  return isGiven(value) ? undefined : `Value must be provided when Exists is ${exists ?? "null"} ${place}`;
}

function isGiven<Member>(member: Member | null | undefined): member is Member {
  return member !== undefined && member !== null;
}

function pathTo(attribute: string): DocumentPath {
  return Object.freeze({ name: attribute, inner: Object.freeze([]) });
}

/** Stands in where the number of values was checked before. */
const noOperand: Operand = Object.freeze({ kind: "value", value: nullValue });

const comparators: Readonly<Record<"EQ" | "NE" | "LE" | "LT" | "GE" | "GT", Comparator>> = {
  EQ: "=",
  NE: "<>",
  LE: "<=",
  LT: "<",
  GE: ">=",
  GT: ">",
};

function conditionOn(attribute: string, { operator, values }: LegacyArguments): ConditionPlan {
  const path = pathTo(attribute);
  const operand: Operand = Object.freeze({ kind: "path", path });
  const operands = values.map((value): Operand => Object.freeze({ kind: "value", value }));
  const [first = noOperand, second = noOperand] = operands;
  switch (operator) {
    case "NULL":
      return Object.freeze({ kind: "notExists", path });
    case "NOT_NULL":
      return Object.freeze({ kind: "exists", path });
    case "CONTAINS":
      return Object.freeze({ kind: "contains", operand, member: first });
    case "NOT_CONTAINS":
      return Object.freeze({
        kind: "not",
        condition: Object.freeze({ kind: "contains", operand, member: first }),
      });
    case "BEGINS_WITH":
      return Object.freeze({ kind: "beginsWith", operand, prefix: first });
    case "IN":
      return Object.freeze({ kind: "in", operand, candidates: Object.freeze(operands) });
    case "BETWEEN":
      return Object.freeze({ kind: "between", operand, lower: first, upper: second });
    default:
      return Object.freeze({
        kind: "comparison",
        operator: comparators[operator],
        left: operand,
        right: first,
      });
  }
}
