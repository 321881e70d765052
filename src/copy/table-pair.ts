/** A table on both ends, as far as reading it needs to know. */
import type { CopyContext } from "./copy-context.ts";
import { describeKnownTable } from "./describe-table.ts";
import { numberIn } from "./end.ts";
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
  const left = await describeKnownTable(source, name);
  const right = await describeKnownTable(target, name);
  return {
    name,
    keyNames: keyNamesOf(left),
    itemsExpected: numberIn(left, "ItemCount") ?? 0,
    sourceBytes: numberIn(left, "TableSizeBytes") ?? 0,
    targetBytes: numberIn(right, "TableSizeBytes") ?? 0,
  };
}
