/** Runs one INSERT, UPDATE or DELETE outside of a transaction. */
import { ApiError, apiError } from "../api/index.ts";
import type { ItemWriteResult, ReturnedImage } from "../mutations/index.ts";
import type { DeletePlan, InsertPlan, UpdateStatementPlan } from "../partiql/index.ts";
import { type ConsumedUnits, writtenUnits } from "./capacity.ts";
import type { OperationContext } from "./context.ts";
import { itemWrite } from "./item-write.ts";
import { statementElement } from "./statement-element.ts";
import type { WriteElement } from "./transaction-run.ts";
import { writeItem, type WrittenItem } from "./write-item.ts";

export type SingleWrite = InsertPlan | UpdateStatementPlan | DeletePlan;

export interface StatementWritten {
  /** What RETURNING asks for; absent: nothing, or there is nothing of it. */
  readonly attributes?: Extract<ItemWriteResult, { kind: "written" }>["attributes"];
  readonly units: ConsumedUnits;
}

/** Every end but success is thrown as its ApiError. */
export async function writeStatement(
  context: OperationContext,
  plan: SingleWrite,
  { returnOnFailure }: { readonly returnOnFailure: boolean },
): Promise<StatementWritten> {
  const element = statementElement(context, plan, returnOnFailure);
  const written = await writeElement(context, element, plan.kind === "insert" ? "none" : plan.returning);
  const { attributes } = written;
  const units = writtenUnits(written);
  return attributes === undefined ? { units } : { units, attributes };
}

async function writeElement(
  context: OperationContext,
  { reference, action, condition, returnOnFailure, failedCondition, keyIn }: WriteElement,
  returned: ReturnedImage,
): Promise<WrittenItem> {
  try {
    return await writeItem(context, reference, (table) => ({
      key: keyIn(table),
      write: itemWrite(context, table, { action, condition, returned, returnOnFailure }),
    }));
  } catch (error) {
    const isFailedCondition = error instanceof ApiError && error.code === "ConditionalCheckFailedException";
    if (!isFailedCondition || failedCondition === undefined) throw error;
    // The only condition with a name of its own is that of an INSERT.
    throw apiError("DuplicateItemException", failedCondition.message, error.members);
  }
}
