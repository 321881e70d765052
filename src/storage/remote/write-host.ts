/**
 * An engine on this thread that writes for others: what comes from any number of ports are its own writes, which therefore
 * share its groups. Replies of one turn of the event loop travel as one message.
 */
import { assert, createDataUnpacker, inNextTurn } from "../../base/index.ts";
import {
  type Engine,
  type Mutation,
  type MutationOutcome,
  type ShardId,
  StorageError,
  writeFailureOf,
} from "../contract/index.ts";
import { PortReplies } from "./port-replies.ts";
import type { HoldQuestion, PortMessage, WriteReply, WriteRequest } from "./write-messages.ts";
import type { WritePort } from "./write-port.ts";

/** The rest of an engine its users can do for themselves. */
export interface HostedEngine extends Pick<Engine, "trimLog" | "held"> {
  /** `owner`: who is hurried. */
  mutate(mutation: Mutation, owner: object): Promise<MutationOutcome>;
  /** What is held back for this owner is decided at once, now and from now on. */
  hurry(owner: object): void;
}

/** Users of such a host are told of growth by their own engines. */
const noShards: readonly ShardId[] = [];

export class WriteHost {
  readonly #engine: HostedEngine;
  readonly #users = new Set<PortReplies>();

  constructor(engine: HostedEngine) {
    this.#engine = engine;
  }

  /** Serves a port until its other side closes it. */
  attach(port: WritePort): void {
    const unpacker = createDataUnpacker();
    const user = new PortReplies(port);
    this.#users.add(user);
    port.listen({
      message: (message) => {
        for (const value of unpacker.unpack(message)) this.#take(user, value as PortMessage);
      },
      // What it still has under way is decided and committed, and held back no longer; nobody is there to be told.
      closed: () => {
        user.end();
        this.#users.delete(user);
        this.#engine.hurry(user);
      },
    });
  }

  close(): void {
    for (const user of this.#users) user.close();
  }

  #take(user: PortReplies, message: PortMessage): void {
    if (message.kind === "hurry") {
      this.#engine.hurry(user);
      return;
    }
    assert(message.kind !== "watch", "users of such a host watch their own engines");
    const settle = user.next();
    void this.#answer(user, message).then((reply) => {
      if (user.isEmpty) inNextTurn(() => user.post(noShards));
      settle(reply);
    });
  }

  async #answer(user: PortReplies, message: WriteRequest | HoldQuestion): Promise<WriteReply> {
    try {
      switch (message.kind) {
        case "mutate":
          return { kind: "outcome", outcome: await this.#engine.mutate(message.mutation, user) };
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
