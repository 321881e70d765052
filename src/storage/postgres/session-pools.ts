/**
 * Sessions: some for writing, each used by one group at a time, and some for reading, each shared by many statements that
 * are on their way behind each other. They are opened when needed and replaced when they end. When one ends by itself,
 * those that nobody uses go too: what ended it may have ended them, and the next user would have to find out.
 */
import { PostgresConnectionError, type PostgresSession, type PostgresSessionEvents } from "./driver.ts";

export type OpenSession = (events: PostgresSessionEvents) => Promise<PostgresSession>;

interface Waiter {
  readonly resolve: (session: PostgresSession | Promise<PostgresSession>) => void;
  readonly reject: (error: Error) => void;
}

/** Of sessions that one user has at a time; `take` waits for a free one. */
export class ExclusiveSessions {
  readonly #open: OpenSession;
  readonly #sessionsMax: number;
  readonly #free: PostgresSession[] = [];
  readonly #all = new Set<PostgresSession>();
  readonly #waiting: Waiter[] = [];
  readonly #warnings = new WeakMap<PostgresSession, number>();
  #opening = 0;
  #isClosed = false;
  #onFree: (() => void) | undefined;

  constructor(open: OpenSession, sessionsMax: number) {
    this.#open = open;
    this.#sessionsMax = sessionsMax;
  }

  /** Whether `take` would not wait for another user. */
  get isFree(): boolean {
    return this.#free.length > 0 || this.#hasRoom;
  }

  /** How many times `take` would not wait. */
  get freeCount(): number {
    return this.#free.length + this.#sessionsMax - this.#all.size - this.#opening;
  }

  /** Told when `isFree` may have become true. */
  whenFree(listener: () => void): void {
    this.#onFree = listener;
  }

  /** Waiters are served in their order, each with a session or with the reason why there is none. */
  take(): Promise<PostgresSession> {
    if (this.#isClosed) return Promise.reject(noSessions());
    const free = this.#free.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (this.#hasRoom) return this.#add();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  giveBack(session: PostgresSession): void {
    if (!this.#all.has(session)) return;
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) {
      waiter.resolve(session);
      return;
    }
    this.#free.push(session);
    this.#onFree?.();
  }

  /** For a session nobody should use again. */
  drop(session: PostgresSession): void {
    session.destroy();
    this.#forget(session);
  }

  /** How many warnings the server has sent on the session. */
  warningsOf(session: PostgresSession): number {
    return this.#warnings.get(session) ?? 0;
  }

  async close(): Promise<void> {
    this.#refuseAll();
    await Promise.all([...this.#all].map((session) => session.close()));
  }

  destroy(): void {
    this.#refuseAll();
    for (const session of this.#all) session.destroy();
  }

  get #hasRoom(): boolean {
    return this.#all.size + this.#opening < this.#sessionsMax;
  }

  async #add(): Promise<PostgresSession> {
    this.#opening += 1;
    let session: PostgresSession | undefined;
    let hasEnded = false;
    try {
      session = await this.#open({
        onEnd: (error) => {
          hasEnded = true;
          if (session !== undefined) this.#forget(session);
          if (error !== undefined) this.#dropUnused();
        },
        onNotice: () => {
          if (session !== undefined) this.#warnings.set(session, this.warningsOf(session) + 1);
        },
      });
    } finally {
      this.#opening -= 1;
      if (session !== undefined && !hasEnded) this.#all.add(session);
      // Who waits may try to open one for itself, and learn why it cannot.
      else this.#roomMade();
    }
    if (this.#isClosed) {
      this.drop(session);
      throw noSessions();
    }
    return session;
  }

  #forget(session: PostgresSession): void {
    if (!this.#all.delete(session)) return;
    const index = this.#free.indexOf(session);
    if (index >= 0) this.#free.splice(index, 1);
    this.#roomMade();
  }

  #roomMade(): void {
    if (this.#isClosed) return;
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#onFree?.();
    else waiter.resolve(this.#add());
  }

  #dropUnused(): void {
    for (const session of this.#free.splice(0)) this.drop(session);
  }

  #refuseAll(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(noSessions());
  }
}

interface SharedSession {
  readonly opening: Promise<PostgresSession>;
  /** Statements without an answer. */
  waiting: number;
}

/** Of sessions that send the statements of many users. */
export class SharedSessions {
  readonly #open: OpenSession;
  readonly #sessionsMax: number;
  readonly #sessions: SharedSession[] = [];
  #isClosed = false;

  constructor(open: OpenSession, sessionsMax: number) {
    this.#open = open;
    this.#sessionsMax = sessionsMax;
  }

  /** On the session with the fewest statements waiting; a further one is opened while all are busy. */
  async use<T>(use: (session: PostgresSession) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw noSessions();
    const shared = this.#choose();
    shared.waiting += 1;
    try {
      return await use(await shared.opening);
    } finally {
      shared.waiting -= 1;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#sessions.map((shared) => withSession(shared, (session) => session.close())));
  }

  destroy(): void {
    this.#isClosed = true;
    for (const shared of this.#sessions) destroyed(shared);
  }

  #choose(): SharedSession {
    let idlest: SharedSession | undefined;
    for (const shared of this.#sessions) {
      if (idlest === undefined || shared.waiting < idlest.waiting) idlest = shared;
    }
    const isEnough = idlest?.waiting === 0 || this.#sessions.length >= this.#sessionsMax;
    return idlest !== undefined && isEnough ? idlest : this.#add();
  }

  #add(): SharedSession {
    const forget = (): void => {
      const index = this.#sessions.indexOf(shared);
      if (index >= 0) this.#sessions.splice(index, 1);
    };
    const opening = this.#open({
      onEnd: (error) => {
        forget();
        if (error !== undefined) this.#dropUnused();
      },
    });
    const shared: SharedSession = { opening, waiting: 0 };
    opening.catch(forget);
    this.#sessions.push(shared);
    return shared;
  }

  #dropUnused(): void {
    for (const shared of this.#sessions.filter(({ waiting }) => waiting === 0)) destroyed(shared);
  }
}

function destroyed(shared: SharedSession): void {
  void withSession(shared, async (session) => session.destroy());
}

/** Nothing happens when it could not be opened. */
async function withSession(
  { opening }: SharedSession,
  use: (session: PostgresSession) => Promise<void>,
): Promise<void> {
  await opening.then(use, () => undefined);
}

function noSessions(): PostgresConnectionError {
  return new PostgresConnectionError("the sessions of the store are closed");
}
