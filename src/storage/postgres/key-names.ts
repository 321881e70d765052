/** Keys and counters as text, for maps: a byte a character, which is cheaper than any other form, and lengths that keep parts apart. */
import { digest } from "../../base/index.ts";
import type { CounterId, RecordKey } from "../contract/index.ts";

export function keyName({ keyspace, placement, partition, sort }: RecordKey): string {
  return `${keyspace}/${placement}/${partition.length}/${latin1(partition)}${latin1(sort)}`;
}

export function counterName({ keyspace, index, part }: CounterId): string {
  return part === undefined ? `${keyspace}/${index}` : `${keyspace}/${index}/${latin1(part)}`;
}

/** What stands in table holds for a key: bounded, however long the key is. */
export function holdDigest(key: RecordKey): Uint8Array {
  return digest(Buffer.from(keyName(key), "latin1"));
}

export function holdName(key: RecordKey): string {
  return holdNameOf(holdDigest(key));
}

export function holdNameOf(digestBytes: Uint8Array): string {
  return latin1(digestBytes);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
