/** Which changes one UpdateTable request may ask for: at least one, and mostly only one. */
import { invalidParameters, type UpdateTableInput, validationError } from "../api/index.ts";

type Member = keyof UpdateTableInput;

/** What the service lists when nothing is asked for; three of the names are in no public model. */
const listed: readonly (readonly [printed: string, member: Member | undefined])[] = [
  ["ProvisionedThroughput", "ProvisionedThroughput"],
  ["BillingMode", "BillingMode"],
  ["UpdateStreamEnabled", "StreamSpecification"],
  ["GlobalSecondaryIndexUpdates", "GlobalSecondaryIndexUpdates"],
  ["SSESpecification", "SSESpecification"],
  ["ReplicaUpdates", "ReplicaUpdates"],
  ["MultiAccountReplicaReady", undefined],
  ["ReplicaTransitRoleArn", undefined],
  ["MultiRegionConsistency", "MultiRegionConsistency"],
  ["DeletionProtectionEnabled", "DeletionProtectionEnabled"],
  ["OnDemandThroughput", "OnDemandThroughput"],
  ["WarmThroughput", "WarmThroughput"],
  ["TableClass", "TableClass"],
];

/** Everything that is a change by itself. MultiRegionConsistency only says how replicas are made. */
const changes: readonly Member[] = [
  "ProvisionedThroughput",
  "BillingMode",
  "StreamSpecification",
  "GlobalSecondaryIndexUpdates",
  "SSESpecification",
  "ReplicaUpdates",
  "DeletionProtectionEnabled",
  "OnDemandThroughput",
  "WarmThroughput",
  "TableClass",
  "GlobalTableWitnessUpdates",
  "GlobalTableSettingsReplicationMode",
  "DisassociationProtectionEnabled",
  "VectorIndexUpdates",
];

/** An empty structure of limits, or an empty list of index updates, counts as absent. */
export function isPresent(input: UpdateTableInput, member: Member): boolean {
  const value = input[member];
  if (value === undefined) return false;
  const mayBeEmpty =
    member === "OnDemandThroughput" ||
    member === "WarmThroughput" ||
    member === "GlobalSecondaryIndexUpdates";
  return !mayBeEmpty || Object.values(value).some((inner) => inner !== undefined);
}

/** Members that are there but change nothing are left out of the list. */
export function refuseNothingToDo(input: UpdateTableInput): void {
  if (changes.some((member) => isPresent(input, member))) return;
  const names = listed
    .filter(([, member]) => member === undefined || !isPresent(input, member))
    .map(([printed]) => printed);
  throw validationError(
    `At least one of ${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""} is required`,
  );
}

interface Request {
  readonly input: UpdateTableInput;
  readonly present: ReadonlySet<Member>;
}

interface Combination {
  readonly text: string;
  readonly refuses: (request: Request) => boolean;
}

/** A change that must come alone. */
function alone(member: Member, text: string): Combination {
  return { text, refuses: ({ present }) => present.has(member) && present.size > 1 };
}

/**
 * In the order in which the service finds them; that of encryption, class, protection and warm throughput was
 * measured, the places of the others are the likeliest.
 */
const combinations: readonly Combination[] = [
  alone("SSESpecification", "Server-Side Encryption modification must be the only operation in the request"),
  alone("TableClass", "TableClass modification must be the only operation in the request"),
  alone(
    "DeletionProtectionEnabled",
    "DeletionProtection modification must be the only operation in the request",
  ),
  {
    text: "Requests that modify replicas or witnesses must not also modify other fields",
    refuses: ({ present }) =>
      present.has("GlobalTableWitnessUpdates") &&
      [...present].some((member) => member !== "GlobalTableWitnessUpdates" && member !== "ReplicaUpdates"),
  },
  {
    text: "Replica modification must be the only operation in the request",
    refuses: ({ present }) =>
      present.has("ReplicaUpdates") && [...present].some((member) => !replicaMembers.has(member)),
  },
  {
    text: "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
    refuses: ({ present }) =>
      present.has("OnDemandThroughput") && [...present].some((member) => !onDemandMembers.has(member)),
  },
  {
    text: "Create global secondary index cannot be specified when updating WarmThroughput",
    refuses: ({ input, present }) =>
      present.has("WarmThroughput") &&
      (input.GlobalSecondaryIndexUpdates ?? []).some(({ Create }) => Create !== undefined),
  },
  alone("WarmThroughput", "WarmThroughput must be the only operation in the request"),
  {
    text: "You cannot modify stream status while updating table IOPS",
    refuses: ({ input, present }) => present.has("StreamSpecification") && changesIops(input),
  },
  {
    text: "You cannot create or delete index while updating table IOPS",
    refuses: ({ input, present }) => addsOrDropsIndex(input) && present.has("ProvisionedThroughput"),
  },
  {
    text: "You cannot create or delete index while changing stream status",
    refuses: ({ input, present }) => addsOrDropsIndex(input) && present.has("StreamSpecification"),
  },
];

const replicaMembers: ReadonlySet<Member> = new Set(["ReplicaUpdates", "GlobalTableWitnessUpdates"]);
const onDemandMembers: ReadonlySet<Member> = new Set(["OnDemandThroughput", "BillingMode"]);

function changesIops({ BillingMode, ProvisionedThroughput }: UpdateTableInput): boolean {
  return ProvisionedThroughput !== undefined || BillingMode === "PROVISIONED";
}

function addsOrDropsIndex({
  GlobalSecondaryIndexUpdates: globals = [],
  VectorIndexUpdates: vectors = [],
}: UpdateTableInput): boolean {
  return [...globals, ...vectors].some(({ Create, Delete }) => Create !== undefined || Delete !== undefined);
}

/** Rules of the request alone; nothing here depends on the table. */
export function refuseCombinations(input: UpdateTableInput): void {
  const present = new Set(changes.filter((member) => isPresent(input, member)));
  const broken = combinations.find(({ refuses }) => refuses({ input, present }));
  if (broken !== undefined) throw invalidParameters(`${broken.text}`);
}
