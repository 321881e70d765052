/** Holds a key condition against a key: which values the partition attributes have, what is asked of the others. */
import { isScalar, type ScalarType, type ScalarValue } from "../values/index.ts";
import { expressionIssue, type ExpressionIssue, parametersPrefix } from "./issues.ts";
import { keyConditionCountIssue, keyLength } from "./key-condition.ts";
import type { KeyCondition, KeyConditionPlan, SortCondition } from "./plans.ts";

/** Of a table or an index, in the order of the key schema. */
export interface KeyAttributes {
  readonly hash: readonly KeyAttribute[];
  readonly range: readonly KeyAttribute[];
}

interface KeyAttribute {
  readonly name: string;
  readonly type: ScalarType;
}

export interface ResolvedKeyCondition {
  readonly kind: "keyRange";
  /** One for each partition attribute, in the order of the key. */
  readonly partition: readonly ScalarValue[];
  /** Of the first sort attributes; empty unless the key has several. */
  readonly leading: readonly ScalarValue[];
  /** What is asked of the sort attribute after those; absent: nothing. */
  readonly sort?: SortCondition;
}

const notSupported = "Query key condition not supported";
const notIndexable = "Attempted conditional constraint is not an indexable operation";
/** Of a value whose type is not its key attribute's. */
export const keyTypeText: string = `${parametersPrefix}Condition parameter type does not match schema type`;

/**
 * All partition attributes with "="; of the sort attributes the first, the first two and so on, all but the last of
 * those with "=". That a gap is reported as the attribute that is missed is unconfirmed.
 */
export function resolveKeyCondition(
  plan: KeyConditionPlan,
  { hash, range }: KeyAttributes,
): ResolvedKeyCondition | ExpressionIssue {
  const { conditions } = plan;
  const attributeCount = hash.length + range.length;
  const tooMany = keyConditionCountIssue(plan, keyLength(attributeCount));
  if (tooMany !== undefined) return tooMany;
  if (conditions.length > attributeCount) return expressionIssue(notSupported);
  const onHash = placed(conditions, hash);
  const missedHash = hash[onHash.length];
  if (missedHash !== undefined) return missed(missedHash);
  const onRange = placed(conditions, range);
  const missedRange = range[onRange.length];
  if (missedRange !== undefined && conditions.length > onHash.length + onRange.length) {
    return missed(missedRange);
  }
  const partition = equalValues(onHash);
  if ("kind" in partition) return partition;
  const last = onRange.at(-1);
  const leading = equalValues(onRange.slice(0, -1));
  if ("kind" in leading) return leading;
  if (last === undefined) return { kind: "keyRange", partition, leading };
  const sort = sortCondition(last);
  return sort.kind === "expressionIssue"
    ? sort
    : { kind: "keyRange", partition, leading, sort: sort.condition };
}

interface PlacedCondition {
  readonly condition: KeyCondition;
  readonly attribute: KeyAttribute;
}

/** The conditions on these attributes, up to the first without one. */
function placed(
  conditions: readonly KeyCondition[],
  attributes: readonly KeyAttribute[],
): readonly PlacedCondition[] {
  const found: PlacedCondition[] = [];
  for (const attribute of attributes) {
    const condition = conditions.find(({ attribute: name }) => name === attribute.name);
    if (condition === undefined) break;
    found.push({ condition, attribute });
  }
  return found;
}

function missed({ name }: KeyAttribute): ExpressionIssue {
  return expressionIssue(`Query condition missed key schema element: ${name}`);
}

function equalValues(conditions: readonly PlacedCondition[]): readonly ScalarValue[] | ExpressionIssue {
  const values: ScalarValue[] = [];
  for (const placedCondition of conditions) {
    const checked = sortCondition(placedCondition);
    if (checked.kind === "expressionIssue") return checked;
    const [value] = checked.condition.values;
    if (checked.condition.operator !== "=" || value === undefined) return expressionIssue(notSupported);
    values.push(value);
  }
  return values;
}

type CheckedCondition = { readonly kind: "condition"; readonly condition: SortCondition } | ExpressionIssue;

function sortCondition({ condition, attribute: { type } }: PlacedCondition): CheckedCondition {
  const { operator, values } = condition;
  if (operator === "notIndexable") return expressionIssue(notIndexable);
  const scalars: ScalarValue[] = [];
  for (const value of values) {
    if (!isScalar(value) || value.type !== type) return expressionIssue(keyTypeText);
    scalars.push(value);
  }
  return { kind: "condition", condition: { operator, values: scalars } };
}
