/** What a copy is doing and how far it has come, for whoever shows it. */
import { monotonicMs } from "../base/index.ts";

export interface CopyProgress {
  /** Says what is done now; figures begin anew. `itemsExpected` may be hours old, or 0 for unknown. */
  begin(doing: string, itemsExpected: number, itemsDone?: number): void;
  /** Until the next begin, this is what is shown. */
  show(line: () => string): void;
  add(items: number, sizeBytes: number): void;
  /** A call is waited with: throttling, a lost connection. */
  waits(reason: string): void;
  /** One line, without a line break. */
  line(): string;
}

export function createProgress(nowMs: () => number = monotonicMs): CopyProgress {
  let doing = "looking at the tables";
  let startMs = nowMs();
  let expected = 0;
  let before = 0;
  let items = 0;
  let sizeBytes = 0;
  let waiting = 0;
  let lastReason = "";
  let shown: (() => string) | undefined;
  return {
    show(line) {
      shown = line;
    },
    begin(text, itemsExpected, itemsDone = 0) {
      shown = undefined;
      doing = text;
      startMs = nowMs();
      expected = itemsExpected;
      before = itemsDone;
      items = 0;
      sizeBytes = 0;
      waiting = 0;
    },
    add(count, bytes) {
      items += count;
      sizeBytes += bytes;
    },
    waits(reason) {
      waiting += 1;
      lastReason = reason;
    },
    line() {
      if (shown !== undefined) return shown();
      const seconds = Math.max((nowMs() - startMs) / 1000, 0.001);
      const rate = items / seconds;
      const done = before + items;
      const parts = [
        `${doing}: ${done}${expected > 0 ? ` of about ${Math.max(expected, done)}` : ""} items`,
        megabytes(sizeBytes),
        `${Math.round(rate)} items/s`,
      ];
      if (rate > 0 && expected > done) parts.push(`${duration((expected - done) / rate)} to go`);
      if (waiting > 0) parts.push(`waited ${waiting} times, last for: ${lastReason}`);
      return parts.join(", ");
    },
  };
}

function megabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.ceil(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}
