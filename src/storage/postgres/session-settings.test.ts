// What a session sets when it logs in.
import { expect, test } from "vitest";
import { loginOptions, quoteIdentifier, sessionSettings } from "./session-settings.ts";

test("spaces and backslashes of a value are escaped, so that it stays one option", () => {
  const options = loginOptions([
    ["search_path", quoteIdentifier('a "b" c\\d')],
    ["jit", "off"],
  ]);
  expect(options).toBe(String.raw`-c search_path="a\ ""b""\ c\\d" -c jit=off`);
});

test("the schema is the whole search path", () => {
  expect(sessionSettings("Two Words")[0]).toEqual(["search_path", '"Two Words"']);
});
