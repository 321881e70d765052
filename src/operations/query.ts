/** Query: the items of one partition of a table or an index, in sort key order. */
import { type QueryInput, validationError } from "../api/index.ts";
import {
  compileKeyConditions,
  compileLegacyFilter,
  conditionAttributes,
  type ConditionPlan,
  keyConditionCountIssue,
  type KeyConditionPlan,
  resolveKeyCondition,
} from "../expressions/index.ts";
import type { Consistency } from "../storage/contract/index.ts";
import type { Item } from "../values/index.ts";
import { answerPage } from "./answer-page.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { needsItems } from "./index-selection.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { refuseEnteredKeys } from "./primary-key.ts";
import { queriedRanges } from "./read-ranges.ts";
import {
  legacyProjection,
  refuseContradictorySelect,
  type Selection,
  selectionOf,
} from "./read-selection.ts";
import { isTargetKey, readTarget, type ReadTarget, refuseStrongRead } from "./read-target.ts";
import { startKeyItem, startRecordKey } from "./start-key.ts";
import { dataTable } from "./table-lookup.ts";
import { orThrow } from "./write-condition.ts";

export async function query(context: OperationContext, input: QueryInput): Promise<ResponseBody> {
  const plan = planQuery(context, input);
  const table = dataTable(context, input.TableName);
  const consistency: Consistency = input.ConsistentRead === true ? "strong" : "eventual";
  const target = readTarget(table, input.IndexName);
  refuseStrongRead(target, consistency);
  const reverse = input.ScanIndexForward === false;
  const startKey = plan.start === undefined ? undefined : startRecordKey(target, plan.start, "Query");
  const resolved = orThrow(resolveKeyCondition(plan.keyCondition, target));
  const ranges = queriedRanges(target, resolved, { startKey, reverse });
  refuseEnteredKeys(table, { condition: plan.filter, projection: plan.projection });
  refuseKeyFilter(target, plan.filter, input.QueryFilter !== undefined);
  return answerPage(context.services, input, {
    target,
    ranges,
    reverse,
    consistency,
    limit: input.Limit,
    filter: plan.filter,
    projection: plan.projection,
    countOnly: input.Select === "COUNT",
    fetchesItems: needsItems(target, plan, input.Select),
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
  // Which index it is, is not known yet.
  orThrow(keyConditionCountIssue(keyCondition, input.IndexName === undefined ? "ordinary" : "long"));
  return { ...selectionOf(compiled, legacy), keyCondition, start };
}

interface QueryPlan extends Selection {
  readonly keyCondition: KeyConditionPlan;
  readonly start: Item | undefined;
}

/**
 * A Query's filter works on what is not in the key it reads by; conditions on that belong into the key condition. The
 * key of the table is no key of its index.
 */
function refuseKeyFilter(target: ReadTarget, filter: ConditionPlan | undefined, legacy: boolean): void {
  if (filter === undefined) return;
  const name = conditionAttributes(filter).find((attribute) => isTargetKey(target, attribute));
  if (name === undefined) return;
  const what = legacy ? "QueryFilter" : "Filter Expression";
  throw validationError(
    `${what} can only contain non-primary key attributes: Primary key attribute: ${name}`,
  );
}
