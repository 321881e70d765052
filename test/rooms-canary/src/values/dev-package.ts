// Planted mistake for scripts/check-rooms.ts: product code does not use development dependencies.
import { fc } from "fast-check";

export const check: unknown = fc;
