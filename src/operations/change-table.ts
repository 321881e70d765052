/** Read, change and store one table's description, again when another change came first. */
import { internalServerError } from "../api/index.ts";
import type { TableChange, TableDescription } from "../catalog/index.ts";
import type { OperationContext } from "./context.ts";
import { controlTable } from "./table-lookup.ts";

/** Only another catalog of the store can come first; more attempts than this mean something is wrong. */
const attemptsMax = 10;

export interface TableStep {
  /** What the table becomes; absent when the request changes nothing. */
  readonly stored?: TableChange;
  /** What the answer shows; absent: what was stored. */
  readonly shown?: TableDescription;
}

/** A change whose answer shows what is stored. */
export function changedTo(table: TableChange): TableStep {
  return { stored: table };
}

/** `step` throws an ApiError to refuse. Returns what the answer shows. */
export function changeTable(
  context: OperationContext,
  reference: string,
  step: (table: TableDescription) => TableStep,
): Promise<TableDescription> {
  return changeFound(context, () => controlTable(context, reference), step);
}

/** The same for a table that is looked up in another way; `find` throws when there is none. */
export async function changeFound(
  { services: { catalog } }: OperationContext,
  find: () => TableDescription,
  step: (table: TableDescription) => TableStep,
): Promise<TableDescription> {
  return catalog.inTurn(find(), async () => {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      // In the ordinary case nothing was changed since the request began.
      if (!catalog.isCurrent()) await catalog.catchUp();
      const table = find();
      const { stored, shown } = step(table);
      if (stored === undefined) return shown ?? table;
      const outcome = await catalog.change(table, stored);
      if (outcome.kind === "changed") return shown ?? outcome.table;
      if (outcome.kind === "undecided") break;
    }
    throw internalServerError();
  });
}
