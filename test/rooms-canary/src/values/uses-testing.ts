// Planted mistake for scripts/check-rooms.ts: product code does not use the testing rooms.
import { testing } from "../testing/index.ts";

export const copied: string = testing;
