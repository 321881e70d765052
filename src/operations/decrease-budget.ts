/**
 * How often provisioned throughput may be decreased: four times at once each UTC day, then once an hour after
 * the last decrease. The budget is full again at midnight UTC (measured on the service in October 2026).
 */
import { type ApiError, subscriberLimitExceeded } from "../api/index.ts";
import type { ThroughputHistory } from "../catalog/index.ts";

const decreasesAtOnceMax = 4;
const decreaseIntervalMs = 3_600_000;
const dayMs = 86_400_000;

/** NumberOfDecreasesToday at this moment. */
export function decreasesOn(history: ThroughputHistory, nowMs: number): number {
  return history.decreasesDay === utcDay(nowMs) ? history.decreasesToday : 0;
}

/** The history with one decrease more; an ApiError when there is none left. */
export function historyAfterDecrease(history: ThroughputHistory, nowMs: number): ThroughputHistory {
  const today = decreasesOn(history, nowMs);
  const lastMs = history.lastDecreaseMs ?? 0;
  if (today >= decreasesAtOnceMax && nowMs - lastMs < decreaseIntervalMs) {
    throw budgetSpent(today, lastMs, nowMs);
  }
  return { ...history, lastDecreaseMs: nowMs, decreasesToday: today + 1, decreasesDay: utcDay(nowMs) };
}

function budgetSpent(today: number, lastMs: number, nowMs: number): ApiError {
  const midnightMs = (utcDay(nowMs) + 1) * dayMs;
  const nextMs = Math.min(lastMs + decreaseIntervalMs, midnightMs);
  return subscriberLimitExceeded(
    "Provisioned throughput decreases are limited within a given UTC day. " +
      `After the first ${decreasesAtOnceMax} decreases, each subsequent decrease in the same UTC day can be ` +
      `performed at most once every ${decreaseIntervalMs / 1000} seconds. Number of decreases today: ${today}. ` +
      `Last decrease at ${spokenTime(lastMs)}. Next decrease can be made at ${spokenTime(nextMs)}`,
  );
}

function utcDay(ms: number): number {
  return Math.floor(ms / dayMs);
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** As the service prints times to people: Friday, October 9, 2026 at 1:21:34 AM Coordinated Universal Time. */
export function spokenTime(ms: number): string {
  const time = new Date(ms);
  const hour = time.getUTCHours();
  const minutes = String(time.getUTCMinutes()).padStart(2, "0");
  const secondsText = String(time.getUTCSeconds()).padStart(2, "0");
  const date = `${weekdays[time.getUTCDay()]}, ${months[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()}`;
  const clock = `${hour % 12 === 0 ? 12 : hour % 12}:${minutes}:${secondsText} ${hour < 12 ? "AM" : "PM"}`;
  return `${date} at ${clock} Coordinated Universal Time`;
}
