/**
 * What bounds vectors and searches of them. All are DynamoDB's, from the developer guide's pages on vector indexes
 * and the notes AWS publishes for coding assistants; clients rely on them.
 */
export const vectorLimits = {
  dimensionsMax: 4096,
  /** Results of one search. */
  topKMax: 100,
  /** Of the answer to one search; there are no pages. */
  responseBytesMax: 16_777_216,
  vectorIndexesMax: 5,
  /** HASH elements in the search schema of one index. */
  partitionAttributesMax: 1,
  /** INLINE_FILTER elements in the search schema of one index. */
  inlineFiltersMax: 18,
} as const;
