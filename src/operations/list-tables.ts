/** ListTables: names ascending by bytes, 100 a page. */
import { type ListTablesInput } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";

/** The start name need not exist. The last page carries no LastEvaluatedTableName, even when it is full. */
export async function listTables(context: OperationContext, input: ListTablesInput): Promise<ResponseBody> {
  const { names, more } = context.services.catalog.list(context.namespace, {
    after: input.ExclusiveStartTableName,
    namesMax: input.Limit ?? limits.listTablesMax,
  });
  return JSON.stringify({ TableNames: names, LastEvaluatedTableName: more ? names.at(-1) : undefined });
}
