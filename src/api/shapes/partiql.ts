/** PartiQL statements. */
import { enums } from "./enums.ts";
import { list, required, string, structure, type Operations, type Structures } from "./model.ts";
import {
  anyString,
  attributeMap,
  attributeValue,
  boolean,
  partiqlStatement,
  positiveInteger,
  tableName,
} from "./simple-types.ts";

export const partiqlStructures: Structures = {
  BatchStatementError: {
    Code: enums.BatchStatementErrorCodeEnum,
    Message: anyString,
    Item: attributeMap,
  },
  BatchStatementRequest: {
    Statement: required(partiqlStatement),
    Parameters: list(attributeValue, 1),
    ConsistentRead: boolean,
    ReturnValuesOnConditionCheckFailure: enums.ReturnValuesOnConditionCheckFailure,
  },
  BatchStatementResponse: {
    Error: structure("BatchStatementError"),
    TableName: tableName,
    Item: attributeMap,
  },
  ParameterizedStatement: {
    Statement: required(partiqlStatement),
    Parameters: list(attributeValue, 1),
    ReturnValuesOnConditionCheckFailure: enums.ReturnValuesOnConditionCheckFailure,
  },
};

export const partiqlOperations: Operations = {
  BatchExecuteStatement: {
    input: {
      Statements: required(list(structure("BatchStatementRequest"), 1, 25)),
      ReturnConsumedCapacity: enums.ReturnConsumedCapacity,
    },
    output: {
      Responses: list(structure("BatchStatementResponse")),
      ConsumedCapacity: list(structure("ConsumedCapacity")),
    },
    errors: ["RequestLimitExceeded", "InternalServerError", "ThrottlingException"],
  },
  ExecuteStatement: {
    input: {
      Statement: required(partiqlStatement),
      Parameters: list(attributeValue, 1),
      ConsistentRead: boolean,
      NextToken: string(1, 32768),
      ReturnConsumedCapacity: enums.ReturnConsumedCapacity,
      Limit: positiveInteger,
      ReturnValuesOnConditionCheckFailure: enums.ReturnValuesOnConditionCheckFailure,
    },
    output: {
      Items: list(attributeMap),
      NextToken: string(1, 32768),
      ConsumedCapacity: structure("ConsumedCapacity"),
      LastEvaluatedKey: attributeMap,
    },
    errors: [
      "ConditionalCheckFailedException",
      "ProvisionedThroughputExceededException",
      "ResourceNotFoundException",
      "ItemCollectionSizeLimitExceededException",
      "TransactionConflictException",
      "RequestLimitExceeded",
      "InternalServerError",
      "DuplicateItemException",
      "ThrottlingException",
    ],
  },
  ExecuteTransaction: {
    input: {
      TransactStatements: required(list(structure("ParameterizedStatement"), 1, 100)),
      ClientRequestToken: string(1, 36),
      ReturnConsumedCapacity: enums.ReturnConsumedCapacity,
    },
    output: {
      Responses: list(structure("ItemResponse"), 1, 100),
      ConsumedCapacity: list(structure("ConsumedCapacity")),
    },
    errors: [
      "ResourceNotFoundException",
      "TransactionCanceledException",
      "TransactionInProgressException",
      "IdempotentParameterMismatchException",
      "ProvisionedThroughputExceededException",
      "RequestLimitExceeded",
      "InternalServerError",
      "ThrottlingException",
    ],
  },
};
