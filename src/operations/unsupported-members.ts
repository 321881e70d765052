/** The refusal of members that do not work yet, for operations whose other rules come first. */
import { operationSpec, unsupportedMembers, unsupportedText, validationError } from "../api/index.ts";
import { assert } from "../base/index.ts";

/** `alsoAsked`: members that ask for something missing in a way the table of members does not know. */
export function refuseUnsupportedMembers(
  operation: string,
  input: unknown,
  alsoAsked: readonly string[] = [],
): void {
  const spec = operationSpec("DynamoDB", operation);
  assert(spec !== undefined, `${operation} is an operation`);
  const names = new Set([...unsupportedMembers(spec, input), ...alsoAsked]);
  if (names.size > 0) throw validationError(unsupportedText([...names], operation));
}
