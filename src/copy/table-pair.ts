/** A table on both ends, as far as reading it needs to know. */
import type { Caller } from "./caller.ts";
import { CopyFailure } from "./copy-failure.ts";
import type { CopyContext } from "./copy-context.ts";
import { describeTable } from "./describe-table.ts";
import { type Json, numberIn } from "./end.ts";
import { keyNamesOf } from "./table-definition.ts";

export interface TablePair {
  readonly name: string;
  readonly keyNames: readonly string[];
  /** All three as the ends tell, which may be hours old. */
  readonly itemsExpected: number;
  readonly sourceBytes: number;
  readonly targetBytes: number;
}

export async function tablePair(
  { source, target }: Pick<CopyContext, "source" | "target">,
  name: string,
): Promise<TablePair> {
  const left = await present(source, name);
  const right = await present(target, name);
  return {
    name,
    keyNames: keyNamesOf(left),
    itemsExpected: numberIn(left, "ItemCount") ?? 0,
    sourceBytes: numberIn(left, "TableSizeBytes") ?? 0,
    targetBytes: numberIn(right, "TableSizeBytes") ?? 0,
  };
}

async function present(caller: Caller, name: string): Promise<Json> {
  const description = await describeTable(caller, name);
  if (description === undefined) throw new CopyFailure(`${caller.end.name}: the table ${name} is gone`);
  return description;
}
