/** Rules of GlobalSecondaryIndexUpdates that do not depend on the table: one action an entry, one entry an index. */
import { invalidParameters, type UpdateTableInput } from "../api/index.ts";
import { refuseBadProjection } from "./index-rules.ts";
import { refuseBadGlobalKeyOrder } from "./key-schema-rules.ts";
import {
  firstOnDemandMember,
  indexOwner,
  refuseOnDemandOutOfRange,
  refuseThroughputOutOfBounds,
} from "./throughput-rules.ts";

type IndexUpdate = NonNullable<UpdateTableInput["GlobalSecondaryIndexUpdates"]>[number];
type Creation = NonNullable<IndexUpdate["Create"]>;
type ThroughputUpdate = NonNullable<IndexUpdate["Update"]>;

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
  const { IndexName: name, KeySchema, Projection, ProvisionedThroughput, OnDemandThroughput } = creation;
  if ((input.AttributeDefinitions ?? []).length === 0) {
    throw invalidParameters(`AttributeDefinitions is not specified for index: ${name}`);
  }
  refuseBadGlobalKeyOrder(KeySchema);
  refuseBadProjection(Projection);
  if (input.BillingMode === "PROVISIONED" && ProvisionedThroughput === undefined) {
    throw invalidParameters(`ProvisionedThroughput must be specified for index: ${name}`);
  }
  if (ProvisionedThroughput !== undefined) refuseIndexThroughput(name, ProvisionedThroughput, input);
  if (OnDemandThroughput !== undefined) {
    refuseOnDemandOutOfRange(OnDemandThroughput, indexOwner(name), "unit");
  }
}

function refuseBadThroughputUpdate(update: ThroughputUpdate, input: UpdateTableInput): void {
  const { IndexName: name, ProvisionedThroughput, OnDemandThroughput, WarmThroughput } = update;
  if (WarmThroughput !== undefined && isEmpty(WarmThroughput)) {
    throw invalidParameters(
      "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified " +
        `for index: ${name}`,
    );
  }
  if (ProvisionedThroughput !== undefined) refuseIndexThroughput(name, ProvisionedThroughput, input);
  if (OnDemandThroughput !== undefined) {
    refuseOnDemandOutOfRange(OnDemandThroughput, indexOwner(name), "noLimit");
  }
  if ((ProvisionedThroughput ?? WarmThroughput) !== undefined) return;
  if (OnDemandThroughput !== undefined && firstOnDemandMember(OnDemandThroughput) !== undefined) return;
  // The text is unconfirmed.
  throw invalidParameters(
    `One of ProvisionedThroughput, OnDemandThroughput, WarmThroughput must be specified for index: ${name}`,
  );
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
