/** What a read of an index asks for against what the index holds. */
import { invalidParameters } from "../api/index.ts";
import { conditionAttributes, projectionAttributes } from "../expressions/index.ts";
import type { Select, Selection } from "./read-selection.ts";
import type { ReadTarget } from "./read-target.ts";

/**
 * Whether entries are not enough and their items must be fetched from the table, which only local indexes allow, and
 * only for what is to be returned. Throws for what the index cannot give. Which of several reasons is told first, and
 * that a filter by itself fetches nothing for a local index either, is unconfirmed.
 */
export function needsItems(
  { index }: ReadTarget,
  { filter, projection }: Selection,
  select: Select | undefined,
): boolean {
  if (index?.projected === undefined) return false;
  const { name, kind } = index;
  const held = new Set(index.projected);
  const missingOf = (names: readonly string[]): readonly string[] => names.filter((each) => !held.has(each));
  const notSelected = projection === undefined ? [] : missingOf(projectionAttributes(projection));
  const notFiltered = filter === undefined ? [] : missingOf(conditionAttributes(filter));
  if (kind === "local" && (select === "ALL_ATTRIBUTES" || notSelected.length > 0)) return true;
  if (select === "ALL_ATTRIBUTES") {
    throw invalidParameters(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
    );
  }
  if (notSelected.length > 0) {
    throw invalidParameters(`Global secondary index ${name} does not project [${notSelected.join(", ")}]`);
  }
  if (notFiltered.length > 0) {
    throw invalidParameters(
      `Secondary index ${name} does not project one or more filter attributes: [${notFiltered.join(", ")}]`,
    );
  }
  return false;
}
