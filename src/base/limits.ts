/**
 * Every limit the house enforces, in one place: DynamoDB's as its documentation gives them, and our own where
 * something has to be bounded and DynamoDB says nothing. Limits that the shapes of requests state (lengths of
 * names and lists) are there. Names end in what is counted; `Max` and `Min` are inclusive.
 */

/** Limits DynamoDB documents and enforces; clients rely on them. */
const dynamoDbLimits = {
  // Items and values.
  itemBytesMax: 409_600,
  attributeNameBytesMax: 65_535,
  partitionKeyBytesMax: 2048,
  sortKeyBytesMax: 1024,
  /** 31 lists or maps above a scalar are stored, 32 are refused. */
  nestingLevelsMax: 32,
  numberDigitsMax: 38,
  /** Decimal exponent of the leading digit. */
  numberExponentMax: 125,
  numberExponentMin: -130,

  // Expressions.
  expressionBytesMax: 4096,
  expressionOperatorsMax: 300,
  inOperandsMax: 100,
  documentPathLevelsMax: 32,
  /** Of one `#name` or `:value` placeholder. */
  placeholderBytesMax: 255,
  /** Of all placeholder names and values of one request. */
  substitutionBytesMax: 2_097_152,

  // Requests and pages.
  requestBytesMax: 16_777_216,
  pageBytesMax: 1_048_576,
  batchGetKeysMax: 100,
  batchResponseBytesMax: 16_777_216,
  batchWriteRequestsMax: 25,
  /** Of all items in a transaction, reading or writing. */
  transactionBytesMax: 4_194_304,
  listTablesMax: 100,

  // Tables and indexes.
  localIndexesMax: 5,
  globalIndexesMax: 20,
  globalIndexPartitionAttributesMax: 4,
  globalIndexSortAttributesMax: 4,
  /** Named by projections, over all indexes of a table; one index is bounded by its shape. */
  projectedAttributesTotalMax: 100,
  /** Table or index, each of reads and writes. */
  provisionedUnitsTableMax: 40_000,
  provisionedUnitsAccountMax: 80_000,
  /** Beyond this a number of units is out of bounds whatever the quota. */
  provisionedUnitsValueMax: 1_000_000_000_000,
  tagsMax: 50,
  clockSkewSecondsMax: 900,

  /** Items and local index entries of one partition key, in tables with local indexes. */
  collectionBytesMax: 10_737_418_240,

  // Capacity arithmetic.
  readUnitBytes: 4096,
  writeUnitBytes: 1024,
} as const;

/** Limits of ours: what DynamoDB does not publish but a server must bound. */
const ownLimits = {
  /** A UTF-16 code unit takes at most this many UTF-8 bytes: lets lengths be checked before bytes are counted. */
  utf8BytesPerUnitMax: 3,
  /** Background work and long reads give the thread back after this long. */
  sliceMsMax: 5,
  /** Headers of one HTTP request. */
  headerBytesMax: 16_384,
} as const;

export const limits: Readonly<typeof dynamoDbLimits & typeof ownLimits> = { ...dynamoDbLimits, ...ownLimits };
