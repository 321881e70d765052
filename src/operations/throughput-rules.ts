/** Rules of provisioned, on-demand and warm throughput shared by CreateTable and UpdateTable. */
import {
  apiError,
  invalidParameters,
  type OnDemandThroughput,
  type ProvisionedThroughput,
  subscriberLimitExceeded,
  validationError,
  type WarmThroughput,
} from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { Throughput } from "../catalog/index.ts";

/** What a table can serve when it is on-demand and new. */
export const onDemandWarm: Throughput = { readUnits: 12_000, writeUnits: 4000 };

/** Takes an on-demand limit away; UpdateTable only. */
export const noLimit = -1;

/** Whose throughput it is, as the different texts name it. */
export interface ThroughputOwner {
  readonly kind: "table" | "index";
  readonly provisioned: string;
  readonly onDemand: string;
  readonly warm: string;
}

export const tableOwner: ThroughputOwner = {
  kind: "table",
  provisioned: "",
  onDemand: "table",
  warm: "table",
};

export function indexOwner(indexName: string): ThroughputOwner {
  return {
    kind: "index",
    provisioned: ` for index ${indexName}`,
    onDemand: `index : ${indexName}`,
    warm: `index ${indexName}`,
  };
}

const provisionedMembers = ["ReadCapacityUnits", "WriteCapacityUnits"] as const;
const onDemandMembers = ["MaxReadRequestUnits", "MaxWriteRequestUnits"] as const;

/** Reads and writes have members of their own in every structure, and one quota each. */
const warmMembers = [
  { name: "ReadUnitsPerSecond", units: "readUnits", quota: "TableMaxReadCapacityUnits" },
  { name: "WriteUnitsPerSecond", units: "writeUnits", quota: "TableMaxWriteCapacityUnits" },
] as const;

export function unitsOf({ ReadCapacityUnits, WriteCapacityUnits }: ProvisionedThroughput): Throughput {
  return { readUnits: ReadCapacityUnits, writeUnits: WriteCapacityUnits };
}

/** Beyond this a number is absurd whatever the quota. */
export function refuseThroughputOutOfBounds(asked: ProvisionedThroughput): void {
  for (const name of provisionedMembers) {
    if (asked[name] > limits.provisionedUnitsValueMax) {
      throw validationError(`Given value ${asked[name]} for ${name} is out of bounds`);
    }
  }
}

/** Everything a request can ask for a table or an index. */
export interface AskedThroughput {
  readonly ProvisionedThroughput?: ProvisionedThroughput;
  readonly OnDemandThroughput?: OnDemandThroughput;
  readonly WarmThroughput?: WarmThroughput;
}

/** The quotas of one table, which each of its global indexes has for itself, too. */
export function refuseAboveQuotas(asked: AskedThroughput, region: string, owner: ThroughputOwner): void {
  const { ProvisionedThroughput: provisioned, OnDemandThroughput: limit, WarmThroughput: warm } = asked;
  if (provisioned !== undefined) refuseThroughputAboveQuota(provisioned, region, owner);
  if (limit !== undefined) refuseOnDemandAboveQuota(limit, region, owner);
  if (warm !== undefined) refuseWarmAboveQuota(warm, region, owner);
}

function refuseThroughputAboveQuota(
  asked: ProvisionedThroughput,
  region: string,
  { kind, provisioned }: ThroughputOwner,
): void {
  for (const name of provisionedMembers) {
    if (asked[name] <= limits.provisionedUnitsTableMax) continue;
    throw apiError(
      "LimitExceededException",
      `The requested ${name}${provisioned}, ${asked[name]}, is above the per ${kind} maximum for the account ` +
        `in ${region}. Per ${kind} maximum: ${limits.provisionedUnitsTableMax}. ` +
        "Refer to the Amazon DynamoDB Developer Guide " +
        "for current limits and how to request higher limits.",
    );
  }
}

/** The first on-demand limit that is set; a structure without members counts as absent. */
export function firstOnDemandMember(asked: OnDemandThroughput): (typeof onDemandMembers)[number] | undefined {
  return onDemandMembers.find((name) => asked[name] !== undefined);
}

export function refuseOnDemandOutOfRange(
  asked: OnDemandThroughput,
  owner: ThroughputOwner,
  lowest: "unit" | "noLimit",
): void {
  for (const name of onDemandMembers) {
    const value = asked[name];
    if (value === undefined || value >= 1 || (lowest === "noLimit" && value === noLimit)) continue;
    throw invalidParameters(
      `Requested ${name} for OnDemandThroughput for ${owner.onDemand} is outside of valid range`,
    );
  }
}

/** Measured for UpdateTable of a table; taken to be the same for CreateTable and indexes. */
function refuseOnDemandAboveQuota(
  asked: OnDemandThroughput,
  region: string,
  { onDemand }: ThroughputOwner,
): void {
  for (const name of onDemandMembers) {
    if ((asked[name] ?? 0) <= limits.provisionedUnitsTableMax) continue;
    const quota = name === "MaxReadRequestUnits" ? "TableMaxReadCapacityUnits" : "TableMaxWriteCapacityUnits";
    throw subscriberLimitExceeded(
      `Requested ${name} for OnDemandThroughput for ${onDemand} exceeds ${quota} of the account in region ${region}`,
    );
  }
}

/** Why an asked warm throughput is too low. */
export type WarmFloorReason = "current" | "initialOnDemand" | "provisioned";

function floorText(reason: WarmFloorReason, units: "readUnits" | "writeUnits"): string {
  switch (reason) {
    case "current":
      return "is lower than current WarmThroughput, decreasing WarmThroughput is not supported";
    case "initialOnDemand":
      return (
        "is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/" +
        "developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
      );
    case "provisioned":
      return units === "readUnits"
        ? "is lower than ReadCapacityUnits of ProvisionedThroughput"
        : "is lower than WriteCapacityUnits of ProvisionedThroughput";
  }
}

/** Warm throughput only grows. */
export function refuseLowWarm(
  asked: WarmThroughput,
  floor: Throughput,
  { reason, owner }: { readonly reason: WarmFloorReason; readonly owner: ThroughputOwner },
): void {
  for (const { name, units } of warmMembers) {
    if ((asked[name] ?? floor[units]) >= floor[units]) continue;
    throw invalidParameters(
      `Requested ${name} for WarmThroughput for ${owner.warm} ${floorText(reason, units)}`,
    );
  }
}

/** Measured for indexes; the same sentence is taken for tables (unconfirmed). */
function refuseWarmAboveQuota(asked: WarmThroughput, region: string, { warm }: ThroughputOwner): void {
  for (const { name, quota } of warmMembers) {
    if ((asked[name] ?? 0) <= limits.provisionedUnitsTableMax) continue;
    throw subscriberLimitExceeded(
      `Requested ${name} for WarmThroughput for ${warm} exceeds ${quota} of the account in region ${region}`,
    );
  }
}

/** Members that are absent stay as they are. */
export function mergedWarm(asked: WarmThroughput | undefined, present: Throughput): Throughput {
  return {
    readUnits: asked?.ReadUnitsPerSecond ?? present.readUnits,
    writeUnits: asked?.WriteUnitsPerSecond ?? present.writeUnits,
  };
}
