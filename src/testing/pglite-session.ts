/** A session over PGlite's single one: its statements as messages that take turns, and answers from what comes back. */
import type { messages } from "@electric-sql/pglite";
import { systemClock } from "../base/index.ts";
import { AnswerWatch } from "../storage/postgres/answer-watch.ts";
import { parseCommandTag } from "../storage/postgres/command-tag.ts";
import {
  PostgresConnectionError,
  PostgresError,
  type PostgresParameter,
  type PostgresResult,
  type PostgresRow,
  type PostgresSession,
  type PostgresSessionEvents,
  type PostgresStatement,
} from "../storage/postgres/driver.ts";
import { PreparedStatements } from "../storage/postgres/prepared-statements.ts";
import type { PgliteQueue, ServerMessage, TurnTaker } from "./pglite-queue.ts";

/** The session ends before a statement, or after it and before its answer. */
export type StatementFate = "answered" | "lost" | "answerLost";

export interface PgliteSessionOptions {
  readonly queue: PgliteQueue;
  /** Differs for each session of an instance. */
  readonly number: number;
  readonly schema: string;
  readonly events: PostgresSessionEvents;
  /** Asked when a statement's turn has come. */
  readonly fateOf: (statement: PostgresStatement, parameters: readonly PostgresParameter[]) => StatementFate;
  readonly onEnd: (session: PgliteSession) => void;
}

/** Somebody's transaction that others wait for is a mistake of a test, whose own limit would not say so. */
const answerMs = 5000;

interface Order {
  readonly fateOf?: () => StatementFate;
  readonly request: () => readonly Uint8Array[];
  readonly onAnswer?: (failed: boolean) => void;
}

export class PgliteSession implements PostgresSession, TurnTaker {
  readonly schema: string;
  readonly #options: PgliteSessionOptions;
  readonly #statements = new PreparedStatements();
  /** Of prepared statements. */
  readonly #names = new Set<string>();
  readonly #channels = new Set<string>();
  /** Of callers without an answer. */
  readonly #rejects = new Set<(error: Error) => void>();
  readonly #watch: AnswerWatch;
  #state: "open" | "closing" | "ended" = "open";
  #failure = new PostgresConnectionError("the session is closed");
  #closed: Promise<void> | undefined;

