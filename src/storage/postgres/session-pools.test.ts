// Sessions: opened as needed, replaced when they end, and nobody who waits is forgotten.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PostgresConnectionError, type PostgresSession, type PostgresSessionEvents } from "./driver.ts";
import { ExclusiveSessions, SharedSessions } from "./session-pools.ts";

interface FakeSession extends PostgresSession {
  readonly number: number;
  readonly events: PostgresSessionEvents;
  isOpen: boolean;
  /** As the server or the network does it. */
  fail(): void;
}

/** A server whose logins a test answers when it likes. */
class FakeServer {
  readonly sessions: FakeSession[] = [];
  readonly #logins: { readonly accept: () => void; readonly refuse: () => void }[] = [];
  isQuick = true;

  readonly open = (events: PostgresSessionEvents): Promise<PostgresSession> =>
    new Promise((resolve, reject) => {
      const accept = (): void => resolve(this.#session(events));
      if (this.isQuick) accept();
      else this.#logins.push({ accept, refuse: () => reject(new PostgresConnectionError("refused")) });
    });

  get loginCount(): number {
    return this.#logins.length;
  }

  get openOnes(): readonly FakeSession[] {
    return this.sessions.filter(({ isOpen }) => isOpen);
  }

  answerLogin(accepted: boolean): void {
    const login = this.#logins.shift();
    if (accepted) login?.accept();
    else login?.refuse();
  }

  #session(events: PostgresSessionEvents): FakeSession {
    const end = (error: Error | undefined): void => {
      if (!session.isOpen) return;
      session.isOpen = false;
      events.onEnd?.(error);
    };
    const session: FakeSession = {
      number: this.sessions.length,
      events,
      isOpen: true,
      query: async () => ({ command: "SELECT", rowCount: 0, rows: [] }),
      script: async () => undefined,
      close: async () => end(undefined),
      destroy: () => end(undefined),
      fail: () => end(new PostgresConnectionError("lost")),
    };
    this.sessions.push(session);
    return session;
  }
}

