/** Constraint violations of one request, collected and printed as DynamoDB prints them. */
import { validationError } from "../error-texts.ts";
import type { ApiError } from "../errors.ts";
import { detectedText, violationText } from "./constraint-texts.ts";

/** More than these are neither collected nor counted. */
const issuesMax = 10;

export interface Issues {
  readonly texts: string[];
  /** A text of its own that is answered when nothing was collected. */
  separate: string | undefined;
}

export function createIssues(): Issues {
  return { texts: [], separate: undefined };
}

export function addIssue(issues: Issues, text: string): void {
  if (issues.texts.length < issuesMax) issues.texts.push(text);
}

/** Where a violation is; printing the value can be expensive and is done only for entries that are kept. */
export interface ViolationPlace {
  readonly value: () => string;
  readonly path: string;
}

export function addViolation(issues: Issues, place: ViolationPlace, constraint: string): void {
  if (issues.texts.length >= issuesMax) return;
  issues.texts.push(violationText(shortened(place.value()), shortened(place.path), constraint));
}

/**
 * A bound of ours: DynamoDB prints values whole, but ten entries that repeat a value of 16 MB are an answer
 * nobody can afford.
 */
const printedLengthMax = 131_072;

function shortened(text: string): string {
  if (text.length <= printedLengthMax) return text;
  return `${text.slice(0, printedLengthMax)}...${text.endsWith("'") ? "'" : ""}`;
}

/** Undefined when there is none. */
export function issuesError(issues: Issues): ApiError | undefined {
  const { texts, separate } = issues;
  if (texts.length === 0) return separate === undefined ? undefined : validationError(separate);
  return validationError(detectedText(texts));
}
