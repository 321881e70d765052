/** Puts an answer together from JSON text and stored bytes with one copy and no parsing. */
import type { ResponseBody } from "./context.ts";

export type BodyPart = string | Uint8Array;

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
    if (typeof part === "string") {
      offset += body.write(part, offset);
    } else {
      body.set(part, offset);
      offset += part.length;
    }
  }
  return body;
}

/** `{"A":<json>,"B":<json>}` from members; those that are undefined are left out. */
export function objectBody(
  members: readonly (readonly [name: string, json: BodyPart | undefined])[],
): ResponseBody {
  const parts: BodyPart[] = ["{"];
  for (const [name, json] of members) {
    if (json === undefined) continue;
    parts.push(`${parts.length === 1 ? "" : ","}"${name}":`, json);
  }
  parts.push("}");
  return joinBody(parts);
}
