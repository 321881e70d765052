/**
 * Runs the consumers of a store: one lane per consumer and shard, woken when the shard grows. A store has one runner
 * per process, and it is told of every consumer there is, since it trims the log behind them. Several processes may run
 * the same consumers: cursors and leases keep them apart.
 */
import {
  assert,
  type CancelTimer,
  type Clock,
  type Random,
  systemClock,
  type TurnPacer,
} from "../base/index.ts";
import { type Engine, type ShardId, StorageError } from "../storage/contract/index.ts";
import type { Consumer } from "./consumer.ts";
import { HeldShards } from "./held-shards.ts";
import { type ConsumerLag, lagOf } from "./lag.ts";
import { Lane, type LaneServices, nextTurnOf } from "./lane.ts";
import { type Group, type LaneEnd, LaneSchedule, newGroup, type Slot } from "./lane-schedule.ts";
import type { LogReader } from "./log-reader.ts";
import { type SafetyPoll, startSafetyPoll } from "./safety-poll.ts";
import { type ConsumedShard, trimBehind } from "./trimmer.ts";

export interface ConsumerRunnerOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly pacer: TurnPacer;
  readonly random: Random;
  /**
   * Every consumer of the store, as of a moment after the call: a catalog catches up first. Asked before the log is
   * trimmed, since records are kept for the consumers of this list only, and when a consumer names a stale epoch.
   */
  readonly listConsumers: () => Promise<readonly Consumer[]>;
  /** Every reader of the store, as of the same moment; asked when the consumers were answered. */
  readonly listReaders?: () => readonly LogReader[];
  /** Told when a consumer begins to fail, and not again before it has got on everywhere. */
  readonly onFailure: (consumer: Consumer, error: unknown) => void;
  /** Looks by the clock for wake-ups that were missed; true unless told otherwise. */
  readonly poll?: boolean;
  /**
   * How long wake-ups are gathered at least (of real time), so that what many writes have logged is applied in one
   * commit instead of one beside each of them; longer while steps take long. 0, the default: at once.
   */
  readonly gatherMs?: number;
  /** For how long after a commit nobody else takes the cursor. */
  readonly leaseMs?: number;
  /** Lanes that step at once. */
  readonly lanesMax?: number;
}

export type DrainOutcome =
  | { readonly kind: "drained" }
  /** A consumer could not go on; the others may not be done. It is tried again without being asked. */
  | { readonly kind: "failed"; readonly consumerId: string; readonly error: unknown }
  | { readonly kind: "stopped" };

export interface ConsumerRunner {
  /**
   * Adds, removes and replaces, by id; what stays keeps its state. Costs one look per consumer if nothing changed.
   * Nothing is kept for readers that are left out.
   */
  setConsumers(consumers: readonly Consumer[], readers?: readonly LogReader[]): void;
  /**
   * Resolves when the consumers, or all of them, have applied everything that was in the log when it was called,
   * however young. Paused consumers and unknown ids are passed over. A first failure ends the waiting. Rejects with a
   * StorageError when the end of the log cannot be read.
   */
  drain(ids?: readonly string[]): Promise<DrainOutcome>;
  /** Resolves when nothing of the consumer is under way. Ids are remembered, also of consumers that come later. */
  pause(id: string): Promise<void>;
  /** Goes on, and tries at once what waited after a failure. */
  resume(id: string): void;
  /**
   * False: has applied every commit that was answered through this engine object; asked of memory. What was committed
   * elsewhere is known a moment later.
   */
  isBehind(id: string): boolean;
  /** The ids for which `isBehind` is true, without those paused. */
  behind(): readonly string[];
  lag(): Promise<readonly ConsumerLag[]>;
  /** Shards with at least a thousand records to forget; `all`: with one. Rejects with a StorageError. */
  trim(options?: { readonly all?: boolean }): Promise<void>;
  /** Waits for what is under way; prepared output is not written any more. Other processes may go on at once. */
  stop(): Promise<void>;
}

const leaseMsDefault = 30_000;
const lanesMaxDefault = 16;
/** Commits of consumers are in the way of writes: where they take long they are made rarely, unless much is left. */
const idlePerBusy = 10;
const gatherMsMax = 160;
const trimmedAtOnce = 1000;

export function createConsumerRunner(options: ConsumerRunnerOptions): ConsumerRunner {
  return new Runner(options);
}

