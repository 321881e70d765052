/**
 * An engine on this thread that writes for others: what comes from any number of ports are its own writes, which therefore
 * share its groups. Replies of one turn of the event loop travel as one message.
 */
import {
  assert,
  createDataPacker,
  createDataUnpacker,
  type DataPacker,
  inNextTurn,
} from "../../base/index.ts";
import {
  type Engine,
  type Mutation,
  type MutationOutcome,
  StorageError,
  writeFailureOf,
} from "../contract/index.ts";
import {
  type GroupNews,
  type HoldQuestion,
  plainReply,
  type PortMessage,
  type WriteReply,
  type WriteRequest,
} from "./write-messages.ts";
import type { WritePort } from "./write-port.ts";

/** The rest of an engine its users can do for themselves. */
export interface HostedEngine extends Pick<Engine, "trimLog" | "held"> {
  /** `owner`: who is hurried. */
  mutate(mutation: Mutation, owner: object): Promise<MutationOutcome>;
  /** What is held back for this owner is decided at once, now and from now on. */
  hurry(owner: object): void;
}

interface Lane {
  readonly port: WritePort;
  readonly packer: DataPacker;
  isOpen: boolean;
  /** Requests and questions that came. */
  count: number;
  /** Numbers and replies of the next message, in turn. */
  replies: unknown[];
}

/** Whose engines wake their watchers by other means. */
const noNews: GroupNews = { grownShards: [] };

export class WriteHost {
  readonly #engine: HostedEngine;
  readonly #ports = new Set<WritePort>();

  constructor(engine: HostedEngine) {
    this.#engine = engine;
  }

  /** Serves a port until its other side closes it. */
  attach(port: WritePort): void {
    const unpacker = createDataUnpacker();
    const lane: Lane = { port, packer: createDataPacker(), isOpen: true, count: 0, replies: [] };
    this.#ports.add(port);
    port.listen({
      message: (message) => {
        for (const value of unpacker.unpack(message)) this.#take(lane, value as PortMessage);
      },
      // What it still has under way is decided and committed, and held back no longer; nobody is there to be told.
      closed: () => {
        lane.isOpen = false;
        this.#ports.delete(port);
        this.#engine.hurry(lane);
      },
    });
  }

  close(): void {
    for (const port of this.#ports) port.close();
  }

  #take(lane: Lane, message: PortMessage): void {
    if (message.kind === "hurry") {
      this.#engine.hurry(lane);
      return;
    }
    assert(message.kind !== "watch", "users of such a host watch their own engines");
    lane.count += 1;
    const number = lane.count;
    void this.#answer(lane, message).then((reply) => {
      if (!lane.isOpen) return;
      if (lane.replies.length === 0) inNextTurn(() => post(lane));
      lane.replies.push(number, plainReply(reply));
    });
  }

  async #answer(lane: Lane, message: WriteRequest | HoldQuestion): Promise<WriteReply> {
    try {
      switch (message.kind) {
        case "mutate":
          return { kind: "outcome", outcome: await this.#engine.mutate(message.mutation, lane) };
        case "trimLog":
          await this.#engine.trimLog(message.shard, message.through);
          return { kind: "done" };
        case "held":
          return { kind: "held", held: await this.#engine.held(message.keys) };
        default:
          throw new Error(`users of such a host do for themselves: ${message.kind}`);
      }
    } catch (error: unknown) {
      const cause = error instanceof StorageError ? error.cause : undefined;
      return writeFailureOf(error, cause) ?? { kind: "fault", error };
    }
  }
}

function post(lane: Lane): void {
  const { port, packer, replies, isOpen } = lane;
  lane.replies = [];
  if (!isOpen) return;
  packer.add(noNews);
  for (const value of replies) packer.add(value);
  port.post(packer.take());
}
