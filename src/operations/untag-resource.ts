/** UntagResource: takes tags off a table; keys that are not there do not matter. */
import { type UntagResourceInput, validationError } from "../api/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { changeTags } from "./tag-changes.ts";
import { refuseBadTagKey, refuseTooManyTags, withoutTags } from "./tag-rules.ts";

export async function untagResource(
  context: OperationContext,
  input: UntagResourceInput,
): Promise<ResponseBody> {
  if (input.TagKeys.length === 0) {
    throw validationError("Atleast one Tag Key needs to be provided as Input.");
  }
  for (const key of input.TagKeys) refuseBadTagKey(key);
  // The service counts keys that are taken away, too.
  refuseTooManyTags(input.TagKeys);
  await changeTags(context, input.ResourceArn, {
    put: [],
    next: (present) => withoutTags(present, input.TagKeys),
  });
  return "";
}
