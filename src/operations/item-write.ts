/** A write of an item as its mutation has it: what is asked for, and what the table's description adds. */
import type { TableDescription } from "../catalog/index.ts";
import type { ConditionPlan } from "../expressions/index.ts";
import { tableIndexes } from "../indexes/index.ts";
import type { DerivedPlan, ItemWrite } from "../mutations/index.ts";
import type { OperationContext } from "./context.ts";

export interface AskedWrite extends Pick<ItemWrite, "action" | "returned" | "returnOnFailure"> {
  readonly condition?: ConditionPlan | undefined;
}

export function itemWrite(
  { services }: OperationContext,
  table: TableDescription,
  { action, condition, returned, returnOnFailure }: AskedWrite,
): ItemWrite {
  const derived = derivedPlan(table, services.collectionBytesMax);
  return {
    keyspace: table.keyspace,
    action,
    ...(condition === undefined ? {} : { condition }),
    returned,
    returnOnFailure,
    regionId: services.regionId,
    ...(derived === undefined ? {} : { derived }),
  };
}

const plans = new WeakMap<TableDescription, DerivedPlan>();

/** What writes carry along for the table's indexes and captures, made once for each description of it; undefined without any. */
function derivedPlan(table: TableDescription, collectionBytesMax: number): DerivedPlan | undefined {
  const indexes = tableIndexes(table);
  if (indexes === undefined) return undefined;
  let derived = plans.get(table);
  if (derived === undefined || derived.collectionBytesMax !== collectionBytesMax) {
    derived = { epoch: table.epoch, indexes, collectionBytesMax };
    plans.set(table, derived);
  }
  return derived;
}
