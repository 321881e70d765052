/** GetItem: one item by its whole key. Without a projection the stored bytes are the answer. */
import type { GetItemInput } from "../api/index.ts";
import { compileAttributesToGet, projectItem, type ProjectionPlan } from "../expressions/index.ts";
import type { Consistency } from "../storage/contract/index.ts";
import { decodeItem, recordHeader, recordJson, writeItemJson } from "../values/index.ts";
import { parsedItem } from "./attribute-values.ts";
import { consumedCapacityJson, readUnits } from "./capacity.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { type BodyPart, joinBody } from "./response-body.ts";
import { dataTable } from "./table-lookup.ts";
import { orThrow } from "./write-condition.ts";

export async function getItem(context: OperationContext, input: GetItemInput): Promise<ResponseBody> {
  refuseMixedParameters(input);
  const parsed = parsedItem(input.Key);
  const projection = getProjection(context, input);
  const table = dataTable(context, input.TableName);
  const key = keyOfParameter(table, parsed.item);
  refuseEnteredKeys(table, { projection });
  const consistency: Consistency = input.ConsistentRead === true ? "strong" : "eventual";
  const record = await context.services.engine.get(key, consistency);
  const sizeBytes = record === undefined ? 0 : recordHeader(record.value).sizeBytes;
  const capacity = consumedCapacityJson(input.ReturnConsumedCapacity, input.TableName, {
    tableUnits: readUnits(sizeBytes, consistency),
  });
  const tail = capacity === undefined ? "}" : `"ConsumedCapacity":${capacity}}`;
  if (record === undefined) return `{${tail}`;
  const item = projectedJson(recordJson(record.value), projection);
  return joinBody(['{"Item":', item, capacity === undefined ? tail : `,${tail}`]);
}

/** The stored item as it is, or what the projection picks of it. */
export function projectedJson(json: Uint8Array, projection: ProjectionPlan | undefined): BodyPart {
  return projection === undefined ? json : writeItemJson(projectItem(projection, decodeItem(json)));
}

function getProjection(context: OperationContext, input: GetItemInput): ProjectionPlan | undefined {
  const legacy =
    input.AttributesToGet === undefined ? undefined : orThrow(compileAttributesToGet(input.AttributesToGet));
  if (input.ProjectionExpression === undefined && input.ExpressionAttributeNames === undefined) return legacy;
  const compiled = orThrow(
    context.services.compiler.compile({
      kinds: ["projection"],
      projection: input.ProjectionExpression,
      names: input.ExpressionAttributeNames,
    }),
  );
  return compiled.projection ?? legacy;
}
