/** What writes of a table carry along for its indexes, made once for each description of the table. */
import type { TableDescription } from "../catalog/index.ts";
import { tableIndexes } from "../indexes/index.ts";
import type { DerivedPlan, ItemWrite } from "../mutations/index.ts";
import type { OperationContext } from "./context.ts";

const plans = new WeakMap<TableDescription, DerivedPlan>();

/** Empty for a table without indexes; to be spread into the write. */
export function derivedPlan(
  { services }: OperationContext,
  table: TableDescription,
): Pick<ItemWrite, "derived"> {
  const indexes = tableIndexes(table);
  if (indexes === undefined) return {};
  const { collectionBytesMax } = services;
  let derived = plans.get(table);
  if (derived === undefined || derived.collectionBytesMax !== collectionBytesMax) {
    derived = { epoch: table.epoch, indexes, collectionBytesMax };
    plans.set(table, derived);
  }
  return { derived };
}
