/** Rules of the index definitions of CreateTable. */
import { type CreateTableInput, invalidParameters } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { GlobalDefinition, LocalDefinition } from "./index-descriptions.ts";
import { namesOf, refuseBadGlobalKeyOrder, refuseBadKeyOrder } from "./key-schema-rules.ts";
import {
  firstOnDemandMember,
  indexOwner,
  onDemandWarm,
  refuseLowWarm,
  refuseOnDemandOutOfRange,
  refuseThroughputOutOfBounds,
  unitsOf,
} from "./throughput-rules.ts";

/** A list that is there holds something. */
export function refuseEmptyIndexLists(input: CreateTableInput): void {
  for (const member of ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"] as const) {
    if (input[member]?.length === 0) throw invalidParameters(`List of ${member} is empty`);
  }
}

/** Numbers and names over all indexes, then each index on its own. */
export function refuseBadIndexes(input: CreateTableInput): void {
  const locals = input.LocalSecondaryIndexes ?? [];
  const globals = input.GlobalSecondaryIndexes ?? [];
  if (locals.length > 0 && input.KeySchema?.length !== 2) {
    throw invalidParameters(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
  }
  if (locals.length > limits.localIndexesMax) {
    throw invalidParameters(
      `Number of LocalSecondaryIndexes exceeds per-table limit of ${limits.localIndexesMax}`,
    );
  }
  if (globals.length > limits.globalIndexesMax) {
    throw invalidParameters(
      `GlobalSecondaryIndex count exceeds the per-table limit of ${limits.globalIndexesMax}`,
    );
  }
  refuseRepeatedNames([...locals, ...globals]);
  for (const index of locals) refuseBadLocalIndex(index, input.KeySchema?.[0]?.AttributeName);
  for (const index of globals) refuseBadGlobalIndex(index, input.BillingMode === "PAY_PER_REQUEST");
  refuseManyProjected(
    [...locals, ...globals].map(({ Projection }) => Projection.NonKeyAttributes?.length ?? 0),
  );
}

/** Of each index; counted once per index, even when several project the same attribute. The text is unconfirmed. */
export function refuseManyProjected(counts: readonly number[]): void {
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (count <= limits.projectedAttributesTotalMax) return;
  throw invalidParameters(
    `Number of NonKeyAttributes over all indexes exceeds per-table limit of ${limits.projectedAttributesTotalMax}`,
  );
}

function refuseRepeatedNames(indexes: readonly { readonly IndexName: string }[]): void {
  const names = new Set<string>();
  for (const { IndexName: name } of indexes) {
    if (names.has(name)) throw invalidParameters(`Duplicate index name: ${name}`);
    names.add(name);
  }
}

function refuseBadLocalIndex(
  { IndexName: name, KeySchema: keys, Projection }: LocalDefinition,
  tableHash?: string,
): void {
  refuseBadKeyOrder(keys);
  if (keys.length < 2)
    throw invalidParameters(`Index KeySchema does not have a range key for index: ${name}`);
  // Only global indexes may have more attributes; that a local one gets their text is unconfirmed.
  if (keys.length > 2)
    throw invalidParameters("The KeySchema exceeds the maximum allowed number of RANGE key attributes");
  const [indexHash] = namesOf(keys);
  if (indexHash !== tableHash) {
    throw invalidParameters(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
        `index hash key: ${indexHash}, table hash key: ${tableHash}`,
    );
  }
  refuseBadProjection(Projection);
}

function refuseBadGlobalIndex(index: GlobalDefinition, onDemand: boolean): void {
  refuseBadGlobalKeyOrder(index.KeySchema);
  refuseBadProjection(index.Projection);
  if (onDemand) refuseBadOnDemandIndex(index);
  else refuseBadProvisionedIndex(index);
}

function refuseBadOnDemandIndex(index: GlobalDefinition): void {
  const { IndexName: name, ProvisionedThroughput, OnDemandThroughput, WarmThroughput } = index;
  const owner = indexOwner(name);
  if (ProvisionedThroughput !== undefined) {
    throw invalidParameters(
      `ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`,
    );
  }
  if (OnDemandThroughput !== undefined) refuseOnDemandOutOfRange(OnDemandThroughput, owner, "unit");
  if (WarmThroughput !== undefined) {
    refuseLowWarm(WarmThroughput, onDemandWarm, { reason: "initialOnDemand", owner });
  }
}

function refuseBadProvisionedIndex(index: GlobalDefinition): void {
  const { IndexName: name, ProvisionedThroughput, OnDemandThroughput, WarmThroughput } = index;
  if (ProvisionedThroughput === undefined) {
    throw invalidParameters(`ProvisionedThroughput is not specified for index: ${name}`);
  }
  refuseThroughputOutOfBounds(ProvisionedThroughput);
  const limit = OnDemandThroughput === undefined ? undefined : firstOnDemandMember(OnDemandThroughput);
  if (limit !== undefined) {
    throw invalidParameters(
      `${limit} for OnDemandThroughput for index: ${name} cannot be specified when table BillingMode is PROVISIONED.`,
    );
  }
  if (WarmThroughput !== undefined) {
    refuseLowWarm(WarmThroughput, unitsOf(ProvisionedThroughput), {
      reason: "provisioned",
      owner: indexOwner(name),
    });
  }
}

export function refuseBadProjection(projection: LocalDefinition["Projection"]): void {
  const { ProjectionType: type, NonKeyAttributes: attributes } = projection;
  if (type === undefined) throw invalidParameters("Unknown ProjectionType: null");
  if (type === "INCLUDE" && attributes === undefined) {
    throw invalidParameters("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  }
  if (type !== "INCLUDE" && attributes !== undefined) {
    throw invalidParameters(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  const seen = new Set<string>();
  for (const name of attributes ?? []) {
    if (seen.has(name)) throw invalidParameters(`Duplicate element in NonKeyAttributes: ${name}`);
    seen.add(name);
  }
}
