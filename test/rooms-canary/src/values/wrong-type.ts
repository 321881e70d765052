// Planted mistake for scripts/check-rooms.ts: values may not import wire, not even a type.
import type { wire } from "../wire/index.ts";

export type Copied = typeof wire;
