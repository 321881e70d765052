/** UpdateTable: one kind of change a call; what has to settle leaves the table UPDATING for a while. */
import {
  inUseDetail,
  operationSpec,
  parameterValuesInvalid,
  resourceInUse,
  unsupportedMembers,
  unsupportedText,
  type UpdateTableInput,
  validationError,
} from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { changeTable } from "./change-table.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { tableAnswer } from "./table-answer.ts";
import { controlTable } from "./table-lookup.ts";
import { changedTable } from "./table-changes.ts";

export async function updateTable(context: OperationContext, input: UpdateTableInput): Promise<ResponseBody> {
  refuseNothingToDo(input);
  refuseCombinations(input);
  const { catalog, clock } = context.services;
  const before = controlTable(context, input.TableName);
  refuseUnsettled(before);
  refuseUnsupported(input);
  const after = await changeTable(context, input.TableName, (table) => {
    refuseUnsettled(table);
    return changedTable(table, input, { nowMs: clock.nowMs(), updateMs: catalog.delays.updateMs });
  });
  const counts = await catalog.counts(after);
  return JSON.stringify({ TableDescription: tableAnswer(echoed(before, after), counts) });
}

/** The answer shows the old throughput and class with the new status; a later Describe shows the new ones. */
function echoed(before: TableDescription, after: TableDescription): TableDescription {
  if (after.status !== "UPDATING") return after;
  const { tableClass: _next, ...rest } = after;
  return {
    ...rest,
    throughput: before.throughput,
    ...(before.tableClass === undefined ? {} : { tableClass: before.tableClass }),
  };
}

/** Members that make a change, in the order DynamoDB lists them. */
const changes = [
  ["ProvisionedThroughput", "ProvisionedThroughput"],
  ["BillingMode", "BillingMode"],
  ["UpdateStreamEnabled", "StreamSpecification"],
  ["GlobalSecondaryIndexUpdates", "GlobalSecondaryIndexUpdates"],
  ["SSESpecification", "SSESpecification"],
  ["ReplicaUpdates", "ReplicaUpdates"],
  ["MultiAccountReplicaReady", undefined],
  ["ReplicaTransitRoleArn", undefined],
  ["MultiRegionConsistency", "MultiRegionConsistency"],
  ["DeletionProtectionEnabled", "DeletionProtectionEnabled"],
  ["OnDemandThroughput", "OnDemandThroughput"],
  ["WarmThroughput", "WarmThroughput"],
  ["TableClass", "TableClass"],
] as const satisfies readonly (readonly [printed: string, member: keyof UpdateTableInput | undefined])[];

/** Changes that do not work yet but are something to do. */
const otherChanges = [
  "VectorIndexUpdates",
  "GlobalTableWitnessUpdates",
  "GlobalTableSettingsReplicationMode",
  "DisassociationProtectionEnabled",
] as const satisfies readonly (keyof UpdateTableInput)[];

function refuseNothingToDo(input: UpdateTableInput): void {
  const present = changes.some(([, member]) => member !== undefined && input[member] !== undefined);
  if (present || otherChanges.some((member) => input[member] !== undefined)) return;
  const names = changes.map(([printed]) => printed);
  throw validationError(
    `At least one of ${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""} is required`,
  );
}

/** Changes that must come alone, with the name their text uses. */
const alone = [
  ["SSESpecification", "Server-Side Encryption modification"],
  ["TableClass", "TableClass modification"],
  ["DeletionProtectionEnabled", "DeletionProtection modification"],
  ["WarmThroughput", "WarmThroughput"],
] as const satisfies readonly (readonly [member: keyof UpdateTableInput, printed: string])[];

function refuseCombinations(input: UpdateTableInput): void {
  const members: readonly (keyof UpdateTableInput)[] = [
    ...changes.flatMap(([, member]) => (member === undefined ? [] : [member])),
    ...otherChanges,
  ];
  const present = members.filter((member) => input[member] !== undefined);
  for (const [member, printed] of alone) {
    if (input[member] !== undefined && present.length > 1) {
      throw validationError(`${parameterValuesInvalid}${printed} must be the only operation in the request`);
    }
  }
  const withOnDemand = present.some((member) => member !== "OnDemandThroughput" && member !== "BillingMode");
  if (input.OnDemandThroughput !== undefined && withOnDemand) {
    throw validationError(
      `${parameterValuesInvalid}OnDemandThroughput can only be combined with BillingMode in an UpdateTable request`,
    );
  }
  if (input.StreamSpecification !== undefined && input.ProvisionedThroughput !== undefined) {
    throw validationError(
      `${parameterValuesInvalid}You cannot modify stream status while updating table IOPS`,
    );
  }
}

function refuseUnsettled({ status, name }: TableDescription): void {
  if (status === "CREATING") throw resourceInUse(inUseDetail.created(name));
  if (status === "DELETING") throw resourceInUse(inUseDetail.deleted(name));
  if (status === "UPDATING") throw resourceInUse(inUseDetail.updated(name));
}

function refuseUnsupported(input: UpdateTableInput): void {
  const spec = operationSpec("DynamoDB", "UpdateTable");
  const members = spec === undefined ? [] : unsupportedMembers(spec, input);
  if (members.length > 0) throw validationError(unsupportedText(members, "UpdateTable"));
}
