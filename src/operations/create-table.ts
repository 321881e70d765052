/** CreateTable: a new table, CREATING for a while. */
import {
  type CreateTableInput,
  operationSpec,
  parameterValuesInvalid,
  tableAlreadyExists,
  tableArn,
  unsupportedMembers,
  unsupportedText,
  validationError,
} from "../api/index.ts";
import type { BillingMode, KeySchema, NewTable, Throughput } from "../catalog/index.ts";
import { initialBucketCount } from "../partitions/index.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { indexKeyNames, refuseBadIndexes } from "./index-rules.ts";
import {
  definedTypes,
  keySchemaOf,
  refuseBadKeyOrder,
  refuseUndefinedKeys,
  refuseUnusedDefinitions,
} from "./key-schema-rules.ts";
import { tableAnswer } from "./table-answer.ts";
import { locateTable } from "./table-lookup.ts";
import { refuseBadTags, withTags } from "./tag-rules.ts";
import {
  mergedOnDemandMaxima,
  onDemandWarm,
  raisedWarm,
  refuseThroughputOutOfRange,
} from "./throughput-rules.ts";

export async function createTable(context: OperationContext, input: CreateTableInput): Promise<ResponseBody> {
  const wanted = newTable(context, input);
  refuseUnsupported(input);
  const outcome = await context.services.catalog.create(wanted);
  if (outcome.kind === "exists") throw tableAlreadyExists(wanted.name);
  return JSON.stringify({ TableDescription: tableAnswer(outcome.table, { items: 0, bytes: 0 }) });
}

function newTable(context: OperationContext, input: CreateTableInput): NewTable {
  const { clock, random, catalog } = context.services;
  const { namespace, name } = locateTable(context, input.TableName);
  const billing = billingOf(input, namespace.region);
  const keySchema = checkedKeySchema(input);
  refuseBadStream(input);
  refuseBadEncryption(input);
  if (input.Tags !== undefined && input.Tags.length > 0) refuseBadTags(input.Tags);
  const nowMs = clock.nowMs();
  return {
    name,
    namespace,
    tableId: random.uuid(),
    arn: tableArn({ region: namespace.region, account: namespace.account, tableName: name }),
    bucketCount: initialBucketCount(billing.warm),
    keySchema,
    attributeDefinitions: (input.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => ({
      name: AttributeName,
      type: AttributeType,
    })),
    status: "CREATING",
    statusUntilMs: nowMs + catalog.delays.createMs,
    createdMs: nowMs,
    billingMode: billing.mode,
    ...(billing.mode === "PAY_PER_REQUEST" ? { lastOnDemandMs: nowMs } : {}),
    throughput: billing.throughput,
    throughputHistory: { decreasesToday: 0 },
    ...mergedOnDemandMaxima(input.OnDemandThroughput, {}, billing.mode),
    warmReadUnits: billing.warm.readUnits,
    warmWriteUnits: billing.warm.writeUnits,
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    tags: withTags([], input.Tags ?? []),
  };
}

interface Billing {
  readonly mode: BillingMode;
  readonly throughput: Throughput;
  readonly warm: Throughput;
}

/** PROVISIONED is the default and needs its numbers; on-demand may not have any. */
function billingOf(input: CreateTableInput, region: string): Billing {
  const { ProvisionedThroughput: provisioned, WarmThroughput: warm } = input;
  if (input.BillingMode === "PAY_PER_REQUEST") {
    if (provisioned !== undefined) {
      throw validationError(
        `${parameterValuesInvalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when ` +
          "BillingMode is PAY_PER_REQUEST",
      );
    }
    return {
      mode: "PAY_PER_REQUEST",
      throughput: { readUnits: 0, writeUnits: 0 },
      warm: raisedWarm(warm, onDemandWarm, "initialOnDemand"),
    };
  }
  if (provisioned === undefined) {
    throw validationError(
      `${parameterValuesInvalid}ReadCapacityUnits and WriteCapacityUnits must both be specified when ` +
        "BillingMode is PROVISIONED",
    );
  }
  refuseThroughputOutOfRange(provisioned, region);
  const throughput = { readUnits: provisioned.ReadCapacityUnits, writeUnits: provisioned.WriteCapacityUnits };
  return { mode: "PROVISIONED", throughput, warm: raisedWarm(warm, throughput, "provisioned") };
}

function checkedKeySchema(input: CreateTableInput): KeySchema {
  const elements = input.KeySchema ?? [];
  const definitions = input.AttributeDefinitions ?? [];
  refuseBadKeyOrder(elements, definitions.length);
  const types = definedTypes(definitions);
  refuseUndefinedKeys(elements, types);
  const anyIndex = (input.LocalSecondaryIndexes ?? input.GlobalSecondaryIndexes) !== undefined;
  const used = new Set([...elements.map(({ AttributeName }) => AttributeName), ...indexKeyNames(input)]);
  refuseUnusedDefinitions(types, used, anyIndex);
  refuseBadIndexes(input, { keySchema: elements, types });
  refuseBadIndexThroughput(input);
  return keySchemaOf(elements, types);
}

function refuseBadIndexThroughput(input: CreateTableInput): void {
  for (const { IndexName: name, ProvisionedThroughput: provisioned } of input.GlobalSecondaryIndexes ?? []) {
    if (input.BillingMode === "PAY_PER_REQUEST" && provisioned !== undefined) {
      throw validationError(
        `${parameterValuesInvalid}ProvisionedThroughput should not be specified for index: ${name} ` +
          "when BillingMode is PAY_PER_REQUEST",
      );
    }
    if (input.BillingMode !== "PAY_PER_REQUEST" && provisioned === undefined) {
      throw validationError(
        `${parameterValuesInvalid}ProvisionedThroughput is not specified for index: ${name}`,
      );
    }
  }
}

function refuseBadStream({ StreamSpecification: stream }: CreateTableInput): void {
  if (stream === undefined) return;
  if (stream.StreamEnabled && stream.StreamViewType === undefined) {
    throw validationError(
      `${parameterValuesInvalid}Table is being created with a stream enabled, UpdateViewType is required`,
    );
  }
  if (!stream.StreamEnabled && stream.StreamViewType !== undefined) {
    throw validationError(
      `${parameterValuesInvalid}Table is being created with a stream disabled, UpdateViewType should not be specified`,
    );
  }
}

function refuseBadEncryption({ SSESpecification: encryption }: CreateTableInput): void {
  if (encryption === undefined) return;
  const { Enabled: enabled, SSEType: type, KMSMasterKeyId: keyId } = encryption;
  const invalid = (text: string): Error => validationError(`${parameterValuesInvalid}${text}`);
  if (enabled !== true) {
    if (type !== undefined) throw invalid("SSEType can not be specified if Enabled is false");
    if (keyId !== undefined) throw invalid("KMSMasterKeyId can not be specified if Enabled is false");
    return;
  }
  if (type === "AES256") throw invalid("SSEType AES256 is not supported");
  if (keyId !== undefined && type === undefined) {
    throw invalid("SSEType KMS is required if KMSMasterKeyId is specified");
  }
}

/** After DynamoDB's own rules, so that a bad definition gets DynamoDB's answer. */
function refuseUnsupported(input: CreateTableInput): void {
  const spec = operationSpec("DynamoDB", "CreateTable");
  const members = spec === undefined ? [] : unsupportedMembers(spec, input);
  if (members.length > 0) throw validationError(unsupportedText(members, "CreateTable"));
}
