/** Legacy parameters and expressions may not meet in one request; placeholders need an expression. */
import { validationError } from "../api/index.ts";

const legacyParameters = [
  "AttributesToGet",
  "QueryFilter",
  "ScanFilter",
  "ConditionalOperator",
  "KeyConditions",
  "Expected",
  "AttributeUpdates",
] as const;

const expressionParameters = [
  "UpdateExpression",
  "ConditionExpression",
  "KeyConditionExpression",
  "FilterExpression",
  "ProjectionExpression",
] as const;

type Parameters = Readonly<
  Partial<Record<(typeof legacyParameters)[number] | (typeof expressionParameters)[number], unknown>>
>;

/** Throws the ValidationException that lists both kinds when a request has both. */
export function refuseMixedParameters(input: Parameters): void {
  const expressions = expressionParameters.filter((name) => input[name] !== undefined);
  if (expressions.length === 0) return;
  // KeyConditions beside a filter or projection expression alone counts as no mixture.
  const legacy = legacyParameters.filter(
    (name) =>
      input[name] !== undefined && (name !== "KeyConditions" || input.KeyConditionExpression !== undefined),
  );
  if (legacy.length === 0) return;
  throw validationError(
    "Can not use both expression and non-expression parameters in the same request: " +
      `Non-expression parameters: {${legacy.join(", ")}} Expression parameters: {${expressions.join(", ")}}`,
  );
}
