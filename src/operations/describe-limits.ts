/** DescribeLimits: the account's default quotas. */
import { limits } from "../base/index.ts";
import type { ResponseBody } from "./context.ts";

export async function describeLimits(): Promise<ResponseBody> {
  return JSON.stringify({
    AccountMaxReadCapacityUnits: limits.provisionedUnitsAccountMax,
    AccountMaxWriteCapacityUnits: limits.provisionedUnitsAccountMax,
    TableMaxReadCapacityUnits: limits.provisionedUnitsTableMax,
    TableMaxWriteCapacityUnits: limits.provisionedUnitsTableMax,
  });
}
