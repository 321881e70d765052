/** Puts an answer together from JSON text and stored bytes with one copy and no parsing. */
import type { PacedWork } from "../base/index.ts";
import type { ResponseBody } from "./context.ts";
import { nextSlice } from "./next-slice.ts";

export type BodyPart = string | Uint8Array;

/** Answers up to this size are joined in one go: copying them takes some 0.1 ms. */
const oneGoBytesMax = 256 * 1024;
const oneGoPartsMax = 1024;
/** Parts and bytes between two looks at the clock. */
const stridePartsMax = 64;
const strideBytesMax = 256 * 1024;

/** Joins the parts; text stays text when there are no bytes among them. */
export function joinBody(parts: readonly BodyPart[]): ResponseBody {
  let sizeBytes = 0;
  let anyBytes = false;
  for (const part of parts) {
    if (typeof part === "string") {
      sizeBytes += Buffer.byteLength(part);
    } else {
      anyBytes = true;
      sizeBytes += part.length;
    }
  }
  if (!anyBytes) return parts.join("");
  const body = Buffer.allocUnsafe(sizeBytes);
  let offset = 0;
  for (const part of parts) {
    offset += writePart(body, part, offset);
  }
  return body;
}

/** As joinBody, for answers that may be large: those come as bytes, and are joined in slices of `work`. */
export async function joinInSlices(parts: readonly BodyPart[], work: PacedWork): Promise<ResponseBody> {
  let lengthMax = 0;
  for (const part of parts) lengthMax += part.length;
  if (lengthMax <= oneGoBytesMax && parts.length <= oneGoPartsMax) return joinBody(parts);
  let sizeBytes = 0;
  await eachPart(parts, work, (part) => {
    const partBytes = typeof part === "string" ? Buffer.byteLength(part) : part.length;
    sizeBytes += partBytes;
    return typeof part === "string" ? partBytes : 0;
  });
  const body = Buffer.allocUnsafe(sizeBytes);
  let offset = 0;
  await eachPart(parts, work, (part) => {
    const partBytes = writePart(body, part, offset);
    offset += partBytes;
    return partBytes;
  });
  return body;
}

/** `visit` answers how many bytes it has gone through. */
async function eachPart(
  parts: readonly BodyPart[],
  work: PacedWork,
  visit: (part: BodyPart) => number,
): Promise<void> {
  let strideParts = 0;
  let strideBytes = 0;
  for (const part of parts) {
    strideBytes += visit(part);
    strideParts += 1;
    if (strideParts < stridePartsMax && strideBytes < strideBytesMax) continue;
    strideParts = 0;
    strideBytes = 0;
    if (work.sliceOver()) await nextSlice(work);
  }
}

function writePart(body: Buffer, part: BodyPart, offset: number): number {
  if (typeof part === "string") return body.write(part, offset);
  body.set(part, offset);
  return part.length;
}

type Member = readonly [name: string, json: BodyPart | readonly BodyPart[] | undefined];

/** `{"A":<json>,"B":<json>}` from members; those that are undefined are left out. */
export function objectBody(members: readonly Member[]): ResponseBody {
  return joinBody(objectParts(members));
}

/** The same, not joined yet. */
export function objectParts(members: readonly Member[]): readonly BodyPart[] {
  const parts: BodyPart[] = ["{"];
  for (const [name, json] of members) {
    if (json === undefined) continue;
    parts.push(`${parts.length === 1 ? "" : ","}"${name}":`);
    if (typeof json === "string" || json instanceof Uint8Array) parts.push(json);
    else for (const part of json) parts.push(part);
  }
  parts.push("}");
  return parts;
}
