/** ListTagsOfResource: a table's tags, ten a page. */
import { type ListTagsOfResourceInput, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { taggedTable } from "./tagged-table.ts";

export function listTagsOfResource(
  context: OperationContext,
  input: ListTagsOfResourceInput,
): Promise<ResponseBody> {
  return Promise.resolve().then(() => {
    const { tags } = taggedTable(context, input.ResourceArn);
    const from = pageStart(input.NextToken, tags.length);
    const page = tags.slice(from, from + limits.listTagsMax);
    const end = from + page.length;
    return JSON.stringify({
      Tags: page.map(([key, value]) => ({ Key: key, Value: value })),
      ...(end < tags.length ? { NextToken: Buffer.from(String(end)).toString("base64url") } : {}),
    });
  });
}

/** The token is the position of the next tag; what is not one of ours is refused (text unconfirmed). */
function pageStart(token: string | undefined, count: number): number {
  if (token === undefined) return 0;
  const start = Number(Buffer.from(token, "base64url").toString("latin1"));
  if (!Number.isInteger(start) || start <= 0 || start > count) {
    throw validationError("Invalid NextToken provided");
  }
  return start;
}
