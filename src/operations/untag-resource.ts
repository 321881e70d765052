/** UntagResource: takes tags off a table; keys that are not there do not matter. */
import { type UntagResourceInput, validationError } from "../api/index.ts";
import { changeTable } from "./change-table.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseUnsettled, taggedTable } from "./tagged-table.ts";

export async function untagResource(
  context: OperationContext,
  input: UntagResourceInput,
): Promise<ResponseBody> {
  if (input.TagKeys.length === 0) throw validationError("Atleast one Tag Key needs to be provided as Input.");
  const { name } = taggedTable(context, input.ResourceArn);
  const doomed = new Set(input.TagKeys);
  await changeTable(context, name, (table) => {
    refuseUnsettled(table);
    return { ...table, tags: table.tags.filter(([key]) => !doomed.has(key)) };
  });
  return "";
}
