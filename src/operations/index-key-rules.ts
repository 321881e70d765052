/** Index key attributes in requests: what an index cannot take is refused at the base write. */
import { invalidParameters, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { UpdatePlan } from "../expressions/index.ts";
import { indexKeyIssue, type IndexKeyIssue, type TableIndexes, tableIndexes } from "../indexes/index.ts";
import { encodeKeyValue, type Item, type ScalarValue } from "../values/index.ts";

/** Throws when a whole item holds something its table's indexes cannot have as a key. */
export function refuseBadIndexKeys(table: TableDescription, item: Item): void {
  const indexes = tableIndexes(table);
  if (indexes === undefined) return;
  const issue = indexKeyIssue(inOrderOfNames(indexes), item);
  if (issue !== undefined) throw refusal(issue, indexes, item);
}

/**
 * What an update sets to a value of the request can be checked before the item is looked at, but for its size, whose
 * text is one of run time. Only whole attributes: a path into an index key is refused elsewhere.
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
  const issue = indexKeyIssue(inOrderOfNames(indexes), set);
  if (issue === undefined || issue.kind === "size") return;
  throw issue.kind === "empty" ? emptyByUpdate(issue) : refusal(issue, indexes, set);
}

export function isIndexKeyAttribute(table: TableDescription, name: string): boolean {
  const indexes = tableIndexes(table);
  if (indexes === undefined) return false;
  return [...indexes.local, ...indexes.global, ...indexes.vector].some(({ hash, range }) =>
    [...hash, ...range].some((attribute) => attribute.name === name),
  );
}

const ordered = new WeakMap<TableIndexes, TableIndexes>();

/** Of several indexes that cannot take a value, DynamoDB names the first of the alphabet (captured by two projects). */
function inOrderOfNames(indexes: TableIndexes): TableIndexes {
  let sorted = ordered.get(indexes);
  if (sorted === undefined) {
    const all = [...indexes.local, ...indexes.global];
    sorted = { ...indexes, local: [], global: all.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
    ordered.set(indexes, sorted);
  }
  return sorted;
}

function refusal(issue: IndexKeyIssue, indexes: TableIndexes, item: Item): Error {
  switch (issue.kind) {
    case "type":
      return invalidParameters(
        `Type mismatch for Index Key ${issue.attribute.name} Expected: ${issue.attribute.type} ` +
          `Actual: ${issue.actual} IndexName: ${issue.index}`,
      );
    case "empty":
      return validationError(
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. " +
          `${emptyText(issue)} IndexName: ${issue.index}, IndexKey: ${issue.attribute.name}`,
      );
    case "size":
      return tooLong(issue, indexes, item);
    case "vector":
      return validationError(issue.text);
  }
}

type EmptyIssue = Extract<IndexKeyIssue, { kind: "empty" }>;

/** Captured in 2026 but for its two ends, which are unconfirmed. */
function emptyByUpdate(issue: EmptyIssue): Error {
  return validationError(
    "One or more parameter values are not valid. The update expression attempted to update a secondary index key " +
      `to a value that is not supported. ${emptyText(issue)}`,
  );
}

function emptyText({ attribute }: EmptyIssue): string {
  const kind = attribute.type === "S" ? "string" : "binary";
  return `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`;
}

/** The text of a live request in 2018. For keys of several attributes it is unconfirmed. */
function tooLong(
  { index: name, role }: Extract<IndexKeyIssue, { kind: "size" }>,
  indexes: TableIndexes,
  item: Item,
): Error {
  const all = [...indexes.local, ...indexes.global, ...indexes.vector];
  const attributes = all.find((index) => index.name === name)?.[role] ?? [];
  let bytes = 0;
  for (const attribute of attributes) {
    const value = item.get(attribute.name);
    if (value?.type === attribute.type) bytes += encodeKeyValue(value as ScalarValue).length;
  }
  const bytesMax = role === "hash" ? limits.partitionKeyBytesMax : limits.sortKeyBytesMax;
  return invalidParameters(
    `Size limit exceeded for Index Key ${attributes.map((attribute) => attribute.name).join(", ")} ` +
      `Actual Size: ${bytes} bytes Max Size: ${bytesMax} bytes IndexName: ${name}`,
  );
}
