/**
 * How the tags of a table change. A change is accepted at once and readable a little later; until then it is in
 * the way of other changes of tags and of the deletion (measured on the service in October 2026).
 */
import { inUseDetail, resourceInUse, subscriberLimitExceeded } from "../api/index.ts";
import type { TableDescription, Tags } from "../catalog/index.ts";
import { changedTo, changeFound, type TableStep } from "./change-table.ts";
import type { OperationContext } from "./context.ts";
import { taggedTable } from "./tagged-table.ts";

export interface TagChange {
  /** Tags the request puts; empty when it takes tags away. */
  readonly put: Tags;
  /** All tags afterwards, from those there are; throws an ApiError to refuse. */
  readonly next: (tags: Tags) => Tags;
}

export async function changeTags(context: OperationContext, arn: string, change: TagChange): Promise<void> {
  const { clock, catalog } = context.services;
  const find = (): TableDescription => taggedTable(context, arn);
  await changeFound(context, find, (table) => {
    if (table.status === "DELETING") throw resourceInUse(inUseDetail.deleted(table.name));
    refuseWhileTagging(table, change.put);
    const untilMs = clock.nowMs() + (catalog.delays.tagsMs ?? catalog.delays.updateMs);
    return retagged(table, change, untilMs);
  });
}

/** Only a request that puts everything again that is still on its way gets past it. */
function refuseWhileTagging({ tagging, name }: TableDescription, put: Tags): void {
  if (tagging === undefined) return;
  const again = new Map(put);
  const contained = tagging.put.every(([key, value]) => again.get(key) === value);
  if (tagging.put.length > 0 && contained) return;
  throw subscriberLimitExceeded(inUseDetail.tagged(name));
}

/** A change that changes nothing is none, so that repeating a request does not disturb writers. */
function retagged(table: TableDescription, { put, next }: TagChange, untilMs: number): TableStep {
  const present = table.tagging?.tags ?? table.tags;
  const tags = next(present);
  if (sameTags(tags, present)) return { shown: table };
  return changedTo({ ...table, tagging: { tags, put, untilMs } });
}

function sameTags(left: Tags, right: Tags): boolean {
  return (
    left.length === right.length &&
    left.every(([key, value], index) => key === right[index]?.[0] && value === right[index]?.[1])
  );
}
