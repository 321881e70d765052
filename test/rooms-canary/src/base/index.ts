// Planted mistake for scripts/check-rooms.ts: none; this is a door.
export { first } from "./cycle-a.ts";
