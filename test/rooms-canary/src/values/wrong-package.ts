// Planted mistake for scripts/check-rooms.ts: only the storage engine talks to SQLite.
import { DatabaseSync } from "node:sqlite";

export const database: unknown = DatabaseSync;
