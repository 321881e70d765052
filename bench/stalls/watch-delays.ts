/** Reads the delays of a server's threads at a fixed pace, beside those of an idle thread of our own. */
import { createCoreWait } from "../process-usage.ts";
import { readThreads } from "../thread-delays.ts";
import { startControlThread } from "./control-thread.ts";
import type { DelayReading } from "./delay-log.ts";

export interface WatchOptions {
  readonly endpoint: string;
  readonly pid?: number;
  readonly everyMs: number;
  readonly startMs: number;
  readonly over: AbortSignal;
}

export interface Watched {
  readonly readings: readonly DelayReading[];
  /** Readings that did not come: the server did not answer in time. */
  readonly missed: number;
  /** The server does not tell. */
  readonly absent?: string;
  /** The longest over the run, of the thread that does nothing. */
  readonly controlMsMax: number;
}

export async function watchDelays({ endpoint, pid, everyMs, startMs, over }: WatchOptions): Promise<Watched> {
  const control = startControlThread();
  const coreWaitMs = createCoreWait(pid);
  const readings: DelayReading[] = [];
  let missed = 0;
  let absent: string | undefined;
  let controlMsMax = 0;
  // What was before the run is not of it.
  await readThreads(endpoint);
  control.latenessMaxMs();
  coreWaitMs();
  try {
    while (!over.aborted) {
      await new Promise<void>((resolve) => setTimeout(resolve, everyMs));
      const answer = absent === undefined ? await readThreads(endpoint) : undefined;
      const controlMs = control.latenessMaxMs();
      controlMsMax = Math.max(controlMsMax, controlMs);
      if (answer?.kind === "absent") absent = answer.reason;
      if (answer?.kind === "missed") missed++;
      if (answer?.kind === "reading") {
        const { threads } = answer.reading;
        readings.push({ atMs: performance.now() - startMs, threads, controlMs, coreWaitMs: coreWaitMs() });
      }
    }
  } finally {
    await control.close();
  }
  return { readings, missed, ...(absent === undefined ? {} : { absent }), controlMsMax };
}
