/** A digest of content, for telling whether two things are the same without keeping them. Not for secrets. */
import { createHash } from "node:crypto";

/** SHA-256: 32 bytes. Text is taken as UTF-8. */
export function digest(content: string | Uint8Array): Uint8Array {
  return createHash("sha256").update(content).digest();
}
