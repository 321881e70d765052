/** Looks at a process's resident memory again and again; the kernel keeps only the peak of a whole life. */
import { processMemory } from "./process-usage.ts";

export interface MemoryWatch {
  /** The most seen since the last call; undefined where it cannot be read. */
  peakMiB(): number | undefined;
  close(): void;
}

const everyMs = 50;
const bytesPerMiB = 2 ** 20;

export function watchMemory(pid: number | undefined): MemoryWatch {
  let peakMiB: number | undefined;
  const look = (): void => {
    const bytes = pid === undefined ? undefined : processMemory(pid)?.residentBytes;
    if (bytes !== undefined) peakMiB = Math.max(peakMiB ?? 0, bytes / bytesPerMiB);
  };
  const timer = setInterval(look, everyMs);
  return {
    peakMiB() {
      look();
      const peak = peakMiB;
      peakMiB = undefined;
      return peak;
    },
    close: () => clearInterval(timer),
  };
}
