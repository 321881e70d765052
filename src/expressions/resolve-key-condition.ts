/** Holds a key condition against a key schema: which value is the partition's, what is asked of the sort key. */
import { isScalar, type ScalarType, type ScalarValue } from "../values/index.ts";
import { expressionIssue, type ExpressionIssue, parametersPrefix } from "./issues.ts";
import type { KeyCondition, KeyConditionPlan, SortCondition } from "./plans.ts";

export interface KeySchemaAttributes {
  readonly hash: KeySchemaAttribute;
  readonly range?: KeySchemaAttribute | undefined;
}

interface KeySchemaAttribute {
  readonly name: string;
  readonly type: ScalarType;
}

export interface ResolvedKeyCondition {
  readonly kind: "keyRange";
  readonly partition: ScalarValue;
  readonly sort?: SortCondition;
}

const notSupported = "Query key condition not supported";
const notIndexable = "Attempted conditional constraint is not an indexable operation";
const typeMismatch = `${parametersPrefix}Condition parameter type does not match schema type`;

/** Works for tables and for indexes with one or two key attributes. */
export function resolveKeyCondition(
  { conditions }: KeyConditionPlan,
  { hash, range }: KeySchemaAttributes,
): ResolvedKeyCondition | ExpressionIssue {
  if (conditions.length > (range === undefined ? 1 : 2)) return expressionIssue(notSupported);
  const onHash = conditions.find(({ attribute }) => attribute === hash.name);
  if (onHash === undefined) return missed(hash);
  const onRange =
    range === undefined ? undefined : conditions.find(({ attribute }) => attribute === range.name);
  if (range !== undefined && conditions.length > 1 && onRange === undefined) return missed(range);
  const partition = sortCondition(onHash, hash);
  if (partition.kind === "expressionIssue") return partition;
  const [value] = partition.condition.values;
  if (partition.condition.operator !== "=" || value === undefined) return expressionIssue(notSupported);
  if (range === undefined || onRange === undefined) return { kind: "keyRange", partition: value };
  const sort = sortCondition(onRange, range);
  if (sort.kind === "expressionIssue") return sort;
  return { kind: "keyRange", partition: value, sort: sort.condition };
}

function missed({ name }: KeySchemaAttribute): ExpressionIssue {
  return expressionIssue(`Query condition missed key schema element: ${name}`);
}

type CheckedCondition = { readonly kind: "condition"; readonly condition: SortCondition } | ExpressionIssue;

function sortCondition({ operator, values }: KeyCondition, { type }: KeySchemaAttribute): CheckedCondition {
  if (operator === "notIndexable") return expressionIssue(notIndexable);
  const scalars = values.filter(isScalar).filter((value) => value.type === type);
  if (scalars.length !== values.length) return expressionIssue(typeMismatch);
  return { kind: "condition", condition: { operator, values: scalars } };
}
