// Planted mistake for scripts/check-rooms.ts: none; this is a door.
export const testing: string = "testing";
