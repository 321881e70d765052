/** The table of a tag operation, which names it by ARN only. */
import {
  inUseDetail,
  parameterValuesInvalid,
  parseArn,
  resourceInUse,
  taggedResourceNotFound,
  validationError,
} from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { OperationContext } from "./context.ts";

export function taggedTable(context: OperationContext, arn: string): TableDescription {
  if (!arn.startsWith("arn:")) {
    throw validationError(`${parameterValuesInvalid}ARNs must start with 'arn:': ${arn}`);
  }
  if (arn.split(":")[2] !== "dynamodb") {
    throw validationError(`${parameterValuesInvalid}Provided Arn is not a DynamoDB resource arn: ${arn}`);
  }
  const parsed = parseArn(arn);
  if (parsed.kind === "issue") {
    throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  }
  if (parsed.kind !== "table") {
    throw validationError(
      `${parameterValuesInvalid}Invalid resource arn provided, only table or stream is accepted. ` +
        `Provided resource arn: ${arn}`,
    );
  }
  const { account, region } = context.namespace;
  const table =
    parsed.account === account && parsed.region === region
      ? context.services.catalog.find(context.namespace, parsed.tableName)
      : undefined;
  if (table === undefined) throw taggedResourceNotFound(arn);
  return table;
}

/** Tags change only on tables that are neither being made nor going away. */
export function refuseUnsettled(table: TableDescription): void {
  if (table.status === "CREATING") throw resourceInUse(inUseDetail.created(table.name));
  if (table.status === "DELETING") throw resourceInUse(inUseDetail.deleted(table.name));
}
