// Planted mistake for scripts/check-rooms.ts: values may not import wire.
import { wire } from "../wire/index.ts";

export const copied: string = wire;
