/** Everything an end tells of its tables. */
import type { Caller } from "./caller.ts";
import { refusalText } from "./caller.ts";
import { CopyFailure } from "./copy-failure.ts";
import { isUnknownOperation, type Json, objectIn, objectsIn, textIn } from "./end.ts";
import type { TableFacts } from "./table-definition.ts";

/** In the order of the end. */
export async function listTables(caller: Caller): Promise<readonly string[]> {
  const names: string[] = [];
  let start: string | undefined;
  do {
    const page = await caller.need(
      "ListTables",
      start === undefined ? {} : { ExclusiveStartTableName: start },
    );
    const list = page["TableNames"];
    if (!Array.isArray(list)) throw new CopyFailure(`${caller.end.name}: ListTables answered no table names`);
    names.push(...list.filter((name) => typeof name === "string"));
    start = textIn(page, "LastEvaluatedTableName");
  } while (start !== undefined);
  return names;
}

/** Undefined when there is no such table. */
export async function describeTable(caller: Caller, name: string): Promise<Json | undefined> {
  const outcome = await caller.ask("DescribeTable", { TableName: name });
  if (outcome.kind === "answer") {
    const description = objectIn(outcome.body, "Table");
    if (description !== undefined) return description;
    throw new CopyFailure(`${caller.end.name}: DescribeTable answered no table`);
  }
  if (outcome.error === "ResourceNotFoundException") return undefined;
  throw new CopyFailure(`${caller.end.name}: DescribeTable of ${name}: ${refusalText(outcome)}`);
}

/** Throws CopyFailure when there is no such table. */
export async function describeKnownTable(caller: Caller, name: string): Promise<Json> {
  const description = await describeTable(caller, name);
  if (description === undefined) throw new CopyFailure(`${caller.end.name}: the table ${name} is gone`);
  return description;
}

/** The description with tags and time to live; an end is not asked for what is left out anyhow. */
export async function tableFacts(
  caller: Caller,
  description: Json,
  waived: ReadonlySet<string>,
): Promise<TableFacts> {
  const name = textIn(description, "TableName") ?? "";
  const tags = waived.has("Tags") ? [] : await tagsOf(caller, textIn(description, "TableArn"));
  const ttlAttribute = waived.has("TimeToLive") ? undefined : await ttlAttributeOf(caller, name);
  return { name, description, tags, ttlAttribute };
}

async function tagsOf(caller: Caller, arn: string | undefined): Promise<readonly Json[]> {
  if (arn === undefined) return [];
  const tags: Json[] = [];
  let token: string | undefined;
  do {
    const input = { ResourceArn: arn, ...(token === undefined ? {} : { NextToken: token }) };
    const outcome = await caller.ask("ListTagsOfResource", input);
    if (outcome.kind === "refused") {
      if (isUnknownOperation(outcome)) return [];
      throw new CopyFailure(`${caller.end.name}: ListTagsOfResource: ${refusalText(outcome)}`);
    }
    tags.push(...objectsIn(outcome.body, "Tags"));
    token = textIn(outcome.body, "NextToken");
  } while (token !== undefined);
  return tags;
}

/** An end without the operation has no tables that use it. */
export async function ttlAttributeOf(caller: Caller, name: string): Promise<string | undefined> {
  const outcome = await caller.ask("DescribeTimeToLive", { TableName: name });
  if (outcome.kind === "refused") {
    if (isUnknownOperation(outcome)) return undefined;
    throw new CopyFailure(`${caller.end.name}: DescribeTimeToLive of ${name}: ${refusalText(outcome)}`);
  }
  const ttl = objectIn(outcome.body, "TimeToLiveDescription") ?? {};
  const status = textIn(ttl, "TimeToLiveStatus");
  return status === "ENABLED" || status === "ENABLING" ? textIn(ttl, "AttributeName") : undefined;
}
