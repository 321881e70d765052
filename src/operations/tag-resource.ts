/** TagResource: puts tags on a table. */
import type { TagResourceInput } from "../api/index.ts";
import { changeTable } from "./change-table.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseBadTags, withTags } from "./tag-rules.ts";
import { refuseUnsettled, taggedTable } from "./tagged-table.ts";

export async function tagResource(context: OperationContext, input: TagResourceInput): Promise<ResponseBody> {
  refuseBadTags(input.Tags);
  const { name } = taggedTable(context, input.ResourceArn);
  await changeTable(context, name, (table) => {
    refuseUnsettled(table);
    return { ...table, tags: withTags(table.tags, input.Tags) };
  });
  return "";
}
