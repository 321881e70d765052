/**
 * Rules of GlobalSecondaryIndexUpdates that depend on the table: what there is to change, and what contradicts its
 * billing mode, its definitions and its limits. The order among them is the likeliest (unconfirmed).
 */
import {
  indexOfTableNotFound,
  invalidParameters,
  subscriberLimitExceeded,
  type UpdateTableInput,
  validationError,
} from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { BillingMode, KeyAttribute, TableDescription } from "../catalog/index.ts";
import type { GlobalDefinition } from "./index-descriptions.ts";
import { refuseManyProjected } from "./index-rules.ts";
import { globalIndex, oneOnlineIndex } from "./index-states.ts";
import { definedAttributes, refuseUndefinedKeys } from "./key-schema-rules.ts";
import { firstOnDemandMember, indexOwner, onDemandWarm, refuseLowWarm, unitsOf } from "./throughput-rules.ts";

type IndexUpdates = NonNullable<UpdateTableInput["GlobalSecondaryIndexUpdates"]>;
type ThroughputUpdate = NonNullable<IndexUpdates[number]["Update"]>;

/** One index is made or dropped in a request, and only what is there can be changed. */
export function refuseImpossibleIndexUpdates(table: TableDescription, input: UpdateTableInput): void {
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  const madeOrDropped = updates.filter(({ Create, Delete }) => (Create ?? Delete) !== undefined);
  if (madeOrDropped.length > 1) throw oneOnlineIndex();
  for (const { Create, Update, Delete } of updates) {
    if (Create !== undefined) refuseTakenName(table, Create.IndexName);
    if (Update !== undefined) refuseMissing(table, Update.IndexName, "update");
    if (Delete !== undefined) refuseMissing(table, Delete.IndexName, "delete");
  }
  const mode = input.BillingMode ?? table.billingMode;
  for (const { Create, Update } of updates) {
    if (Create !== undefined) refuseImpossibleCreation(table, Create, { input, mode });
    if (Update !== undefined) refuseImpossibleUpdate(table, Update, mode);
  }
  if (mode === "PROVISIONED" && table.billingMode !== mode) refuseMissingUnits(table, updates);
}

function refuseTakenName(
  { localIndexes = [], globalIndexes = [], vectorIndexes = [] }: TableDescription,
  indexName: string,
): void {
  const taken = [...localIndexes, ...globalIndexes, ...vectorIndexes].some(({ name }) => name === indexName);
  if (taken) throw validationError("Attempting to create an index which already exists");
}

function refuseMissing(table: TableDescription, indexName: string, verb: "update" | "delete"): void {
  if (globalIndex(table, indexName) !== undefined) return;
  const { localIndexes = [], vectorIndexes = [] } = table;
  if ([...localIndexes, ...vectorIndexes].some(({ name }) => name === indexName)) {
    throw validationError(`Cannot ${verb} an index that is not a GlobalSecondaryIndex: ${indexName}`);
  }
  throw indexOfTableNotFound(indexName, table.name);
}

/** Definitions that neither the new index nor the table uses are let through, and forgotten. */
function refuseImpossibleCreation(
  table: TableDescription,
  creation: GlobalDefinition,
  { input, mode }: { readonly input: UpdateTableInput; readonly mode: BillingMode },
): void {
  const defined = definedAttributes(input.AttributeDefinitions ?? []);
  refuseUndefinedKeys(creation.KeySchema, defined);
  refuseOtherTypes(table, defined);
  refuseWrongCapacity(creation, mode);
  if (mode === "PROVISIONED" && creation.ProvisionedThroughput === undefined) {
    throw invalidParameters(`ProvisionedThroughput is not specified for index: ${creation.IndexName}`);
  }
  const { IndexName: name, ProvisionedThroughput: provisioned, WarmThroughput: warm } = creation;
  if (warm !== undefined) {
    const owner = indexOwner(name);
    if (provisioned === undefined) refuseLowWarm(warm, onDemandWarm, { reason: "initialOnDemand", owner });
    else refuseLowWarm(warm, unitsOf(provisioned), { reason: "provisioned", owner });
  }
  refuseTooMany(table, creation);
}

/** One attribute has one type in all keys of a table. The text is unconfirmed. */
export function refuseOtherTypes(
  { attributeDefinitions }: TableDescription,
  defined: ReadonlyMap<string, KeyAttribute>,
): void {
  for (const { name, type } of attributeDefinitions) {
    const asked = defined.get(name)?.type;
    if (asked === undefined || asked === type) continue;
    throw invalidParameters(
      `Attribute ${name} is already defined with type ${type}, AttributeDefinitions has type ${asked}`,
    );
  }
}

function refuseTooMany(
  { localIndexes = [], globalIndexes = [] }: TableDescription,
  creation: GlobalDefinition,
): void {
  if (globalIndexes.length >= limits.globalIndexesMax) {
    throw subscriberLimitExceeded(
      `Number of global secondary indexes exceeds per-table limit of ${limits.globalIndexesMax}`,
    );
  }
  const present = [...localIndexes, ...globalIndexes].map(({ projection }) =>
    projection.type === "INCLUDE" ? projection.attributes.length : 0,
  );
  refuseManyProjected([...present, creation.Projection.NonKeyAttributes?.length ?? 0]);
}

function refuseImpossibleUpdate(table: TableDescription, update: ThroughputUpdate, mode: BillingMode): void {
  refuseWrongCapacity(update, mode);
  const { IndexName: name, WarmThroughput: warm } = update;
  const index = globalIndex(table, name);
  if (warm === undefined || index === undefined) return;
  const current = { readUnits: index.warmReadUnits, writeUnits: index.warmWriteUnits };
  refuseLowWarm(warm, current, { reason: "current", owner: indexOwner(name) });
}

/** What contradicts the billing mode the table has after the request. */
function refuseWrongCapacity(
  { IndexName: name, ProvisionedThroughput, OnDemandThroughput }: ThroughputUpdate,
  mode: BillingMode,
): void {
  if (mode === "PAY_PER_REQUEST") {
    if (ProvisionedThroughput === undefined) return;
    throw invalidParameters(
      `Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ${name} ` +
        "when BillingMode is PAY_PER_REQUEST",
    );
  }
  const limit = OnDemandThroughput === undefined ? undefined : firstOnDemandMember(OnDemandThroughput);
  if (limit === undefined) return;
  // In the words CreateTable has for indexes and UpdateTable for tables (unconfirmed).
  throw invalidParameters(
    `${limit} for OnDemandThroughput for index: ${name} cannot be specified when the table BillingMode is PROVISIONED`,
  );
}

/** The switch to provisioned billing needs the units of every index. */
function refuseMissingUnits({ globalIndexes = [] }: TableDescription, updates: IndexUpdates): void {
  const given = new Set(
    updates.flatMap(({ Update }) => (Update?.ProvisionedThroughput === undefined ? [] : [Update.IndexName])),
  );
  for (const { name } of globalIndexes) {
    if (!given.has(name)) {
      throw invalidParameters(`ProvisionedThroughput must be specified for index: ${name}`);
    }
  }
}
