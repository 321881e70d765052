/** Reads one page of a SELECT in the way that was planned for it. */
import type { PlannedSelect } from "./planned-select.ts";
import type { PageReader } from "./read-page.ts";
import type { SelectPage, SelectStart } from "./select-page.ts";
import { readPoints } from "./select-points.ts";
import { readRanges } from "./select-ranges.ts";

export function readSelectPage(
  reader: PageReader,
  select: PlannedSelect,
  start: SelectStart,
): Promise<SelectPage> {
  const { keyed } = select;
  if (keyed.kind === "points") {
    return readPoints(reader, select, { ...start, keys: keyed.keys, filter: keyed.filter });
  }
  return readRanges(reader, select, { ...start, ranges: keyed });
}
