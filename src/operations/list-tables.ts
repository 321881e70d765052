/** ListTables: names ascending by bytes, 100 a page. */
import { type ListTablesInput } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";

export function listTables(context: OperationContext, input: ListTablesInput): Promise<ResponseBody> {
  const names = context.services.catalog.list(context.namespace, input.ExclusiveStartTableName);
  const page = names.slice(0, input.Limit ?? limits.listTablesMax);
  const last = page.length < names.length ? page.at(-1) : undefined;
  const more = last === undefined ? {} : { LastEvaluatedTableName: last };
  return Promise.resolve(JSON.stringify({ TableNames: page, ...more }));
}
