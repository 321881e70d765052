/**
 * From what an end says of a table to the request that makes the same table elsewhere. Indexes are made with the table,
 * before the items: each item then goes into them as it is written, and no end has to read everything again for each
 * index, one index after the other.
 */
import { isJson, type Json, numberIn, objectIn, objectsIn, textIn } from "./end.ts";

/** Members of CreateTable that a table can do without, and that a person may therefore decide to leave out. */
export const waivableMembers: readonly string[] = [
  "LocalSecondaryIndexes",
  "GlobalSecondaryIndexes",
  "VectorIndexes",
  "OnDemandThroughput",
  "TableClass",
  "DeletionProtectionEnabled",
  "Tags",
  "StreamSpecification",
  "TimeToLive",
  "SSESpecification",
  "Replicas",
];

export interface TableFacts {
  readonly name: string;
  /** The body's Table of DescribeTable. */
  readonly description: Json;
  readonly tags: readonly Json[];
  /** Attribute with the time when items end, where that is switched on. */
  readonly ttlAttribute: string | undefined;
}

/** Input of CreateTable, without what is set when the items are there (streams, time to live). */
export function createTableInput(
  { name, description, tags }: TableFacts,
  waived: ReadonlySet<string> = new Set(),
): Json {
  const provisioned = billingModeOf(description) === "PROVISIONED";
  const optional: Json = {
    LocalSecondaryIndexes: objectsIn(description, "LocalSecondaryIndexes").map((index) =>
      members(index, ["IndexName", "KeySchema", "Projection"]),
    ),
    GlobalSecondaryIndexes: objectsIn(description, "GlobalSecondaryIndexes")
      .filter((index) => textIn(index, "IndexStatus") !== "DELETING")
      .map((index) => ({
        ...members(index, ["IndexName", "KeySchema", "Projection"]),
        ...(provisioned ? provisionedOf(index) : members(index, ["OnDemandThroughput"])),
      })),
    VectorIndexes: objectsIn(description, "VectorIndexes")
      .filter((index) => textIn(index, "IndexStatus") !== "DELETING")
      .map((index) => members(index, vectorMembers)),
    ...(provisioned ? {} : members(description, ["OnDemandThroughput"])),
    ...tableClassOf(description),
    ...(description["DeletionProtectionEnabled"] === true ? { DeletionProtectionEnabled: true } : {}),
    Tags: tags.filter((tag) => !isSystemTag(tag)),
  };
  const input: Json = {
    TableName: name,
    KeySchema: description["KeySchema"],
    BillingMode: provisioned ? "PROVISIONED" : "PAY_PER_REQUEST",
    ...(provisioned ? provisionedOf(description) : {}),
    ...Object.fromEntries(
      Object.entries(optional).filter(
        ([member, value]) => !waived.has(member) && !(Array.isArray(value) && value.length === 0),
      ),
    ),
  };
  return { ...input, AttributeDefinitions: usedDefinitions(input, description) };
}

const vectorMembers = [
  "IndexName",
  "VectorAttribute",
  "SearchSchema",
  "Projection",
  "Dimensions",
  "DistanceFunction",
];

/** What a copy never carries over, each as the member's name and what it is; tables without it say nothing. */
export function neverCopied({ description, tags }: TableFacts): readonly (readonly [string, string])[] {
  const lines: (readonly [string, string])[] = [];
  const encryption = objectIn(description, "SSEDescription");
  if (encryption !== undefined && textIn(encryption, "Status") === "ENABLED") {
    lines.push(["SSESpecification", "encryption with a key of the source's account"]);
  }
  if (objectsIn(description, "Replicas").length > 0) {
    lines.push(["Replicas", "replicas of a global table"]);
  }
  const system = tags.filter(isSystemTag).map((tag) => textIn(tag, "Key") ?? "");
  if (system.length > 0) lines.push(["Tags", `tags that only AWS may set: ${system.join(", ")}`]);
  return lines;
}

function billingModeOf(description: Json): string {
  const summary = objectIn(description, "BillingModeSummary");
  return (summary === undefined ? undefined : textIn(summary, "BillingMode")) ?? "PROVISIONED";
}

/** Names of the key attributes, partition key first. */
export function keyNamesOf(description: Json): readonly string[] {
  return objectsIn(description, "KeySchema").map((element) => textIn(element, "AttributeName") ?? "");
}

/** Key attributes with their types, for a person and for comparing. */
export function keySchemaText(description: Json): string {
  const definitions = objectsIn(description, "AttributeDefinitions");
  return objectsIn(description, "KeySchema")
    .map((element) => {
      const name = textIn(element, "AttributeName") ?? "";
      const definition = definitions.find((each) => textIn(each, "AttributeName") === name) ?? {};
      return `${name} (${textIn(definition, "AttributeType")}, ${textIn(element, "KeyType")})`;
    })
    .join(", ");
}

/** Tells this table from an earlier or later one of the same name. */
export function tableIdOf(description: Json): string {
  return textIn(description, "TableId") ?? `made ${numberIn(description, "CreationDateTime") ?? "?"}`;
}

/** Definitions that no key uses are refused, so those of indexes that are left out go with them. */
function usedDefinitions(input: Json, description: Json): readonly Json[] {
  const names = new Set<unknown>();
  const take = (holder: Json, member: string): void => {
    for (const element of objectsIn(holder, member)) names.add(element["AttributeName"]);
  };
  take(input, "KeySchema");
  for (const list of ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"]) {
    for (const index of objectsIn(input, list)) take(index, "KeySchema");
  }
  for (const index of objectsIn(input, "VectorIndexes")) take(index, "SearchSchema");
  return objectsIn(description, "AttributeDefinitions").filter((each) => names.has(each["AttributeName"]));
}

/** The members of these names that are there. */
function members(from: Json, names: readonly string[]): Json {
  return Object.fromEntries(
    names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  );
}

/** Without the counts and times that descriptions add. */
function provisionedOf(description: Json): Json {
  const throughput = objectIn(description, "ProvisionedThroughput") ?? {};
  return { ProvisionedThroughput: members(throughput, ["ReadCapacityUnits", "WriteCapacityUnits"]) };
}

/** The standard class is what a table has that says nothing. */
function tableClassOf(description: Json): Json {
  const summary = objectIn(description, "TableClassSummary");
  const tableClass = summary === undefined ? undefined : textIn(summary, "TableClass");
  return tableClass === undefined || tableClass === "STANDARD" ? {} : { TableClass: tableClass };
}

function isSystemTag(tag: Json): boolean {
  return textIn(tag, "Key")?.startsWith("aws:") ?? false;
}

/** The same text for the same JSON, whatever the order of members and of lists; key attributes have an order that counts. */
export function sortedJson(value: unknown, member = ""): string {
  if (Array.isArray(value)) {
    const elements = value.map((element) => sortedJson(element));
    return `[${(member === "KeySchema" ? elements : elements.sort()).join(",")}]`;
  }
  if (!isJson(value)) return JSON.stringify(value) ?? "";
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${sortedJson(value[name], name)}`).join(",")}}`;
}
