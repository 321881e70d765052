/** Rules of tags, with DynamoDB's texts. */
import { type Tag, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";

type StoredTags = readonly (readonly [key: string, value: string])[];

/** Letters, digits, blanks and + - = . _ : / @. */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export function refuseBadTags(tags: readonly Tag[]): void {
  if (tags.length === 0) throw validationError("Atleast one Tag needs to be provided as Input.");
  const seen = new Set<string>();
  for (const { Key: key, Value: value } of tags) {
    if (key.toLowerCase().startsWith("aws:")) {
      throw validationError(`Tag Key cannot be prefixed with aws:, Key: ${key}`);
    }
    if (!tagText.test(key)) throw validationError(`The Tag Key provided is invalid, Key: ${key}`);
    if (!tagText.test(value)) throw validationError(`The Tag Value provided is invalid, Value: ${value}`);
    if (seen.has(key)) {
      throw validationError(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`);
    }
    seen.add(key);
  }
}

/** Present tags with the new ones put over them. */
export function withTags(present: StoredTags, tags: readonly Tag[]): StoredTags {
  const merged = new Map(present);
  for (const { Key: key, Value: value } of tags) merged.set(key, value);
  if (merged.size > limits.tagsMax) {
    throw validationError("Number of Tags exceed the current limit for the provided ResourceArn");
  }
  return [...merged];
}
