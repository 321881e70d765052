/**
 * What a new table lacks of what was asked for. Ends may refuse a member, or know nothing of it and ignore it; so the
 * description of the table that was made is compared with the wish.
 */
import { type Json, objectsIn } from "./end.ts";
import { createTableInput, sortedJson, type TableFacts, waivableMembers } from "./table-definition.ts";

/** A member of CreateTable and what a person should know of it. */
export interface NotTakenOver {
  readonly member: string;
  readonly reason: string;
}

const indexLists = ["LocalSecondaryIndexes", "GlobalSecondaryIndexes", "VectorIndexes"];

/** Without an index requests would fail that work on the source, so a copy does not begin without one. */
export function isIndexMember(member: string): boolean {
  return indexLists.includes(member);
}

/** `wanted` is an input of CreateTable; `made` what the target says of the table. */
export function notTakenOver(wanted: Json, made: TableFacts): readonly NotTakenOver[] {
  const got = createTableInput(made);
  const compared = ["BillingMode", "ProvisionedThroughput", ...waivableMembers];
  return compared
    .filter(
      (member) => wanted[member] !== undefined && sortedJson(wanted[member]) !== sortedJson(got[member]),
    )
    .map((member) => ({ member, reason: differenceText(member, wanted, got) }));
}

/** Names the indexes where a list of indexes differs; else shows both sides. */
function differenceText(member: string, wanted: Json, got: Json): string {
  if (!isIndexMember(member)) {
    return `the target has ${got[member] === undefined ? "none" : sortedJson(got[member])} in place of ${sortedJson(wanted[member])}`;
  }
  const present = new Set(objectsIn(got, member).map((index) => sortedJson(index)));
  const names = objectsIn(wanted, member)
    .filter((index) => !present.has(sortedJson(index)))
    .map((index) => String(index["IndexName"]));
  return names.length === 0
    ? "the target has more of them"
    : `the target lacks or has otherwise: ${names.join(", ")}`;
}
