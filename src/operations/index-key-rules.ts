/** Index key attributes in requests: what an index cannot take is refused at the base write. */
import { invalidParameters, validationError } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { UpdatePlan } from "../expressions/index.ts";
import { indexKeyIssue, type IndexKeyIssue, tableIndexes } from "../indexes/index.ts";
import type { Item } from "../values/index.ts";

/** Throws when a whole item holds something its table's indexes cannot have as a key. */
export function refuseBadIndexKeys(table: TableDescription, item: Item): void {
  const indexes = tableIndexes(table);
  const issue = indexes === undefined ? undefined : indexKeyIssue(indexes, item);
  if (issue !== undefined) throw refusal(issue);
}

/**
 * What an update sets to a value of the request can be checked before the item is looked at. Only whole attributes:
 * a path into an index key is refused elsewhere.
 */
export function refuseBadIndexKeyUpdate(table: TableDescription, plan: UpdatePlan): void {
  const indexes = tableIndexes(table);
  if (indexes === undefined) return;
  const set: Item = new Map(
    plan.actions.flatMap((action) =>
      action.kind === "set" && action.path.inner.length === 0 && action.value.kind === "value"
        ? [[action.path.name, action.value.value] as const]
        : [],
    ),
  );
  if (set.size === 0) return;
  const issue = indexKeyIssue(indexes, set);
  if (issue !== undefined) throw refusal(issue);
}

export function isIndexKeyAttribute(table: TableDescription, name: string): boolean {
  const indexes = tableIndexes(table);
  if (indexes === undefined) return false;
  return [...indexes.local, ...indexes.global, ...indexes.vector].some(({ hash, range }) =>
    [...hash, ...range].some((attribute) => attribute.name === name),
  );
}

function refusal(issue: IndexKeyIssue): Error {
  switch (issue.kind) {
    case "type":
      return invalidParameters(
        `Type mismatch for Index Key ${issue.attribute.name} Expected: ${issue.attribute.type} ` +
          `Actual: ${issue.actual} IndexName: ${issue.index}`,
      );
    case "empty": {
      const kind = issue.attribute.type === "S" ? "string" : "binary";
      return validationError(
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
          `The AttributeValue for a key attribute cannot contain an empty ${kind} value. ` +
          `IndexName: ${issue.index}, IndexKey: ${issue.attribute.name}`,
      );
    }
    case "size":
      // The texts are unconfirmed; those of tables with the index named.
      return invalidParameters(
        issue.role === "hash"
          ? `Size of hashkey has exceeded the maximum size limit of 2048 bytes IndexName: ${issue.index}`
          : `Aggregated size of all range keys has exceeded the size limit of 1024 bytes IndexName: ${issue.index}`,
      );
    case "vector":
      return validationError(issue.text);
  }
}
