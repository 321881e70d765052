/**
 * Backfills that are under way: each walks its table chunk by chunk, then waits until the index's consumer has passed
 * what was logged meanwhile, and tells the catalog that the index is complete. A failure is tried again; one that was
 * interrupted goes on where its last chunk ended.
 */
import type { Clock, TurnPacer } from "../base/index.ts";
import { type Catalog, indexConsumerId } from "../catalog/index.ts";
import type { ConsumerRunner } from "../changes/index.ts";
import { type Engine, StorageError } from "../storage/contract/index.ts";
import { backfillChunk, type BackfillIndex } from "./backfill.ts";

export interface BackfillRunsOptions {
  readonly engine: Engine;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly pacer: TurnPacer;
  readonly runner: ConsumerRunner;
  /** Whether the index's consumer is held up. */
  readonly isPaused: (indexKeyspace: number) => boolean;
  readonly onFailure: (error: unknown) => void;
}

const retryMs = 1000;

export class BackfillRuns {
  readonly #options: BackfillRunsOptions;
  /** By the keyspace of the index. */
  readonly #runs = new Map<number, Promise<void>>();
  /** Keyspaces of those that rest after a failure. */
  readonly #resting = new Map<number, () => void>();
  #waiters: (() => void)[] = [];
  #stopped = false;

  constructor(options: BackfillRunsOptions) {
    this.#options = options;
  }

  /** Nothing is under way, but for what rests after a failure. */
  isIdle(): boolean {
    return this.#runs.size === this.#resting.size;
  }

  /** Resolves when one of those under way has ended or failed. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  /** Nothing happens when it is under way already. */
  start(target: BackfillIndex): void {
    const { keyspace } = target.index;
    if (this.#stopped || this.#runs.has(keyspace)) return;
    const run = this.#run(target).finally(() => {
      this.#runs.delete(keyspace);
      this.#wakeWaiters();
    });
    this.#runs.set(keyspace, run);
  }

  /** Waits for the chunks under way; the rest is done after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const goOn of this.#resting.values()) goOn();
    await Promise.all(this.#runs.values());
  }

  async #run(target: BackfillIndex): Promise<void> {
    let failing = false;
    while (!this.#stopped) {
      try {
        if (await this.#fill(target)) return;
        failing = false;
      } catch (error: unknown) {
        if (!failing) this.#options.onFailure(error);
        failing = true;
        await this.#rest(target.index.keyspace);
      }
    }
  }

  /** True when there is nothing more to do. */
  async #fill(target: BackfillIndex): Promise<boolean> {
    const { engine, catalog, runner } = this.#options;
    const { table, index } = target;
    const end = await backfillChunk(engine, target);
    if (end === "overtaken") return true;
    if (end === "more") {
      await this.#breath();
      return false;
    }
    // Without its consumer the index cannot be complete; it is started again when that goes on.
    if (this.#options.isPaused(index.keyspace)) return true;
    const drained = await runner.drain([indexConsumerId(index.keyspace)]);
    if (drained.kind === "failed") throw drained.error;
    if (this.#stopped) return true;
    const { kind } = await catalog.indexBuilt(table, index.keyspace);
    if (kind !== "undecided") return true;
    throw new StorageError("unavailable", `whether index ${index.name} is complete could not be stored`);
  }

  /** Between two chunks others have their turn. */
  async #breath(): Promise<void> {
    const work = this.#options.pacer.resume();
    try {
      await work.turn();
    } finally {
      work.end();
    }
  }

  #rest(keyspace: number): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        cancel();
        this.#resting.delete(keyspace);
        resolve();
      };
      const cancel = this.#options.clock.schedule(retryMs, goOn);
      this.#resting.set(keyspace, goOn);
      this.#wakeWaiters();
    });
  }

  #wakeWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
