/** UpdateTable: one kind of change a call; what has to settle leaves the table UPDATING for a while. */
import { invalidParameters, type UpdateTableInput, validationError } from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { answerFacts } from "./answer-facts.ts";
import { changeTable } from "./change-table.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseBadIndexUpdates } from "./index-update-rules.ts";
import { refuseImpossibleIndexUpdates } from "./index-update-targets.ts";
import { asksForKey, refuseBadEncryption, refuseBadStream } from "./stream-encryption-rules.ts";
import { tableAnswer } from "./table-answer.ts";
import { changedTable } from "./table-changes.ts";
import { controlTable } from "./table-lookup.ts";
import { refuseUnfinished } from "./table-states.ts";
import {
  indexOwner,
  refuseAboveQuotas,
  refuseOnDemandOutOfRange,
  refuseThroughputOutOfBounds,
  tableOwner,
} from "./throughput-rules.ts";
import { refuseUnsupportedMembers } from "./unsupported-members.ts";
import { isPresent, refuseCombinations, refuseNothingToDo } from "./update-combinations.ts";
import {
  refuseBadVectorUpdates,
  refuseImpossibleVectorUpdates,
  refuseProvisioningVectors,
} from "./vector-index-rules-update.ts";

/** Rules of the request alone, then the table, then what does not work yet, quotas, and the table's own rules. */
export async function updateTable(context: OperationContext, input: UpdateTableInput): Promise<ResponseBody> {
  refuseNothingToDo(input);
  refuseBadIndexUpdates(input);
  refuseBadVectorUpdates(input);
  refuseCombinations(input);
  refuseBadCapacity(input);
  refuseBadStream(input.StreamSpecification, "update");
  refuseBadEncryption(input.SSESpecification);

  const { catalog, clock } = context.services;
  const present = controlTable(context, input.TableName);
  refuseUnfinished(present);
  refuseNothingToDisable(present, input);
  refuseImpossibleIndexUpdates(present, input);
  refuseImpossibleVectorUpdates(present, input);
  refuseProvisioningVectors(present, input);
  refuseUnsupportedMembers("UpdateTable", input);
  refuseAboveQuota(input, context.namespace.region);
  const changes = withoutEmptyMembers(input);
  const shown = await changeTable(context, input.TableName, (table) => {
    refuseUnfinished(table);
    return changedTable(table, changes, { nowMs: clock.nowMs(), delays: catalog.delays });
  });
  return JSON.stringify({ TableDescription: tableAnswer(shown, await answerFacts(context, shown)) });
}

function refuseBadCapacity({
  BillingMode,
  ProvisionedThroughput,
  OnDemandThroughput,
}: UpdateTableInput): void {
  if (BillingMode === "PAY_PER_REQUEST" && ProvisionedThroughput !== undefined) {
    // With the mode in the request the text is another one than without; both were measured.
    throw invalidParameters("ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST");
  }
  if (BillingMode === "PROVISIONED" && ProvisionedThroughput === undefined) {
    throw invalidParameters("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (ProvisionedThroughput !== undefined) refuseThroughputOutOfBounds(ProvisionedThroughput);
  if (OnDemandThroughput !== undefined) refuseOnDemandOutOfRange(OnDemandThroughput, tableOwner, "noLimit");
}

/** No table has a stream or a key of its own yet, so there is never one to take away. */
function refuseNothingToDisable(table: TableDescription, input: UpdateTableInput): void {
  const { StreamSpecification: stream, SSESpecification: encryption } = input;
  if (stream?.StreamEnabled === false) {
    throw validationError(`Table has no stream to disable: TableName: ${table.name}`);
  }
  if (encryption !== undefined && !asksForKey(encryption)) {
    throw invalidParameters("Table is already encrypted by default");
  }
}

function refuseAboveQuota(input: UpdateTableInput, region: string): void {
  refuseAboveQuotas(input, region, tableOwner);
  for (const { Create, Update } of input.GlobalSecondaryIndexUpdates ?? []) {
    const asked = Create ?? Update;
    if (asked !== undefined) refuseAboveQuotas(asked, region, indexOwner(asked.IndexName));
  }
}

/** Beside another change an empty structure is dropped without a word, as on the service. */
function withoutEmptyMembers(input: UpdateTableInput): UpdateTableInput {
  const { OnDemandThroughput: limits, WarmThroughput: warm, ...rest } = input;
  return {
    ...rest,
    ...(limits !== undefined && isPresent(input, "OnDemandThroughput") ? { OnDemandThroughput: limits } : {}),
    ...(warm !== undefined && isPresent(input, "WarmThroughput") ? { WarmThroughput: warm } : {}),
  };
}
