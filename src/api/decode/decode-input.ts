/**
 * From the parsed JSON of a request to the input of its operation, or to the error DynamoDB answers: types
 * first (SerializationException), then constraints (ValidationException with up to ten entries). Rules that
 * involve several members, and everything about attribute values but their JSON types, come later.
 */
import type { ApiError } from "../errors.ts";
import type { OperationSpec } from "../operation-spec.ts";
import { type Binding, bindingError, notAnObject } from "./binding.ts";
import { createIssues, issuesError } from "./issues.ts";

export type DecodedInput =
  | { readonly kind: "input"; readonly input: unknown }
  | { readonly kind: "failure"; readonly error: ApiError };

/**
 * The input has the type `<Operation>Input` and holds known members only; its attribute values are the objects
 * of `json`, which therefore must not be changed or read afterwards by the caller.
 */
export function decodeInput(spec: OperationSpec, json: unknown): DecodedInput {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { kind: "failure", error: notAnObject() };
  }
  const { bind, check } = spec.decoder();
  const binding: Binding = { problem: undefined };
  const input = bind(json, binding);
  if (binding.problem !== undefined) return { kind: "failure", error: bindingError(binding.problem) };
  if (check === undefined) return { kind: "input", input };
  const issues = createIssues();
  check(input, "", issues);
  const error = issuesError(issues);
  return error === undefined ? { kind: "input", input } : { kind: "failure", error };
}
