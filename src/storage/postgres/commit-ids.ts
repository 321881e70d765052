/**
 * Ids of groups, by which one learns whether a commit landed whose answer was lost. They begin with the time they were made,
 * so that what is old lies together: it is forgotten without a look at the rest, of which there are thousands a minute.
 */
import type { Random } from "../../base/index.ts";

/** Comes after all ids of an earlier form, which were random. */
const prefix = "t";
const digits = 12;

export function newCommitId(nowMs: number, random: Random): string {
  return `${firstCommitId(nowMs)}-${random.uuid()}`;
}

/** Comes after all ids that were made before, and before all others. */
export function firstCommitId(nowMs: number): string {
  return prefix + nowMs.toString(16).padStart(digits, "0");
}
