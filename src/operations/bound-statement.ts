/** From a statement's text and the parameters of a request to its plan, or to the ValidationException about it. */
import { validationError, type WireValue } from "../api/index.ts";
import { bindStatement, type ParsedStatement, type StatementPlan } from "../partiql/index.ts";
import { type AttributeValue, parseAttributeValue } from "../values/index.ts";
import type { OperationContext } from "./context.ts";
import { orThrow } from "./write-condition.ts";

/** Members that requests with statements have in common. */
export interface StatementInput {
  readonly Statement: string;
  readonly Parameters?: readonly WireValue[];
}

export function boundStatement(context: OperationContext, input: StatementInput): StatementPlan {
  return withParameters(parsedStatement(context, input), input);
}

export function parsedStatement(
  { services }: OperationContext,
  { Statement: text }: StatementInput,
): ParsedStatement {
  return orThrow(services.statements.parse(text));
}

export function withParameters(
  parsed: ParsedStatement,
  { Parameters: parameters = [] }: StatementInput,
): StatementPlan {
  return orThrow(bindStatement(parsed, parameters.map(parameterValue)));
}

function parameterValue(wire: WireValue): AttributeValue {
  const parsed = parseAttributeValue(wire);
  if (parsed.kind === "valueIssue") throw validationError(parsed.message);
  return parsed.value;
}
