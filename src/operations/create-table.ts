/** CreateTable: a new table, CREATING for a while. */
import {
  type CreateTableInput,
  internalServerError,
  inUseDetail,
  invalidParameters,
  type KeySchemaElement,
  resourceInUse,
  tableAlreadyExists,
  tableArn,
} from "../api/index.ts";
import type { KeyAttribute, NewTable, TableDescription, Throughput } from "../catalog/index.ts";
import { initialBucketCount } from "../partitions/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { newGlobalIndex, newLocalIndex, sortedDefinitions } from "./index-descriptions.ts";
import { refuseBadIndexes, refuseEmptyIndexLists } from "./index-rules.ts";
import {
  definedAttributes,
  keySchemaOf,
  namesOf,
  refuseBadKeyOrder,
  refuseTooFewDefinitions,
  refuseUndefinedKeys,
  refuseUnusedDefinitions,
} from "./key-schema-rules.ts";
import { asksForKey, refuseBadEncryption, refuseBadStream } from "./stream-encryption-rules.ts";
import { createdTableAnswer } from "./table-answer.ts";
import { locateTable } from "./table-lookup.ts";
import { limitsOf } from "./throughput-change.ts";
import { refuseBadTags, refuseTooManyTags, withTags } from "./tag-rules.ts";
import {
  firstOnDemandMember,
  indexOwner,
  mergedWarm,
  onDemandWarm,
  refuseAboveQuotas,
  refuseLowWarm,
  refuseOnDemandOutOfRange,
  refuseThroughputOutOfBounds,
  tableOwner,
  unitsOf,
} from "./throughput-rules.ts";
import { refuseUnsupportedMembers } from "./unsupported-members.ts";
import { newVectorIndex } from "./vector-index-descriptions.ts";
import {
  refuseBadVectorIndexes,
  refuseEmptyVectorIndexList,
  searchSchemaNames,
} from "./vector-index-rules.ts";

/**
 * Rules of the request, then what does not work yet, then the name, then quotas. That attribute definitions come
 * before everything about throughput and indexes was measured; the rest of the order is unconfirmed.
 */
export async function createTable(context: OperationContext, input: CreateTableInput): Promise<ResponseBody> {
  const schema = checkedSchema(input);
  const billing = checkedBilling(input);
  refuseBadIndexes(input);
  refuseBadVectorIndexes(input);
  refuseBadStream(input.StreamSpecification, "create");
  refuseBadEncryption(input.SSESpecification);
  refuseBadTags(input.Tags ?? []);
  refuseTooManyTags(input.Tags ?? []);
  refuseUnsupported(input);

  const { catalog, clock } = context.services;
  const { namespace, name } = locateTable(context, input.TableName);
  refuseExisting(catalog.find(namespace, name));
  refuseAboveQuota(input, namespace.region);
  const outcome = await catalog.create(newTable(context, { input, schema, billing, name }));
  if (outcome.kind === "undecided") throw internalServerError();
  if (outcome.kind === "exists") throw existing(outcome.table);
  const facts = {
    nowMs: clock.nowMs(),
    warmAsked: input.WarmThroughput !== undefined,
    warmIndexes: warmIndexesOf(input),
  };
  return JSON.stringify({ TableDescription: createdTableAnswer(outcome.table, facts) });
}

interface CheckedSchema {
  readonly elements: readonly KeySchemaElement[];
  readonly defined: ReadonlyMap<string, KeyAttribute>;
}

function checkedSchema(input: CreateTableInput): CheckedSchema {
  const { KeySchema: elements, AttributeDefinitions: definitions } = input;
  if (elements === undefined || definitions === undefined) {
    // The shape lets them be absent only beside a source table, which does not work yet.
    refuseUnsupported(input);
    throw internalServerError();
  }
  refuseEmptyIndexLists(input);
  refuseEmptyVectorIndexList(input);
  refuseTooFewDefinitions(elements, definitions);
  refuseBadKeyOrder(elements);
  const defined = definedAttributes(definitions);
  const indexes = [...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? [])];
  const schemas = [elements, ...indexes.map(({ KeySchema }) => KeySchema)];
  for (const schema of schemas) refuseUndefinedKeys(schema, defined);
  const vectors = input.VectorIndexes ?? [];
  const used = new Set([...schemas.flatMap(namesOf), ...searchSchemaNames(vectors)]);
  refuseUnusedDefinitions(defined, used, indexes.length + vectors.length > 0);
  return { elements, defined };
}

type Billing = Pick<NewTable, "billingMode" | "throughput"> & { readonly warm: Throughput };

/** PROVISIONED is the default and needs its numbers; on-demand may not have any. */
function checkedBilling(input: CreateTableInput): Billing {
  return input.BillingMode === "PAY_PER_REQUEST" ? onDemandBilling(input) : provisionedBilling(input);
}

