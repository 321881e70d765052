/**
 * What transactions consume and tell of what they did: everything is paid for twice, once to prepare and once to
 * commit. Index writes of a transaction are doubled as well (unconfirmed).
 */
import type { TableDescription } from "../catalog/index.ts";
import type { ItemWriteResult, TransactionResult } from "../mutations/index.ts";
import {
  consumedCapacityJson,
  type ConsumedUnits,
  readUnits,
  type ReturnConsumedCapacity,
  sumOfUnits,
  writeUnits,
} from "./capacity.ts";
import { metricsMapJson } from "./collection-metrics.ts";
import type { Located, TransactionElement } from "./transaction-elements.ts";

const transactionFactor = 2;

/** An element that took place. */
export interface EndedElement<Element extends TransactionElement> {
  readonly element: Element;
  readonly table: TableDescription;
  readonly consumed: ConsumedUnits;
  /** Of the item's collection after the transaction; only for tables with local indexes. */
  readonly collectionBytes?: number;
}

type Written = Extract<ItemWriteResult, { kind: "written" }>;

/** A condition check counts as a write of the item as it is. */
export function writtenElement<Element extends TransactionElement>(
  { element, table }: Located<Element>,
  { oldSizeBytes, newSizeBytes, indexUnits, collectionBytes }: Written,
): EndedElement<Element> {
  return {
    element,
    table,
    consumed: {
      tableUnits: transactionFactor * writeUnits(oldSizeBytes, newSizeBytes),
      indexes: (indexUnits ?? []).map((index) => ({ ...index, units: transactionFactor * index.units })),
      transactional: "write",
    },
    ...(collectionBytes === undefined ? {} : { collectionBytes }),
  };
}

type Replayed = Extract<TransactionResult, { kind: "replayed" }>["actions"][number];

/** A replay is charged as if it had read the items (documented). */
export function replayedElement<Element extends TransactionElement>(
  { element, table }: Located<Element>,
  { sizeBytes, collectionBytes }: Replayed,
): EndedElement<Element> {
  return {
    element,
    table,
    consumed: transactionalRead(sizeBytes),
    ...(collectionBytes === undefined ? {} : { collectionBytes }),
  };
}

/** 0 bytes: a missing item, which costs the minimum. */
export function transactionalRead(sizeBytes: number): ConsumedUnits {
  return { tableUnits: transactionFactor * readUnits(sizeBytes, "strong"), transactional: "read" };
}

/** The list with one entry for each table, in the order of the request. */
export function transactionCapacityJson(
  asked: ReturnConsumedCapacity | undefined,
  ended: readonly { readonly element: TransactionElement; readonly consumed: ConsumedUnits }[],
): string | undefined {
  if (asked === undefined || asked === "NONE") return undefined;
  const tables = Map.groupBy(ended, ({ element }) => element.reference);
  const entries = [...tables].map(([reference, ofTable]) =>
    consumedCapacityJson(asked, reference, sumOfUnits(ofTable.map(({ consumed }) => consumed))),
  );
  return `[${entries.join(",")}]`;
}

/** The map with a list for each table that has local indexes: one entry for each item collection written to. */
export function transactionMetricsJson<Element extends TransactionElement>(
  ended: readonly EndedElement<Element>[],
): string {
  const writes = ended.map(({ element, table, collectionBytes }) => ({
    reference: element.reference,
    keyed: element.keyed,
    table,
    ...(collectionBytes === undefined ? {} : { collectionBytes }),
  }));
  return metricsMapJson(writes) ?? "{}";
}
