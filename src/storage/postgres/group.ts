/**
 * One group of mutations, from taking its heads to the answer of its COMMIT: two round trips, more only when something is
 * needed that could not be known before. Each mutation is decided on the newest state, committed plus what the group has
 * decided so far, and all are answered after the commit: refusals too, since they may have seen what was not yet durable.
 */
import { assert, type Clock } from "../../base/index.ts";
import {
  checkCommit,
  type Commit,
  type DecideRegistry,
  type Decision,
  type Keyspace,
  type KeyspaceState,
  type Mutation,
  type RecordKey,
  type ShardId,
} from "../contract/index.ts";
import { PostgresConnectionError, PostgresError, type PostgresRow, type PostgresSession } from "./driver.ts";
import { GroupKeys } from "./group-keys.ts";
import { GroupState, type TakenHead } from "./group-state.ts";
import type { Head, HeadMap } from "./heads.ts";
import { holdName } from "./key-names.ts";
import type { Layout, PlacedShard, TakenHeads } from "./layout.ts";
import { sendWrites } from "./group-writes.ts";
import { sql } from "./statements.ts";
import type { ReadAhead } from "./read-ahead.ts";
import type { StoreMemory } from "./store-memory.ts";
import { arrayText, booleanOf, numberOf } from "./wire-values.ts";
import type { Waiting, WriteReply } from "./write-requests.ts";

/** A group ends after the request that reaches this many bytes of values. */
const groupBytesMax = 2 * 1024 * 1024;
/** Or that many records read and written. */
const groupRecordsMax = 4000;

const noCounters: readonly number[] = [];
/** Releasing any hold removes those of the dead. */
const nobodysHold = "";

export interface GroupTools {
  readonly map: HeadMap;
  readonly layout: Layout;
  readonly decide: DecideRegistry;
  /** Absent: commits have the database's time. */
  readonly clock: Clock | undefined;
  /** What this process remembers of the server that answers on a session. */
  readonly memoryOf: (session: PostgresSession) => StoreMemory;
  readonly memberId: string;
  readonly readAhead: Pick<ReadAhead, "has">;
}

export interface GroupInput {
  readonly session: PostgresSession;
  /** In the order in which locks are taken. */
  readonly heads: readonly Head[];
  readonly batch: readonly Waiting[];
  readonly commitId: string;
  /** How many warnings the server has sent on the session. */
  readonly warnings: () => number;
}

export type GroupEnd =
  /** Answers of a first part of the batch; durable. `widen`: the next one needs these heads. */
  | {
      readonly kind: "answered";
      readonly replies: readonly WriteReply[];
      readonly widen: readonly Head[] | undefined;
      readonly news: GroupNews;
    }
  /**
   * The session ended before the commit was answered, or the server warned that not all who should have it have it; these
   * are the answers if it landed.
   */
  | {
      readonly kind: "lost";
      readonly replies: readonly WriteReply[];
      readonly news: GroupNews;
      readonly error: Error;
    };

export interface GroupNews {
  readonly heads: readonly TakenHead[];
  /** Shards that grew or were closed, with their ends. */
  readonly grown: ReadonlyMap<ShardId, { readonly last: number; readonly closed: boolean }>;
}

/** Rejects with a PostgresError or PostgresConnectionError: nothing was applied. */
export async function runGroup(tools: GroupTools, input: GroupInput): Promise<GroupEnd> {
  const group = new Group(tools, input);
  await group.open();
  return group.run();
}

/** What a mutation came to. */
type Step = WriteReply | { readonly kind: "widen"; readonly heads: readonly Head[] };

class Group {
  readonly #tools: GroupTools;
  readonly #input: GroupInput;
  readonly #session: PostgresSession;
  readonly #memory: StoreMemory;
  readonly #keys: GroupKeys;
  #taken: TakenHeads = { heads: [], generation: 0, held: 0, nowMicros: 0 };
  #state: GroupState | undefined;
  /** Names of keys that are held in the store, with whom. */
  #holds = new Map<string, string>();
  #livingMembers: readonly string[] | undefined;
  readonly #placed: { readonly key: RecordKey; readonly holdId: string }[] = [];
  readonly #released: string[] = [];
  #touched = 0;

  constructor(tools: GroupTools, input: GroupInput) {
    this.#tools = tools;
    this.#input = input;
    this.#session = input.session;
    this.#keys = new GroupKeys(tools.map);
    this.#memory = tools.memoryOf(input.session);
  }

