/** Statements of a batch, each an end of its own: what is wrong with one is an error value beside the others. */
import { ApiError, type ApiErrorName, validationError } from "../api/index.ts";
import type { PacedWork } from "../base/index.ts";
import type { SelectPlan, StatementPlan } from "../partiql/index.ts";
import { parsedStatement, type StatementInput, withParameters } from "./bound-statement.ts";
import type { ConsumedUnits } from "./capacity.ts";
import type { OperationContext } from "./context.ts";
import { plannedSelect, type SelectMode } from "./planned-select.ts";
import { type BodyPart, objectParts } from "./response-body.ts";
import { firstPosition } from "./select-page.ts";
import { pointOf } from "./select-points.ts";
import { readSelectPage } from "./select-read.ts";
import { statementTexts } from "./statement-texts.ts";
import { type SingleWrite, writeStatement } from "./statement-write.ts";
import { storageFailure } from "./storage-failures.ts";

/** One element of the request. */
export interface BatchedInput extends StatementInput, SelectMode {
  readonly ReturnValuesOnConditionCheckFailure?: "ALL_OLD" | "NONE";
}

export type BatchedStatement =
  | { readonly kind: "bound"; readonly input: BatchedInput; readonly plan: StatementPlan }
  | FailedStatement;

interface FailedStatement {
  readonly kind: "failed";
  /** Absent when the statement could not be read. */
  readonly table?: string;
  readonly error: ApiError;
}

export type StatementEnd =
  | {
      readonly kind: "done";
      readonly table: string;
      /** JSON of the item read, or of what RETURNING asks for. */
      readonly item?: BodyPart | readonly BodyPart[];
      readonly units: ConsumedUnits;
    }
  | FailedStatement;

export function batchedStatement(context: OperationContext, input: BatchedInput): BatchedStatement {
  let table: string | undefined;
  try {
    const parsed = parsedStatement(context, input);
    const { statement } = parsed;
    ({ table } = statement.kind === "exists" ? statement.select : statement);
    return { kind: "bound", input, plan: withParameters(parsed, input) };
  } catch (error) {
    return { kind: "failed", error: statementError(error), ...(table === undefined ? {} : { table }) };
  }
}

/** Never rejects for what is wrong with the statement. */
export async function runBatched(
  context: OperationContext,
  statement: BatchedStatement,
  work: PacedWork,
): Promise<StatementEnd> {
  if (statement.kind === "failed") return statement;
  const { input, plan } = statement;
  const { table } = plan;
  try {
    if (plan.kind === "exists") throw validationError(statementTexts.existsAlone);
    return plan.kind === "select"
      ? await readBatched(context, { input, plan }, work)
      : await writeBatched(context, input, plan);
  } catch (error) {
    return { kind: "failed", table, error: statementError(error) };
  }
}

async function readBatched(
  context: OperationContext,
  { input, plan }: { readonly input: BatchedInput; readonly plan: SelectPlan },
  work: PacedWork,
): Promise<StatementEnd> {
  const select = plannedSelect(context, plan, input);
  if (pointOf(select) === undefined) throw validationError(statementTexts.batchedSelect);
  const reader = { engine: context.services.engine, work };
  const { items, units } = await readSelectPage(reader, select, { from: firstPosition, limit: undefined });
  return { kind: "done", table: plan.table, units, ...(items.length === 0 ? {} : { item: items }) };
}

async function writeBatched(
  context: OperationContext,
  input: BatchedInput,
  plan: SingleWrite,
): Promise<StatementEnd> {
  const returnOnFailure = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  const { attributes, units } = await writeStatement(context, plan, { returnOnFailure });
  const { table } = plan;
  return { kind: "done", table, units, ...(attributes === undefined ? {} : { item: attributes }) };
}

/** A bug of ours fails the whole batch; everything else is told of its statement. */
function statementError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const failure = storageFailure(error);
  if (failure === undefined) throw error;
  return failure;
}

/** Values of the enumeration BatchStatementErrorCodeEnum. */
const errorCodes: Readonly<Partial<Record<ApiErrorName, string>>> = {
  AccessDeniedException: "AccessDenied",
  ConditionalCheckFailedException: "ConditionalCheckFailed",
  DuplicateItemException: "DuplicateItem",
  ItemCollectionSizeLimitExceededException: "ItemCollectionSizeLimitExceeded",
  ProvisionedThroughputExceededException: "ProvisionedThroughputExceeded",
  RequestLimitExceeded: "RequestLimitExceeded",
  ResourceNotFoundException: "ResourceNotFound",
  ThrottlingException: "ThrottlingError",
  TransactionConflictException: "TransactionConflict",
  ValidationException: "ValidationError",
};

/** What has no code of its own is a fault of the server's. */
const faultCode = "InternalServerError";

/** One element of Responses. */
export function endParts(end: StatementEnd): readonly BodyPart[] {
  const table = end.table === undefined ? undefined : JSON.stringify(end.table);
  if (end.kind === "done") {
    return objectParts([
      ["TableName", table],
      ["Item", end.item],
    ]);
  }
  const { code, message, members } = end.error;
  const item = members.find(({ name }) => name === "Item")?.json;
  return objectParts([
    [
      "Error",
      objectParts([
        ["Code", JSON.stringify(errorCodes[code] ?? faultCode)],
        ["Message", JSON.stringify(message)],
        ["Item", item],
      ]),
    ],
    ["TableName", table],
  ]);
}