  constructor(options: PgliteSessionOptions) {
    this.#options = options;
    this.schema = options.schema;
    this.#watch = new AnswerWatch({
      clock: systemClock(),
      answerMs,
      onSilence: () => {
        this.fail(`no turn at PGlite within ${answerMs} ms; is another session in a transaction?`);
      },
    });
  }

  async query(
    statement: PostgresStatement,
    parameters: readonly PostgresParameter[] = [],
  ): Promise<PostgresResult> {
    const { serialize } = this.#options.queue;
    const preparation = this.#statements.of(statement);
    // Sessions share the names of their server.
    const name = `${this.#options.number}/${statement.name}`;
    let prepares = false;
    const messages = await this.#order({
      fateOf: () => this.#options.fateOf(statement, parameters),
      request: () => {
        const prepare: Uint8Array[] = [];
        prepares = preparation.prepare({
          parse: ({ text }) => {
            prepare.push(serialize.parse({ name, text }));
          },
          close: () => {
            prepare.push(serialize.close({ type: "S", name }));
          },
        });
        this.#names.add(name);
        const values = parameters.map((value) => (typeof value === "number" ? String(value) : value));
        return [
          ...prepare,
          serialize.bind({ statement: name, values }),
          serialize.execute({}),
          serialize.sync(),
        ];
      },
      onAnswer: (failed) => {
        preparation.answered(prepares, failed ? "failed" : "done");
        if (!failed) this.#listen(statement.text);
      },
    });
    return resultOf(messages);
  }

  async script(text: string): Promise<void> {
    await this.#order({ request: () => [this.#options.queue.serialize.query(text)] });
  }

  async close(): Promise<void> {
    if (this.#state === "open") {
      const last = this.#order({ request: () => [this.#options.queue.serialize.sync()] });
      this.#state = "closing";
      this.#closed = last.then(
        () => {
          this.#end(undefined);
        },
        () => {},
      );
    }
    await this.#closed;
  }

  destroy(): void {
    this.#failure = new PostgresConnectionError("the session was ended by this process");
    this.#end(undefined);
  }

  /** Ends as if the server or the network had done it. */
  fail(reason: string): void {
    this.#failure = new PostgresConnectionError(reason);
    this.#end(this.#failure);
  }

  hear(channel: string, payload: string): void {
    if (this.#channels.has(channel) && this.#state !== "ended") {
      this.#options.events.onNotification?.(payload);
    }
  }

  /** What a server does for the session that asks; here the instance hears for all. */
  #listen(text: string): void {
    const [, quoted, plain] = /^\s*LISTEN\s+(?:"([^"]+)"|(\w+))/iu.exec(text) ?? [];
    const channel = quoted ?? plain?.toLowerCase();
    if (channel !== undefined) this.#channels.add(channel);
  }

  #order({ fateOf = () => "answered", request, onAnswer }: Order): Promise<readonly ServerMessage[]> {
    if (this.#state !== "open") {
      return Promise.reject(this.#failure);
    }
    this.#watch.sent();
    return new Promise((resolve, reject) => {
      this.#rejects.add(reject);
      let fate: StatementFate = "answered";
      this.#options.queue.add({
        taker: this,
        request: () => {
          if (this.#state === "ended") return undefined;
          fate = fateOf();
          if (fate !== "lost") return request();
          this.fail("a test has ended the session before a statement");
          return undefined;
        },
        onAnswer: (messages) => {
          onAnswer?.(messages.some(isError));
          if (fate === "answerLost") this.fail("a test has ended the session before an answer");
          if (this.#state === "ended") return;
          this.#watch.answered();
          this.#rejects.delete(reject);
          this.#tellNotices(messages);
          const error = messages.find(isError);
          if (error === undefined) resolve(messages);
          else reject(new PostgresError(error.code ?? "", error.message, { cause: error }));
        },
        onFailure: (error) => {
          this.fail(`PGlite failed: ${String(error)}`);
        },
      });
    });
  }

  #tellNotices(messages: readonly ServerMessage[]): void {
    for (const message of messages) {
      if (isNotice(message)) this.#options.events.onNotice?.(message.code ?? "", message.message ?? "");
    }
  }

  #end(failure: PostgresConnectionError | undefined): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#watch.stop();
    for (const reject of this.#rejects) reject(this.#failure);
    this.#rejects.clear();
    this.#cleanUp();
    this.#options.onEnd(this);
    this.#options.events.onEnd?.(failure);
  }

  /** What a server does when a session ends. */
  #cleanUp(): void {
    const { queue } = this.#options;
    const { serialize } = queue;
    queue.add({
      taker: this,
      request: () => [
        ...(queue.isOwner(this) ? [serialize.query("ROLLBACK")] : []),
        ...[...this.#names].map((name) => serialize.close({ type: "S", name })),
        serialize.sync(),
      ],
      onAnswer: () => {},
      onFailure: () => {},
    });
  }
}

function isError(message: ServerMessage): message is messages.DatabaseError {
  return message.name === "error";
}

function isNotice(message: ServerMessage): message is messages.NoticeMessage {
  return message.name === "notice";
}

function isRow(message: ServerMessage): message is messages.DataRowMessage {
  return message.name === "dataRow";
}

function isDone(message: ServerMessage): message is messages.CommandCompleteMessage {
  return message.name === "commandComplete";
}

function resultOf(messages: readonly ServerMessage[]): PostgresResult {
  const rows: PostgresRow[] = messages.filter(isRow).map(({ fields }) => fields);
  return { ...parseCommandTag(messages.find(isDone)?.text ?? ""), rows };
}
