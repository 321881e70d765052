/** DescribeEndpoints: the host name of the request's region, as DynamoDB spells it. */
import type { OperationContext, ResponseBody } from "./context.ts";

/** A day (unconfirmed). */
const cachePeriodMinutes = 1440;

export function describeEndpoints({ namespace }: OperationContext): Promise<ResponseBody> {
  const address = `dynamodb.${namespace.region}.amazonaws.com`;
  return Promise.resolve(
    JSON.stringify({ Endpoints: [{ Address: address, CachePeriodInMinutes: cachePeriodMinutes }] }),
  );
}
