/**
 * What a host has for a port: replies, each with the number of what it answers, in one message and with news before them.
 * Stands for the port's user, too, where it matters whose a request is.
 */
import { createDataPacker } from "../../base/index.ts";
import type { ShardId } from "../contract/index.ts";
import { type GroupNews, plainReply, type WriteReply } from "./write-messages.ts";
import type { WritePort } from "./write-port.ts";

export class PortReplies {
  readonly #port: WritePort;
  readonly #packer = createDataPacker();
  #isOpen = true;
  /** Requests and questions that came. */
  #count = 0;
  /** Numbers and replies of the next message, in turn. */
  #waiting: unknown[] = [];

  constructor(port: WritePort) {
    this.#port = port;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Gives what came its number; returns what answers it. */
  next(): (reply: WriteReply) => void {
    this.#count += 1;
    const number = this.#count;
    return (reply) => {
      if (this.#isOpen) this.#waiting.push(number, plainReply(reply));
    };
  }

  /** What there is, if anything. */
  post(grownShards: readonly ShardId[]): void {
    if (!this.#isOpen || (this.isEmpty && grownShards.length === 0)) return;
    const news: GroupNews = { grownShards };
    this.#packer.add(news);
    for (const value of this.#waiting) this.#packer.add(value);
    this.#waiting = [];
    this.#port.post(this.#packer.take());
  }

  /** The other side is gone: nobody is there to be told. */
  end(): void {
    this.#isOpen = false;
    this.#waiting = [];
  }

  close(): void {
    this.#port.close();
  }
}
