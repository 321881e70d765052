/** DeleteTable: the table is DELETING for a while, then gone with all its items. */
import { type DeleteTableInput, inUseDetail, resourceInUse, validationError } from "../api/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { tableAnswer } from "./table-answer.ts";
import { controlTable } from "./table-lookup.ts";
import { changeTable } from "./change-table.ts";

export async function deleteTable(context: OperationContext, input: DeleteTableInput): Promise<ResponseBody> {
  const { catalog, clock } = context.services;
  const present = controlTable(context, input.TableName);
  const counts = await catalog.counts(present);
  const deleted = await changeTable(context, input.TableName, (table) => {
    if (table.status === "DELETING") return undefined;
    if (table.status === "CREATING") throw resourceInUse(inUseDetail.created(table.name));
    if (table.status === "UPDATING") throw resourceInUse(inUseDetail.updatedSeenOnDelete(table.name));
    if (table.deletionProtection) {
      throw validationError(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
      );
    }
    return { ...table, status: "DELETING", statusUntilMs: clock.nowMs() + catalog.delays.deleteMs };
  });
  return JSON.stringify({ TableDescription: tableAnswer(deleted, counts) });
}
