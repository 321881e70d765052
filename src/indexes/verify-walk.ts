/** How the checker of a store reads: everything, page by page, in the order of the store. */
import {
  type Engine,
  type Keyspace,
  latin1,
  type RecordKey,
  type StoredRecord,
} from "../storage/contract/index.ts";
import {
  decodeItem,
  type Item,
  itemSizeBytes,
  recordHeader,
  recordIntact,
  recordJson,
} from "../values/index.ts";

/** Takes one sentence about what is wrong. */
export type Tell = (problem: string) => void;

export const pageRecords = 200;
const pageBytes = 1024 * 1024;

/** Where records of a table or an index are. */
export interface Placed {
  readonly keyspace: Keyspace;
  readonly bucketCount: number;
}

/** Bucket by bucket, which is the order of partition bytes over all of them, since a bucket is a slice of hashes. */
export async function* recordsOf(
  engine: Engine,
  { keyspace, bucketCount }: Placed,
): AsyncGenerator<StoredRecord> {
  for (let placement = 0; placement < bucketCount; placement += 1) {
    yield* recordsAt(engine, { keyspace, placement });
  }
}

export async function* recordsAt(
  engine: Engine,
  { keyspace, placement }: { readonly keyspace: Keyspace; readonly placement: number },
): AsyncGenerator<StoredRecord> {
  let after: RecordKey | undefined;
  for (;;) {
    const page = await engine.range({
      keyspace,
      placement,
      ...(after === undefined
        ? {}
        : { lower: { partition: after.partition, sort: after.sort, inclusive: false } }),
      reverse: false,
      recordsMax: pageRecords,
      bytesMax: pageBytes,
      consistency: "strong",
    });
    yield* page.records;
    after = page.records.at(-1)?.key;
    if (!page.more || after === undefined) return;
  }
}

/** Undefined, and told, when the bytes are damaged or their size is not what the header says. */
export function intactItem(
  { value }: Pick<StoredRecord, "value">,
  what: string,
  tell: Tell,
): Item | undefined {
  if (!recordIntact(value)) {
    tell(`${what} is damaged`);
    return undefined;
  }
  let item: Item;
  try {
    item = decodeItem(recordJson(value));
  } catch {
    // The checksum fits: somebody wrote what is no item.
    tell(`${what} cannot be read`);
    return undefined;
  }
  const { sizeBytes } = recordHeader(value);
  const realBytes = itemSizeBytes(item);
  if (realBytes !== sizeBytes) tell(`${what} says that it has ${sizeBytes} bytes and has ${realBytes}`);
  return item;
}

export function keyText({ placement, partition, sort }: Omit<RecordKey, "keyspace">): string {
  return `${placement}/${partition.length}/${latin1(partition)}${latin1(sort)}`;
}
