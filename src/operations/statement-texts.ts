/** What is wrong with a statement in the operation it came to; what the statement alone decides is told by `partiql`. */

/** Seen in DynamoDB's answers. */
export const statementTexts = {
  batchedSelect:
    "Select statements within BatchExecuteStatement must specify the primary key in the where clause.",
  duplicateItem: "Duplicate primary key exists in table",
  /** Unconfirmed, as all that follow here. */
  transactedSelect:
    "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
  mixedBatch: "Statements of BatchExecuteStatement must be either all reads or all writes",
  mixedTransaction: "Statements of ExecuteTransaction must be either all reads or all writes",
  existsAlone: "EXISTS can only be used in ExecuteTransaction",
  /** That transactions refuse the clause, and refuse it for the whole request, is reported from the service. */
  returningInTransaction: "RETURNING cannot be used in ExecuteTransaction",
  invalidToken: "Given page token is invalid",
} as const;