/** Everything that can happen now has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe("sessions of one user at a time", () => {
  test("are opened as needed, reused, and no more than allowed", async () => {
    const server = new FakeServer();
    const pool = new ExclusiveSessions(server.open, 2);
    const [a, b] = await Promise.all([pool.take(), pool.take()]);
    expect([server.sessions.length, pool.isFree]).toEqual([2, false]);
    const waiting = pool.take();
    pool.giveBack(b);
    expect(await waiting).toBe(b);
    pool.giveBack(a);
    expect(await pool.take()).toBe(a);
    expect(server.sessions).toHaveLength(2);
  });

  test("who waits is served in order, also when a session ends or none can be opened", async () => {
    const server = new FakeServer();
    const pool = new ExclusiveSessions(server.open, 1);
    const session = await pool.take();
    server.isQuick = false;
    const served: string[] = [];
    const waiting = ["first", "second", "third"].map((name) =>
      pool.take().then(
        (own) => {
          served.push(`${name} served`);
          return own;
        },
        () => {
          served.push(`${name} refused`);
          return undefined;
        },
      ),
    );
    pool.drop(session);
    await settled();
    expect(server.loginCount).toBe(1);
    server.answerLogin(false);
    await settled();
    server.answerLogin(true);
    const own = await waiting[1];
    if (own !== undefined) pool.giveBack(own);
    await waiting[2];
    expect(served).toEqual(["first refused", "second served", "third served"]);
  });

  test("one that ends by itself takes those with it that nobody uses, and not those in use", async () => {
    const server = new FakeServer();
    const pool = new ExclusiveSessions(server.open, 3);
    const [a, b, c] = await Promise.all([pool.take(), pool.take(), pool.take()]);
    pool.giveBack(c);
    server.sessions[0]?.fail();
    expect(server.openOnes.map(({ number }) => number)).toEqual([1]);
    pool.drop(a);
    pool.giveBack(b);
    expect(await pool.take()).toBe(b);
  });

  test("one that ended while it was taken is not given to anybody", async () => {
    const server = new FakeServer();
    const pool = new ExclusiveSessions(server.open, 1);
    const session = await pool.take();
    server.sessions[0]?.fail();
    pool.giveBack(session);
    expect(await pool.take()).not.toBe(session);
  });

  test("who looks for a free one is told when there may be one", async () => {
    const server = new FakeServer();
    const pool = new ExclusiveSessions(server.open, 1);
    let told = 0;
    pool.whenFree(() => {
      told += 1;
    });
    pool.giveBack(await pool.take());
    expect(told).toBe(1);
    const taken = await pool.take();
    pool.drop(taken);
    expect(told).toBe(2);
    server.isQuick = false;
    const refused = pool.take();
    server.answerLogin(false);
    await expect(refused).rejects.toThrow("refused");
    expect(told).toBe(3);
  });

  test("warnings of the server are counted for each", async () => {
    const server = new FakeServer();
    const pool = new ExclusiveSessions(server.open, 2);
    const [a, b] = await Promise.all([pool.take(), pool.take()]);
    server.sessions[1]?.events.onNotice?.("01000", "canceling wait");
    expect([pool.warningsOf(a), pool.warningsOf(b)]).toEqual([0, 1]);
  });

  test.each(["close", "destroy"] as const)(
    "after %s nobody gets one, whether waiting, opening or asking",
    async (way) => {
      const server = new FakeServer();
      const pool = new ExclusiveSessions(server.open, 2);
      await pool.take();
      server.isQuick = false;
      const ends = Promise.allSettled([pool.take(), pool.take()]);
      await pool[way]();
      server.answerLogin(true);
      expect(await ends).toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
      await expect(pool.take()).rejects.toThrow("closed");
      await settled();
      expect(server.openOnes).toEqual([]);
    },
  );

  test("whatever happens, nobody waits while one could be had, and none is lost", async () => {
    const anyStep = fc.oneof(
      { weight: 4, arbitrary: fc.constant("take" as const) },
      { weight: 3, arbitrary: fc.constant("giveBack" as const) },
      { weight: 1, arbitrary: fc.constant("drop" as const) },
      { weight: 1, arbitrary: fc.constant("fail" as const) },
      { weight: 3, arbitrary: fc.constant("accept" as const) },
      { weight: 1, arbitrary: fc.constant("refuse" as const) },
    );
    const sessionsMax = 2;
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
        const server = new FakeServer();
        server.isQuick = false;
        const pool = new ExclusiveSessions(server.open, sessionsMax);
        const taken: PostgresSession[] = [];
        let waiting = 0;
        const does: Record<(typeof steps)[number], () => void> = {
          take: () => {
            waiting += 1;
            void pool.take().then(
              (session) => {
                waiting -= 1;
                taken.push(session);
              },
              () => {
                waiting -= 1;
              },
            );
          },
          giveBack: () => pool.giveBack(taken.shift() ?? noSession),
          drop: () => pool.drop(taken.shift() ?? noSession),
          fail: () => server.openOnes[0]?.fail(),
          accept: () => server.answerLogin(true),
          refuse: () => server.answerLogin(false),
        };
        for (const step of steps) {
          does[step]();
          await settled();
          const inUse = taken.filter((session) => (session as FakeSession).isOpen).length;
          expect(new Set(taken).size).toBe(taken.length);
          expect(inUse + server.loginCount).toBeLessThanOrEqual(sessionsMax);
          expect(server.openOnes.length + server.loginCount).toBeLessThanOrEqual(sessionsMax);
          // Beyond those whose login is under way nobody waits while a session could be had.
          if (waiting > server.loginCount) expect(inUse + server.loginCount).toBe(sessionsMax);
        }
      }),
      { numRuns: 100, seed: 20_261_121 },
    );
  });
});

const noSession: PostgresSession = {
  query: () => Promise.reject(new Error("no session")),
  script: () => Promise.reject(new Error("no session")),
  close: async () => undefined,
  destroy: () => undefined,
};

describe("sessions of many users", () => {
  /** A user that keeps a session busy until it is told to end. */
  function user(pool: SharedSessions): {
    readonly end: () => void;
    readonly session: Promise<PostgresSession>;
  } {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const session = new Promise<PostgresSession>((resolve, reject) => {
      pool
        .use(async (own) => {
          resolve(own);
          await ended;
        })
        .catch(reject);
    });
    return { end, session };
  }

  test("another is opened while all are busy, and the one with the fewest waiting is chosen", async () => {
    const server = new FakeServer();
    const pool = new SharedSessions(server.open, 2);
    const [a, b, c] = [user(pool), user(pool), user(pool)];
    expect(await a.session).not.toBe(await b.session);
    expect(await c.session).toBe(await a.session);
    b.end();
    await settled();
    expect(await user(pool).session).toBe(await b.session);
    expect(server.sessions).toHaveLength(2);
    c.end();
  });

  test("one that cannot be opened, or that ended, is replaced for the next user", async () => {
    const server = new FakeServer();
    server.isQuick = false;
    const pool = new SharedSessions(server.open, 1);
    const refused = user(pool).session;
    server.answerLogin(false);
    await expect(refused).rejects.toThrow("refused");
    server.isQuick = true;
    const first = await user(pool).session;
    server.sessions[0]?.fail();
    expect(await user(pool).session).not.toBe(first);
  });

  test("one that ends by itself takes those with it that nobody uses", async () => {
    const server = new FakeServer();
    const pool = new SharedSessions(server.open, 3);
    const users = [user(pool), user(pool), user(pool)];
    await Promise.all(users.map(({ session }) => session));
    users[1]?.end();
    await settled();
    server.sessions[0]?.fail();
    await settled();
    expect(server.openOnes.map(({ number }) => number)).toEqual([2]);
  });

  test.each(["close", "destroy"] as const)("after %s nobody gets one", async (way) => {
    const server = new FakeServer();
    const pool = new SharedSessions(server.open, 2);
    await user(pool).session;
    server.isQuick = false;
    void user(pool).session.catch(() => undefined);
    server.answerLogin(true);
    await pool[way]();
    await settled();
    await expect(user(pool).session).rejects.toThrow("closed");
    expect(server.openOnes).toEqual([]);
  });
});
