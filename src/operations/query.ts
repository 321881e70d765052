/** Query: the items of one partition key, in sort key order. */
import { type QueryInput, validationError } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import {
  compileKeyConditions,
  compileLegacyFilter,
  conditionAttributes,
  type ConditionPlan,
  type KeyConditionPlan,
  resolveKeyCondition,
} from "../expressions/index.ts";
import type { Consistency } from "../storage/contract/index.ts";
import { answerPage } from "./answer-page.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { type KeyRange, keyRange, resumedRange } from "./key-range.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { isKeyAttribute, refuseEmptyKey, refuseEnteredKeys } from "./primary-key.ts";
import { legacyProjection, refuseContradictorySelect, selectionOf } from "./read-selection.ts";
import { startKeyItem, startRecordKey } from "./start-key.ts";
import { dataTable } from "./table-lookup.ts";
import { orThrow } from "./write-condition.ts";
import type { Item } from "../values/index.ts";

export async function query(context: OperationContext, input: QueryInput): Promise<ResponseBody> {
  const plan = planQuery(context, input);
  const table = dataTable(context, input.TableName);
  if (input.IndexName !== undefined) {
    throw validationError(`The table does not have the specified index: ${input.IndexName}`);
  }
  const reverse = input.ScanIndexForward === false;
  const range = queriedRange(table, plan, reverse);
  refuseEnteredKeys(table, { condition: plan.filter, projection: plan.projection });
  refuseKeyFilter(table, plan, input.QueryFilter !== undefined);
  const consistency: Consistency = input.ConsistentRead === true ? "strong" : "eventual";
  return answerPage(context.services, input, {
    table,
    ranges: [range],
    reverse,
    consistency,
    limit: input.Limit,
    filter: plan.filter,
    projection: plan.projection,
  });
}

/** Everything that can be checked before the table is known. */
function planQuery(context: OperationContext, input: QueryInput): QueryPlan {
  refuseMixedParameters(input);
  const legacyFilter = orThrow(
    compileLegacyFilter({
      conditions: input.QueryFilter,
      conditionalOperator: input.ConditionalOperator,
      parameter: "QueryFilter",
    }),
  );
  const legacy = { filter: legacyFilter, projection: legacyProjection(input) };
  const start = startKeyItem(input.ExclusiveStartKey);
  refuseContradictorySelect(input, "Query");
  if (input.KeyConditions === undefined && input.KeyConditionExpression === undefined) {
    throw validationError(
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    );
  }
  const compiled = orThrow(
    context.services.compiler.compile({
      kinds: ["keyCondition", "filter", "projection"],
      keyCondition: input.KeyConditionExpression,
      filter: input.FilterExpression,
      projection: input.ProjectionExpression,
      names: input.ExpressionAttributeNames,
      values: input.ExpressionAttributeValues,
    }),
  );
  const keyCondition = compiled.keyCondition ?? orThrow(compileKeyConditions(input.KeyConditions ?? {}));
  return { ...selectionOf(compiled, legacy), keyCondition, start };
}

interface QueryPlan {
  readonly keyCondition: KeyConditionPlan;
  readonly filter: ConditionPlan | undefined;
  readonly projection: ReturnType<typeof selectionOf>["projection"];
  readonly start: Item | undefined;
}

function queriedRange(table: TableDescription, plan: QueryPlan, reverse: boolean): KeyRange {
  const startKey = plan.start === undefined ? undefined : startRecordKey(table, plan.start, "Query");
  const { hash, range: sortAttribute } = table.keySchema;
  const resolved = orThrow(resolveKeyCondition(plan.keyCondition, table.keySchema));
  refuseEmptyKey(hash, resolved.partition);
  if (sortAttribute !== undefined && resolved.sort !== undefined) {
    for (const value of resolved.sort.values) refuseEmptyKey(sortAttribute, value);
  }
  const range = keyRange(table, resolved.partition, resolved.sort);
  if (startKey === undefined) return range;
  return resumedRange(range, startKey, { reverse, sortCondition: resolved.sort !== undefined });
}

/** A Query's filter works on what is not in the key; conditions on the key belong into the key condition. */
function refuseKeyFilter(table: TableDescription, plan: QueryPlan, legacy: boolean): void {
  if (plan.filter === undefined) return;
  const name = conditionAttributes(plan.filter).find((attribute) => isKeyAttribute(table, attribute));
  if (name === undefined) return;
  const what = legacy ? "QueryFilter" : "Filter Expression";
  throw validationError(
    `${what} can only contain non-primary key attributes: Primary key attribute: ${name}`,
  );
}
