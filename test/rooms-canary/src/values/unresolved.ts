// Planted mistake for scripts/check-rooms.ts: the file does not exist.
import { nothing } from "./nothing.ts";

export const copied: unknown = nothing;
