/** What PutItem, UpdateItem and DeleteItem share: run the write, answer with attributes and capacity. */
import type { TableDescription } from "../catalog/index.ts";
import type { ConditionPlan } from "../expressions/index.ts";
import type { ItemAction, ReturnedImage } from "../mutations/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import type { Item } from "../values/index.ts";
import { consumedCapacityJson, type ReturnConsumedCapacity, writtenUnits } from "./capacity.ts";
import { itemMetricsJson } from "./collection-metrics.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { itemWrite } from "./item-write.ts";
import { objectBody } from "./response-body.ts";
import { writeItem } from "./write-item.ts";

/** Members the three inputs have in common. */
export interface WriteInput {
  readonly TableName: string;
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity;
  readonly ReturnItemCollectionMetrics?: "SIZE" | "NONE";
  readonly ReturnValuesOnConditionCheckFailure?: "ALL_OLD" | "NONE";
}

export interface WritePlan {
  readonly action: ItemAction;
  readonly condition: ConditionPlan | undefined;
  readonly returned: ReturnedImage;
  /** The item, or its key. */
  readonly keyed: Item;
  /** The checks that need the table, and the key of the item in it. Called again when the table changed. */
  readonly keyIn: (table: TableDescription) => RecordKey;
}

export async function answerWrite(
  context: OperationContext,
  input: WriteInput,
  { action, condition, returned, keyed, keyIn }: WritePlan,
): Promise<ResponseBody> {
  const returnOnFailure = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  const written = await writeItem(context, input.TableName, (table) => ({
    key: keyIn(table),
    write: itemWrite(context, table, { action, condition, returned, returnOnFailure }),
  }));
  const units = writtenUnits(written);
  const wantsMetrics = input.ReturnItemCollectionMetrics === "SIZE";
  return objectBody([
    ["Attributes", written.attributes],
    ["ConsumedCapacity", consumedCapacityJson(input.ReturnConsumedCapacity, input.TableName, units)],
    ["ItemCollectionMetrics", wantsMetrics ? itemMetricsJson(written, keyed) : undefined],
  ]);
}
