/** Makes a store in a PostgreSQL database, or brings one to this version's format. */
import { StorageError } from "../storage/contract/index.ts";
import { migratePostgresStorage, type PostgresMigrating, type PostgresStorage } from "./postgres-storage.ts";

export type MigratedStore =
  /** `from` is 0 where there was no store. */
  | {
      readonly kind: "migrated";
      readonly name: string;
      readonly from: number;
      readonly to: number;
      /** Present when its tables were spread over a cluster now. */
      readonly spread?: true;
    }
  /** The message is one line for a person. */
  | { readonly kind: "refused"; readonly message: string };

export async function migrateStore(
  storage: PostgresStorage,
  options: PostgresMigrating = {},
): Promise<MigratedStore> {
  try {
    const migration = await migratePostgresStorage(storage, options);
    return { kind: "migrated", name: storage.store.name, ...migration };
  } catch (error: unknown) {
    if (error instanceof StorageError) return { kind: "refused", message: error.message };
    throw error;
  }
}