function onDemandBilling({
  ProvisionedThroughput,
  OnDemandThroughput,
  WarmThroughput,
}: CreateTableInput): Billing {
  if (ProvisionedThroughput !== undefined) {
    throw invalidParameters(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  }
  if (OnDemandThroughput !== undefined) refuseOnDemandOutOfRange(OnDemandThroughput, tableOwner, "unit");
  if (WarmThroughput !== undefined) {
    refuseLowWarm(WarmThroughput, onDemandWarm, { reason: "initialOnDemand", owner: tableOwner });
  }
  const throughput = { readUnits: 0, writeUnits: 0 };
  return { billingMode: "PAY_PER_REQUEST", throughput, warm: mergedWarm(WarmThroughput, onDemandWarm) };
}

function provisionedBilling({
  ProvisionedThroughput,
  OnDemandThroughput,
  WarmThroughput,
}: CreateTableInput): Billing {
  if (ProvisionedThroughput === undefined) {
    throw invalidParameters(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  }
  refuseThroughputOutOfBounds(ProvisionedThroughput);
  const limit = OnDemandThroughput === undefined ? undefined : firstOnDemandMember(OnDemandThroughput);
  if (limit !== undefined) {
    // UpdateTable says "the table" and ends without a full stop; both were measured.
    throw invalidParameters(
      `${limit} for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.`,
    );
  }
  const throughput = unitsOf(ProvisionedThroughput);
  if (WarmThroughput !== undefined) {
    refuseLowWarm(WarmThroughput, throughput, { reason: "provisioned", owner: tableOwner });
  }
  return { billingMode: "PROVISIONED", throughput, warm: mergedWarm(WarmThroughput, throughput) };
}

function refuseUnsupported(input: CreateTableInput): void {
  const { SSESpecification: encryption } = input;
  const keyAsked = encryption !== undefined && asksForKey(encryption);
  refuseUnsupportedMembers("CreateTable", input, keyAsked ? ["SSESpecification"] : []);
}

function refuseExisting(table: TableDescription | undefined): void {
  if (table !== undefined) throw existing(table);
}

/** While the present table is CREATING the text is another one. */
function existing({ status, name }: TableDescription): Error {
  return status === "CREATING" ? resourceInUse(inUseDetail.created(name)) : tableAlreadyExists(name);
}

function refuseAboveQuota(input: CreateTableInput, region: string): void {
  refuseAboveQuotas(input, region, tableOwner);
  for (const index of input.GlobalSecondaryIndexes ?? []) {
    refuseAboveQuotas(index, region, indexOwner(index.IndexName));
  }
}

function warmIndexesOf({ GlobalSecondaryIndexes: indexes = [] }: CreateTableInput): ReadonlySet<string> {
  const asked = indexes.filter(({ WarmThroughput }) => WarmThroughput !== undefined);
  return new Set(asked.map(({ IndexName }) => IndexName));
}

interface CheckedTable {
  readonly input: CreateTableInput;
  readonly schema: CheckedSchema;
  readonly billing: Billing;
  readonly name: string;
}

function newTable(context: OperationContext, { input, schema, billing, name }: CheckedTable): NewTable {
  const { namespace, services } = context;
  const { account, region } = namespace;
  const createdMs = services.clock.nowMs();
  const statusUntilMs = createdMs + services.catalog.delays.createMs;
  const { OnDemandThroughput: limits, GlobalSecondaryIndexes: globals, VectorIndexes: vectors } = input;
  return {
    name,
    namespace: { account, region },
    tableId: services.random.uuid(),
    arn: tableArn({ region, account, tableName: name }),
    bucketCount: initialBucketCount(billing.warm),
    keySchema: keySchemaOf(schema.elements, schema.defined),
    attributeDefinitions:
      (globals ?? vectors) === undefined
        ? [...schema.defined.values()]
        : sortedDefinitions(schema.defined.values()),
    ...newIndexes(input, { schema, billing, statusUntilMs }),
    status: "CREATING",
    statusUntilMs,
    // The time of the switch to on-demand shows when the table is there.
    ...(billing.billingMode === "PAY_PER_REQUEST" ? { pending: { lastOnDemandMs: statusUntilMs } } : {}),
    createdMs,
    billingMode: billing.billingMode,
    throughput: billing.throughput,
    throughputHistory: { decreasesToday: 0 },
    ...limitsOf(limits?.MaxReadRequestUnits, limits?.MaxWriteRequestUnits),
    warmReadUnits: billing.warm.readUnits,
    warmWriteUnits: billing.warm.writeUnits,
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    tags: withTags([], input.Tags ?? []),
  };
}

interface IndexBirth extends Pick<CheckedTable, "schema" | "billing"> {
  readonly statusUntilMs: number;
}

/** Global and vector indexes are ACTIVE together with their table. */
function newIndexes(
  {
    LocalSecondaryIndexes: locals,
    GlobalSecondaryIndexes: globals,
    VectorIndexes: vectors,
  }: CreateTableInput,
  { schema: { defined }, billing: { billingMode }, statusUntilMs }: IndexBirth,
): Pick<NewTable, "localIndexes" | "globalIndexes" | "vectorIndexes"> {
  const state = { status: "CREATING", statusUntilMs } as const;
  return {
    ...(locals === undefined ? {} : { localIndexes: locals.map((index) => newLocalIndex(index, defined)) }),
    ...(globals === undefined
      ? {}
      : { globalIndexes: globals.map((index) => newGlobalIndex(index, { defined, billingMode, state })) }),
    ...(vectors === undefined
      ? {}
      : { vectorIndexes: vectors.map((index) => newVectorIndex(index, { defined, state })) }),
  };
}
