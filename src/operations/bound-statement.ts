/** From a statement's text and the parameters of a request to its plan, or to the ValidationException about it. */
import { validationError, type WireValue } from "../api/index.ts";
import { bindStatement, type StatementPlan } from "../partiql/index.ts";
import { type AttributeValue, parseAttributeValue } from "../values/index.ts";
import type { OperationContext } from "./context.ts";
import { orThrow } from "./write-condition.ts";

/** Members that requests with statements have in common. */
export interface StatementInput {
  readonly Statement: string;
  readonly Parameters?: readonly WireValue[];
}

/** Parameters are checked first, as the values of expressions are. */
export function boundStatement({ services }: OperationContext, input: StatementInput): StatementPlan {
  const parameters = (input.Parameters ?? []).map(parameterValue);
  return orThrow(bindStatement(orThrow(services.statements.parse(input.Statement)), parameters));
}

function parameterValue(wire: WireValue): AttributeValue {
  const parsed = parseAttributeValue(wire);
  if (parsed.kind === "valueIssue") throw validationError(parsed.message);
  return parsed.value;
}
