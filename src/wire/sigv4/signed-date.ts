/** Dates in signatures: ISO 8601 basic format, `20261121T063100Z`. */

import { limits } from "../../base/index.ts";

/** How far the clocks of client and server may be apart. */
export const skewMsMax: number = limits.clockSkewSecondsMax * 1000;

const pattern = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** Milliseconds since 1970, or undefined when the text is no such date. */
export function parseSignedDate(text: string): number | undefined {
  const fields = pattern.exec(text)?.slice(1).map(Number);
  if (fields === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const timeMs = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries 31 February over into March; such a date is refused here.
  return formatSignedDate(timeMs) === text ? timeMs : undefined;
}

export function formatSignedDate(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}
