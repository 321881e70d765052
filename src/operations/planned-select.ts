/** A SELECT held against its table or index: what is read and in which way, with every rule that needs the table. */
import type { ProjectionPlan } from "../expressions/index.ts";
import { type KeyedSelect, keyedSelect, type SelectPlan } from "../partiql/index.ts";
import type { Consistency } from "../storage/contract/index.ts";
import type { OperationContext } from "./context.ts";
import { needsItems } from "./index-selection.ts";
import { refuseEnteredKeys } from "./primary-key.ts";
import { readTarget, type ReadTarget, refuseStrongRead } from "./read-target.ts";
import { dataTable } from "./table-lookup.ts";
import { orThrow } from "./write-condition.ts";

export interface PlannedSelect {
  readonly target: ReadTarget;
  readonly keyed: KeyedSelect;
  readonly projection: ProjectionPlan | undefined;
  readonly consistency: Consistency;
  /** Of a local index: items are fetched from the table, and filter and answer are about those. */
  readonly fetchesItems: boolean;
}

export interface SelectMode {
  readonly ConsistentRead?: boolean;
}

export function plannedSelect(
  context: OperationContext,
  plan: SelectPlan,
  { ConsistentRead: strong }: SelectMode,
): PlannedSelect {
  const { projection } = plan;
  const table = dataTable(context, plan.table);
  const consistency: Consistency = strong === true ? "strong" : "eventual";
  const target = readTarget(table, plan.index);
  refuseStrongRead(target, consistency);
  const { hash, range } = target;
  const keyed = orThrow(keyedSelect(plan, { hash, range, unique: target.index === undefined }));
  refuseEnteredKeys(table, { condition: plan.where, projection });
  const fetchesItems = needsItems(target, { filter: keyed.filter, projection }, undefined);
  return { target, keyed, projection, consistency, fetchesItems };
}
