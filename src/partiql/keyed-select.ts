/**
 * Splits the WHERE of a SELECT along the key of what it reads, a table or an index: into what decides where to
 * read, and the rest, which is a filter. Whatever the split, it is the same items.
 */
import {
  type ConditionPlan,
  expressionIssue,
  type ExpressionIssue,
  type KeyConditionPlan,
  keyTypeText,
  operandTexts,
} from "../expressions/index.ts";
import { compareScalars, isScalar, type Item, type ScalarValue } from "../values/index.ts";
import { conjunction, conjuncts, fewestAllowed, type KeyAttribute, valuesOfType } from "./key-values.ts";
import type { SelectPlan } from "./plans.ts";
import { readOrder, type ReadOrder } from "./read-order.ts";
import { keyCondition, sortConditions } from "./sort-conditions.ts";

export interface ReadKeySchema {
  /** One, or up to four in an index. */
  readonly hash: readonly KeyAttribute[];
  /** None or one, or up to four in an index. */
  readonly range: readonly KeyAttribute[];
  /** A whole key is that of one item at most: so it is in tables, not in indexes. */
  readonly unique: boolean;
}

export type KeyedSelect =
  /** Items by their whole keys, each once and in the order of the answer. Never without a key. */
  | {
      readonly kind: "points";
      readonly keys: readonly Item[];
      readonly filter: ConditionPlan | undefined;
    }
  /** One partition after the other, each as a Query with this key condition; no two are of one partition. */
  | {
      readonly kind: "queries";
      readonly queries: readonly KeyConditionPlan[];
      readonly filter: ConditionPlan | undefined;
      readonly descending: boolean;
    }
  | { readonly kind: "scan"; readonly filter: ConditionPlan | undefined };

/** As many partition key values may be named (documented for IN). */
const partitionsMax = 50;

/** More keys than this are read as queries with a filter; as many an IN may name. */
const pointsMax = 100;

/** Values are of the keys' types; that none is empty or too long is for the caller to check. */
export function keyedSelect(
  { where, orderBy }: Pick<SelectPlan, "where" | "orderBy">,
  schema: ReadKeySchema,
): KeyedSelect | ExpressionIssue {
  const conditions = conjuncts(where);
  const partition = keyValues(conditions, schema.hash);
  if (partition?.kind === "expressionIssue") return partition;
  const order = readOrder(orderBy, {
    ...schema,
    valueCounts: partition?.values.map(({ length }) => length),
    hasWhere: where !== undefined,
  });
  if (order.kind === "expressionIssue") return order;
  if (partition === undefined) return { kind: "scan", filter: where };
  const partitionCount = combinationCount(partition.values);
  if (partitionCount > partitionsMax) return expressionIssue(operandTexts.inOperands(partitionCount));
  const read: KeyedRead = { conditions, schema, partition, order };
  return (schema.unique ? pointReads(read) : undefined) ?? queryReads(read);
}

interface KeyedRead {
  readonly conditions: readonly ConditionPlan[];
  readonly schema: ReadKeySchema;
  readonly partition: KeyValues;
  readonly order: ReadOrder;
}

interface KeyValues {
  readonly kind: "values";
  /** Of each attribute those it may have. */
  readonly values: readonly (readonly ScalarValue[])[];
  /** Conditions that say no more than this. */
  readonly consumed: readonly ConditionPlan[];
}

/** Undefined when some attribute is left open. */
function keyValues(
  conditions: readonly ConditionPlan[],
  attributes: readonly KeyAttribute[],
): KeyValues | ExpressionIssue | undefined {
  const values: (readonly ScalarValue[])[] = [];
  const consumed: ConditionPlan[] = [];
  for (const { name, type } of attributes) {
    const allowed = fewestAllowed(conditions, name);
    if (allowed === undefined) return undefined;
    const ofType = valuesOfType(allowed.values, type);
    if (ofType === undefined) return expressionIssue(keyTypeText);
    values.push(ofType);
    if (allowed.exact) consumed.push(allowed.condition);
  }
  return { kind: "values", values, consumed };
}

