/** Reads a SELECT that is one Query after the other, or a Scan: all of them together are one page of 1 MB at most. */
import { limits } from "../base/index.ts";
import { resolveKeyCondition } from "../expressions/index.ts";
import type { KeyedSelect } from "../partiql/index.ts";
import { decodeItem, type Item } from "../values/index.ts";
import { type ConsumedUnits, sumOfUnits } from "./capacity.ts";
import type { PlannedSelect } from "./planned-select.ts";
import { type Page, type PageReader, type PageRequest, readPage } from "./read-page.ts";
import { queriedRanges, scannedRanges, wholeScan } from "./read-ranges.ts";
import type { BodyPart } from "./response-body.ts";
import { readUnitsOf } from "./run-read.ts";
import type { SelectPage, SelectStart } from "./select-page.ts";
import { startRecordKey } from "./start-key.ts";
import type { SelectPosition } from "./statement-token.ts";
import { orThrow } from "./write-condition.ts";

export type SelectedRanges = Exclude<KeyedSelect, { kind: "points" }>;

/** Throws for values no key can have, before anything is read. */
export async function readRanges(
  reader: PageReader,
  select: PlannedSelect,
  { ranges, from, limit }: SelectStart & { readonly ranges: SelectedRanges },
): Promise<SelectPage> {
  const items: BodyPart[] = [];
  const units: ConsumedUnits[] = [];
  let scannedCount = 0;
  let sizeBytes = 0;
  let step = from.step;
  for (const stepRanges of rangesFrom(select, ranges, from)) {
    const request: PageRequest = {
      target: select.target,
      ranges: stepRanges,
      reverse: ranges.kind === "queries" && ranges.descending,
      consistency: select.consistency,
      limit: limit === undefined ? undefined : limit - scannedCount,
      bytesMax: limits.pageBytesMax - sizeBytes,
      filter: ranges.filter,
      projection: select.projection,
      countOnly: false,
      fetchesItems: select.fetchesItems,
    };
    const page = await readPage(reader, request);
    if (items.length > 0 && page.items.length > 0) items.push(",");
    for (const part of page.items) items.push(part);
    units.push(readUnitsOf(page, request));
    const { lastKeyJson } = page;
    if (lastKeyJson !== undefined) {
      const position: SelectPosition = { step, after: decodeItem(Buffer.from(lastKeyJson)) };
      return { items, units: sumOfUnits(units), next: { position, lastKeyJson } };
    }
    scannedCount += page.scannedCount;
    sizeBytes += pageBytes(page, request);
    step += 1;
  }
  return { items, units: sumOfUnits(units) };
}

/** As the 1 MB rule counts them. */
function pageBytes({ sizeBytes, fetchedUnits }: Page, { fetchesItems }: PageRequest): number {
  if (!fetchesItems) return sizeBytes;
  return (Math.ceil(sizeBytes / limits.readUnitBytes) + fetchedUnits) * limits.readUnitBytes;
}

/** Of each step that is left, the first of them from where the page before ended. */
function rangesFrom(
  { target }: PlannedSelect,
  ranges: SelectedRanges,
  { step, after }: SelectPosition,
): readonly PageRequest["ranges"][] {
  const startKey = (operation: "Query" | "Scan", item: Item | undefined) =>
    item === undefined ? undefined : startRecordKey(target, item, operation);
  if (ranges.kind === "scan") return [scannedRanges(target, wholeScan, startKey("Scan", after))];
  return ranges.queries.slice(step).map((query, index) => {
    const resolved = orThrow(resolveKeyCondition(query, target));
    const start = startKey("Query", index === 0 ? after : undefined);
    return queriedRanges(target, resolved, { startKey: start, reverse: ranges.descending });
  });
}
