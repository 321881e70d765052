/** From the index definitions of a request, whose rules have been checked, to what the catalog stores of them. */
import type { CreateTableInput, KeySchemaElement } from "../api/index.ts";
import { assert } from "../base/index.ts";
import type {
  BillingMode,
  GlobalIndex,
  KeyAttribute,
  NewGlobalIndex,
  NewLocalIndex,
  Projection,
} from "../catalog/index.ts";
import { initialBucketCount } from "../partitions/index.ts";
import { limitsOf } from "./throughput-change.ts";
import { mergedWarm, onDemandWarm, unitsOf } from "./throughput-rules.ts";

export type LocalDefinition = NonNullable<CreateTableInput["LocalSecondaryIndexes"]>[number];
/** CreateTable and UpdateTable define global indexes alike. */
export type GlobalDefinition = NonNullable<CreateTableInput["GlobalSecondaryIndexes"]>[number];

type Definitions = ReadonlyMap<string, KeyAttribute>;

export function newLocalIndex(
  { IndexName, KeySchema, Projection: projection }: LocalDefinition,
  defined: Definitions,
): NewLocalIndex {
  const [range] = keyAttributes(KeySchema, "RANGE", defined);
  assert(range !== undefined, "a checked local index has a range key");
  return { name: IndexName, range, projection: projectionOf(projection) };
}

export interface GlobalIndexBirth {
  readonly defined: Definitions;
  readonly billingMode: BillingMode;
  readonly state: Pick<GlobalIndex, "status" | "statusUntilMs" | "backfill">;
}

export function newGlobalIndex(
  asked: GlobalDefinition,
  { defined, billingMode, state }: GlobalIndexBirth,
): NewGlobalIndex {
  const { ProvisionedThroughput: provisioned, OnDemandThroughput: limits, WarmThroughput: warmAsked } = asked;
  const onDemand = billingMode === "PAY_PER_REQUEST";
  assert(onDemand || provisioned !== undefined, "a checked index of a provisioned table has units");
  const throughput =
    onDemand || provisioned === undefined ? { readUnits: 0, writeUnits: 0 } : unitsOf(provisioned);
  const warm = mergedWarm(warmAsked, onDemand ? onDemandWarm : throughput);
  return {
    name: asked.IndexName,
    bucketCount: initialBucketCount(warm),
    hash: keyAttributes(asked.KeySchema, "HASH", defined),
    range: keyAttributes(asked.KeySchema, "RANGE", defined),
    projection: projectionOf(asked.Projection),
    ...state,
    throughput,
    throughputHistory: { decreasesToday: 0 },
    ...limitsOf(limits?.MaxReadRequestUnits, limits?.MaxWriteRequestUnits),
    warmReadUnits: warm.readUnits,
    warmWriteUnits: warm.writeUnits,
  };
}

/** By name, as the service lists them once global indexes are involved. */
export function sortedDefinitions(definitions: Iterable<KeyAttribute>): readonly KeyAttribute[] {
  return [...definitions].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function keyAttributes(
  schema: readonly KeySchemaElement[],
  type: KeySchemaElement["KeyType"],
  defined: Definitions,
): readonly KeyAttribute[] {
  return schema
    .filter(({ KeyType }) => KeyType === type)
    .map(({ AttributeName }) => {
      const attribute = defined.get(AttributeName);
      assert(attribute !== undefined, "the key attributes of a checked index are defined");
      return attribute;
    });
}

/** The names of INCLUDE are listed in order, whatever the request's. */
export function projectionOf({
  ProjectionType: type,
  NonKeyAttributes: names = [],
}: LocalDefinition["Projection"]): Projection {
  assert(type !== undefined, "a checked projection has a type");
  return type === "INCLUDE" ? { type, attributes: [...names].sort() } : { type };
}
