/**
 * NextToken: where the next page of a statement begins. Opaque to clients; it holds nothing they did not send or get.
 *
 *     version, one byte, then the step in two
 *     then, unless the step is read from its beginning, each value of the last key: its length in two bytes, its text
 *     last a check of all that and of the statement with its parameters, so that no other statement takes the token
 *
 * The check is no secret. Whoever makes up a token gets what could have been asked for anyway: every value in it goes
 * through the rules for start keys.
 */
import { assert, bytesEqual, digest } from "../base/index.ts";
import type { KeyAttribute } from "../catalog/index.ts";
import { type AttributeValue, isScalar, type Item, parseAttributeValue } from "../values/index.ts";

export interface SelectPosition {
  /** Of the keys or partitions a statement reads one after the other: the one to go on with. */
  readonly step: number;
  /** The last item or entry that was read of it; absent: it has not been begun. */
  readonly after?: Item;
}

/** What a token belongs to. */
export interface TokenSubject {
  /** Of the statement and its parameters. */
  readonly statementDigest: Uint8Array;
  /** In the order of LastEvaluatedKey. */
  readonly pageKey: readonly KeyAttribute[];
}

const version = 1;
const headerBytes = 3;
const checkBytes = 16;
const lengthBytes = 2;
/** Keeps lone surrogates, which UTF-8 cannot. */
const encoding = "utf16le";

/** Below 22,000 characters: keys have no more than 6 KB, and binaries are written in base64 here. */
export function writeToken({ step, after }: SelectPosition, subject: TokenSubject): string {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(version);
  header.writeUInt16BE(step, 1);
  const parts = [header];
  for (const { name } of after === undefined ? [] : subject.pageKey) {
    const value = after?.get(name);
    assert(value !== undefined && isScalar(value), "the last key has a scalar for each of its attributes");
    const text = Buffer.from(value.value, encoding);
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt16BE(text.length);
    parts.push(length, text);
  }
  const content = Buffer.concat(parts);
  return Buffer.concat([content, check(content, subject)]).toString("base64url");
}

/** Undefined for whatever `writeToken` has not written for the same statement. */
export function readToken(token: string, subject: TokenSubject): SelectPosition | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.toString("base64url") !== token || bytes.length < headerBytes + checkBytes) return undefined;
  const content = bytes.subarray(0, -checkBytes);
  if (!bytesEqual(check(content, subject), bytes.subarray(-checkBytes))) return undefined;
  if (content.readUInt8() !== version) return undefined;
  const step = content.readUInt16BE(1);
  if (content.length === headerBytes) return { step };
  const after = readKey(content.subarray(headerBytes), subject.pageKey);
  return after === undefined ? undefined : { step, after };
}

function readKey(bytes: Buffer, pageKey: readonly KeyAttribute[]): Item | undefined {
  const key = new Map<string, AttributeValue>();
  let offset = 0;
  for (const { name, type } of pageKey) {
    const start = offset + lengthBytes;
    if (start > bytes.length) return undefined;
    const end = start + bytes.readUInt16BE(offset);
    if (end > bytes.length) return undefined;
    const value = parseAttributeValue({ [type]: bytes.toString(encoding, start, end) });
    if (value.kind === "valueIssue") return undefined;
    key.set(name, value.value);
    offset = end;
  }
  return offset === bytes.length ? key : undefined;
}

function check(content: Uint8Array, { statementDigest }: TokenSubject): Uint8Array {
  return digest(Buffer.concat([content, statementDigest])).subarray(0, checkBytes);
}
