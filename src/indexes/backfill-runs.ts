/**
 * Backfills that are under way: each walks its table chunk by chunk, then waits until the index's consumer has passed
 * what was logged meanwhile, and tells the catalog that the index is complete. A failure is tried again; one that was
 * interrupted goes on where its last chunk ended. Of several servers one works on an index, and the others stand by
 * until it is complete.
 */
import type { Clock, Random, TurnPacer } from "../base/index.ts";
import { type Catalog, derivedIndexes, indexConsumerId } from "../catalog/index.ts";
import { type ConsumerRunner, createDuty, type Duty } from "../changes/index.ts";
import { type Engine, StorageError } from "../storage/contract/index.ts";
import { backfillChunk, type BackfillIndex } from "./backfill.ts";

export interface BackfillRunsOptions {
  readonly engine: Engine;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly pacer: TurnPacer;
  readonly random: Random;
  readonly runner: ConsumerRunner;
  /** Whether the index's consumer is held up. */
  readonly isPaused: (indexKeyspace: number) => boolean;
  readonly onFailure: (error: unknown) => void;
}

/** `standBy`: another server works on the index. */
type Step = "goOn" | "standBy" | "end";

const retryMs = 1000;

/** A store keeps the names of all duties there ever were; indexes that share one are filled one after the other. */
const dutiesMax = 64;

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
    const { engine, clock, random } = this.#options;
    const { keyspace } = target.index;
    const duty = createDuty({ engine, name: `backfill ${keyspace % dutiesMax}`, clock, random });
    let failing = false;
    try {
      while (!this.#stopped) {
        try {
          const step = await this.#step(target, duty);
          failing = false;
          if (step === "end") break;
          if (step === "standBy") await this.#rest(keyspace);
        } catch (error: unknown) {
          if (!failing) this.#options.onFailure(error);
          failing = true;
          await this.#rest(keyspace);
        }
      }
    } finally {
      // What cannot be given back ends by itself.
      await duty.release().catch(() => undefined);
    }
  }

  async #step(target: BackfillIndex, duty: Duty): Promise<Step> {
    if (await duty.isOurs()) return this.#fill(target);
    return (await this.#isWanted(target)) ? "standBy" : "end";
  }

  async #isWanted({ table, index }: BackfillIndex): Promise<boolean> {
    await this.#options.catalog.catchUp();
    const newest = this.#options.catalog.find(table.namespace, table.name);
    return (
      newest?.keyspace === table.keyspace &&
      derivedIndexes(newest).some(
        ({ keyspace, status, backfill }) =>
          keyspace === index.keyspace && status === "CREATING" && backfill !== undefined,
      )
    );
  }

  async #fill(target: BackfillIndex): Promise<Step> {
    const { engine, catalog, runner } = this.#options;
    const { table, index } = target;
    const end = await backfillChunk(engine, target);
    if (end === "overtaken") {
      // The index is gone, or another server has just taken over: this one goes on if that one does not.
      const standsBy = engine.capabilities.multiProcess && (await this.#isWanted(target));
      return standsBy ? "standBy" : "end";
    }
    if (end === "more") {
      await this.#breath();
      return "goOn";
    }
    // Without its consumer the index cannot be complete; it is started again when that goes on.
    if (this.#options.isPaused(index.keyspace)) return "end";
    const drained = await runner.drain([indexConsumerId(index.keyspace)]);
    if (drained.kind === "failed") throw drained.error;
    if (this.#stopped) return "end";
    const { kind } = await catalog.indexBuilt(table, index.keyspace);
    if (kind !== "undecided") return "end";
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
    if (this.#stopped) return Promise.resolve();
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
