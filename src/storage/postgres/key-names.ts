/** Counters and held keys as text, for maps. */
import { digest } from "../../base/index.ts";
import { type CounterId, keyName, latin1, type RecordKey } from "../contract/index.ts";

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
