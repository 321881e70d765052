/**
 * The writer on a thread of its own: opens the store first, takes requests from any number of ports, and answers
 * each port with one message a group. News that concern all connections go to every port.
 */
import {
  assert,
  type Clock,
  createDataPacker,
  createDataUnpacker,
  type DataPacker,
} from "../../base/index.ts";
import type { DecideRegistry } from "../contract/index.ts";
import { nodeSqliteDriver, type SqliteConnection, type SqliteDriver } from "./driver.ts";
import { openDatabase } from "./open-database.ts";
import { emptyWriteAheadLog } from "./empty-log.ts";
import type { SharedStore } from "./shared-store.ts";
import { storageFailure } from "./sqlite-failure.ts";
import { checkpointFrames } from "./engine-settings.ts";
import { StoreFacts } from "./store-facts.ts";
import {
  type GroupNews,
  type GroupResult,
  plainReply,
  type WriteRequest,
  type WritingState,
} from "./write-messages.ts";
import type { WritePort } from "./write-port.ts";
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
  readonly packer: DataPacker;
  readonly port: WritePort;
  open: boolean;
  /** Of the present group; its news come before them in the message. */
  replies: unknown[];
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
      waitingMax,
      checkpointFrames,
      nextTurn: options.nextTurn,
      onCommitted: (result) => {
        this.#facts.committed(result);
      },
      onAnswered: (result) => {
        this.#answer(result);
      },
      onWritingState: (state, reason) => options.onWritingState?.(state, reason),
    });
  }

  attach(port: WritePort): void {
    const unpacker = createDataUnpacker();
    const lane: Lane = { packer: createDataPacker(), port, open: true, replies: [] };
    this.#lanes.add(lane);
    port.listen({
      message: (message) => {
        for (const request of unpacker.unpack(message)) this.#submit(lane, request as WriteRequest);
      },
      // What it still has in the queue is decided and committed; nobody is there to be told.
      closed: () => {
        lane.open = false;
        this.#lanes.delete(lane);
      },
    });
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    try {
      if (this.#queue.state === "open") emptyWriteAheadLog(this.#connection, this.#store.name);
    } finally {
      this.#connection.close();
      for (const { port } of this.#lanes) port.close();
    }
  }

  #submit(lane: Lane, request: WriteRequest): void {
    const accepted = this.#queue.submit(request, (reply) => {
      if (lane.open) lane.replies.push(plainReply(reply));
    });
    assert(accepted, "ports bound what they have under way");
  }

  #answer({ grownShards }: GroupResult): void {
    const news: GroupNews = { grownShards };
    for (const lane of this.#lanes) {
      if (lane.replies.length === 0 && grownShards.length === 0) continue;
      lane.packer.add(news);
      for (const reply of lane.replies) lane.packer.add(reply);
      lane.replies = [];
      lane.port.post(lane.packer.take());
    }
  }
}
