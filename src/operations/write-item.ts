/** Runs one item write: looks the table up, hands the mutation to the engine, turns outcomes into errors. */
import {
  collectionSizeExceeded,
  conditionalCheckFailed,
  internalServerError,
  transactionConflict,
  validationError,
} from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { itemMutation, type ItemWrite, type ItemWriteResult } from "../mutations/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import type { OperationContext } from "./context.ts";
import { dataTable } from "./table-lookup.ts";

/** A table changes rarely; more attempts than this mean something is wrong. */
const staleAttemptsMax = 10;

/** What to do on the table as it is described now; called again when the description changed under it. */
export type PlanWrite = (table: TableDescription) => { readonly key: RecordKey; readonly write: ItemWrite };

export interface WrittenItem extends Extract<ItemWriteResult, { kind: "written" }> {
  /** As it was described when the write took place. */
  readonly table: TableDescription;
}

/** The result of a write that took place; every other end is thrown as its ApiError. */
export async function writeItem(
  context: OperationContext,
  tableName: string,
  plan: PlanWrite,
): Promise<WrittenItem> {
  for (let attempt = 0; attempt < staleAttemptsMax; attempt += 1) {
    const table = dataTable(context, tableName);
    const { key, write } = plan(table);
    const epoch = { keyspace: table.keyspace, epoch: table.epoch };
    const outcome = await context.services.engine.mutate(itemMutation(write, key, epoch));
    switch (outcome.kind) {
      case "committed":
      case "refused":
        return { ...writtenOrThrow(outcome.result as ItemWriteResult), table };
      case "conflict":
        throw transactionConflict();
      case "unknown":
        throw internalServerError();
      case "staleEpoch":
        // Whoever changed the table may have done it through another catalog of the store.
        await context.services.catalog.catchUp();
    }
  }
  throw internalServerError();
}

function writtenOrThrow(result: ItemWriteResult): Omit<WrittenItem, "table"> {
  switch (result.kind) {
    case "written":
      return result;
    case "conditionFailed":
      throw conditionalCheckFailed(imageText(result.item));
    case "invalid":
      throw validationError(result.message);
    case "collectionFull":
      throw collectionSizeExceeded();
  }
}

export function imageText(image: Uint8Array | string | undefined): string | undefined {
  if (image === undefined || typeof image === "string") return image;
  return Buffer.from(image.buffer, image.byteOffset, image.byteLength).toString("utf8");
}
