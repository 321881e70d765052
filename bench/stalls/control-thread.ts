/**
 * A thread that does nothing but notice how late it is woken: what the machine takes from every program, so that
 * it is not blamed on a server. The longest lateness stands in shared memory, in microseconds.
 */
import { isMainThread, Worker, workerData } from "node:worker_threads";

export interface ControlThread {
  /** The longest since the last call. */
  latenessMaxMs(): number;
  close(): Promise<void>;
}

const everyMs = 2;
const microsPerMs = 1000;

export function startControlThread(): ControlThread {
  const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(import.meta.filename, { workerData: cell });
  return {
    latenessMaxMs: () => Atomics.exchange(cell, 0, 0) / microsPerMs,
    async close() {
      await worker.terminate();
    },
  };
}

if (!isMainThread && workerData instanceof Int32Array) watch(workerData);

function watch(cell: Int32Array): void {
  let dueMs = performance.now() + everyMs;
  const look = (): void => {
    const nowMs = performance.now();
    const lateMicros = Math.round((nowMs - dueMs) * microsPerMs);
    if (lateMicros > Atomics.load(cell, 0)) Atomics.store(cell, 0, lateMicros);
    dueMs = nowMs + everyMs;
    setTimeout(look, everyMs);
  };
  setTimeout(look, everyMs);
}
