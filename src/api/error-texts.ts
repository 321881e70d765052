/**
 * The standard texts of errors, one named builder each. Clients compare these texts, so they are DynamoDB's
 * to the letter, odd blanks and spellings included. Texts that belong to one operation stay with it.
 */
import { type ApiError, apiError, type ErrorMember } from "./errors.ts";

/** Prefix of most ValidationExceptions about parameters; the final blank is part of it. */
const parameterValuesInvalid = "One or more parameter values were invalid: ";

export function validationError(message: string): ApiError {
  return apiError("ValidationException", message);
}

/** A ValidationException about the values of parameters: most of them begin alike. */
export function invalidParameters(text: string): ApiError {
  return validationError(`${parameterValuesInvalid}${text}`);
}

/** Without a detail: the bare text of the data plane. */
export function resourceNotFound(detail?: string): ApiError {
  const message = "Requested resource not found";
  return apiError("ResourceNotFoundException", detail === undefined ? message : `${message}: ${detail}`);
}

/** The control plane's text. */
export function tableResourceNotFound(tableName: string): ApiError {
  return resourceNotFound(`Table: ${tableName} not found`);
}

/** Tag operations. */
export function taggedResourceNotFound(arn: string): ApiError {
  return resourceNotFound(`ResourceArn: ${arn} not found`);
}

/** UpdateTable; Contributor Insights spells it differently. */
export function indexOfTableNotFound(indexName: string, tableName: string): ApiError {
  return resourceNotFound(`Index ${indexName} for table ${tableName}`);
}

export function streamNotFound(arn: string): ApiError {
  return resourceNotFound(`Stream: ${arn} not found`);
}

/** Backups, point-in-time recovery and export have an error name of their own for it. */
export function tableNotFound(tableReference: string): ApiError {
  return apiError("TableNotFoundException", `Table not found: ${tableReference}`);
}

export function tableAlreadyExists(tableName: string): ApiError {
  return apiError("ResourceInUseException", `Table already exists: ${tableName}`);
}

/** Without a detail: the text for members of global tables, which say no more. */
export function resourceInUse(detail?: string): ApiError {
  return apiError(
    "ResourceInUseException",
    detail === undefined
      ? "The resource which you are attempting to change is in use."
      : `Attempt to change a resource which is still in use: ${detail}`,
  );
}

/** Details of resourceInUse. */
export const inUseDetail: {
  readonly created: (tableName: string) => string;
  readonly deleted: (tableName: string) => string;
  readonly updatedSeenOnDelete: (tableName: string) => string;
  readonly updated: (tableName: string) => string;
  readonly tagged: (tableName: string) => string;
} = {
  created: (tableName) => `Table is being created: ${tableName}`,
  deleted: (tableName) => `Table is being deleted: ${tableName}`,
  updatedSeenOnDelete: (tableName) => `Table is being updated: ${tableName}`,
  updated: (tableName) => `Table: ${tableName} is in the process of being updated.`,
  tagged: (tableName) => `Table tags are being updated: ${tableName}`,
};

export function subscriberLimitExceeded(detail: string): ApiError {
  return apiError("LimitExceededException", `Subscriber limit exceeded: ${detail}`);
}

/** `itemJson` is the stored JSON text of the item, present when ALL_OLD was asked for and an item existed. */
export function conditionalCheckFailed(itemJson?: string): ApiError {
  const members: readonly ErrorMember[] = itemJson === undefined ? [] : [{ name: "Item", json: itemJson }];
  return apiError("ConditionalCheckFailedException", "The conditional request failed", members);
}

export function transactionConflict(): ApiError {
  return apiError("TransactionConflictException", "Transaction is ongoing for the item");
}

export function collectionSizeExceeded(): ApiError {
  return apiError("ItemCollectionSizeLimitExceededException", "Collection size exceeded.");
}

export function internalServerError(): ApiError {
  return apiError("InternalServerError", "Internal server error");
}

export function serviceUnavailable(): ApiError {
  return apiError("ServiceUnavailable", "Service is temporarily unavailable. Please retry.");
}

/** For a target nobody knows, and for operations that are not built yet; it carries no message. */
export function unknownOperation(): ApiError {
  return apiError("UnknownOperationException");
}

/** Without a message when the JSON itself could not be read. */
export function serializationError(message?: string): ApiError {
  return apiError("SerializationException", message);
}
