/**
 * When lanes step: those that may have something to do stand in one line, a few step at once, and each goes to the end
 * of the line after its step. The others cost nothing but memory. A lane that fails rests, longer each time.
 */
import { backOffMs, type CancelTimer, type Clock, monotonicMs, type Random } from "../base/index.ts";
import { StorageError } from "../storage/contract/index.ts";
import type { Consumer } from "./consumer.ts";
import type { Lane, StepOutcome } from "./lane.ts";

export interface LaneScheduleOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Lanes that step at once. */
  readonly lanesMax: number;
  /** Told when a consumer begins to fail, and not again before all its lanes have got on. */
  readonly onFailure: (consumer: Consumer, error: unknown) => void;
  /** Brings the list of consumers up to date. */
  readonly onStaleEpoch: () => Promise<void>;
}

/** After failures of a lane. */
const waits = { firstMs: 10, longestMs: 5000 } as const;

export type LaneEnd =
  | { readonly kind: "applied" }
  /** Paused, or no longer there. */
  | { readonly kind: "skipped" }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * `idle`: nothing to do as far as is known. `resting`: until a timer. `parked`: has something to do, its consumer is
 * paused. `broken`: until its consumer is resumed.
 */
type Status = "idle" | "ready" | "running" | "resting" | "parked" | "broken";

/** The lanes of one consumer. */
export interface Group {
  consumer: Consumer;
  paused: boolean;
  readonly slots: Map<number, Slot>;
  /** Lanes that are not idle. */
  busy: number;
  /** Lanes whose last step failed. */
  readonly failing: Set<Slot>;
}

/** A lane and its place in the schedule; changed by the schedule alone. */
export interface Slot {
  readonly lane: Lane;
  readonly group: Group;
  status: Status;
  /** Rests until the next record is old enough. */
  early: boolean;
  /** Was woken while it ran. */
  again: boolean;
  /** Steps in a row that got nowhere. */
  attempts: number;
  failure: unknown;
  removed: boolean;
  cancelRest: CancelTimer | undefined;
  running: Promise<void> | undefined;
  waiters: readonly Waiter[];
}

interface Waiter {
  readonly position: number;
  readonly resolve: (end: LaneEnd) => void;
}

/**
 * Others that come in between are ordinary: what they made vain is tried again at once this many times, and only then
 * it is a failure.
 */
const quietAttempts = 10;
/** Weight of the newest step among those before. */
const newestShare = 0.1;
/** How often a lane is looked at that another runner has and somebody here waits for. */
const heldLookMs = 50;

export function newGroup(consumer: Consumer, paused: boolean): Group {
  return { consumer, paused, slots: new Map(), busy: 0, failing: new Set() };
}

export class LaneSchedule {
  readonly #options: LaneScheduleOptions;
  /** First in, first out; each slot once. */
  readonly #ready = new Set<Slot>();
  readonly #running = new Set<Slot>();
  readonly #behind = new Set<Group>();
  #stopped = false;
  #stepMs = 0;

  constructor(options: LaneScheduleOptions) {
    this.#options = options;
  }

  /** Consumers of which some lane is not idle. */
  get behind(): ReadonlySet<Group> {
    return this.#behind;
  }

  /** What a step takes these days, of real time. */
  get stepMs(): number {
    return this.#stepMs;
  }

  /** Whether the new lane has something to do is found out at once. */
  add(lane: Lane, group: Group): Slot {
    const slot: Slot = {
      lane,
      group,
      status: "idle",
      early: false,
      again: false,
      attempts: 0,
      failure: undefined,
      removed: false,
      cancelRest: undefined,
      running: undefined,
      waiters: [],
    };
    group.slots.set(lane.shard, slot);
    this.#makeReady(slot);
    return slot;
  }

  /** A step that is under way goes on to its end. */
  remove(slot: Slot): void {
    this.#settle(slot, { kind: "skipped" });
    this.#set(slot, "idle");
    slot.removed = true;
    slot.group.slots.delete(slot.lane.shard);
    slot.group.failing.delete(slot);
  }

