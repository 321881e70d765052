/** Keys as text, for maps of engines: a byte a character, which is cheaper than any other form. */
import type { RecordKey } from "./types.ts";

/** One text per key; the lengths keep parts apart. */
export function keyName({ keyspace, placement, partition, sort }: RecordKey): string {
  return `${keyspace}/${placement}/${partition.length}/${latin1(partition)}${latin1(sort)}`;
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
