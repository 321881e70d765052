/** What can be said of the driver without a server; the rest is in pg-driver.real.test.ts. */
import { expect, test } from "vitest";
import { loadPg } from "./pg-module.ts";

test("without pg it says what to install", async () => {
  const missing = Object.assign(new Error("Cannot find package 'pg'"), { code: "ERR_MODULE_NOT_FOUND" });
  await expect(loadPg(() => Promise.reject(missing))).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("npm install pg"),
    cause: missing,
  });
});

test("a pg that waits for each answer is refused", async () => {
  class Client {
    readonly pipeline = undefined;
  }
  await expect(loadPg(async () => ({ Client, Query: class {} }))).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("pipeline"),
  });
});

test("the installed pg will do", async () => {
  expect(Object.keys(await loadPg())).toEqual(expect.arrayContaining(["Client", "Query"]));
});
