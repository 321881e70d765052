/**
 * The patterns of constrained strings: the text DynamoDB prints, and a matcher of our own for the whole
 * string. Matchers search for a character that may not be there instead of running the printed expression:
 * no input, however long, makes them backtrack.
 */

export type PatternName =
  | "autoScalingPolicyName"
  | "autoScalingRoleArn"
  | "clientToken"
  | "contributorInsightsRule"
  | "csvDelimiter"
  | "csvHeader"
  | "importNextToken"
  | "resourceName"
  | "s3Bucket"
  | "s3BucketOwner"
  | "tableId";

export interface Pattern {
  /** As printed after "Member must satisfy regular expression pattern: ". */
  readonly text: string;
  readonly matches: (value: string) => boolean;
}

/** Built once from a class of forbidden characters. */
function without(forbidden: RegExp, minLength: number): Pattern["matches"] {
  return (value) => value.length >= minLength && !forbidden.test(value);
}

/** Bounded by its own length before the expression runs. */
function shorterThan(limit: number, expression: RegExp): Pattern["matches"] {
  return (value) => value.length < limit && expression.test(value);
}

const bucketCharacters = without(/[^\w.-]/u, 2);
const hexadecimal = without(/[^0-9a-f]/u, 16);

export const patterns: Readonly<Record<PatternName, Pattern>> = {
  autoScalingPolicyName: { text: String.raw`\p{Print}+`, matches: without(/[^\x20-\x7e]/u, 1) },
  autoScalingRoleArn: {
    text: String.raw`[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*`,
    matches: without(/[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}\r\n\t]/u, 0),
  },
  clientToken: { text: String.raw`^[^\$]+$`, matches: without(/\$/u, 1) },
  contributorInsightsRule: {
    text: String.raw`[A-Za-z0-9][A-Za-z0-9\-\_\.]{0,126}[A-Za-z0-9]`,
    matches: shorterThan(129, /^[A-Za-z0-9][A-Za-z0-9\-_.]*[A-Za-z0-9]$/u),
  },
  csvDelimiter: { text: String.raw`[,;:\|\t ]`, matches: shorterThan(2, /^[,;:|\t ]$/u) },
  csvHeader: {
    text: String.raw`[\x20-\x21\x23-\x2B\x2D-\x7E]*`,
    matches: without(/[^\x20-\x21\x23-\x2b\x2d-\x7e]/u, 0),
  },
  importNextToken: {
    text: "([0-9a-f]{16})+",
    matches: (value) => value.length % 16 === 0 && hexadecimal(value),
  },
  resourceName: { text: "[a-zA-Z0-9_.-]+", matches: without(/[^a-zA-Z0-9_.-]/u, 1) },
  s3Bucket: {
    text: String.raw`^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$`,
    matches: (value) =>
      bucketCharacters(value) &&
      isLetterOrDigit(value.charAt(0)) &&
      isLetterOrDigit(value.charAt(value.length - 1)),
  },
  s3BucketOwner: { text: "[0-9]{12}", matches: shorterThan(13, /^[0-9]{12}$/u) },
  tableId: {
    text: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    matches: shorterThan(37, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u),
  },
};

function isLetterOrDigit(character: string): boolean {
  return /^[a-z0-9A-Z]$/u.test(character);
}
