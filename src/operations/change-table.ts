/** Read, change and store one table's description, again when another change came first. */
import { internalServerError } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { OperationContext } from "./context.ts";
import { controlTable } from "./table-lookup.ts";

const attemptsMax = 10;

/** `next` answers undefined for nothing to change, or throws an ApiError. Returns the stored description. */
export async function changeTable(
  context: OperationContext,
  reference: string,
  next: (table: TableDescription) => TableDescription | undefined,
): Promise<TableDescription> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const table = controlTable(context, reference);
    const changed = next(table);
    if (changed === undefined) return table;
    const outcome = await context.services.catalog.change(table, changed);
    if (outcome.kind === "changed") return outcome.table;
  }
  throw internalServerError();
}
