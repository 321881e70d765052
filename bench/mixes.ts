/** Mixes of workloads: what several kinds of clients send at the same time. */
import type { MixPart } from "./load/mix-job.ts";
import { itemsTable, type Workload, workloads } from "./workloads.ts";

export interface Mix {
  readonly name: string;
  readonly summary: string;
  readonly parts: readonly WeightedWorkload[];
}

export interface WeightedWorkload {
  readonly workload: Workload;
  readonly weight: number;
}

/** A page of 1 MB is read and every item looked at, and the answer is short. */
const filteredScan: Workload = {
  name: "filtered-scan",
  summary: "Scan of a 1 MB page whose filter finds nothing",
  operation: "Scan",
  template: `{"TableName":"${itemsTable}","FilterExpression":"n < :zero","ExpressionAttributeValues":{":zero":{"N":"0"}}}`,
  keys: 1,
  keyOrder: "random",
  problem: ({ ScannedCount: scanned, Count: count }) =>
    Number(scanned) > 500 && count === 0
      ? undefined
      : `ScannedCount is ${String(scanned)}, Count ${String(count)}`,
};

function named(name: string): Workload {
  const found = workloads.find((workload) => workload.name === name);
  if (found === undefined) throw new Error(`no workload ${name}`);
  return found;
}

export const mixes: readonly Mix[] = [
  {
    name: "get",
    summary: "GetItem of 1 KB, keys spread over 10,000",
    parts: [{ workload: named("get"), weight: 1 }],
  },
  {
    name: "update",
    summary: "UpdateItem counting up, keys spread over 10,000",
    parts: [{ workload: named("update"), weight: 1 }],
  },
  {
    name: "even",
    summary: "50 % GetItem, 50 % UpdateItem, keys spread over 10,000",
    parts: [
      { workload: named("get"), weight: 1 },
      { workload: named("update"), weight: 1 },
    ],
  },
  {
    name: "mixed",
    summary: "50 % GetItem, 30 % UpdateItem, 15 % Query of 100 items, 5 % Scan of 1 MB with a filter",
    parts: [
      { workload: named("get"), weight: 50 },
      { workload: named("update"), weight: 30 },
      { workload: named("query"), weight: 15 },
      { workload: filteredScan, weight: 5 },
    ],
  },
];

export function mixParts(mix: Mix): readonly MixPart[] {
  return mix.parts.map(({ workload: { operation, template, keys, keyOrder }, weight }) => ({
    operation,
    template,
    keys,
    keyOrder,
    weight,
  }));
}
