/** TagResource: puts tags on a table, or new values on tags it has. */
import { type TagResourceInput, validationError } from "../api/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { changeTags } from "./tag-changes.ts";
import { refuseBadTags, refuseTooManyTags, withTags } from "./tag-rules.ts";

export async function tagResource(context: OperationContext, input: TagResourceInput): Promise<ResponseBody> {
  if (input.Tags.length === 0) throw validationError("Atleast one Tag needs to be provided as Input.");
  refuseBadTags(input.Tags);
  refuseTooManyTags(input.Tags);
  await changeTags(context, input.ResourceArn, {
    put: withTags([], input.Tags),
    next: (present) => {
      const tags = withTags(present, input.Tags);
      refuseTooManyTags(tags);
      return tags;
    },
  });
  return "";
}
