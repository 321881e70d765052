// The list of reserved words is whole and ignores case.
import { expect, test } from "vitest";
import { isReservedWord } from "./reserved-words.ts";

test("words of any case are found, others are not", () => {
  const reserved = [
    "abort",
    "ABORT",
    "Zone",
    "name",
    "Status",
    "ttl",
    "AUTHORIZATION",
    "INNTER",
    "specifictype",
  ];
  const free = ["", "a", "pk", "names2", "constructor_", "user_id", "toString"];
  expect([...reserved, ...free].filter(isReservedWord)).toEqual(reserved);
});
