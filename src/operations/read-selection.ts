/** What Query and Scan share about what they return: Select, projection, filter. */
import { validationError } from "../api/index.ts";
import {
  compileAttributesToGet,
  type CompiledExpressions,
  type ConditionPlan,
  type ProjectionPlan,
} from "../expressions/index.ts";
import { orThrow } from "./write-condition.ts";

export type Select = "ALL_ATTRIBUTES" | "ALL_PROJECTED_ATTRIBUTES" | "SPECIFIC_ATTRIBUTES" | "COUNT";

export interface SelectionInput {
  readonly Select?: Select;
  readonly AttributesToGet?: readonly string[];
  readonly ProjectionExpression?: string;
  readonly IndexName?: string;
}

const whatSelectGets: Record<Exclude<Select, "SPECIFIC_ATTRIBUTES">, string> = {
  ALL_ATTRIBUTES: "ALL_ATTRIBUTES",
  ALL_PROJECTED_ATTRIBUTES: "ALL_PROJECTED_ATTRIBUTES",
  COUNT: "only the Count",
};

/** Throws for a Select that contradicts the projection. Query's texts carry a prefix that Scan's do not. */
export function refuseContradictorySelect(input: SelectionInput, operation: "Query" | "Scan"): void {
  const { Select: select } = input;
  if (select === undefined) return;
  const prefix = operation === "Query" ? "1 validation error detected: " : "";
  const projecting = projectingParameter(input);
  if (select === "SPECIFIC_ATTRIBUTES") {
    if (projecting !== undefined) return;
    throw validationError(
      `${prefix}Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES`,
    );
  }
  if (projecting !== undefined) {
    throw validationError(
      `${prefix}Cannot specify the ${projecting} when choosing to get ${whatSelectGets[select]}`,
    );
  }
  if (select === "ALL_PROJECTED_ATTRIBUTES" && input.IndexName === undefined) {
    throw validationError(
      `${prefix}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName`,
    );
  }
}

function projectingParameter(input: SelectionInput): string | undefined {
  if (input.ProjectionExpression !== undefined) return "ProjectionExpression";
  return input.AttributesToGet === undefined ? undefined : "AttributesToGet";
}

export function legacyProjection(input: SelectionInput): ProjectionPlan | undefined {
  return input.AttributesToGet === undefined
    ? undefined
    : orThrow(compileAttributesToGet(input.AttributesToGet));
}

export interface Selection {
  readonly filter: ConditionPlan | undefined;
  readonly projection: ProjectionPlan | undefined;
}

/** Expressions win over their legacy forms; both are never there together. */
export function selectionOf(compiled: CompiledExpressions, legacy: Selection): Selection {
  return {
    filter: compiled.filter ?? legacy.filter,
    projection: compiled.projection ?? legacy.projection,
  };
}
