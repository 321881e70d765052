// The places of stores under test: what STATOR_TEST_STORE may be, and that a store is where it says, once it is opened.
import { afterEach, expect, test, vi } from "vitest";
import { open } from "../client/index.ts";
import { sharedPglite, pgliteHost } from "./pglite-driver.ts";
import { schemaPrefix, storeUnderTest, storeVariable, temporaryStoreOptions } from "./store-under-test.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

async function schemas(): Promise<readonly unknown[]> {
  const session = await (await sharedPglite()).driver("public").connect(pgliteHost);
  const text = `SELECT nspname FROM pg_namespace WHERE nspname LIKE '${schemaPrefix}%'`;
  const { rows } = await session.query({ name: "schemas", text });
  await session.close();
  return rows.flat();
}

const tables = {
  TableName: "Items",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};

test("a store is named by a word or by a URL, and by nothing else", () => {
  const under = (text: string): unknown => {
    vi.stubEnv(storeVariable, text);
    return storeUnderTest();
  };
  expect(under("sqlite")).toEqual({ kind: "sqlite" });
  expect(under("postgres://u@h/d")).toEqual({ kind: "url", url: "postgres://u@h/d" });
  expect(temporaryStoreOptions()).toEqual([
    "--store",
    expect.stringContaining(`postgres://u@h/d?schema=${schemaPrefix}`),
  ]);
  expect(() => under("mysql")).toThrow(/ or the URL of a database, not mysql$/u);
});

test("what is opened in memory gets a schema, which goes with it; a folder's stays", async () => {
  vi.stubEnv(storeVariable, "pglite");
  const before = await schemas();
  const inMemory = await open({ tables });
  expect(await schemas()).toHaveLength(before.length + 1);
  await inMemory.close();
  expect(await schemas()).toEqual(before);

  const data = "/a folder that is never made";
  const first = await open({ tables, data });
  await first.close();
  const again = await open({ data });
  const listed = await again.dispatch({
    service: "DynamoDB",
    operation: "ListTables",
    json: {},
    namespace: { account: "000000000000", region: "us-east-1" },
    requestId: "R",
  });
  await again.close();
  expect(listed).toMatchObject({ kind: "ok", body: '{"TableNames":["Items"]}' });
  expect(await schemas()).toHaveLength(before.length + 1);
});
