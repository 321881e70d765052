/** SHA-256 of items and keys as numbers that can be added and looked up without an object for each. */
import { digest } from "../base/index.ts";
import { canonicalItem } from "./canonical-item.ts";
import type { Json } from "./end.ts";

/** Eight words of 32 bits. */
export type Fingerprint = Uint32Array;

export function itemFingerprint(item: Json): Fingerprint {
  return words(digest(canonicalItem(item)));
}

/** Of the primary key alone. */
export function keyFingerprint(item: Json, keyNames: readonly string[]): Fingerprint {
  return words(digest(canonicalItem(keyOf(item, keyNames))));
}

/** The key attributes of an item. */
export function keyOf(item: Json, keyNames: readonly string[]): Json {
  return Object.fromEntries(keyNames.map((name) => [name, item[name]]));
}

function words(bytes: Uint8Array): Fingerprint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4));
}
