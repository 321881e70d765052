/**
 * Takes waiting requests in groups, each on a session of its own, and answers them. When a commit's answer is lost it asks
 * the store whether the commit landed; only if that cannot be learnt in time a mutation is answered `unknown`.
 */
import { type Clock, inNextTurn, monotonicMs, type Random } from "../../base/index.ts";
import { afterLostCommit } from "../contract/index.ts";
import { newCommitId } from "./commit-ids.ts";
import { PostgresError, type PostgresSession } from "./driver.ts";
import { isReadOnly, writeFailure } from "./failures.ts";
import { type GroupEnd, type GroupNews, type GroupTools, runGroup } from "./group.ts";
import { headsOfNextGroup, patienceMs } from "./group-sizes.ts";
import { type Batch, HeadQueues } from "./head-queues.ts";
import type { Head } from "./heads.ts";
import type { ExclusiveSessions } from "./session-pools.ts";
import { sql } from "./statements.ts";
import type { Waiting, WriteReply, WriteRequest } from "./write-requests.ts";

export interface GroupWriterOptions {
  readonly tools: GroupTools;
  readonly sessions: ExclusiveSessions;
  readonly random: Random;
  readonly waitingMax: number;
  /** Who has waited so long for a group is told that it cannot be served. */
  readonly waitMs: number;
  readonly resolveMs: number;
  /** Real time, whatever the clock of the data says. */
  readonly timers: Pick<Clock, "nowMs" | "schedule" | "sleep">;
  /** A group is durable; its answers wait for what this returns, and nobody else does. */
  readonly onCommitted: (news: GroupNews) => Promise<void> | undefined;
}

/** Tries of one batch, where another transaction got in its way. */
const triesMax = 5;
const resolvePauseMs = 200;
/** Looks for late ones in the time that one may wait. */
const lateLooks = 8;

type AnswerLater = () => Promise<void>;

export class GroupWriter {
  readonly #options: GroupWriterOptions;
  readonly #queues = new HeadQueues();
  #inFlight = 0;
  /** Requests in groups whose heads are busy. */
  #running = 0;
  #turnAsked = false;
  #looksForLate = false;
  #isPatient = false;
  #idleWaiters: (() => void)[] = [];

  constructor(options: GroupWriterOptions) {
    this.#options = options;
    options.sessions.whenFree(() => {
      if (this.#queues.size > 0) this.#askForTurn();
    });
  }

  /** False, and no call of `settle`: too much waits. */
  submit(request: WriteRequest, settle: (reply: WriteReply) => void): boolean {
    if (this.#queues.size >= this.#options.waitingMax) return false;
    this.#queues.push({ request, heads: this.#headsOf(request), sinceMs: monotonicMs(), settle });
    this.#askForTurn();
    this.#lookForLate();
    return true;
  }

  /** Resolves when nothing waits and nothing is on its way. */
  finish(): Promise<void> {
    if (this.#inFlight === 0 && this.#queues.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  #headsOf(request: WriteRequest): readonly Head[] {
    const { map } = this.#options.tools;
    switch (request.kind) {
      case "mutate":
        return map.ofMutation(request.mutation);
      case "placeHold":
      case "releaseHold":
        return map.ofKeys(request.keys);
      case "trimLog":
        return [map.ofShard(request.shard)];
    }
  }

  /** What arrives in one turn of the event loop shares groups. */
  #askForTurn(): void {
    if (this.#turnAsked) return;
    this.#turnAsked = true;
    inNextTurn(() => {
      this.#turnAsked = false;
      this.#turn();
    });
  }

  /** The group that is waited for may stand still. */
  #askWhenPatienceEnds(): void {
    if (this.#isPatient) return;
    this.#isPatient = true;
    this.#options.timers.schedule(patienceMs, () => {
      this.#isPatient = false;
      this.#turn();
    });
  }

  /** Refuses what has waited too long, since those before it may wait for something that does not come. */
  #lookForLate(): void {
    if (this.#looksForLate) return;
    this.#looksForLate = true;
    const { timers, waitMs } = this.#options;
    timers.schedule(waitMs / lateLooks, () => {
      this.#looksForLate = false;
      const late = this.#queues.takeLate(monotonicMs() - waitMs);
      const message = `the write has waited for ${waitMs} ms for others before it`;
      answerAll(late, { kind: "failed", code: "unavailable", message, cause: undefined });
      if (this.#queues.size === 0) return;
      this.#lookForLate();
      // One that waited for a busy head may have kept those behind it from a free one.
      this.#turn();
    });
  }

  #turn(): void {
    while (this.#options.sessions.isFree) {
      const headsMax = this.#headsOfNext();
      if (headsMax === 0 && this.#queues.ready.heads > 0) this.#askWhenPatienceEnds();
      const batch = headsMax === 0 ? undefined : this.#queues.next(headsMax);
      if (batch === undefined) break;
      this.#inFlight += 1;
      this.#running += batch.waiting.length;
      void this.#run(batch).then(async (answerLater) => {
        this.#running -= batch.waiting.length;
        this.#queues.done(batch);
        this.#turn();
        await answerLater?.();
        this.#inFlight -= 1;
        this.#tellIdle();
      });
    }
    this.#tellIdle();
  }

