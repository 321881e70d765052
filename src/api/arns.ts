/**
 * Amazon Resource Names of tables, indexes and streams: printing and reading them, and the rule that a
 * table's ARN may stand wherever its name may.
 */
import {
  detectedText,
  lengthAtLeast,
  lengthAtMost,
  patternText,
  violationText,
} from "./decode/constraint-texts.ts";
import { patterns } from "./shapes/patterns.ts";

/** Region and account of a resource, and the table it belongs to. */
export interface TableAddress {
  readonly region: string;
  readonly account: string;
  readonly tableName: string;
}

export type ParsedArn =
  | (TableAddress & { readonly kind: "table" })
  | (TableAddress & { readonly kind: "index"; readonly indexName: string })
  | (TableAddress & { readonly kind: "stream"; readonly streamLabel: string })
  | { readonly kind: "issue"; readonly message: string };

export function tableArn({ region, account, tableName }: TableAddress): string {
  return `arn:${partitionOf(region)}:dynamodb:${region}:${account}:table/${tableName}`;
}

export function indexArn(table: TableAddress, indexName: string): string {
  return `${tableArn(table)}/index/${indexName}`;
}

/** Labels look like 2015-05-11T21:21:33.291. */
export function streamArn(table: TableAddress, streamLabel: string): string {
  return `${tableArn(table)}/stream/${streamLabel}`;
}

/** The partition of AWS's regions; regions of our own making are in the ordinary one. */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

const arnPattern = /^arn:([^:]*):dynamodb:([^:]*):([^:]*):(.+)$/su;
const partition = /^aws(?:-[a-z]+)*$/u;
/** Wider than AWS's names: a namespace of ours may have any region and any account of these characters. */
const regionOrAccount = /^[A-Za-z0-9_-]+$/u;

/** Longest ARN the API takes anywhere. */
const arnLengthMax = 1283;

/** Issues are bare sentences, as DynamoDB gives them inside "1 validation error detected: ". */
export function parseArn(arn: string): ParsedArn {
  const parts = arn.length > arnLengthMax ? null : arnPattern.exec(arn);
  if (parts === null) return { kind: "issue", message: arnFormatText };
  const [, partitionName = "", region = "", account = "", resource = ""] = parts;
  if (!partition.test(partitionName)) return { kind: "issue", message: `Invalid AWS partition in '${arn}'` };
  if (!regionOrAccount.test(region)) return { kind: "issue", message: `Invalid AWS region in '${arn}'` };
  // Only region, partition and resource type were seen in captures; this follows their form (unconfirmed).
  if (!regionOrAccount.test(account)) return { kind: "issue", message: `Invalid AWS account in '${arn}'` };
  const parsed = parseResource(resource, { region, account });
  return parsed ?? { kind: "issue", message: `Invalid resource type in '${arn}'` };
}

/** The captured sentence begins like this; its ending is ours (unconfirmed). */
const arnFormatText = "Valid ARN format is arn:aws:dynamodb:<region>:<account>:table/<table name>";

function parseResource(
  resource: string,
  { region, account }: Omit<TableAddress, "tableName">,
): ParsedArn | undefined {
  const [type, tableName, part, name, ...more] = resource.split("/");
  if (type !== "table" || tableName === undefined || more.length > 0) return undefined;
  const address: TableAddress = { region, account, tableName };
  if (part === undefined) return { kind: "table", ...address };
  if (name === undefined || name === "") return undefined;
  if (part === "index") return { kind: "index", ...address, indexName: name };
  return part === "stream" ? { kind: "stream", ...address, streamLabel: name } : undefined;
}

export type TableReference =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "arn"; readonly region: string; readonly account: string; readonly name: string }
  | { readonly kind: "issue"; readonly message: string };

/** A table's name or ARN. The issue's message is that of a ValidationException about `TableName`. */
export function parseTableReference(text: string): TableReference {
  const issues = tableReferenceIssues(text);
  if (issues.length > 0) {
    const entries = issues.map((issue) =>
      issue.kind === "sentence" ? issue.text : violationText(`'${text}'`, "tableName", issue.text),
    );
    return { kind: "issue", message: detectedText(entries) };
  }
  const parsed = text.startsWith(arnStart) ? parseArn(text) : undefined;
  if (parsed === undefined || parsed.kind === "issue") return { kind: "name", name: text };
  return { kind: "arn", region: parsed.region, account: parsed.account, name: parsed.tableName };
}

/** A violated constraint, which is printed with value and place, or a sentence that stands alone. */
export interface ReferenceIssue {
  readonly kind: "constraint" | "sentence";
  readonly text: string;
}

const arnStart = "arn:";
const referenceLengthMax = 1024;
const nameLengthMin = 3;
const nameLengthMax = 255;

/** What is wrong with a table reference; empty for a good one. */
export function tableReferenceIssues(text: string): readonly ReferenceIssue[] {
  if (!text.startsWith(arnStart)) return nameIssues(text);
  if (text.length > referenceLengthMax) return [constraint(lengthAtMost(referenceLengthMax))];
  const parsed = parseArn(text);
  if (parsed.kind === "issue") return [{ kind: "sentence", text: parsed.message }];
  if (parsed.kind !== "table") return [{ kind: "sentence", text: `Invalid resource type in '${text}'` }];
  return nameIssues(parsed.tableName);
}

const noIssues: readonly ReferenceIssue[] = [];

function nameIssues(name: string): readonly ReferenceIssue[] {
  const { length } = name;
  // An empty reference fails the shape of references, which comes before the rules of names.
  if (length === 0) return [constraint(lengthAtLeast(1))];
  const { matches, text } = patterns.resourceName;
  const patternMatches = matches(name);
  if (patternMatches && length >= nameLengthMin && length <= nameLengthMax) return noIssues;
  const issues: ReferenceIssue[] = [];
  if (!patternMatches) issues.push(constraint(patternText(text)));
  if (length < nameLengthMin) issues.push(constraint(lengthAtLeast(nameLengthMin)));
  if (length > nameLengthMax) issues.push(constraint(lengthAtMost(nameLengthMax)));
  return issues;
}

function constraint(text: string): ReferenceIssue {
  return { kind: "constraint", text };
}

/** What the service lists for keys of maps that are table names (maximum first, as for all map keys). */
export const tableNameKeyConstraints: readonly string[] = [
  lengthAtMost(nameLengthMax),
  lengthAtLeast(nameLengthMin),
  patternText(patterns.resourceName.text),
];