  /** The shard may have grown. */
  wake(slot: Slot): void {
    if (slot.status === "idle") this.#makeReady(slot);
    else if (slot.status === "running") slot.again = true;
  }

  /** Looks again at lanes that wait for records to grow old: how old may have changed. */
  reconsider(group: Group): void {
    for (const slot of group.slots.values()) {
      if (slot.status === "resting" && slot.early) this.#makeReady(slot);
      if (slot.status === "running") slot.again = true;
    }
  }

  /** Resolves when none of its lanes runs. */
  async pause(group: Group): Promise<void> {
    group.paused = true;
    const running: Promise<void>[] = [];
    for (const slot of group.slots.values()) {
      if (slot.running !== undefined) running.push(slot.running);
      this.#settle(slot, { kind: "skipped" });
      if (slot.status === "ready" || slot.status === "resting") this.#set(slot, "parked");
    }
    await Promise.all(running);
  }

  /** Also of a consumer that is not paused: whatever its lanes wait for, they are tried now. */
  resume(group: Group): void {
    group.paused = false;
    for (const slot of group.slots.values()) {
      if (slot.status === "running") slot.again = true;
      else if (slot.status !== "idle") this.#makeReady(slot);
    }
  }

  /** Applies everything through a position, whatever its age; a failure on the way ends the waiting. */
  waitFor(slot: Slot, position: number): Promise<LaneEnd> {
    if (slot.lane.through >= position) return Promise.resolve({ kind: "applied" });
    if (this.#stopped) return Promise.resolve({ kind: "stopped" });
    if (slot.removed || slot.group.paused) return Promise.resolve({ kind: "skipped" });
    if (slot.status === "broken") return Promise.resolve({ kind: "failed", error: slot.failure });
    slot.lane.applyThrough(position);
    return new Promise((resolve) => {
      slot.waiters = [...slot.waiters, { position, resolve }];
      if (slot.status === "running") slot.again = true;
      else this.#makeReady(slot);
    });
  }

  /** Resolves when nothing runs; nothing begins afterwards. */
  async stop(groups: Iterable<Group>): Promise<void> {
    this.#stopped = true;
    for (const { slots } of groups) {
      for (const slot of slots.values()) {
        this.#settle(slot, { kind: "stopped" });
        if (slot.status !== "running") this.#set(slot, "idle");
      }
    }
    await Promise.all(Array.from(this.#running, ({ running }) => running ?? Promise.resolve()));
  }

  /** The one place where a status changes. */
  #set(slot: Slot, status: Status): void {
    const { group } = slot;
    slot.cancelRest?.();
    slot.cancelRest = undefined;
    slot.early = false;
    if (slot.status === "ready") this.#ready.delete(slot);
    if (slot.removed) return;
    group.busy += Number(status !== "idle") - Number(slot.status !== "idle");
    slot.status = status;
    if (group.busy > 0) this.#behind.add(group);
    else this.#behind.delete(group);
  }

  #makeReady(slot: Slot): void {
    if (this.#stopped || slot.status === "ready") return;
    if (slot.group.paused) {
      this.#set(slot, "parked");
      return;
    }
    this.#set(slot, "ready");
    this.#ready.add(slot);
    this.#startReady();
  }

  #startReady(): void {
    for (const slot of this.#ready) {
      if (this.#stopped || this.#running.size >= this.#options.lanesMax) return;
      this.#set(slot, "running");
      slot.again = false;
      this.#running.add(slot);
      slot.running = this.#run(slot);
    }
  }

  async #run(slot: Slot): Promise<void> {
    const outcome = await this.#step(slot);
    this.#running.delete(slot);
    slot.running = undefined;
    if (this.#stopped) this.#set(slot, "idle");
    else if (!slot.removed) this.#goOn(slot, outcome);
    this.#startReady();
  }

  async #step(slot: Slot): Promise<StepOutcome> {
    const startMs = monotonicMs();
    const outcome = await slot.lane.step();
    this.#stepMs += (monotonicMs() - startMs - this.#stepMs) * newestShare;
    if (outcome.kind !== "staleEpoch") return outcome;
    try {
      await this.#options.onStaleEpoch();
      return outcome;
    } catch (error: unknown) {
      return { kind: "failed", error };
    }
  }

  #goOn(slot: Slot, outcome: StepOutcome): void {
    switch (outcome.kind) {
      case "advanced":
        this.#succeed(slot);
        this.#makeReady(slot);
        return;
      case "caughtUp":
        this.#succeed(slot);
        if (slot.again) this.#makeReady(slot);
        // An engine may show a record later in one way than in another.
        else if (slot.waiters.length > 0) this.#rest(slot, heldLookMs);
        else this.#set(slot, "idle");
        return;
      case "notDue":
        this.#succeed(slot);
        this.#restUntil(slot, outcome.untilMs);
        slot.early = true;
        return;
      case "heldElsewhere":
        this.#succeed(slot);
        this.#restUntil(slot, outcome.untilMs);
        return;
      case "stopped":
        this.#set(slot, "idle");
        return;
      case "overtaken":
      case "conflict":
      case "staleEpoch":
        this.#tryAgain(slot, outcome.kind);
        return;
      case "failed":
        slot.attempts += 1;
        this.#fail(slot, outcome.error);
        this.#rest(slot, backOffMs(slot.attempts, waits, this.#options.random));
        return;
      case "broken":
        this.#fail(slot, outcome.error);
        this.#set(slot, "broken");
        return;
    }
  }

