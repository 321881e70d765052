/** Reads a page for Query or Scan and answers it: one piece of long work, from the first record to the joined body. */
import { consumedCapacityJson, pageReadUnits, type ReturnConsumedCapacity } from "./capacity.ts";
import type { ResponseBody, Services } from "./context.ts";
import { type Page, type PageRequest, readPage } from "./read-page.ts";
import type { Select } from "./read-selection.ts";
import { type BodyPart, joinInSlices, objectParts } from "./response-body.ts";

interface PageInput {
  readonly TableName: string;
  readonly Select?: Select;
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity;
}

export async function answerPage(
  { engine, pacer }: Services,
  input: PageInput,
  request: Omit<PageRequest, "countOnly">,
): Promise<ResponseBody> {
  const work = pacer.begin();
  try {
    const page = await readPage({ engine, work }, { ...request, countOnly: input.Select === "COUNT" });
    return await joinInSlices(pageParts(page, input, request), work);
  } finally {
    work.end();
  }
}

function pageParts(
  page: Page,
  input: PageInput,
  { consistency }: Pick<PageRequest, "consistency">,
): readonly BodyPart[] {
  const units = pageReadUnits(page.sizeBytes, page.partitionsVisited, consistency);
  return objectParts([
    ["Items", input.Select === "COUNT" ? undefined : ["[", ...page.items, "]"]],
    ["Count", String(page.count)],
    ["ScannedCount", String(page.scannedCount)],
    ["LastEvaluatedKey", page.lastKeyJson],
    ["ConsumedCapacity", consumedCapacityJson(input.ReturnConsumedCapacity, input.TableName, units)],
  ]);
}
