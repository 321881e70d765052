/** Scan: all items of a table, or one of several slices of its hash space. */
import { type ScanInput, validationError } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { compileLegacyFilter } from "../expressions/index.ts";
import { type BucketRange, inSlice, segmentSlice, sliceRanges } from "../partitions/index.ts";
import type { Consistency } from "../storage/contract/index.ts";
import type { Item } from "../values/index.ts";
import { answerPage } from "./answer-page.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { refuseEnteredKeys } from "./primary-key.ts";
import {
  legacyProjection,
  refuseContradictorySelect,
  type Selection,
  selectionOf,
} from "./read-selection.ts";
import { startKeyItem, startKeyPrefix, startRecordKey } from "./start-key.ts";
import { dataTable } from "./table-lookup.ts";
import { orThrow } from "./write-condition.ts";

export async function scan(context: OperationContext, input: ScanInput): Promise<ResponseBody> {
  const plan = planScan(context, input);
  const table = dataTable(context, input.TableName);
  if (input.IndexName !== undefined) {
    throw validationError(`The table does not have the specified index: ${input.IndexName}`);
  }
  refuseEnteredKeys(table, { condition: plan.filter, projection: plan.projection });
  const consistency: Consistency = input.ConsistentRead === true ? "strong" : "eventual";
  return answerPage(context.services, input, {
    table,
    ranges: scannedRanges(table, plan.start, input),
    reverse: false,
    consistency,
    limit: input.Limit,
    filter: plan.filter,
    projection: plan.projection,
  });
}

/** Everything that can be checked before the table is known. */
function planScan(
  context: OperationContext,
  input: ScanInput,
): Selection & { readonly start: Item | undefined } {
  refuseMixedParameters(input);
  const projection = legacyProjection(input);
  const filter = orThrow(
    compileLegacyFilter({
      conditions: input.ScanFilter,
      conditionalOperator: input.ConditionalOperator,
      parameter: "ScanFilter",
    }),
  );
  const start = startKeyItem(input.ExclusiveStartKey);
  refuseBadSegment(input);
  refuseContradictorySelect(input, "Scan");
  const compiled = orThrow(
    context.services.compiler.compile({
      kinds: ["filter", "projection"],
      filter: input.FilterExpression,
      projection: input.ProjectionExpression,
      names: input.ExpressionAttributeNames,
      values: input.ExpressionAttributeValues,
    }),
  );
  return { ...selectionOf(compiled, { filter, projection }), start };
}

function refuseBadSegment({ Segment: segment, TotalSegments: total }: ScanInput): void {
  if (segment === undefined && total === undefined) return;
  if (total === undefined) {
    throw validationError(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    );
  }
  if (segment === undefined) {
    throw validationError(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    );
  }
  if (segment >= total) {
    throw validationError(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: " +
        `Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
}

function scannedRanges(
  table: TableDescription,
  start: Item | undefined,
  { Segment: segment, TotalSegments: total }: ScanInput,
): readonly BucketRange[] {
  const slice = segmentSlice(segment ?? 0, total ?? 1);
  if (start === undefined) return sliceRanges(table, slice);
  const startKey = startRecordKey(table, start, "Scan");
  if (!inSlice(slice, startKey)) {
    throw validationError(
      `${startKeyPrefix}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ` +
        `TotalSegments: ${total ?? 1} Segment: ${segment ?? 0}`,
    );
  }
  return sliceRanges(table, slice, startKey);
}
