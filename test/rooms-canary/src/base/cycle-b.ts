// Planted mistake for scripts/check-rooms.ts: the other half of the cycle.
import { first } from "./cycle-a.ts";

export type Second = typeof first;
