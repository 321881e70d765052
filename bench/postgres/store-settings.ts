/** How a process of this benchmark reaches its store: the product's settings, with nothing tuned. */
import type { PostgresSettings } from "../../src/storage/postgres/index.ts";
import type { StorePlace } from "./store-job.ts";

export function storeSettings({ host, port, schema }: StorePlace): PostgresSettings {
  return {
    address: {
      hosts: [{ host, port }],
      database: "postgres",
      user: "postgres",
      password: async () => undefined,
      tls: { mode: "disable" },
      schema,
    },
    replicas: "primary",
  };
}
