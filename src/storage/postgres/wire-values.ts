/** Values on their way to a server and from it, as text. Lists that are long or of bytes go as arrays (wire-arrays.ts). */
import { assert } from "../../base/index.ts";

export function arrayText(numbers: Iterable<number>): string {
  return `{${[...numbers].join(",")}}`;
}

/** Of names that need no quotes, as UUIDs. */
export function namesText(names: Iterable<string>): string {
  return `{${[...names].join(",")}}`;
}

/** Of few and short ones: this form is twice as long as the bytes. */
export function bytesArrayText(parts: Iterable<Uint8Array>): string {
  const quoted = Array.from(parts, (part) => `"\\\\x${Buffer.from(part).toString("hex")}"`);
  return `{${quoted.join(",")}}`;
}

/** A bytea column. */
export function bytesOf(column: string | null | undefined): Uint8Array {
  assert(column?.startsWith("\\x") === true, "a column of bytes is hexadecimal");
  const { buffer, byteOffset, byteLength } = Buffer.from(column.slice(2), "hex");
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** An int4 or int8 column; all of ours are safe integers. */
export function numberOf(column: string | null | undefined): number {
  const number = Number(column);
  assert(column !== null && Number.isSafeInteger(number), "a column of numbers is a safe integer");
  return number;
}

export function booleanOf(column: string | null | undefined): boolean {
  return column === "t";
}
