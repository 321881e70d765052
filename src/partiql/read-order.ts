/** ORDER BY, held against a key: what is stored in key order can be read in key order, and in no other. */
import { expressionIssue, type ExpressionIssue } from "../expressions/index.ts";
import { keyTexts } from "./issues.ts";
import type { KeyAttribute } from "./key-values.ts";
import type { SortKey } from "./syntax-tree.ts";

export interface ReadOrder {
  readonly kind: "order";
  /** How partitions follow each other: by these attributes of theirs, else as written. */
  readonly partitions: readonly PartitionOrder[];
  /** Of the items within a partition. */
  readonly descending: boolean;
}

export interface PartitionOrder {
  /** Position among the partition attributes. */
  readonly position: number;
  readonly descending: boolean;
}

export interface OrderedRead {
  readonly hash: readonly KeyAttribute[];
  readonly range: readonly KeyAttribute[];
  /** Number of values each partition attribute may have; undefined when a partition is not known. */
  readonly valueCounts: readonly number[] | undefined;
  readonly hasWhere: boolean;
}

/**
 * With several partitions the partition key must come first: reading one after the other gives no other order.
 * That the service asks for the same is second-hand (the manual of an object mapper), its texts are unconfirmed.
 */
export function readOrder(orderBy: readonly SortKey[], read: OrderedRead): ReadOrder | ExpressionIssue {
  if (orderBy.length === 0) return { kind: "order", partitions: [], descending: false };
  const { hash, range, valueCounts } = read;
  if (!read.hasWhere) return expressionIssue(keyTexts.orderWithoutWhere);
  if (valueCounts === undefined) return expressionIssue(keyTexts.orderWithoutHash);
  const partitions: PartitionOrder[] = [];
  const sorts: SortKey[] = [];
  for (const key of orderBy) {
    const position = hash.findIndex(({ name }) => name === key.attribute);
    if (position >= 0) {
      if (sorts.length > 0 && (valueCounts[position] ?? 0) > 1) return expressionIssue(keyTexts.orderOfKeys);
      partitions.push({ position, descending: key.descending });
    } else if (range.some(({ name }) => name === key.attribute)) {
      sorts.push(key);
    } else {
      return expressionIssue(keyTexts.orderByOther(key.attribute));
    }
  }
  const message = sortsIssue(sorts, read, partitions);
  if (message !== undefined) return expressionIssue(message);
  return { kind: "order", partitions, descending: sorts[0]?.descending === true };
}

function sortsIssue(
  sorts: readonly SortKey[],
  { range, valueCounts = [] }: OrderedRead,
  partitions: readonly PartitionOrder[],
): string | undefined {
  const [first] = sorts;
  if (first === undefined) return undefined;
  const unordered = valueCounts.some(
    (count, index) => count > 1 && !partitions.some(({ position }) => position === index),
  );
  if (unordered) return keyTexts.orderOfKeys;
  const inOrder = sorts.every(
    ({ attribute, descending }, index) => attribute === range[index]?.name && descending === first.descending,
  );
  return inOrder ? undefined : keyTexts.orderOfSortKeys;
}