class Runner implements ConsumerRunner {
  readonly #options: ConsumerRunnerOptions;
  readonly #services: LaneServices;
  readonly #schedule: LaneSchedule;
  readonly #poll: SafetyPoll | undefined;
  readonly #abort = new AbortController();
  readonly #groups = new Map<string, Group>();
  readonly #shards = new Map<ShardId, ConsumedShard>();
  readonly #held = new HeldShards();
  readonly #trimmed = new Map<ShardId, number>();
  readonly #abandoned = new Set<ShardId>();
  readonly #paused = new Set<string>();
  /** To be woken together. */
  readonly #gathered = new Set<Slot>();
  #cancelGathering: CancelTimer | undefined;
  #consumers: readonly Consumer[] = [];
  #refreshing: Promise<void> | undefined;
  #trims: Promise<void> = Promise.resolve();

  constructor(options: ConsumerRunnerOptions) {
    const { engine, clock, pacer, random, poll = true, onFailure } = options;
    const { leaseMs = leaseMsDefault, lanesMax = lanesMaxDefault } = options;
    this.#options = options;
    this.#services = {
      engine,
      clock,
      pacer,
      owner: random.uuid(),
      leaseMs,
      exclusive: !engine.capabilities.multiProcess,
      signal: this.#abort.signal,
    };
    const onStaleEpoch = (): Promise<void> => this.#refresh();
    this.#schedule = new LaneSchedule({ clock, random, lanesMax, onFailure, onStaleEpoch });
    if (poll) this.#poll = startSafetyPoll({ engine, clock, shards: this.#shards, schedule: this.#schedule });
  }

  setConsumers(consumers: readonly Consumer[], readers: readonly LogReader[] = []): void {
    if (this.#stopped) return;
    // First, so that a shard which loses its last consumer is known to be held.
    this.#setReaders(readers);
    const known = this.#consumers;
    if (sameConsumers(known, consumers)) return;
    this.#consumers = consumers;
    const ids = new Set(consumers.map(({ id }) => id));
    assert(ids.size === consumers.length, "consumers have different ids");
    for (const [id, group] of this.#groups) {
      if (ids.has(id)) continue;
      for (const slot of group.slots.values()) this.#removeSlot(slot);
      this.#groups.delete(id);
    }
    for (const consumer of consumers) this.#setConsumer(consumer);
  }

  async drain(ids?: readonly string[]): Promise<DrainOutcome> {
    if (this.#stopped) return { kind: "stopped" };
    const groups: Group[] = [];
    for (const id of ids ?? this.#groups.keys()) {
      const group = this.#groups.get(id);
      if (group !== undefined && !group.paused) groups.push(group);
    }
    const ends = await this.#drainLanes(groups);
    return Promise.race([allEnds(ends), ...ends.map(onlyFailure)]);
  }

  async pause(id: string): Promise<void> {
    this.#paused.add(id);
    const group = this.#groups.get(id);
    if (group !== undefined) await this.#schedule.pause(group);
  }

  resume(id: string): void {
    this.#paused.delete(id);
    const group = this.#groups.get(id);
    if (group !== undefined) this.#schedule.resume(group);
  }

  isBehind(id: string): boolean {
    return (this.#groups.get(id)?.busy ?? 0) > 0;
  }

  behind(): readonly string[] {
    const ids: string[] = [];
    for (const { consumer, paused } of this.#schedule.behind) if (!paused) ids.push(consumer.id);
    return ids;
  }

  lag(): Promise<readonly ConsumerLag[]> {
    return lagOf([...this.#groups.values()], this.#options);
  }

  trim({ all = false }: { readonly all?: boolean } = {}): Promise<void> {
    const { engine, pacer } = this.#options;
    const trim = (): Promise<void> =>
      trimBehind({
        engine,
        pacer,
        shards: this.#shards,
        held: this.#held,
        trimmed: this.#trimmed,
        abandoned: this.#abandoned,
        recordsMin: all ? 1 : trimmedAtOnce,
        refresh: () => this.#list(),
        stopped: () => this.#stopped,
      });
    const done = this.#trims.then(trim);
    // The failure of a trim belongs to its caller; the next one only waits for the end.
    this.#trims = done.catch(() => undefined);
    return done;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#cancelGathering?.();
    this.#poll?.stop();
    for (const { cancelWatch } of this.#shards.values()) cancelWatch();
    await this.#schedule.stop(this.#groups.values());
    await this.#trims;
    if (!this.#services.exclusive) await this.#releaseCursors();
  }

  /** What cannot be given back now ends with its lease. */
  async #releaseCursors(): Promise<void> {
    const { lanesMax = lanesMaxDefault } = this.#options;
    const lanes = Array.from(this.#groups.values(), ({ slots }) => [...slots.values()]).flat();
    try {
      for (let from = 0; from < lanes.length; from += lanesMax) {
        await Promise.all(lanes.slice(from, from + lanesMax).map(({ lane }) => lane.release()));
      }
    } catch (error: unknown) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  get #stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  #setReaders(readers: readonly LogReader[]): void {
    for (const shard of this.#held.set(readers)) this.#considerAbandoned(shard);
    for (const { shards } of readers) for (const shard of shards) this.#abandoned.delete(shard);
  }

  #considerAbandoned(shard: ShardId): void {
    if (this.#shards.has(shard) || this.#held.has(shard)) return;
    this.#trimmed.delete(shard);
    this.#abandoned.add(shard);
  }

  #setConsumer(consumer: Consumer): void {
    let group = this.#groups.get(consumer.id);
    if (group === undefined) {
      group = newGroup(consumer, this.#paused.has(consumer.id));
      this.#groups.set(consumer.id, group);
    } else if (group.consumer === consumer) {
      return;
    }
    group.consumer = consumer;
    const shards = new Set(consumer.shards);
    for (const [shard, slot] of group.slots) {
      if (shards.has(shard)) slot.lane.consumer = consumer;
      else this.#removeSlot(slot);
    }
    this.#schedule.reconsider(group);
    for (const shard of shards) if (!group.slots.has(shard)) this.#addSlot(group, shard);
  }

  #addSlot(group: Group, shard: ShardId): void {
    const state = this.#shards.get(shard) ?? this.#watch(shard);
    state.slots.add(this.#schedule.add(new Lane(shard, group.consumer, this.#services), group));
  }

  #removeSlot(slot: Slot): void {
    const { shard } = slot.lane;
    this.#schedule.remove(slot);
    this.#gathered.delete(slot);
    const state = this.#shards.get(shard);
    state?.slots.delete(slot);
    if (state?.slots.size !== 0) return;
    state.cancelWatch();
    this.#shards.delete(shard);
    this.#considerAbandoned(shard);
  }

  #watch(shard: ShardId): ConsumedShard {
    const slots = new Set<Slot>();
    const cancelWatch = this.#options.engine.watchLog(shard, () => this.#wake(slots));
    const state: ConsumedShard = { shard, slots, cancelWatch };
    this.#shards.set(shard, state);
    this.#abandoned.delete(shard);
    return state;
  }

  #wake(slots: ReadonlySet<Slot>): void {
    const { gatherMs = 0 } = this.#options;
    if (gatherMs === 0) {
      for (const slot of slots) this.#schedule.wake(slot);
      return;
    }
    for (const slot of slots) this.#gathered.add(slot);
    const idleMs = this.#schedule.stepMs * idlePerBusy;
    const waitMs = Math.min(Math.max(gatherMs, idleMs), gatherMsMax);
    this.#cancelGathering ??= systemClock().schedule(waitMs, () => {
      this.#cancelGathering = undefined;
      for (const slot of this.#gathered) this.#schedule.wake(slot);
      this.#gathered.clear();
    });
  }

  /** To where each shard ends now. */
  async #drainLanes(groups: readonly Group[]): Promise<readonly DrainingLane[]> {
    const lanes: DrainingLane[] = [];
    const lasts = new Map<ShardId, number>();
    const work = this.#options.pacer.resume();
    try {
      for (const { consumer, slots } of groups) {
        for (const [shard, slot] of slots) {
          if (work.sliceOver()) await nextTurnOf(work);
          const last = lasts.get(shard) ?? (await this.#options.engine.logEnd(shard)).last;
          lasts.set(shard, last);
          if (slot.lane.through >= last) continue;
          lanes.push({ consumerId: consumer.id, end: this.#schedule.waitFor(slot, last) });
        }
      }
    } finally {
      work.end();
    }
    return lanes;
  }

  /** Shared by all who meet a stale epoch at once. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#list().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #list(): Promise<void> {
    const { listConsumers, listReaders } = this.#options;
    this.setConsumers(await listConsumers(), listReaders?.());
  }
}

interface DrainingLane {
  readonly consumerId: string;
  readonly end: Promise<LaneEnd>;
}

async function allEnds(lanes: readonly DrainingLane[]): Promise<DrainOutcome> {
  const ends = await Promise.all(lanes.map(({ end }) => end));
  return ends.some(({ kind }) => kind === "stopped") ? { kind: "stopped" } : { kind: "drained" };
}

/** Never resolves otherwise: one that is done says nothing of the others. */
function onlyFailure({ consumerId, end }: DrainingLane): Promise<DrainOutcome> {
  return new Promise((resolve) => {
    void end.then((ended) => {
      if (ended.kind === "failed") resolve({ kind: "failed", consumerId, error: ended.error });
    });
  });
}

function sameConsumers(left: readonly Consumer[], right: readonly Consumer[]): boolean {
  return left.length === right.length && left.every((consumer, index) => consumer === right[index]);
}
