/**
 * Elements of a transaction and the places of their items. What is wrong with an element by its table's schema is a
 * reason of the cancelled transaction; missing tables, empty key values and repeated items end the request at once
 * (both captured from DynamoDB in 2026).
 */
import { ApiError, type CancellationReason, validationError } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { indexKeyIssue, tableIndexes } from "../indexes/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import type { Item, ScalarValue } from "../values/index.ts";
import type { OperationContext } from "./context.ts";
import { refuseBadIndexKeys } from "./index-key-rules.ts";
import { refuseEmptyKey } from "./primary-key.ts";
import { dataTable } from "./table-lookup.ts";

export interface TransactionElement {
  /** The table as the request spelled it: a name or an ARN. */
  readonly reference: string;
  /** Holds the key attributes: a Key parameter, or a whole item. */
  readonly keyed: Item;
  /** The checks that need the table, and the item's key in it. Called again when the table changed. */
  readonly keyIn: (table: TableDescription) => RecordKey;
}

/** Where the element's item is, or why there is no such place. */
export type Place =
  | { readonly kind: "key"; readonly key: RecordKey }
  | { readonly kind: "issue"; readonly reason: CancellationReason };

export interface Located<Element extends TransactionElement> {
  readonly element: Element;
  readonly table: TableDescription;
  readonly place: Place;
}

/** By the tables as they are described now. */
export function locate<Element extends TransactionElement>(
  context: OperationContext,
  elements: readonly Element[],
): readonly Located<Element>[] {
  const found = elements.map((element) => ({ element, table: dataTable(context, element.reference) }));
  for (const { element, table } of found) refuseEmptyKeys(table, element.keyed);
  const located = found.map(({ element, table }) => ({ element, table, place: placeOf(element, table) }));
  refuseRepeatedItems(located);
  return located;
}

function refuseEmptyKeys(table: TableDescription, keyed: Item): void {
  const { hash, range } = table.keySchema;
  for (const attribute of range === undefined ? [hash] : [hash, range]) {
    const value = keyed.get(attribute.name);
    if (value?.type === attribute.type) refuseEmptyKey(attribute, value as ScalarValue);
  }
  const indexes = tableIndexes(table);
  const issue = indexes === undefined ? undefined : indexKeyIssue(indexes, keyed);
  if (issue?.kind === "empty") refuseBadIndexKeys(table, keyed);
}

function placeOf({ keyIn }: TransactionElement, table: TableDescription): Place {
  try {
    return { kind: "key", key: keyIn(table) };
  } catch (error) {
    if (error instanceof ApiError && error.code === "ValidationException") {
      return { kind: "issue", reason: { code: "ValidationError", message: error.message } };
    }
    throw error;
  }
}

function refuseRepeatedItems(located: readonly Located<TransactionElement>[]): void {
  const seen = new Set<string>();
  for (const { place } of located) {
    if (place.kind === "issue") continue;
    const { keyspace, partition, sort } = place.key;
    const name = `${keyspace}/${Buffer.from(partition).toString("latin1")}/${Buffer.from(sort).toString("hex")}`;
    if (seen.has(name)) {
      // For TransactGetItems the same text is unconfirmed.
      throw validationError("Transaction request cannot include multiple operations on one item");
    }
    seen.add(name);
  }
}
