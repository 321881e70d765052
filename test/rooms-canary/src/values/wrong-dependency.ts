// Planted mistake for scripts/check-rooms.ts: only the server writes logs.
import { pino } from "pino";

export const logger: unknown = pino;
