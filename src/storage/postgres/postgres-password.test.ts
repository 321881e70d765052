// Where a password comes from, and what is refused as one.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readPassword } from "./postgres-password.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-password-"));
  path = join(folder, "password");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("no password and a given one need no file", async () => {
  expect(await readPassword({ kind: "none" })).toBeUndefined();
  expect(await readPassword({ kind: "given", text: "geheim\n" })).toBe("geheim\n");
});

test.each([
  ["geheim", "geheim"],
  ["geheim\n", "geheim"],
  ["geheim\r\n", "geheim"],
  [" with spaces ", " with spaces "],
  ["ümlaut", "ümlaut"],
])("the file %j holds the password %j", async (text, password) => {
  writeFileSync(path, text);
  expect(await readPassword({ kind: "file", path })).toBe(password);
});

test("a file that was changed counts at the next login", async () => {
  writeFileSync(path, "old");
  expect(await readPassword({ kind: "file", path })).toBe("old");
  writeFileSync(path, "new");
  expect(await readPassword({ kind: "file", path })).toBe("new");
});

test.each([
  ["", "is empty"],
  ["\n", "is empty"],
  ["secret\nsecret\n", "is not one line"],
  ["sec\0ret", "is not one line"],
  ["x".repeat(4097), "is not one line of at most 4096 bytes"],
])("the file %j is refused without telling what is in it", async (text, reason) => {
  writeFileSync(path, text);
  await expect(readPassword({ kind: "file", path })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(new RegExp(`^the password file ${path} ${reason}`, "u")),
  });
});

test("a file that is not there is named", async () => {
  await expect(readPassword({ kind: "file", path })).rejects.toMatchObject({
    code: "unavailable",
    message: `the password file ${path} cannot be read`,
  });
});
