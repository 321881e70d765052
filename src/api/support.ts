/**
 * What works today: the operations that are built, and the members of their requests that are not. Anything
 * missing is refused before anything has changed, with an error that names it. Kept by hand; the page
 * docs/operations.md is generated from it.
 */
import type { OperationSpec } from "./operation-spec.ts";
import type { ServiceName } from "./shapes/registry.ts";

const builtOperations: Readonly<Record<ServiceName, readonly string[]>> = {
  DynamoDB: [
    "BatchExecuteStatement",
    "BatchGetItem",
    "BatchWriteItem",
    "CreateTable",
    "DeleteItem",
    "DeleteTable",
    "DescribeEndpoints",
    "DescribeLimits",
    "DescribeTable",
    "ExecuteStatement",
    "ExecuteTransaction",
    "GetItem",
    "ListTables",
    "ListTagsOfResource",
    "PutItem",
    "Query",
    "Scan",
    "SearchVectors",
    "TagResource",
    "TransactGetItems",
    "TransactWriteItems",
    "UntagResource",
    "UpdateItem",
    "UpdateTable",
  ],
  DynamoDBStreams: [],
  Stator: ["BeginCapture", "EndCapture", "ReadCapture"],
};

/** A member of a request that does not work yet. */
export interface UnsupportedMember {
  readonly name: string;
  /** For readers of the page: which values of the member are meant; all of them when absent. */
  readonly condition?: string;
  /** Whether this value asks for what is missing; absent: every value does. */
  readonly refuses?: (value: unknown) => boolean;
}

const unsupported: ReadonlyMap<string, readonly UnsupportedMember[]> = new Map<
  string,
  readonly UnsupportedMember[]
>([
  [
    "CreateTable",
    [
      {
        name: "StreamSpecification",
        condition: "with StreamEnabled true",
        refuses: (value) => memberOf(value, "StreamEnabled") === true,
      },
      {
        name: "SSESpecification",
        condition: "with Enabled true",
        // AES256 is refused by DynamoDB too, with a text of its own.
        refuses: (value) => memberOf(value, "Enabled") === true && memberOf(value, "SSEType") !== "AES256",
      },
      { name: "ResourcePolicy" },
      { name: "GlobalTableSourceArn" },
      { name: "GlobalTableSettingsReplicationMode" },
    ],
  ],
  [
    "UpdateTable",
    [
      { name: "StreamSpecification" },
      { name: "SSESpecification" },
      { name: "ReplicaUpdates" },
      { name: "MultiRegionConsistency" },
      { name: "GlobalTableWitnessUpdates" },
      { name: "GlobalTableSettingsReplicationMode" },
      { name: "DisassociationProtectionEnabled" },
    ],
  ],
]);

/** An operation that is not built is answered with UnknownOperationException, like one nobody knows. */
export function isBuilt(service: ServiceName, operation: string): boolean {
  return builtOperations[service].includes(operation);
}

/** Members of the operation that do not work yet; empty for most operations. */
export function membersNotSupported(operation: string): readonly UnsupportedMember[] {
  return unsupported.get(operation) ?? none;
}

const none: readonly never[] = [];

/** Names of the members of this (decoded) input that ask for something that does not work yet. */
export function unsupportedMembers(spec: OperationSpec, input: unknown): readonly string[] {
  const members = unsupported.get(spec.name);
  if (members === undefined) return none;
  return members
    .filter(({ name, refuses }) => {
      const value = memberOf(input, name);
      return value !== undefined && (refuses === undefined || refuses(value));
    })
    .map(({ name }) => name);
}

/** The message of the ValidationException for members that do not work yet; never a text of DynamoDB's. */
export function unsupportedText(members: readonly string[], operation: string): string {
  return `Stator does not support ${members.join(", ")} of ${operation} yet`;
}

/** `input` is decoded: its members are its own. */
function memberOf(input: unknown, name: string): unknown {
  return (input as Readonly<Record<string, unknown>>)[name];
}
