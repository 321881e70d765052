/**
 * Rules of GlobalSecondaryIndexUpdates. Indexes do not work yet, but a bad request gets DynamoDB's answer
 * already.
 */
import {
  indexOfTableNotFound,
  invalidParameters,
  subscriberLimitExceeded,
  type UpdateTableInput,
} from "../api/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { refuseBadProjection } from "./index-rules.ts";
import { refuseBadGlobalKeyOrder } from "./key-schema-rules.ts";
import { refuseThroughputOutOfBounds } from "./throughput-rules.ts";

type IndexUpdate = NonNullable<UpdateTableInput["GlobalSecondaryIndexUpdates"]>[number];
type Creation = NonNullable<IndexUpdate["Create"]>;
type ThroughputUpdate = NonNullable<IndexUpdate["Update"]>;

/** Rules that do not depend on the table: one action an entry, one entry an index. */
export function refuseBadIndexUpdates(input: UpdateTableInput): void {
  const { GlobalSecondaryIndexUpdates: updates } = input;
  if (updates === undefined) return;
  if (updates.length === 0) throw invalidParameters("List of GlobalSecondaryIndexUpdates is empty");
  const names = new Set<string>();
  for (const update of updates) {
    const name = indexNameOf(update);
    if (names.has(name)) {
      throw invalidParameters(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${name}`,
      );
    }
    names.add(name);
  }
  for (const { Create, Update } of updates) {
    if (Create !== undefined) refuseBadCreation(Create, input);
    if (Update !== undefined) refuseBadThroughputUpdate(Update, input);
  }
}

/**
 * Rules of the table: one index is made or dropped at a time, and only what is there can be changed. No table has
 * an index yet. Which of the two comes first is unconfirmed.
 */
export function refuseImpossibleIndexUpdates({ name }: TableDescription, input: UpdateTableInput): void {
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  const madeOrDropped = updates.filter(({ Create, Delete }) => (Create ?? Delete) !== undefined);
  if (madeOrDropped.length > 1) {
    throw subscriberLimitExceeded("Only 1 online index can be created or deleted simultaneously per table");
  }
  for (const { Update, Delete } of updates) {
    const missing = Update ?? Delete;
    if (missing !== undefined) throw indexOfTableNotFound(missing.IndexName, name);
  }
}

function indexNameOf({ Create, Update, Delete }: IndexUpdate): string {
  const actions = [Create, Update, Delete].filter((action) => action !== undefined);
  if (actions.length > 1) {
    throw invalidParameters(
      "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
    );
  }
  const [action] = actions;
  if (action !== undefined) return action.IndexName;
  throw invalidParameters(
    "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, " +
      "GlobalSecondaryIndexUpdate.Delete must not be null",
  );
}

function refuseBadCreation(creation: Creation, input: UpdateTableInput): void {
  const { IndexName: name, KeySchema, Projection, ProvisionedThroughput } = creation;
  if ((input.AttributeDefinitions ?? []).length === 0) {
    throw invalidParameters(`AttributeDefinitions is not specified for index: ${name}`);
  }
  refuseBadGlobalKeyOrder(KeySchema);
  refuseBadProjection(Projection);
  if (input.BillingMode === "PROVISIONED" && ProvisionedThroughput === undefined) {
    throw invalidParameters(`ProvisionedThroughput must be specified for index: ${name}`);
  }
  if (ProvisionedThroughput !== undefined) refuseIndexThroughput(name, ProvisionedThroughput, input);
}

function refuseBadThroughputUpdate(update: ThroughputUpdate, input: UpdateTableInput): void {
  const { IndexName: name, ProvisionedThroughput, WarmThroughput } = update;
  if (WarmThroughput !== undefined && isEmpty(WarmThroughput)) {
    throw invalidParameters(
      "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified " +
        `for index: ${name}`,
    );
  }
  if (ProvisionedThroughput !== undefined) refuseIndexThroughput(name, ProvisionedThroughput, input);
}

function refuseIndexThroughput(
  name: string,
  throughput: NonNullable<Creation["ProvisionedThroughput"]>,
  input: UpdateTableInput,
): void {
  if (input.BillingMode === "PAY_PER_REQUEST") {
    throw invalidParameters(
      `Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ${name} ` +
        "when BillingMode is PAY_PER_REQUEST",
    );
  }
  refuseThroughputOutOfBounds(throughput);
}

function isEmpty({
  ReadUnitsPerSecond,
  WriteUnitsPerSecond,
}: NonNullable<ThroughputUpdate["WarmThroughput"]>): boolean {
  return ReadUnitsPerSecond === undefined && WriteUnitsPerSecond === undefined;
}
