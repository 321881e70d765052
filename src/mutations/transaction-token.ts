/**
 * What is kept of a transaction that came with a token: enough to answer the same request again without doing it
 * again. One record by token, and one by the time of completion, so that expired ones are found without looking at the
 * others.
 */
import { assert } from "../base/index.ts";
import type { Namespace } from "../catalog/index.ts";
import type { RecordKey, RecordWrite } from "../storage/contract/index.ts";

/** Both are below those of tables, beside the catalog's. */
const tokensKeyspace = 4;
export const tokenExpiriesKeyspace = 5;

/** Transactions with different tokens are not to meet in one place. Part of the format. */
export const tokenPlacements = 16;

/** From the completion of the transaction (documented). */
export const tokenLifetimeMicros = 600_000_000;

const format = 1;
const timeAt = 1;
const digestAt = 9;
const digestBytes = 32;
const sizesAt = digestAt + digestBytes;
const sizeBytes = 4;
const nothing = new Uint8Array(0);

export interface RememberedTransaction {
  readonly completedMicros: number;
  /** Of the request. */
  readonly digest: Uint8Array;
  /** Of each action's item afterwards; 0 for none. */
  readonly sizes: readonly number[];
}

/** Two namespaces may use the same token. The token comes last, as it may hold any character. */
export function tokenKey({ account, region }: Namespace, token: string): RecordKey {
  return keyOf(tokensKeyspace, Buffer.from(`${account}\0${region}\0${token}`), nothing);
}

/** Ordered by time. */
function expiryKey(completedMicros: number, token: RecordKey): RecordKey {
  return keyOf(tokenExpiriesKeyspace, timeBytes(completedMicros), token.partition);
}

/** The token's record and the time of completion that a record by time is about. */
export function expiryOf(expiry: RecordKey): { readonly token: RecordKey; readonly completedMicros: number } {
  return { token: keyOf(tokensKeyspace, expiry.sort, nothing), completedMicros: timeOf(expiry.partition, 0) };
}

export function timeBytes(micros: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(micros));
  return bytes;
}

export function rememberWrites(token: RecordKey, remembered: RememberedTransaction): readonly RecordWrite[] {
  return [
    { kind: "put", key: token, value: encode(remembered) },
    { kind: "put", key: expiryKey(remembered.completedMicros, token), value: Uint8Array.of(format) },
  ];
}

/** What an earlier transaction left under the same token, when it has expired and was not swept yet. */
export function forgetWrites(
  token: RecordKey,
  { completedMicros }: RememberedTransaction,
): readonly RecordWrite[] {
  return [{ kind: "delete", key: expiryKey(completedMicros, token) }];
}

export function isExpired({ completedMicros }: RememberedTransaction, nowMicros: number): boolean {
  return nowMicros - completedMicros >= tokenLifetimeMicros;
}

function encode({ completedMicros, digest, sizes }: RememberedTransaction): Uint8Array {
  assert(digest.length === digestBytes, "a digest has 32 bytes");
  const bytes = new Uint8Array(sizesAt + sizes.length * sizeBytes);
  bytes[0] = format;
  bytes.set(timeBytes(completedMicros), timeAt);
  bytes.set(digest, digestAt);
  const view = new DataView(bytes.buffer);
  for (const [index, size] of sizes.entries()) view.setUint32(sizesAt + index * sizeBytes, size);
  return bytes;
}

export function decodeRemembered(value: Uint8Array): RememberedTransaction {
  assert(value[0] === format, "a transaction's token has a known format");
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const count = (value.length - sizesAt) / sizeBytes;
  return {
    completedMicros: timeOf(value, timeAt),
    digest: value.slice(digestAt, sizesAt),
    sizes: Array.from({ length: count }, (_, index) => view.getUint32(sizesAt + index * sizeBytes)),
  };
}

function timeOf(bytes: Uint8Array, at: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at));
}

function keyOf(keyspace: number, partition: Uint8Array, sort: Uint8Array): RecordKey {
  const token = sort.length === 0 ? partition : sort;
  return { keyspace, placement: placementOf(token), partition, sort };
}

/** Of a token's record and of its record by time. By the token's last character: those of clients end in any. */
function placementOf(token: Uint8Array): number {
  return (token.at(-1) ?? 0) % tokenPlacements;
}
