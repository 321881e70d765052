/** SearchVectors: everything that can be checked before the table is known, made into a plan. */
import { validationError, type WireValue } from "../api/index.ts";
import type {
  CompiledExpressions,
  ConditionPlan,
  ExpressionIssue,
  ProjectionPlan,
} from "../expressions/index.ts";
import { type AttributeValue, parseAttributeValue } from "../values/index.ts";
import { searchVectorIssueText, vectorLimits, vectorOfElements } from "../vectors/index.ts";
import type { Services } from "./context.ts";
import { refuseBadSearchCondition } from "./search-vectors-plan-condition.ts";
import { orThrow } from "./write-condition.ts";

/** Members of the request that do not need the table. */
export interface SearchVectorsRequest {
  readonly SearchVector: readonly WireValue[];
  readonly TopK: number;
  readonly SearchConditionExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, WireValue>>;
}

export interface SearchVectorsPlan {
  /** Of as many dimensions as were sent; whether they are the index's is not known yet. */
  readonly vector: Float32Array;
  /** 1 to 100. */
  readonly topK: number;
  /** Top-level attributes compared with values; whether the index has them is not known yet. */
  readonly condition: ConditionPlan | undefined;
  readonly projection: ProjectionPlan | undefined;
}

/** TopK first, then the vector, then the expressions (the order is unconfirmed). */
export function planSearch(
  { compiler }: Pick<Services, "compiler">,
  request: SearchVectorsRequest,
): SearchVectorsPlan {
  const { TopK: topK } = request;
  if (topK < 1 || topK > vectorLimits.topKMax) {
    // Quoted by AWS.
    throw validationError(
      `Provided TopK value '${topK}' is out of valid range. ` +
        `The value must be between 1 and ${vectorLimits.topKMax} inclusive`,
    );
  }
  const vector = searchVector(request.SearchVector);
  // The compiler has no kind for this expression; a filter has the same grammar.
  const compiled = compiler.compile({
    kinds: ["filter", "projection"],
    filter: request.SearchConditionExpression,
    projection: request.ProjectionExpression,
    names: request.ExpressionAttributeNames,
    values: request.ExpressionAttributeValues,
  });
  const { filter: condition, projection } = orThrow(inSearchWords(compiled));
  if (condition !== undefined) refuseBadSearchCondition(condition);
  return { vector, topK, condition, projection };
}

/** The shape bounds the number of elements already. */
function searchVector(wire: readonly WireValue[]): Float32Array {
  const elements: AttributeValue[] = [];
  for (const element of wire) {
    const parsed = parseAttributeValue(element);
    if (parsed.kind === "valueIssue") throw validationError(parsed.message);
    elements.push(parsed.value);
  }
  const vector = vectorOfElements(elements);
  if (vector instanceof Float32Array) return vector;
  throw validationError(searchVectorIssueText(vector));
}

const filterPrefix = "Invalid FilterExpression: ";
const valuesAlone = "ExpressionAttributeValues can only be specified when using expressions: ";

/** The issue of a filter as that of a search condition: they differ in the name of the parameter. */
function inSearchWords(
  compiled: CompiledExpressions | ExpressionIssue,
): CompiledExpressions | ExpressionIssue {
  if (compiled.kind === "compiled") return compiled;
  const { kind, message } = compiled;
  if (message.startsWith(filterPrefix)) {
    return { kind, message: `Invalid SearchConditionExpression: ${message.slice(filterPrefix.length)}` };
  }
  if (message === `${valuesAlone}FilterExpression is null`) {
    return { kind, message: `${valuesAlone}SearchConditionExpression is null` };
  }
  return compiled;
}
