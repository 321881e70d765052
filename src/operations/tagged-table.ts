/** The table of a tag operation, which names it by ARN only. */
import {
  apiError,
  invalidParameters,
  parseArn,
  taggedResourceNotFound,
  validationError,
} from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { OperationContext } from "./context.ts";

/** A table that is still being made has no tags yet as far as these operations know. */
export function taggedTable(context: OperationContext, arn: string): TableDescription {
  const table = context.services.catalog.find(context.namespace, tableNameOf(context, arn));
  if (table === undefined || table.status === "CREATING") throw taggedResourceNotFound(arn);
  return table;
}

/** Texts for what is wrong with an ARN, measured on the service in October 2026. */
function tableNameOf({ namespace }: OperationContext, arn: string): string {
  if (!arn.startsWith("arn:")) {
    throw invalidParameters(`ARNs must start with 'arn:': ${arn}`);
  }
  if (arn.split(":", 3)[2] !== "dynamodb") throw notOfDynamoDb(arn);
  const parsed = parseArn(arn);
  if (parsed.kind === "issue") {
    // Backups, exports and imports hang below a table; the service calls them no resources of DynamoDB.
    if (/:table\/[^/]+\/(?:backup|export|import)\//u.test(arn)) throw notOfDynamoDb(arn);
    throw invalidArn(arn);
  }
  if (parsed.kind === "index") {
    throw invalidParameters(
      `Invalid resource arn provided, only table or stream is accepted. ` + `Provided resource arn: ${arn}`,
    );
  }
  if (parsed.region !== namespace.region) throw invalidArn(arn);
  if (parsed.account !== namespace.account) throw apiError("AccessDeniedException", "Access is denied");
  // Streams pass the form of the ARN and are never found.
  if (parsed.kind === "stream") throw taggedResourceNotFound(arn);
  return parsed.tableName;
}

function notOfDynamoDb(arn: string): Error {
  return invalidParameters(`Provided Arn is not a DynamoDB resource arn: ${arn}`);
}

function invalidArn(arn: string): Error {
  return validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
}
