/** Scan: all items of a table or an index, or one of several slices of its hash space. */
import { type ScanInput, validationError } from "../api/index.ts";
import { compileLegacyFilter } from "../expressions/index.ts";
import type { Consistency } from "../storage/contract/index.ts";
import type { Item } from "../values/index.ts";
import { answerPage } from "./answer-page.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { needsItems } from "./index-selection.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { refuseEnteredKeys } from "./primary-key.ts";
import { scannedRanges, wholeScan } from "./read-ranges.ts";
import {
  legacyProjection,
  refuseContradictorySelect,
  type Selection,
  selectionOf,
} from "./read-selection.ts";
import { readTarget, refuseStrongRead } from "./read-target.ts";
import { startKeyItem, startRecordKey } from "./start-key.ts";
import { dataTable } from "./table-lookup.ts";
import { orThrow } from "./write-condition.ts";

export async function scan(context: OperationContext, input: ScanInput): Promise<ResponseBody> {
  const plan = planScan(context, input);
  const table = dataTable(context, input.TableName);
  const consistency: Consistency = input.ConsistentRead === true ? "strong" : "eventual";
  const target = readTarget(table, input.IndexName);
  refuseStrongRead(target, consistency);
  refuseEnteredKeys(table, { condition: plan.filter, projection: plan.projection });
  const startKey = plan.start === undefined ? undefined : startRecordKey(target, plan.start, "Scan");
  const { Segment: segment, TotalSegments: total } = input;
  const scanned = segment === undefined || total === undefined ? wholeScan : { segment, total };
  const ranges = scannedRanges(target, scanned, startKey);
  return answerPage(context.services, input, {
    target,
    ranges,
    reverse: false,
    consistency,
    limit: input.Limit,
    filter: plan.filter,
    projection: plan.projection,
    countOnly: input.Select === "COUNT",
    fetchesItems: needsItems(target, plan, input.Select),
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
