/** Rules of tags, with DynamoDB's texts. */
import { type Tag, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { Tags } from "../catalog/index.ts";

/** Letters and digits of any script, blanks, and + - = . _ : / @; measured character by character. */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** All or nothing: one bad tag refuses them all. */
export function refuseBadTags(tags: readonly Tag[]): void {
  const seen = new Set<string>();
  for (const { Key: key, Value: value } of tags) {
    refuseBadTagKey(key);
    if (!tagText.test(value)) throw validationError(`The Tag Value provided is invalid, Value: ${value}`);
    if (seen.has(key)) {
      throw validationError(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`);
    }
    seen.add(key);
  }
}

/** Keys of AWS's own are refused in any case of letters, also when they are to be taken away. */
export function refuseBadTagKey(key: string): void {
  if (key.toLowerCase().startsWith("aws:")) {
    throw validationError(`Tag Key cannot be prefixed with aws:, Key: ${key}`);
  }
  if (!tagText.test(key)) throw validationError(`The Tag Key provided is invalid, Key: ${key}`);
}

/** Of a request, or of a table after it. A ValidationException, not a LimitExceededException. */
export function refuseTooManyTags(tags: readonly unknown[]): void {
  if (tags.length <= limits.tagsMax) return;
  throw validationError("Number of Tags exceed the current limit for the provided ResourceArn");
}

/** Present tags with the new ones put over them. */
export function withTags(present: Tags, tags: readonly Tag[]): Tags {
  const merged = new Map(present);
  for (const { Key: key, Value: value } of tags) merged.set(key, value);
  return [...merged];
}

export function withoutTags(present: Tags, keys: readonly string[]): Tags {
  const doomed = new Set(keys);
  return present.filter(([key]) => !doomed.has(key));
}
