// Planted mistake for scripts/check-rooms.ts: a cycle of two files, one of whose imports is type-only.
import type { Second } from "./cycle-b.ts";

export const first: Second | undefined = undefined;
