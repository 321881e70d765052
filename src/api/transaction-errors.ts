/** The error of a transaction that was cancelled, with one reason for each of its elements. */
import { type ApiError, apiError } from "./errors.ts";

/** In request order. `None` stands for an element nothing is wrong with; it has no message. */
export interface CancellationReason {
  readonly code:
    | "None"
    | "AccessDenied"
    | "ConditionalCheckFailed"
    | "DuplicateItem"
    | "ItemCollectionSizeLimitExceeded"
    | "ProvisionedThroughputExceeded"
    | "ThrottlingError"
    | "TransactionConflict"
    | "ValidationError";
  readonly message?: string;
  /** Stored JSON text of the item, present when ALL_OLD was asked for. */
  readonly itemJson?: string;
}

export function transactionCanceled(reasons: readonly CancellationReason[]): ApiError {
  const codes = reasons.map(({ code }) => code).join(", ");
  return apiError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    [{ name: "CancellationReasons", json: `[${reasons.map(reasonJson).join(",")}]` }],
  );
}

function reasonJson({ code, message, itemJson }: CancellationReason): string {
  const members = [`"Code":"${code}"`];
  if (message !== undefined) members.push(`"Message":${JSON.stringify(message)}`);
  if (itemJson !== undefined) members.push(`"Item":${itemJson}`);
  return `{${members.join(",")}}`;
}
