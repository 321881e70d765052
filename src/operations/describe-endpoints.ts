/** DescribeEndpoints: the host name of the request's region, as DynamoDB spells it. */
import type { OperationContext, ResponseBody } from "./context.ts";

/** A day (unconfirmed). */
const cachePeriodMinutes = 1440;

export async function describeEndpoints({ namespace }: OperationContext): Promise<ResponseBody> {
  const suffix = namespace.region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const address = `dynamodb.${namespace.region}.${suffix}`;
  return JSON.stringify({ Endpoints: [{ Address: address, CachePeriodInMinutes: cachePeriodMinutes }] });
}
