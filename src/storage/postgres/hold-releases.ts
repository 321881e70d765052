/**
 * Holds in the store that nobody will end: of mutations that could not be decided, as while the server was away. They
 * would last as long as this process, so ending them is tried again and again.
 */
import type { CancelTimer, Clock } from "../../base/index.ts";
import type { RecordKey } from "../contract/index.ts";

export interface HoldReleasesOptions {
  /** Real time, whatever the clock of the data says. */
  readonly timers: Pick<Clock, "schedule">;
  /** Resolves when the store has forgotten the hold. */
  readonly release: (holdId: string, keys: readonly RecordKey[]) => Promise<unknown>;
}

const retryMs = 500;
/** Far more than are decided while a server goes away; the holds of more would end with this process. */
const pendingMax = 10_000;

export class HoldReleases {
  readonly #options: HoldReleasesOptions;
  readonly #pending = new Map<string, readonly RecordKey[]>();
  #cancel: CancelTimer | undefined;
  #isClosed = false;

  constructor(options: HoldReleasesOptions) {
    this.#options = options;
  }

  add(holdId: string, keys: readonly RecordKey[]): void {
    if (this.#pending.size >= pendingMax || this.#isClosed) return;
    this.#pending.set(holdId, keys);
    this.#schedule(0);
  }

  /** What is left ends with this process's membership. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  #schedule(ms: number): void {
    if (this.#isClosed) return;
    this.#cancel ??= this.#options.timers.schedule(ms, () => {
      void this.#tryAll();
    });
  }

  async #tryAll(): Promise<void> {
    await Promise.all(
      [...this.#pending].map(([holdId, keys]) =>
        this.#options.release(holdId, keys).then(
          () => this.#pending.delete(holdId),
          () => undefined,
        ),
      ),
    );
    this.#cancel = undefined;
    if (this.#pending.size > 0) this.#schedule(retryMs);
  }
}
