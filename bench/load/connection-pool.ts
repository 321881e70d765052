/**
 * A fixed number of connections, each with one request under way at most. One that breaks is opened again after
 * a pause. Free ones are used in turn, so that all of them stay in use: the hardest case for a server.
 */
import type { Answer } from "./answer-reader.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { ConnectionRequests } from "./mix-requests.ts";

/** A place in the pool, whatever connection it has at the moment. */
export interface Slot {
  readonly requests: ConnectionRequests;
  /** Of the mix, what the request under way is; the last one, without one. */
  part: number;
  /** When the request under way was due; undefined without one. */
  dueMs: number | undefined;
  /** Since when it has been free. */
  freeSinceMs: number;
  connection: Connection | undefined;
}

export interface PoolEvents {
  readonly answered: (slot: Slot, answer: Answer) => void;
  /** It had a request under way, which will not be answered. */
  readonly broken: (slot: Slot, reason: string) => void;
  /** A slot may be taken again. */
  readonly free: () => void;
}

export interface PoolOptions {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
}

const reopenAfterMs = 100;
const openAtOnce = 32;

export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #events: PoolEvents;
  readonly #slots: readonly Slot[];
  /** A ring: taken at the head, put back at the tail. */
  readonly #free: (Slot | undefined)[];
  #head = 0;
  #freeCount = 0;
  #closed = false;
  #lastReason = "";
  reconnects = 0;

  constructor(options: PoolOptions, events: PoolEvents) {
    this.#options = options;
    this.#events = events;
    this.#slots = Array.from({ length: options.connections }, () => ({
      requests: [],
      part: 0,
      dueMs: undefined,
      freeSinceMs: 0,
      connection: undefined,
    }));
    this.#free = Array.from({ length: options.connections }, () => undefined);
  }

  /** Tries each once; returns how many there are. Rejects when there is none. */
  async open(): Promise<number> {
    const slots = this.#slots.values();
    const worker = async (): Promise<void> => {
      for (const slot of slots) await this.#connect(slot);
    };
    await Promise.all(Array.from({ length: openAtOnce }, worker));
    const opened = this.#slots.filter(({ connection }) => connection !== undefined).length;
    if (opened === 0) throw new Error(`no connection: ${this.#lastReason}`);
    return opened;
  }

  /** The connection that has been free for the longest time. */
  take(): Slot | undefined {
    while (this.#freeCount > 0) {
      const slot = this.#free[this.#head];
      this.#head = (this.#head + 1) % this.#free.length;
      this.#freeCount--;
      // It may have broken while it was free; it comes back when it is open again.
      if (slot?.connection !== undefined) return slot;
    }
    return undefined;
  }

  underWay(): number {
    return this.#slots.filter(({ dueMs }) => dueMs !== undefined).length;
  }

  close(): void {
    this.#closed = true;
    for (const { connection } of this.#slots) connection?.close();
  }

  async #connect(slot: Slot): Promise<void> {
    try {
      const connection = await openConnection(this.#options.host, this.#options.port, {
        answered: (answer) => {
          this.#events.answered(slot, answer);
          slot.dueMs = undefined;
          this.#putBack(slot);
        },
        broken: (reason) => this.#broken(slot, reason),
      });
      if (this.#closed) return connection.close();
      slot.connection = connection;
      this.#putBack(slot);
    } catch (error: unknown) {
      this.#lastReason = error instanceof Error ? error.message : String(error);
      this.#reconnectLater(slot);
    }
  }

  #putBack(slot: Slot): void {
    slot.freeSinceMs = performance.now();
    this.#free[(this.#head + this.#freeCount) % this.#free.length] = slot;
    this.#freeCount++;
    this.#events.free();
  }

  #broken(slot: Slot, reason: string): void {
    slot.connection = undefined;
    if (slot.dueMs !== undefined) {
      this.#events.broken(slot, reason);
      slot.dueMs = undefined;
    } else {
      this.#forget(slot);
    }
    this.#reconnectLater(slot);
  }

  /** Takes a slot that broke while it was free out of the ring, where it would stand twice once it is open again. */
  #forget(slot: Slot): void {
    const free: Slot[] = [];
    for (let each = this.take(); each !== undefined; each = this.take()) free.push(each);
    this.#head = 0;
    this.#freeCount = 0;
    for (const each of free) {
      if (each === slot) continue;
      this.#free[this.#freeCount] = each;
      this.#freeCount++;
    }
  }

  #reconnectLater(slot: Slot): void {
    if (this.#closed) return;
    this.reconnects++;
    setTimeout(() => void this.#connect(slot), reopenAfterMs);
  }
}
