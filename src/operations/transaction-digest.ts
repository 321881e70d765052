/** One digest for requests that ask for the same: the order of members and attributes does not matter. */
import { digest, type PacedWork } from "../base/index.ts";
import { nextSlice } from "./next-slice.ts";

/** Of the operation and of the elements in their order. In slices: a request may have megabytes. */
export async function requestDigest(
  operation: string,
  elements: readonly unknown[],
  work: PacedWork,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [digest(operation)];
  for (const element of elements) {
    if (work.sliceOver()) await nextSlice(work);
    parts.push(digest(canonicalJson(element)));
  }
  return digest(Buffer.concat(parts));
}

/** JSON with the members of objects in one order. The value is a decoded request's: as deep as one may be. */
function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
