/** A search's plan held against the index it searches: dimensions, the partition to look at, attributes and types. */
import { invalidParameters, validationError } from "../api/index.ts";
import type { KeyAttribute, VectorIndex } from "../catalog/index.ts";
import { conditionAttributes, type ConditionPlan } from "../expressions/index.ts";
import { type AttributeValue, isScalar, type ScalarValue } from "../values/index.ts";
import { refuseEmptyKey } from "./primary-key.ts";
import { searchConditionTexts } from "./search-vectors-plan-condition.ts";
import type { SearchVectorsPlan } from "./search-vectors-plan.ts";

export interface ResolvedSearch {
  /** Of the index's HASH attributes, in its order; empty: every entry is looked at. */
  readonly partition: readonly ScalarValue[];
  /** What else an entry has to fulfil. */
  readonly filter: ConditionPlan | undefined;
}

/** The texts about dimensions and about the missing HASH are quoted by AWS; the order of the rules is unconfirmed. */
export function resolveSearch(
  { vector, condition }: Pick<SearchVectorsPlan, "vector" | "condition">,
  index: Pick<VectorIndex, "dimensions" | "hash" | "inlineFilters">,
): ResolvedSearch {
  if (vector.length !== index.dimensions) {
    throw validationError(
      `Input search vector dimension ${vector.length} does not match vector index dimension ${index.dimensions}`,
    );
  }
  const joined = condition === undefined ? [] : conjuncts(condition);
  const attributes = new Map(
    [...index.hash, ...index.inlineFilters].map((attribute) => [attribute.name, attribute]),
  );
  for (const part of joined) refuseUnsuitable(part, attributes);
  const partition = index.hash.map((attribute) => partitionValue(attribute, joined));
  const hashNames = new Set(index.hash.map(({ name }) => name));
  const rest = joined.filter((part) => {
    const names = conditionAttributes(part);
    return !names.some((name) => hashNames.has(name));
  });
  return { partition, filter: joinedAgain(rest) };
}

/** Conditions that must all hold, however AND and parentheses put them together. */
function conjuncts(plan: ConditionPlan): readonly ConditionPlan[] {
  return plan.kind === "and" ? plan.conditions.flatMap(conjuncts) : [plan];
}

function joinedAgain(conditions: readonly ConditionPlan[]): ConditionPlan | undefined {
  return conditions.length > 1 ? { kind: "and", conditions } : conditions[0];
}

/** The value the search names with "=", once, and beside all other conditions: never under OR or NOT. */
function partitionValue(attribute: KeyAttribute, joined: readonly ConditionPlan[]): ScalarValue {
  const about = joined.filter((part) => conditionAttributes(part).includes(attribute.name));
  const [part] = about;
  if (part === undefined) {
    throw validationError("SearchConditionExpression must be provided when SearchSchema has a HASH key");
  }
  if (about.length > 1 || part.kind !== "comparison" || part.operator !== "=") {
    throw validationError(searchConditionTexts.operator);
  }
  const [value] = valuesOf(part);
  if (value === undefined || !isScalar(value)) throw validationError(searchConditionTexts.form);
  refuseEmptyKey(attribute, value);
  return value;
}

/** Attributes are the index's and values have the types defined for them (that text is of key conditions). */
function refuseUnsuitable(plan: ConditionPlan, attributes: ReadonlyMap<string, KeyAttribute>): void {
  if (plan.kind === "and" || plan.kind === "or") {
    for (const part of plan.conditions) refuseUnsuitable(part, attributes);
    return;
  }
  if (plan.kind === "not") {
    refuseUnsuitable(plan.condition, attributes);
    return;
  }
  const [name = ""] = conditionAttributes(plan);
  const attribute = attributes.get(name);
  if (attribute === undefined) throw validationError(searchConditionTexts.undeclared(name));
  if (valuesOf(plan).every(({ type }) => type === attribute.type)) return;
  throw invalidParameters("Condition parameter type does not match schema type");
}

/** Of a condition the plan let through: its values are all on the right. */
function valuesOf(plan: ConditionPlan): readonly AttributeValue[] {
  return operandsRight(plan).flatMap((operand) => (operand.kind === "value" ? [operand.value] : []));
}

type Operand = Extract<ConditionPlan, { kind: "comparison" }>["right"];

function operandsRight(plan: ConditionPlan): readonly Operand[] {
  switch (plan.kind) {
    case "comparison":
      return [plan.right];
    case "between":
      return [plan.lower, plan.upper];
    case "in":
      return plan.candidates;
    case "beginsWith":
      return [plan.prefix];
    default:
      return [];
  }
}
