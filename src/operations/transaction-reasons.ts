/** Why transactions are cancelled or refused: reasons in the order of their elements, and texts. */
import { type ApiError, apiError, type CancellationReason, validationError } from "../api/index.ts";
import type { ItemWriteResult } from "../mutations/index.ts";
import { imageText } from "./write-item.ts";

export const noReason: CancellationReason = { code: "None" };

export const conflictReason: CancellationReason = {
  code: "TransactionConflict",
  message: "Transaction is ongoing for the item",
};

const conditionFailed: CancellationReason = {
  code: "ConditionalCheckFailed",
  message: "The conditional request failed",
};

/** `failedCondition`: what a failed condition of this element is called, where it has another name. */
export function reasonOf(
  result: ItemWriteResult,
  failedCondition: CancellationReason = conditionFailed,
): CancellationReason {
  switch (result.kind) {
    case "written":
      return noReason;
    case "conditionFailed":
      return withItem(failedCondition, imageText(result.item));
    case "invalid":
      return { code: "ValidationError", message: result.message };
    case "collectionFull":
      return { code: "ItemCollectionSizeLimitExceeded", message: "Collection size exceeded." };
  }
}

function withItem(reason: CancellationReason, itemJson: string | undefined): CancellationReason {
  return itemJson === undefined ? reason : { ...reason, itemJson };
}

/** The documentation's rule; no source gives DynamoDB's text (unconfirmed). */
export function transactionTooLarge(): ApiError {
  return validationError("The aggregate size of the items in the transaction cannot exceed 4 MB");
}

/** The text clients report from the service; that of the documentation differs. */
export function transactionInProgress(): ApiError {
  return apiError("TransactionInProgressException", "Transaction from previous request is still in progress");
}

/** The documentation's description of the error; DynamoDB's text is unconfirmed. */
export function otherRequestWithToken(): ApiError {
  return apiError(
    "IdempotentParameterMismatchException",
    "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent " +
      "token that was already used.",
  );
}
