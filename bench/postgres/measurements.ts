/** What one round measures, in order; what is held against what, and how far it must come. */
import type { PgbenchScript } from "./pgbench.ts";
import type { GroupCounts, OutcomeCounts, StoreLoad } from "./store-job.ts";

export type Measurement =
  | {
      readonly kind: "pgbench";
      readonly name: string;
      readonly script: PgbenchScript;
      readonly clients: number;
    }
  | {
      readonly kind: "store";
      readonly name: string;
      readonly load: StoreLoad;
      /** Of all processes together. */
      readonly callers: number;
      readonly processes: 1 | 2;
      /** Absent: all. */
      readonly keys?: number;
    };

const hotKeys = 20;

/** Each pair lies side by side, so that what disturbs the machine disturbs both. */
export const measurements: readonly Measurement[] = [
  { kind: "pgbench", name: "pgbench select, 64 clients", script: "select", clients: 64 },
  { kind: "store", name: "get, 64 callers", load: "get", callers: 64, processes: 1 },
  { kind: "pgbench", name: "pgbench upsert, 64 clients", script: "upsert", clients: 64 },
  { kind: "store", name: "put, 64 callers", load: "put", callers: 64, processes: 1 },
  { kind: "store", name: "update and log, 64 callers", load: "update", callers: 64, processes: 1 },
  { kind: "pgbench", name: "pgbench upsert, 256 clients", script: "upsert", clients: 256 },
  { kind: "store", name: "update and log, 256 callers", load: "update", callers: 256, processes: 1 },
  { kind: "store", name: "update and log, 2 x 32 callers", load: "update", callers: 64, processes: 2 },
  {
    kind: "store",
    name: `the same on ${hotKeys} hot keys`,
    load: "update",
    callers: 64,
    processes: 2,
    keys: hotKeys,
  },
];

export interface Bar {
  readonly of: string;
  readonly against: string;
  readonly ratioMin: number;
}

export const bars: readonly Bar[] = [
  { of: "get, 64 callers", against: "pgbench select, 64 clients", ratioMin: 0.5 },
  { of: "put, 64 callers", against: "pgbench upsert, 64 clients", ratioMin: 0.6 },
  { of: "update and log, 64 callers", against: "pgbench upsert, 64 clients", ratioMin: 0.35 },
  { of: "update and log, 256 callers", against: "pgbench upsert, 256 clients", ratioMin: 0.8 },
  { of: `the same on ${hotKeys} hot keys`, against: "update and log, 2 x 32 callers", ratioMin: 0.7 },
];

/** What one measurement came to in one round. */
export interface Measured {
  readonly round: number;
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** For each operation: of our processes (none of them for pgbench) and of the server's. */
  readonly ownCpuMicros?: number;
  readonly serverCpuMicros?: number;
  readonly groups?: GroupCounts;
  /** Mutations in one transaction. */
  readonly groupSize?: number;
  readonly outcomes?: OutcomeCounts;
}
