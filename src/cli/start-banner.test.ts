// What a server prints of where its data is.
import { expect, it } from "vitest";
import { testServerSettings } from "../testing/index.ts";
import { startBanner } from "./start-banner.ts";

it("names user, servers, database and schema of a PostgreSQL store, and no password", () => {
  const banner = startBanner(
    {
      ...testServerSettings,
      storage: {
        kind: "postgres",
        create: true,
        store: {
          name: "app@db1:5432,db2:5432/data, schema stator",
          address: { hosts: [], database: "data", user: "app", schema: "stator", tls: { mode: "disable" } },
          password: { kind: "given", text: "hidden" },
          replicas: "nearest",
        },
      },
    },
    { version: "1.0.0", endpoint: "http://127.0.0.1:8000", startMs: 5 },
  );
  expect(banner).toContain("  data      PostgreSQL, app@db1:5432,db2:5432/data, schema stator\n");
  expect(banner).not.toContain("hidden");
});
