/** ListTagsOfResource: a table's tags, all fifty in one page. */
import { type ListTagsOfResourceInput } from "../api/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { taggedTable } from "./tagged-table.ts";

/**
 * The service gives no NextToken even at the greatest number of tags and ignores one it is given (both
 * measured in October 2026), so the member of the request is not looked at.
 */
export async function listTagsOfResource(
  context: OperationContext,
  input: ListTagsOfResourceInput,
): Promise<ResponseBody> {
  const { tags } = taggedTable(context, input.ResourceArn);
  return JSON.stringify({ Tags: tags.map(([key, value]) => ({ Key: key, Value: value })) });
}
