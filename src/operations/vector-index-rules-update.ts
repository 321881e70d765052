/** Rules of VectorIndexUpdates, those of the request alone and those of the table. */
import {
  indexOfTableNotFound,
  invalidParameters,
  subscriberLimitExceeded,
  type UpdateTableInput,
  validationError,
} from "../api/index.ts";
import type { IndexStatus, TableDescription } from "../catalog/index.ts";
import { refuseOtherTypes } from "./index-update-targets.ts";
import { definedAttributes } from "./key-schema-rules.ts";
import {
  refuseBadVectorIndex,
  refuseDefinedVector,
  refuseOtherDimensions,
  refuseProvisionedVectors,
  refuseTooManyVectorIndexes,
  type VectorIndexDefinition,
} from "./vector-index-rules.ts";

type VectorUpdate = NonNullable<UpdateTableInput["VectorIndexUpdates"]>[number];

/** All unconfirmed: those for global indexes, with the other word. */
const texts = {
  empty: "List of VectorIndexUpdates is empty",
  severalActions: "Only one vector index action is allowed per VectorIndexUpdate object",
  noAction: "One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must not be null",
  sameIndex: (name: string): string =>
    `Only one vector index update per index is allowed simultaneously. Index: ${name}`,
  otherKind: (name: string): string => `Cannot delete an index that is not a VectorIndex: ${name}`,
} as const;

/**
 * Rules that do not depend on the table: one action an entry, one entry an index, sound definitions. Search schemas may
 * only name attributes that this very request defines, as keys of global indexes may.
 */
export function refuseBadVectorUpdates(input: UpdateTableInput): void {
  const { VectorIndexUpdates: updates, AttributeDefinitions: definitions = [] } = input;
  if (updates === undefined) return;
  if (updates.length === 0) throw invalidParameters(texts.empty);
  const names = new Set<string>();
  for (const update of updates) {
    const name = indexNameOf(update);
    if (names.has(name)) throw invalidParameters(texts.sameIndex(name));
    names.add(name);
  }
  for (const { Create: creation } of updates) {
    if (creation === undefined) continue;
    if (input.BillingMode !== undefined) refuseProvisionedVectors(input.BillingMode);
    refuseBadVectorIndex(creation, definitions);
  }
}

/**
 * Rules of the table: of all kinds together one index is made or dropped at a time, only what is there can be dropped,
 * and what is made has to suit what is there. Their order is unconfirmed.
 */
export function refuseImpossibleVectorUpdates(table: TableDescription, input: UpdateTableInput): void {
  const updates = input.VectorIndexUpdates ?? [];
  if (updates.length === 0) return;
  const globals = (input.GlobalSecondaryIndexUpdates ?? []).filter(
    ({ Create, Delete }) => (Create ?? Delete) !== undefined,
  );
  if (updates.length + globals.length > 1) throw onlyOneAtATime();
  for (const { Create: creation, Delete: deletion } of updates) {
    if (deletion !== undefined) refuseImpossibleDeletion(table, deletion.IndexName);
    if (creation !== undefined) refuseImpossibleCreation(table, creation, input);
  }
}

/** Switching the mode of a table with vector indexes; no description of that refusal is known (unconfirmed). */
export function refuseProvisioningVectors(table: TableDescription, input: UpdateTableInput): void {
  const present = table.vectorIndexes ?? [];
  if (present.length > 0 && input.BillingMode !== undefined) refuseProvisionedVectors(input.BillingMode);
}

function indexNameOf({ Create, Delete }: VectorUpdate): string {
  if (Create !== undefined && Delete !== undefined) throw invalidParameters(texts.severalActions);
  const action = Create ?? Delete;
  if (action === undefined) throw invalidParameters(texts.noAction);
  return action.IndexName;
}

function refuseImpossibleDeletion(table: TableDescription, name: string): void {
  if ((table.vectorIndexes ?? []).some((index) => index.name === name)) return;
  if (indexNames(table).has(name)) throw validationError(texts.otherKind(name));
  throw indexOfTableNotFound(name, table.name);
}

function refuseImpossibleCreation(
  table: TableDescription,
  creation: VectorIndexDefinition,
  { AttributeDefinitions: definitions = [] }: UpdateTableInput,
): void {
  if (indexNames(table).has(creation.IndexName)) {
    throw validationError("Attempting to create an index which already exists");
  }
  const present = table.vectorIndexes ?? [];
  if ([...present, ...(table.globalIndexes ?? [])].some(({ status }) => unfinished.has(status))) {
    throw onlyOneAtATime();
  }
  refuseOtherTypes(table, definedAttributes(definitions));
  refuseProvisionedVectors(table.billingMode);
  refuseTooManyVectorIndexes(present.length + 1);
  refuseDefinedVector(
    creation.VectorAttribute.AttributeName,
    new Set(table.attributeDefinitions.map(({ name }) => name)),
  );
  refuseOtherDimensions([
    ...present.map(({ vectorAttribute, dimensions }) => ({
      VectorAttribute: { AttributeName: vectorAttribute },
      Dimensions: dimensions,
    })),
    creation,
  ]);
}

const unfinished: ReadonlySet<IndexStatus> = new Set<IndexStatus>(["CREATING", "DELETING"]);

function indexNames(table: TableDescription): ReadonlySet<string> {
  const { localIndexes = [], globalIndexes = [], vectorIndexes = [] } = table;
  return new Set([...localIndexes, ...globalIndexes, ...vectorIndexes].map(({ name }) => name));
}

/** Quoted by AWS for two vector indexes in one request. */
function onlyOneAtATime(): Error {
  return subscriberLimitExceeded("Only 1 online index can be created or deleted simultaneously per table");
}