  get state(): GroupState {
    assert(this.#state !== undefined, "a group is opened first");
    return this.#state;
  }

  /** Takes the heads and reads what the batch names; all statements are on their way before the first answer. */
  async open(): Promise<void> {
    const { heads, batch } = this.#input;
    const { map, layout, readAhead } = this.#tools;
    const { keyspaces, shards } = this.#memory;
    const session = this.#session;
    const mutations = batch.flatMap(({ request }) => (request.kind === "mutate" ? [request.mutation] : []));
    for (const { keys } of mutations) for (const key of keys) this.#keys.of(key);
    const read = this.#keys.all;
    const cold = read.filter(({ key }) => !readAhead.has(key));
    const sent: Promise<unknown>[] = [session.query(sql.begin), layout.touchRecords(session, cold)];
    const taking = layout.takeHeads(session, heads);
    const reading = layout.readRecords(session, heads, read);
    const ahead = this.#shardsAhead(heads);
    const lookingAhead = layout.readShards(session, ahead);
    const counters = mutations.flatMap((mutation) => mutation.counters ?? []);
    const counting = layout.readCounters(session, counters);
    const named = new Set([...namedKeyspaces(mutations), ...read.map(({ key }) => key.keyspace)]);
    const unknown = [...named].filter((keyspace) => !keyspaces.has(keyspace));
    const looking = unknown.length > 0 ? this.#readKeyspaces(unknown) : undefined;
    sent.push(taking, reading, lookingAhead, counting);
    if (looking !== undefined) sent.push(looking);
    await allSettled(sent);
    this.#taken = await taking;
    const taken = new Map(this.#taken.heads.map(({ head, n }) => [head, shards.at(head, n)]));
    this.#state = new GroupState({
      map,
      keys: this.#keys,
      heads: this.#taken.heads,
      keyspaces: keyspaces.at(this.#taken.generation),
      knownShard: (shard) => taken.get(map.ofShard(shard))?.get(shard),
    });
    await reading;
    this.#giveShards(ahead, await lookingAhead);
    for (const [index, value] of (await counting).entries()) {
      const counter = counters[index];
      if (counter !== undefined) this.state.giveCounter(counter, value);
    }
    this.#giveKeyspaces(unknown, await looking);
    await this.#lookUpKeyspaces(named);
    if (this.#taken.held > 0) await this.#readHolds();
    await this.#lookUpShards(
      batch.flatMap(({ request }) => (request.kind === "trimLog" ? [request.shard] : [])),
    );
  }

  async run(): Promise<GroupEnd> {
    const replies: WriteReply[] = [];
    let widen: readonly Head[] | undefined;
    for (const waiting of this.#input.batch) {
      const handled = this.#handle(waiting);
      const step = handled instanceof Promise ? await handled : handled;
      if (step.kind === "widen") {
        widen = step.heads;
        break;
      }
      replies.push(step);
      if (this.state.bytes >= groupBytesMax || this.#touched >= groupRecordsMax) break;
    }
    const news = this.#news();
    if (this.state.isUnchanged && this.#placed.length + this.#released.length === 0) {
      await this.#session.query(sql.rollback);
      return { kind: "answered", replies, widen, news: { heads: [], grown: new Map() } };
    }
    const warnings = this.#input.warnings();
    try {
      await this.#commit();
    } catch (error: unknown) {
      if (!(error instanceof PostgresConnectionError)) throw error;
      return { kind: "lost", replies, news, error };
    }
    if (this.#input.warnings() !== warnings) {
      // A wait for standbys that somebody cancels ends in success, with a warning.
      const error = new PostgresConnectionError("the server warned of what it committed");
      return { kind: "lost", replies, news, error };
    }
    for (const { head, n } of this.#taken.heads) {
      const { map } = this.#tools;
      const own = [...this.state.shards].filter(([shard]) => map.ofShard(shard) === head);
      this.#memory.shards.committed(head, n, new Map(own));
    }
    return { kind: "answered", replies, widen, news };
  }

  /** At once, but when something has to be looked up. */
  #handle({ request, heads }: Waiting): Step | Promise<Step> {
    switch (request.kind) {
      case "mutate":
        return this.#mutate(request.mutation, request.holdId, heads);
      case "placeHold":
        return this.#placeHold(request.keys, request.holdId);
      case "releaseHold":
        this.#release(request.holdId);
        return { kind: "done" };
      case "trimLog":
        this.state.trim(request.shard, request.through);
        return { kind: "done" };
    }
  }

  #mutate(mutation: Mutation, holdId: string | undefined, heads: readonly Head[]): Step | Promise<Step> {
    if (holdId !== undefined) this.#release(holdId);
    const conflicts = this.#conflicts(mutation.keys);
    if (conflicts.length > 0) return { kind: "outcome", outcome: { kind: "conflict", keys: conflicts } };
    const stale = this.state.firstStale(mutation.epochs);
    if (stale !== undefined) return { kind: "outcome", outcome: { kind: "staleEpoch", ...stale } };
    const records = this.state.recordsOf(mutation);
    const counters = mutation.counters === undefined ? noCounters : this.state.countersOf(mutation);
    this.#touched += records.length;
    const nowMicros = this.#tools.clock?.nowMicros() ?? this.#taken.nowMicros;
    let decision: Decision;
    try {
      const decide = this.#tools.decide.get(mutation.kind);
      assert(decide !== undefined, `a decide function is registered for mutation kind ${mutation.kind}`);
      decision = decide(mutation.args, records, { nowMicros, counters });
      if (decision.kind === "commit") checkCommit(decision.commit);
    } catch (error: unknown) {
      return { kind: "fault", error };
    }
    if (decision.kind === "refuse") {
      return { kind: "outcome", outcome: { kind: "refused", result: decision.result } };
    }
    const { commit } = decision;
    if (!this.state.covers(commit)) {
      return {
        kind: "widen",
        heads: [...new Set([...heads, ...this.#tools.map.ofCommit(commit)])],
      };
    }
    if (!this.state.lacksAnyOf(commit)) return this.#apply(decision, nowMicros);
    return this.#lookUp(commit).then(() => this.#apply(decision, nowMicros));
  }

  #apply({ commit, result }: Extract<Decision, { kind: "commit" }>, nowMicros: number): Step {
    try {
      this.state.check(commit);
    } catch (error: unknown) {
      return { kind: "fault", error };
    }
    this.#touched += commit.records.length;
    const timeMicros = this.state.apply(commit, nowMicros);
    return { kind: "outcome", outcome: { kind: "committed", result, timeMicros } };
  }

  #placeHold(keys: readonly RecordKey[], holdId: string): WriteReply {
    const conflicts = this.#conflicts(keys);
    if (conflicts.length > 0) return { kind: "outcome", outcome: { kind: "conflict", keys: conflicts } };
    for (const key of keys) {
      const name = holdName(key);
      if (!this.#holds.has(name)) this.#placed.push({ key, holdId });
      this.#holds.set(name, holdId);
    }
    return { kind: "done" };
  }

  #release(holdId: string): void {
    this.#released.push(holdId);
    for (const [name, id] of this.#holds) {
      if (id === holdId) this.#holds.delete(name);
    }
  }

  /** While nothing is held, this costs one comparison. */
  #conflicts(keys: readonly RecordKey[]): readonly number[] {
    if (this.#holds.size === 0) return [];
    return [...keys.entries()].flatMap(([position, key]) =>
      this.#holds.has(holdName(key)) ? [position] : [],
    );
  }

  /** Rare: keyspaces that were written without being named, and shards another process has written to. */
  async #lookUp(commit: Commit): Promise<void> {
    const keyspaces = [
      ...commit.records.map(({ key }) => key.keyspace),
      ...(commit.counters ?? []).map(({ counter }) => counter.keyspace),
      ...(commit.setEpochs ?? []).map(({ keyspace }) => keyspace),
      ...(commit.dropKeyspaces ?? []),
    ];
    const { log = [], closeShards = [], trimShards = [] } = commit;
    await this.#lookUpKeyspaces(keyspaces);
    await this.#lookUpShards([...log.map(({ shard }) => shard), ...closeShards, ...trimShards]);
  }

