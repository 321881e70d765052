/** Read, change and store one table's description, again when another change came first. */
import { internalServerError } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { OperationContext } from "./context.ts";
import { controlTable } from "./table-lookup.ts";

/** Changes of one table are rare; more attempts than this mean something is wrong. */
const attemptsMax = 10;

export interface TableStep {
  /** What the table becomes; absent when the request changes nothing. */
  readonly stored?: TableDescription;
  /** What the answer shows, which is not always what is stored. */
  readonly shown: TableDescription;
}

/** A change whose answer shows what is stored. */
export function changedTo(table: TableDescription): TableStep {
  return { stored: table, shown: table };
}

/** `step` throws an ApiError to refuse. Returns what the answer shows. */
export async function changeTable(
  context: OperationContext,
  reference: string,
  step: (table: TableDescription) => TableStep,
): Promise<TableDescription> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const table = controlTable(context, reference);
    const { stored, shown } = step(table);
    if (stored === undefined) return shown;
    const outcome = await context.services.catalog.change(table, stored);
    if (outcome.kind === "changed") return shown;
    if (outcome.kind === "undecided") break;
  }
  throw internalServerError();
}
