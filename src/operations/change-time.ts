/** How long a change of a table takes, by its kind. */
import type { CatalogDelays, UpdateKind } from "../catalog/index.ts";

export interface ChangeTime {
  readonly nowMs: number;
  readonly delays: CatalogDelays;
}

export function delayMs(kind: UpdateKind, { delays }: ChangeTime): number {
  const own = {
    throughput: delays.throughputMs,
    billingMode: delays.billingModeMs,
    tableClass: delays.tableClassMs,
    index: undefined,
  }[kind];
  return own ?? delays.updateMs;
}