  async #lookUpKeyspaces(keyspaces: Iterable<Keyspace>): Promise<void> {
    const lacking = [...new Set(keyspaces)].filter((keyspace) => this.state.lacksKeyspace(keyspace));
    if (lacking.length > 0) this.#giveKeyspaces(lacking, await this.#readKeyspaces(lacking));
  }

  async #lookUpShards(shards: readonly ShardId[]): Promise<void> {
    const lacking = [...new Set(shards)].filter((shard) => this.state.lacksShard(shard));
    if (lacking.length === 0) return;
    const { map, layout } = this.#tools;
    const asked = new Map(lacking.map((shard) => [shard, { head: map.ofShard(shard), shard }]));
    // Others have come between: what was used lately will be asked for next.
    for (const { head } of this.#taken.heads) {
      for (const shard of this.#memory.shards.recent(head)) {
        if (this.state.lacksShard(shard)) asked.set(shard, { head, shard });
      }
    }
    const placed = [...asked.values()];
    this.#giveShards(placed, await layout.readShards(this.#session, placed));
  }

  /** So that nobody waits under a taken head for one more round trip. */
  #shardsAhead(heads: readonly Head[]): readonly PlacedShard[] {
    return heads.flatMap((head) =>
      this.#memory.shards.ahead(head).map((shard): PlacedShard => ({ head, shard })),
    );
  }

  #giveShards(asked: readonly PlacedShard[], rows: readonly PostgresRow[]): void {
    for (const [shard, last, oldest, time, closed] of rows) {
      this.state.giveShard(numberOf(shard), {
        last: numberOf(last),
        oldest: numberOf(oldest),
        timeMicros: numberOf(time),
        closed: booleanOf(closed),
      });
    }
    for (const { shard } of asked) if (this.state.lacksShard(shard)) this.state.giveShard(shard, undefined);
  }

  async #readKeyspaces(keyspaces: readonly Keyspace[]): Promise<Map<Keyspace, KeyspaceState>> {
    const { rows } = await this.#session.query(sql.readKeyspaces, [arrayText(keyspaces)]);
    return new Map(
      rows.map(([keyspace, epoch, phase]) => [
        numberOf(keyspace),
        { epoch: numberOf(epoch), phase: numberOf(phase) },
      ]),
    );
  }

  #giveKeyspaces(asked: readonly Keyspace[], found: Map<Keyspace, KeyspaceState> | undefined): void {
    for (const keyspace of asked) this.state.giveKeyspace(keyspace, found?.get(keyspace));
  }

  async #readHolds(): Promise<void> {
    const heads = this.#taken.heads.map(({ head }) => head);
    const { holds, livingMembers } = await this.#tools.layout.readHolds(this.#session, heads);
    this.#holds = holds;
    this.#livingMembers = livingMembers;
    // All are of members that have died. Removing them spares the next groups this look.
    if (this.#holds.size === 0) this.#released.push(nobodysHold);
  }

  async #commit(): Promise<void> {
    const sent = sendWrites({
      session: this.#session,
      map: this.#tools.map,
      layout: this.#tools.layout,
      heads: this.#taken.heads,
      generation: this.#taken.generation,
      state: this.state,
      placed: this.#placed,
      released: this.#released,
      livingMembers: this.#livingMembers,
      memberId: this.#tools.memberId,
      commitId: this.#input.commitId,
    });
    const committing = this.#session.query(sql.commit);
    await Promise.allSettled([...sent, committing]);
    // A COMMIT behind a failed statement is answered, but with another tag.
    await allSettled(sent);
    const { command } = await committing.catch(throwInDoubt);
    assert(command === "COMMIT", "a commit whose statements all succeeded commits");
  }

  #news(): GroupNews {
    const { state } = this;
    const grown = new Map([...state.grownShards].map((shard) => [shard, state.shard(shard)]));
    return { heads: this.#taken.heads, grown };
  }
}

function namedKeyspaces(mutations: readonly Mutation[]): readonly Keyspace[] {
  return mutations.flatMap(({ epochs, counters = [] }) => [
    ...epochs.map(({ keyspace }) => keyspace),
    ...counters.map(({ keyspace }) => keyspace),
  ]);
}

/**
 * What refuses a COMMIT may have committed, as a coordinator whose worker has committed and did not live to say so. Only
 * looking tells.
 */
function throwInDoubt(error: unknown): never {
  if (!(error instanceof PostgresError)) throw error;
  throw new PostgresConnectionError(`the commit was refused: ${error.message}`, { cause: error });
}

/** Waits for all, then throws the first error: with statements on their way nothing else may use the session. */
async function allSettled(sent: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(sent);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
