// First words of command tags.
import { expect, test } from "vitest";
import { parseCommandTag } from "./command-tag.ts";

test.each([
  ["INSERT 0 5", "INSERT", 5],
  ["SELECT 1", "SELECT", 1],
  ["UPDATE 0", "UPDATE", 0],
  ["COMMIT", "COMMIT", 0],
  ["ROLLBACK", "ROLLBACK", 0],
  ["CREATE TABLE", "CREATE", 0],
  ["", "", 0],
])("the tag %j is the command %s with %i rows", (tag, command, rowCount) => {
  expect(parseCommandTag(tag)).toEqual({ command, rowCount });
});
