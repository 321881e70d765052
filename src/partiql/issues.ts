/** What is wrong with a statement: DynamoDB's texts where they are known, and in one place those that are guessed. */

/** Texts about the form of a statement; the statement alone decides them. All three were seen. */
export const malformedTexts = {
  /** The statement, or what follows the table of an UPDATE, begins with none of the words for it. */
  dataManipulation: "Statement wasn't well formed, can't be processed: Expected data manipulation",
  /** Also for an INSERT whose table is followed by a list of columns. */
  keyword: "Statement wasn't well formed, can't be processed: Unexpected keyword",
  term: "Statement wasn't well formed, can't be processed: Unexpected term",
} as const;

/** Texts about a statement with its parameters. */
export const bindTexts = {
  parameterCount: "Number of parameters in request and statement don't match.",
  /** Unconfirmed, as all that follow here. */
  missingValue: "MISSING can only stand for the value of an attribute in a tuple or after IS",
  tupleExpected: "The value of an INSERT statement must be a tuple",
  repeatedName: (name: string): string => `The tuple contains an attribute more than once: ${name}`,
  emptyName: "One or more parameter values were invalid: An attribute name may not be an empty string",
  mixedSet: "The elements of a set must be all of type string, all of type number or all of type binary",
  sameTarget: (name: string): string => `The first operand of ${name} must be the path that is set`,
} as const;

/** Texts about a statement held against the key of its table or index. */
export const keyTexts = {
  notKeyed: "Where clause does not contain a mandatory equality on all key attributes",
  orderWithoutHash:
    "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
  /** Unconfirmed, as all that follow here. */
  orderWithoutWhere: "Must have WHERE clause in the statement when using ORDER BY clause.",
  orderByOther: (name: string): string =>
    `Variable reference ${name} in ORDER BY clause must be part of the primary key`,
  orderOfKeys: "The hash key must come first in the ORDER BY clause when there are several hash key values.",
  orderOfSortKeys:
    "Range keys in the ORDER BY clause must stand in the order of the key schema and have one direction.",
  existsWithoutCondition: "EXISTS must have a condition besides those on the primary key",
  existsOnIndex: "EXISTS cannot be used on an index",
} as const;
