/**
 * Takes turns at one PGlite instance, which is a single session of a server. What a caller sends runs in the order it was
 * sent, and between the begin and the end of a caller's transaction nothing of others runs.
 */
import type { messages, PGlite, protocol } from "@electric-sql/pglite";
import { assert, inNextTurn } from "../base/index.ts";
import { quoteIdentifier } from "../storage/postgres/session-settings.ts";

export type Serializer = (typeof protocol)["serialize"];
export type ServerMessage = messages.BackendMessage;

/** Who takes turns; one object per virtual session. */
export interface TurnTaker {
  /** Tables are looked for there. */
  readonly schema: string;
}

export interface Turn {
  readonly taker: TurnTaker;
  /** Asked when the turn has come: what to send, or nothing any more. */
  readonly request: () => readonly Uint8Array[] | undefined;
  readonly onAnswer: (messages: readonly ServerMessage[]) => void;
  /** The instance itself is broken. */
  readonly onFailure: (error: unknown) => void;
}

const turnsMax = 10_000;

export interface PgliteQueueOptions {
  readonly database: PGlite;
  readonly serialize: Serializer;
  readonly onNotification: (channel: string, payload: string) => void;
}

export class PgliteQueue {
  readonly serialize: Serializer;
  readonly #options: PgliteQueueOptions;
  readonly #turns: Turn[] = [];
  /** Has begun a transaction. */
  #owner: TurnTaker | undefined;
  #schema: string | undefined;
  #running = false;

  constructor(options: PgliteQueueOptions) {
    this.#options = options;
    this.serialize = options.serialize;
  }

  add(turn: Turn): void {
    assert(this.#turns.length < turnsMax, "statements waiting for PGlite are bounded");
    this.#turns.push(turn);
    this.#start();
  }

  isOwner(taker: TurnTaker): boolean {
    return this.#owner === taker;
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    // As answers of a server come: not before the turn of the event loop has ended.
    inNextTurn(() => {
      void this.#round();
    });
  }

  async #round(): Promise<void> {
    for (let left = this.#turns.length; left > 0; left -= 1) {
      const turn = this.#next();
      if (turn === undefined) break;
      await this.#run(turn);
    }
    this.#running = false;
    if (this.#turns.some((turn) => this.#mayRun(turn))) {
      this.#start();
    }
  }

  #mayRun({ taker }: Turn): boolean {
    return this.#owner === undefined || this.#owner === taker;
  }

  #next(): Turn | undefined {
    const index = this.#turns.findIndex((turn) => this.#mayRun(turn));
    return index < 0 ? undefined : this.#turns.splice(index, 1)[0];
  }

  async #run(turn: Turn): Promise<void> {
    try {
      const request = turn.request();
      if (request === undefined) return;
      await this.#choose(turn.taker.schema);
      const answer = await this.#send(request);
      this.#owner = answer.findLast(isReady)?.status === "I" ? undefined : turn.taker;
      turn.onAnswer(answer);
    } catch (error) {
      turn.onFailure(error);
    }
  }

  /** The owner of a transaction has chosen before it began. */
  async #choose(schema: string): Promise<void> {
    if (this.#schema === schema || this.#owner !== undefined) return;
    await this.#send([this.serialize.query(`SET search_path TO ${quoteIdentifier(schema)}`)]);
    this.#schema = schema;
  }

  async #send(request: readonly Uint8Array[]): Promise<readonly ServerMessage[]> {
    const { database, onNotification } = this.#options;
    const options = { throwOnError: false, syncToFs: false };
    const answer = (await database.execProtocol(Buffer.concat(request), options)).messages;
    for (const message of answer) {
      if (isNotification(message)) onNotification(message.channel, message.payload);
    }
    return answer;
  }
}

function isReady(message: ServerMessage): message is messages.ReadyForQueryMessage {
  return message.name === "readyForQuery";
}

function isNotification(message: ServerMessage): message is messages.NotificationResponseMessage {
  return message.name === "notification";
}