function combinationCount(values: readonly (readonly unknown[])[]): number {
  return values.reduce((count, { length }) => count * length, 1);
}

/** One value of each attribute, in all ways; the first attribute changes last. */
function combinations(values: readonly (readonly ScalarValue[])[]): readonly (readonly ScalarValue[])[] {
  let combined: readonly (readonly ScalarValue[])[] = [[]];
  for (const choices of values) {
    combined = combined.flatMap((chosen) => choices.map((choice) => [...chosen, choice]));
  }
  return combined;
}

interface ComponentOrder {
  readonly position: number;
  readonly descending: boolean;
}

function sorted(
  rows: readonly (readonly ScalarValue[])[],
  order: readonly ComponentOrder[],
): readonly (readonly ScalarValue[])[] {
  if (order.length === 0 || rows.length < 2) return rows;
  return rows.toSorted((left, right) => {
    for (const { position, descending } of order) {
      const result = compareComponents(left[position], right[position]);
      if (result !== 0) return descending ? -result : result;
    }
    return 0;
  });
}

function compareComponents(left: ScalarValue | undefined, right: ScalarValue | undefined): number {
  return left === undefined || right === undefined ? 0 : (compareScalars(left, right) ?? 0);
}

function partitionsInOrder({ partition, order }: KeyedRead): readonly (readonly ScalarValue[])[] {
  return sorted(combinations(partition.values), order.partitions);
}

function filterWithout(
  conditions: readonly ConditionPlan[],
  consumed: readonly ConditionPlan[],
): ConditionPlan | undefined {
  return conjunction(conditions.filter((condition) => !consumed.includes(condition)));
}

/** Undefined when the whole key is not fixed, or too many keys are named. */
function pointReads(read: KeyedRead): KeyedSelect | ExpressionIssue | undefined {
  const { conditions, schema, partition, order } = read;
  const sort = keyValues(conditions, schema.range);
  if (sort === undefined || sort.kind === "expressionIssue") return sort;
  if (combinationCount([...partition.values, ...sort.values]) > pointsMax) return undefined;
  const { descending } = order;
  const sortRows = sorted(
    combinations(sort.values),
    schema.range.map((_, position) => ({ position, descending })),
  );
  const attributes = [...schema.hash, ...schema.range];
  const keys = partitionsInOrder(read).flatMap((first) =>
    sortRows.map((last) => keyItem(attributes, [...first, ...last])),
  );
  return {
    kind: "points",
    keys,
    filter: filterWithout(conditions, [...partition.consumed, ...sort.consumed]),
  };
}

function keyItem(attributes: readonly KeyAttribute[], values: readonly ScalarValue[]): Item {
  const key = new Map<string, ScalarValue>();
  for (const [index, { name }] of attributes.entries()) {
    const value = values[index];
    if (value !== undefined) key.set(name, value);
  }
  return key;
}

function queryReads(read: KeyedRead): KeyedSelect | ExpressionIssue {
  const { conditions, schema, partition, order } = read;
  const sort = sortConditions(conditions, schema.range);
  for (const { attribute, values } of sort.conditions) {
    const type = schema.range.find(({ name }) => name === attribute)?.type;
    if (values.some((value) => !isScalar(value) || value.type !== type)) return expressionIssue(keyTypeText);
  }
  const queries = partitionsInOrder(read).map((values): KeyConditionPlan => {
    const equalities = schema.hash.map(({ name }, index) =>
      keyCondition(name, "=", values.slice(index, index + 1)),
    );
    return Object.freeze({
      kind: "keyCondition",
      conditions: Object.freeze([...equalities, ...sort.conditions]),
    });
  });
  const filter = filterWithout(conditions, [...partition.consumed, ...sort.consumed]);
  return { kind: "queries", queries, filter, descending: order.descending };
}
