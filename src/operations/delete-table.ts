/** DeleteTable: the table is DELETING for a while, then gone with all its items. */
import { type DeleteTableInput, validationError } from "../api/index.ts";
import { changedTo, changeTable } from "./change-table.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { deletedTableAnswer } from "./table-answer.ts";
import { controlTable } from "./table-lookup.ts";
import { refuseUnsettled } from "./table-states.ts";

/**
 * A table that is being deleted already is in use: measured on the service in October 2026, though the API
 * reference promises success.
 */
export async function deleteTable(context: OperationContext, input: DeleteTableInput): Promise<ResponseBody> {
  const { catalog, clock } = context.services;
  // Counted before: once the deletion is complete there is nothing to count.
  const counts = await catalog.counts(controlTable(context, input.TableName));
  const deleted = await changeTable(context, input.TableName, (table) => {
    refuseUnsettled(table);
    if (table.deletionProtection) {
      throw validationError(
        "Resource cannot be deleted as it is currently protected against deletion. " +
          "Disable deletion protection first.",
      );
    }
    const statusUntilMs = clock.nowMs() + catalog.delays.deleteMs;
    return changedTo({ ...table, status: "DELETING", statusUntilMs });
  });
  const facts = { ...counts, nowMs: clock.nowMs() };
  return JSON.stringify({ TableDescription: deletedTableAnswer(deleted, facts) });
}
