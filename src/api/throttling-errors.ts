/** Errors of requests that were refused for want of capacity, with the reasons newer clients read. */
import { type ApiError, apiError, type ErrorMember } from "./errors.ts";

type Resource = "Table" | "Index";
type Direction = "Read" | "Write";
type Cause =
  | "ProvisionedThroughputExceeded"
  | "AccountLimitExceeded"
  | "KeyRangeThroughputExceeded"
  | "MaxOnDemandThroughputExceeded";

export interface ThrottlingReason {
  readonly reason: `${Resource}${Direction}${Cause}`;
  /** ARN of the table or index. */
  readonly resource: string;
}

/** Which capacity ran out; the texts differ. */
export type ThrottledResource = "table" | "indexes";

const provisionedThroughputTexts: Readonly<Record<ThrottledResource, string>> = {
  table:
    "The level of configured provisioned throughput for the table was exceeded. " +
    "Consider increasing your provisioning level with the UpdateTable API.",
  indexes:
    "The level of configured provisioned throughput for one or more global secondary indexes of the table was " +
    "exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes " +
    "with the UpdateTable API.",
};

const onDemandThroughputTexts: Readonly<Record<ThrottledResource, string>> = {
  table:
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your " +
    "table or index so please try again shortly. If exceptions persist, check if you have a hot key: " +
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html.",
  indexes:
    "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically " +
    "scaling your index so please try again shortly.",
};

/** Tables with provisioned capacity. */
export function provisionedThroughputExceeded(
  resource: ThrottledResource,
  reasons: readonly ThrottlingReason[],
): ApiError {
  return apiError(
    "ProvisionedThroughputExceededException",
    provisionedThroughputTexts[resource],
    reasonsMember("ThrottlingReasons", reasons),
  );
}

/** On-demand tables; the model spells the member differently here. */
export function onDemandThroughputExceeded(
  resource: ThrottledResource,
  reasons: readonly ThrottlingReason[],
): ApiError {
  return apiError(
    "ThrottlingException",
    onDemandThroughputTexts[resource],
    reasonsMember("throttlingReasons", reasons),
  );
}

/** Rates of the control plane carry no reasons. */
export function rateExceeded(message = "Rate exceeded"): ApiError {
  return apiError("ThrottlingException", message);
}

function reasonsMember(name: string, reasons: readonly ThrottlingReason[]): readonly ErrorMember[] {
  if (reasons.length === 0) return [];
  const json = JSON.stringify(reasons.map(({ reason, resource }) => ({ reason, resource })));
  return [{ name, json }];
}
