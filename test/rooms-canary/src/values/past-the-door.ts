// Planted mistake for scripts/check-rooms.ts: other rooms are entered by their door.
import { first } from "../base/cycle-a.ts";

export const copied: unknown = first;
