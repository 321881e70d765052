/** Standard texts, letter by letter. */
import { describe, expect, test } from "vitest";
import {
  collectionSizeExceeded,
  inUseDetail,
  indexOfTableNotFound,
  internalServerError,
  resourceInUse,
  resourceNotFound,
  serviceUnavailable,
  streamNotFound,
  subscriberLimitExceeded,
  tableAlreadyExists,
  taggedResourceNotFound,
  tableNotFound,
  tableResourceNotFound,
  transactionConflict,
} from "./index.ts";

describe("standard texts", () => {
  test.each([
    [resourceNotFound(), "ResourceNotFoundException", "Requested resource not found"],
    [
      tableResourceNotFound("music"),
      "ResourceNotFoundException",
      "Requested resource not found: Table: music not found",
    ],
    [
      taggedResourceNotFound("arn:x"),
      "ResourceNotFoundException",
      "Requested resource not found: ResourceArn: arn:x not found",
    ],
    [
      indexOfTableNotFound("by-year", "music"),
      "ResourceNotFoundException",
      "Requested resource not found: Index by-year for table music",
    ],
    [
      streamNotFound("arn:x"),
      "ResourceNotFoundException",
      "Requested resource not found: Stream: arn:x not found",
    ],
    [tableNotFound("music"), "TableNotFoundException", "Table not found: music"],
    [tableAlreadyExists("music"), "ResourceInUseException", "Table already exists: music"],
    [resourceInUse(), "ResourceInUseException", "The resource which you are attempting to change is in use."],
    [
      resourceInUse(inUseDetail.created("music")),
      "ResourceInUseException",
      "Attempt to change a resource which is still in use: Table is being created: music",
    ],
    [
      resourceInUse(inUseDetail.deleted("music")),
      "ResourceInUseException",
      "Attempt to change a resource which is still in use: Table is being deleted: music",
    ],
    [
      resourceInUse(inUseDetail.updatedSeenOnDelete("music")),
      "ResourceInUseException",
      "Attempt to change a resource which is still in use: Table is being updated: music",
    ],
    [
      resourceInUse(inUseDetail.updated("music")),
      "ResourceInUseException",
      "Attempt to change a resource which is still in use: Table: music is in the process of being updated.",
    ],
    [
      resourceInUse(inUseDetail.tagged("music")),
      "ResourceInUseException",
      "Attempt to change a resource which is still in use: Table tags are being updated: music",
    ],
    [
      subscriberLimitExceeded("Only 50 restore operations can be done simultaneously"),
      "LimitExceededException",
      "Subscriber limit exceeded: Only 50 restore operations can be done simultaneously",
    ],
    [transactionConflict(), "TransactionConflictException", "Transaction is ongoing for the item"],
    [collectionSizeExceeded(), "ItemCollectionSizeLimitExceededException", "Collection size exceeded."],
    [internalServerError(), "InternalServerError", "Internal server error"],
    [serviceUnavailable(), "ServiceUnavailable", "Service is temporarily unavailable. Please retry."],
  ])("%s", (error, code, message) => {
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
  });
});