  #tryAgain(slot: Slot, kind: "overtaken" | "conflict" | "staleEpoch"): void {
    slot.attempts += 1;
    if (slot.attempts < quietAttempts) {
      this.#makeReady(slot);
      return;
    }
    this.#fail(slot, new StorageError("unavailable", quietFailures[kind]));
    this.#rest(slot, backOffMs(slot.attempts - quietAttempts + 1, waits, this.#options.random));
  }

  #succeed(slot: Slot): void {
    slot.attempts = 0;
    slot.failure = undefined;
    slot.group.failing.delete(slot);
    if (slot.waiters.length === 0) return;
    const { through } = slot.lane;
    const reached = slot.waiters.filter(({ position }) => position <= through);
    slot.waiters = slot.waiters.filter(({ position }) => position > through);
    for (const { resolve } of reached) resolve({ kind: "applied" });
  }

  #fail(slot: Slot, error: unknown): void {
    const { consumer, failing } = slot.group;
    slot.failure = error;
    if (failing.size === 0) this.#options.onFailure(consumer, error);
    failing.add(slot);
    this.#settle(slot, { kind: "failed", error });
  }

  #settle(slot: Slot, end: LaneEnd): void {
    const { waiters } = slot;
    slot.waiters = [];
    for (const { resolve } of waiters) resolve(end);
  }

  #restUntil(slot: Slot, untilMs: number): void {
    if (slot.again) {
      this.#makeReady(slot);
      return;
    }
    const ms = Math.max(1, untilMs - this.#options.clock.nowMs());
    this.#rest(slot, slot.waiters.length > 0 ? Math.min(ms, heldLookMs) : ms);
  }

  #rest(slot: Slot, ms: number): void {
    if (slot.group.paused) {
      this.#set(slot, "parked");
      return;
    }
    this.#set(slot, "resting");
    slot.cancelRest = this.#options.clock.schedule(ms, () => {
      this.#makeReady(slot);
    });
  }
}

const quietFailures = {
  overtaken: "other runners take a consumer's cursor again and again",
  conflict: "what a consumer writes is held by another mutation",
  staleEpoch: "a consumer names an epoch that has passed, and so does the newest list of consumers",
} as const;
