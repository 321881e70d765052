/** AWS::DynamoDB::Table, AWS::Serverless::SimpleTable and AWS::DynamoDB::GlobalTable as inputs of CreateTable. */
import { isList, isObject, member, objectOf, type PlainObject } from "../plain-data.ts";
import type { TemplateContext } from "./intrinsics.ts";
import {
  aside,
  ignore,
  type PropertyRule,
  type PropertyRules,
  readProperties,
  type RefusedProperty,
  take,
  toBoolean,
  withNumbers,
} from "./property-rules.ts";

export interface TableResource {
  readonly kind: "table";
  /** Without TableName. */
  readonly createTable: PlainObject;
  readonly name: string | undefined;
  readonly timeToLive: PlainObject | undefined;
  readonly ignored: readonly string[];
}

export type ReadResource = (
  properties: PlainObject,
  context: TemplateContext,
) => TableResource | RefusedProperty;

const units = new Set(["ReadCapacityUnits", "WriteCapacityUnits"]);
const indexMembers = ["IndexName", "KeySchema", "Projection"];
const globalIndexMembers = new Set([
  ...indexMembers,
  "ProvisionedThroughput",
  "OnDemandThroughput",
  "WarmThroughput",
]);

const takeNumbers: PropertyRule = { kind: "take", convert: withNumbers };
const takeUnits: PropertyRule = { kind: "take", convert: withNumbers, members: units };
const takeGlobalIndexes: PropertyRule = {
  kind: "take",
  convert: withoutInsights,
  members: globalIndexMembers,
};
const takeLocalIndexes: PropertyRule = { kind: "take", members: new Set(indexMembers) };
const takeBoolean: PropertyRule = { kind: "take", convert: toBoolean };
const takeStream: PropertyRule = {
  kind: "take",
  // A template that has the property wants the stream; the API asks for it in words.
  convert: (value) => (isObject(value) ? { StreamEnabled: true, ...value } : value),
  members: new Set(["StreamEnabled", "StreamViewType"]),
};

// Encryption at rest, backups of AWS and insights belong to AWS's side of the deal.
const withoutEffect = [
  ["SSESpecification", ignore],
  ["PointInTimeRecoverySpecification", ignore],
  ["ContributorInsightsSpecification", ignore],
] as const;

const tableRules: PropertyRules = new Map<string, PropertyRule>([
  ["TableName", aside],
  ["AttributeDefinitions", take],
  ["KeySchema", take],
  ["BillingMode", take],
  ["ProvisionedThroughput", takeUnits],
  ["OnDemandThroughput", takeNumbers],
  ["WarmThroughput", takeNumbers],
  ["GlobalSecondaryIndexes", takeGlobalIndexes],
  ["LocalSecondaryIndexes", takeLocalIndexes],
  ["StreamSpecification", takeStream],
  ["TableClass", take],
  ["DeletionProtectionEnabled", takeBoolean],
  ["Tags", take],
  ["TimeToLiveSpecification", aside],
  ...withoutEffect,
]);

const simpleTableRules: PropertyRules = new Map<string, PropertyRule>([
  ["TableName", aside],
  ["PrimaryKey", aside],
  ["ProvisionedThroughput", takeUnits],
  ["Tags", { kind: "take", convert: tagList }],
  ...withoutEffect,
]);

const globalTableRules: PropertyRules = new Map<string, PropertyRule>([
  ["TableName", aside],
  ["AttributeDefinitions", take],
  ["KeySchema", take],
  ["BillingMode", take],
  ["GlobalSecondaryIndexes", takeGlobalIndexes],
  ["LocalSecondaryIndexes", takeLocalIndexes],
  ["StreamSpecification", takeStream],
  ["WriteOnDemandThroughputSettings", { kind: "take", as: "OnDemandThroughput", convert: withNumbers }],
  ["WarmThroughput", takeNumbers],
  ["TimeToLiveSpecification", aside],
  ["Replicas", aside],
  ...withoutEffect,
]);

