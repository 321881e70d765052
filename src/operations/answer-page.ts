/** Reads a page for Query or Scan and answers it. */
import { consumedCapacityJson, type ReturnConsumedCapacity } from "./capacity.ts";
import type { ResponseBody, Services } from "./context.ts";
import type { Page, PageRequest } from "./read-page.ts";
import { type BodyPart, joinInSlices, objectParts } from "./response-body.ts";
import { readUnitsOf, runRead } from "./run-read.ts";

interface PageInput {
  readonly TableName: string;
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity;
}

export function answerPage(
  services: Services,
  input: PageInput,
  request: PageRequest,
): Promise<ResponseBody> {
  return runRead(services, request, (page, work) => joinInSlices(pageParts(page, input, request), work));
}

function pageParts(page: Page, input: PageInput, request: PageRequest): readonly BodyPart[] {
  const units = readUnitsOf(page, request);
  return objectParts([
    ["Items", request.countOnly ? undefined : ["[", ...page.items, "]"]],
    ["Count", String(page.count)],
    ["ScannedCount", String(page.scannedCount)],
    ["LastEvaluatedKey", page.lastKeyJson],
    ["ConsumedCapacity", consumedCapacityJson(input.ReturnConsumedCapacity, input.TableName, units)],
  ]);
}
