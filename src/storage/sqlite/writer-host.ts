/**
 * The writer on a thread of its own: opens the store first, takes requests from any number of ports, and answers
 * each port with one message a group. What needs no group is answered with one message for each that came. A port hears
 * of the shards it watches and of no others: most ports watch none, and a group may be of no concern to all but one.
 */
import { assert, type Clock, createDataUnpacker } from "../../base/index.ts";
import type { DecideRegistry, ShardId } from "../contract/index.ts";
import { type PortMessage, PortReplies, type WritePort, type WriteRequest } from "../remote/index.ts";
import { nodeSqliteDriver, type SqliteConnection, type SqliteDriver } from "./driver.ts";
import { openDatabase } from "./open-database.ts";
import { emptyWriteAheadLog } from "./empty-log.ts";
import type { SharedStore } from "./shared-store.ts";
import { storageFailure } from "./sqlite-failure.ts";
import { checkpointFrames } from "./engine-settings.ts";
import { StoreFacts } from "./store-facts.ts";
import type { WritingState } from "./group-result.ts";
import { type NextTurn, WriteQueue } from "./write-queue.ts";
import { Writer } from "./writer.ts";

export interface SqliteWriterOptions {
  readonly store: SharedStore;
  readonly decide: DecideRegistry;
  readonly clock: Clock;
  readonly driver?: SqliteDriver;
  readonly nextTurn?: NextTurn;
  readonly onWritingState?: (state: WritingState, reason: string | undefined) => void;
}

export interface SqliteWriter {
  /** Serves a port until its other side closes it. */
  attach(port: WritePort): void;
  /** Finishes what was accepted, empties the write-ahead log, closes. All other connections are closed before. */
  close(): Promise<void>;
}

/** Each port bounds what it has under way; this is only what all of them together could reach. */
const waitingMax = 1_000_000;

/** Rejects with a StorageError: `corrupted`, `unsupported` (newer format) or `unavailable`. */
export async function openSqliteWriter(options: SqliteWriterOptions): Promise<SqliteWriter> {
  const { store } = options;
  let connection: SqliteConnection | undefined;
  try {
    connection = openDatabase(store, {
      driver: options.driver ?? nodeSqliteDriver(),
      cacheBytes: store.cacheBytes,
      durable: store.durable,
      writeAheadLog: true,
      exclusive: false,
      createdBy: store.createdBy,
    });
    return new WriterHost(options, connection);
  } catch (error: unknown) {
    connection?.close();
    throw storageFailure(error, `opening ${store.name}`);
  }
}

interface Lane {
  readonly replies: PortReplies;
  readonly watched: Set<ShardId>;
}

class WriterHost implements SqliteWriter {
  readonly #store: SharedStore;
  readonly #connection: SqliteConnection;
  readonly #facts: StoreFacts;
  readonly #queue: WriteQueue;
  readonly #lanes = new Set<Lane>();

  constructor(options: SqliteWriterOptions, connection: SqliteConnection) {
    this.#store = options.store;
    this.#connection = connection;
    this.#facts = new StoreFacts(options.store.facts);
    this.#queue = new WriteQueue({
      writer: new Writer({ connection, decide: options.decide, clock: options.clock }),
      clock: options.clock,
      waitingMax,
      checkpointFrames,
      nextTurn: options.nextTurn,
      onCommitted: (result) => {
        this.#facts.committed(result);
      },
      onAnswered: ({ grownShards }) => {
        for (const lane of this.#lanes) post(lane, grownShards);
      },
      onWritingState: (state, reason) => options.onWritingState?.(state, reason),
    });
  }

  attach(port: WritePort): void {
    const unpacker = createDataUnpacker();
    const lane: Lane = { replies: new PortReplies(port), watched: new Set() };
    this.#lanes.add(lane);
    port.listen({
      message: (message) => {
        const begun: ShardId[] = [];
        for (const value of unpacker.unpack(message)) {
          for (const shard of this.#take(lane, value as PortMessage)) begun.push(shard);
        }
        post(lane, begun);
      },
      // What it still has in the queue is decided and committed; nobody is there to be told.
      closed: () => {
        lane.replies.end();
        this.#lanes.delete(lane);
        this.#queue.hurry(lane);
      },
    });
  }

  async close(): Promise<void> {
    await this.#queue.finish();
    try {
      if (this.#queue.state === "open") emptyWriteAheadLog(this.#connection, this.#store.name);
    } finally {
      this.#connection.close();
      for (const { replies } of this.#lanes) replies.close();
    }
  }

  /** Returns the shards whose watching begins. */
  #take(lane: Lane, message: PortMessage): readonly ShardId[] {
    switch (message.kind) {
      case "watch":
        for (const shard of message.end) lane.watched.delete(shard);
        for (const shard of message.begin) lane.watched.add(shard);
        return message.begin;
      case "hurry":
        this.#queue.hurry(lane);
        return noShards;
      case "held":
        lane.replies.next()({ kind: "held", held: this.#queue.held(message.keys) });
        return noShards;
      default:
        this.#submit(lane, message);
        return noShards;
    }
  }

  #submit(lane: Lane, request: WriteRequest): void {
    const accepted = this.#queue.submit(request, lane.replies.next(), lane);
    assert(accepted, "ports bound what they have under way");
  }
}

const noShards: readonly ShardId[] = [];

/** Its replies, and of these shards those it watches. */
function post({ replies, watched }: Lane, shards: readonly ShardId[]): void {
  replies.post(watched.size === 0 ? noShards : shards.filter((shard) => watched.has(shard)));
}