/** Of the only replica; what would differ between replicas does not matter with one. */
const replicaRules: PropertyRules = new Map<string, PropertyRule>([
  ["Region", aside],
  ["DeletionProtectionEnabled", takeBoolean],
  ["TableClass", take],
  ["Tags", take],
  ...withoutEffect,
]);

const readTable: ReadResource = (properties, context) => {
  const read = readProperties(properties, tableRules, context);
  if (read.kind === "refused") return read;
  return tableResource(read.taken, read.aside, read.ignored);
};

const readSimpleTable: ReadResource = (properties, context) => {
  const read = readProperties(properties, simpleTableRules, context);
  if (read.kind === "refused") return read;
  const key = member(read.aside, "PrimaryKey") ?? {};
  const name = isObject(key) ? (member(key, "Name") ?? "id") : undefined;
  const typeName = isObject(key) ? (member(key, "Type") ?? "String") : undefined;
  const type = typeof typeName === "string" ? keyTypes.get(typeName) : undefined;
  if (name === undefined || type === undefined) {
    return { kind: "refused", message: "PrimaryKey needs a Name and the Type String, Number or Binary" };
  }
  const billing = "ProvisionedThroughput" in read.taken ? "PROVISIONED" : "PAY_PER_REQUEST";
  const createTable = {
    AttributeDefinitions: [{ AttributeName: name, AttributeType: type }],
    KeySchema: [{ AttributeName: name, KeyType: "HASH" }],
    BillingMode: billing,
    ...read.taken,
  };
  return tableResource(createTable, read.aside, read.ignored);
};

const readGlobalTable: ReadResource = (properties, context) => {
  const read = readProperties(properties, globalTableRules, context);
  if (read.kind === "refused") return read;
  const replicas = member(read.aside, "Replicas");
  const [replica, ...others] = isList(replicas) ? replicas : [];
  if (!isObject(replica) || others.length > 0) {
    return { kind: "refused", message: "Replicas: exactly one replica is supported" };
  }
  const own = readProperties(replica, replicaRules, context);
  if (own.kind === "refused") return { kind: "refused", message: `Replicas[0].${own.message}` };
  const ignored = [...read.ignored, ...own.ignored.map((name) => `Replicas[0].${name}`)];
  return tableResource({ ...read.taken, ...own.taken }, read.aside, ignored);
};

/** How each resource type is read; all other types of a template are not ours. */
export const tableResourceTypes: ReadonlyMap<string, ReadResource> = new Map([
  ["AWS::DynamoDB::Table", readTable],
  ["AWS::Serverless::SimpleTable", readSimpleTable],
  ["AWS::DynamoDB::GlobalTable", readGlobalTable],
]);

const keyTypes: ReadonlyMap<string, string> = new Map([
  ["String", "S"],
  ["Number", "N"],
  ["Binary", "B"],
]);

function tableResource(
  createTable: PlainObject,
  besides: PlainObject,
  ignored: readonly string[],
): TableResource | RefusedProperty {
  const name = member(besides, "TableName");
  if (name !== undefined && typeof name !== "string") {
    return { kind: "refused", message: "TableName is not a text" };
  }
  const timeToLive = member(besides, "TimeToLiveSpecification");
  if (timeToLive !== undefined && !isObject(timeToLive)) {
    return { kind: "refused", message: "TimeToLiveSpecification is not an object" };
  }
  return { kind: "table", createTable, name, timeToLive: enabledTimeToLive(timeToLive), ignored };
}

function enabledTimeToLive(specification: PlainObject | undefined): PlainObject | undefined {
  if (specification === undefined) return undefined;
  const enabled = toBoolean(member(specification, "Enabled"));
  // Off is how a new table starts.
  return enabled === false ? undefined : { ...specification, Enabled: enabled };
}

function withoutInsights(value: unknown): unknown {
  if (!isList(value)) return value;
  return value.map((index) => {
    if (!isObject(index)) return index;
    return withNumbers(
      objectOf(Object.entries(index).filter(([name]) => name !== "ContributorInsightsSpecification")),
    );
  });
}

/** SAM writes tags as a map. */
function tagList(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.entries(value).map(([Key, Value]) => ({ Key, Value: String(Value) }));
}
