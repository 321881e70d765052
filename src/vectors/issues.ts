/**
 * Why an attribute value is no vector of an index, and the texts for it. Facts and texts are apart because the texts
 * name the attribute and the index, which a conversion does not know.
 */
import { unreachable } from "../base/index.ts";
import type { AttributeType } from "../values/index.ts";

export type VectorIssue =
  | { readonly kind: "vectorIssue"; readonly code: "notAList"; readonly actual: AttributeType }
  | {
      readonly kind: "vectorIssue";
      readonly code: "dimensions";
      readonly expected: number;
      readonly actual: number;
    }
  | {
      readonly kind: "vectorIssue";
      readonly code: "notANumber";
      /** Of the element, from 0. */
      readonly index: number;
      readonly actual: AttributeType;
    }
  /** Larger in magnitude than any finite 32-bit float. */
  | { readonly kind: "vectorIssue"; readonly code: "overflow"; readonly index: number };

export interface VectorOwner {
  readonly attribute: string;
  readonly indexName: string;
}

const prefix = "One or more parameter values were invalid: ";

/**
 * The text of the ValidationException for a write whose vector does not fit an index. AWS quotes "Invalid size for
 * parameter Embedding, Expected: 1024, Actual: 512. IndexName: ..." after an ellipsis, and says that a value of a
 * wrong type is "Invalid type for parameter", with the index of the element when it is one element's. That the
 * ellipsis is the usual prefix, the rest of the texts about types, and the one about overflow are unconfirmed.
 */
export function vectorIssueText(issue: VectorIssue, { attribute, indexName }: VectorOwner): string {
  return `${prefix}${detail(issue, attribute)}. IndexName: ${indexName}`;
}

/** The same for the vector of a search, which knows no index yet: unconfirmed as a whole. */
export function searchVectorIssueText(issue: VectorIssue): string {
  return `${prefix}${detail(issue, "SearchVector")}`;
}

function detail(issue: VectorIssue, attribute: string): string {
  switch (issue.code) {
    case "dimensions":
      return `Invalid size for parameter ${attribute}, Expected: ${issue.expected}, Actual: ${issue.actual}`;
    case "notAList":
      return `Invalid type for parameter ${attribute}, Expected: L, Actual: ${issue.actual}`;
    case "notANumber":
      return `Invalid type for parameter ${attribute}[${issue.index}], Expected: N, Actual: ${issue.actual}`;
    case "overflow":
      return `Invalid value for parameter ${attribute}[${issue.index}], Expected: 32-bit floating point number`;
    default:
      return unreachable(issue);
  }
}