  #headsOfNext(): number {
    const { sessions, tools } = this.#options;
    const { groupHeadsMax } = tools.layout;
    if (groupHeadsMax === 1) return 1;
    const { heads, requests, sinceMs } = this.#queues.ready;
    return headsOfNextGroup({
      readyHeads: heads,
      readyRequests: requests,
      waitedMs: monotonicMs() - sinceMs,
      runningRequests: this.#running,
      sessionsFree: sessions.freeCount,
    });
  }

  #tellIdle(): void {
    if (this.#inFlight > 0 || this.#queues.size > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  /** What is returned is done when the heads are free for others. */
  async #run(batch: Batch): Promise<AnswerLater | undefined> {
    const { random, timers } = this.#options;
    const id = newCommitId(timers.nowMs(), random);
    let end: GroupEnd;
    try {
      end = await this.#attempt(batch, id);
    } catch (error: unknown) {
      this.#refuse(batch.waiting, error);
      return undefined;
    }
    if (end.kind === "lost") return this.#afterLostAnswer(batch, id, end);
    const [first, ...behind] = batch.waiting.slice(end.replies.length);
    if (first !== undefined) {
      const { widen } = end;
      this.#queues.putBack([widen === undefined ? first : { ...first, heads: widen }, ...behind]);
    }
    return this.#answer(batch.waiting, end.replies, end.news);
  }

  async #attempt(batch: Batch, commitId: string): Promise<GroupEnd> {
    const { tools, sessions } = this.#options;
    for (let tries = 1; ; tries += 1) {
      let session;
      try {
        session = await sessions.take();
      } catch (error: unknown) {
        // No primary: whatever waits would only learn the same, later.
        this.#refuse(this.#queues.clear(), error);
        throw error;
      }
      try {
        const warnings = (): number => sessions.warningsOf(session);
        const { heads, waiting } = batch;
        const end = await runGroup(tools, { session, heads, batch: waiting, commitId, warnings });
        this.#queues.mayShare(heads);
        if (end.kind === "lost") sessions.drop(session);
        else sessions.giveBack(session);
        return end;
      } catch (error: unknown) {
        const isUsable = error instanceof PostgresError && !isReadOnly(error);
        const rolledBack = isUsable && (await session.query(sql.rollback).then(returnTrue, returnFalse));
        if (rolledBack) sessions.giveBack(session);
        else sessions.drop(session);
        // Perhaps it stood still under one of its heads: then the others go on without.
        if (!isUsable && batch.heads.length > 1) this.#queues.keepApart(batch.heads);
        if (!tools.layout.isWorthAnotherTry(error) || tries >= triesMax) throw error;
      }
    }
  }

  async #afterLostAnswer(
    batch: Batch,
    commitId: string,
    { replies, news, error }: Extract<GroupEnd, { kind: "lost" }>,
  ): Promise<AnswerLater | undefined> {
    const landed = await this.#hasLanded(batch.heads[0] ?? 0, commitId);
    const left = batch.waiting.slice(replies.length);
    if (left.length > 0) this.#queues.putBack(left);
    if (landed === true) return this.#answer(batch.waiting, replies, news);
    const failure = writeFailure(error, "committing") ?? fault(error);
    const told = landed === undefined ? replies.map((reply) => afterLostCommit(reply, failure)) : undefined;
    answer(batch.waiting, told ?? replies.map(() => failure));
    return undefined;
  }

  /** Undefined when it cannot be learnt in time. */
  async #hasLanded(head: Head, commitId: string): Promise<boolean | undefined> {
    const { sessions, resolveMs, timers } = this.#options;
    const endMs = monotonicMs() + resolveMs;
    for (;;) {
      let session: PostgresSession | undefined;
      try {
        session = await sessions.take();
      } catch (error: unknown) {
        this.#refuse(this.#queues.clear(), error);
      }
      const leftMs = endMs - monotonicMs();
      if (session !== undefined) {
        const taken = session;
        const cancel = timers.schedule(Math.max(0, leftMs), () => sessions.drop(taken));
        const landed = await this.#findCommit(taken, head, commitId);
        cancel();
        if (landed !== undefined) return landed;
      }
      if (leftMs <= resolvePauseMs) return undefined;
      await timers.sleep(resolvePauseMs);
    }
  }

  /**
   * Takes the head, as any writer: the lost transaction has ended when that succeeds, one way or the other. If it has
   * landed this commits, too: whoever has this commit, as standbys that have to, has the lost one before it.
   */
  async #findCommit(session: PostgresSession, head: Head, commitId: string): Promise<boolean | undefined> {
    const { sessions } = this.#options;
    const warnings = sessions.warningsOf(session);
    try {
      await session.query(sql.begin);
      await this.#options.tools.layout.takeHeads(session, [head]);
      const { rows } = await session.query(sql.findCommit, [head, commitId]);
      const landed = rows.length > 0;
      const { command } = await session.query(landed ? sql.commit : sql.rollback);
      sessions.giveBack(session);
      if (!landed) return false;
      return command === "COMMIT" && sessions.warningsOf(session) === warnings ? true : undefined;
    } catch {
      sessions.drop(session);
      return undefined;
    }
  }

  /** At once, where the others need not be waited for. */
  #answer(
    waiting: readonly Waiting[],
    replies: readonly WriteReply[],
    news: GroupNews,
  ): AnswerLater | undefined {
    const published = news.heads.length > 0 ? this.#options.onCommitted(news) : undefined;
    if (published !== undefined) return () => published.then(() => answer(waiting, replies));
    answer(waiting, replies);
    return undefined;
  }

  #refuse(waiting: readonly Waiting[], error: unknown): void {
    answerAll(waiting, writeFailure(error, "writing to the store") ?? fault(error));
  }
}

function answerAll(waiting: readonly Waiting[], reply: WriteReply): void {
  for (const { settle } of waiting) settle(reply);
}

function answer(waiting: readonly Waiting[], replies: readonly WriteReply[]): void {
  for (const [index, reply] of replies.entries()) waiting[index]?.settle(reply);
}

function fault(error: unknown): WriteReply {
  return { kind: "fault", error };
}

const returnTrue = (): boolean => true;
const returnFalse = (): boolean => false;
