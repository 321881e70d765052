/** One session of a server over a client of `pg`. */
import process from "node:process";
import type { Client, Submittable } from "pg";
import type { Clock } from "../../base/index.ts";
import { AnswerWatch } from "./answer-watch.ts";
import {
  PostgresConnectionError,
  type PostgresParameter,
  type PostgresResult,
  type PostgresSession,
  type PostgresSessionEvents,
  type PostgresStatement,
} from "./driver.ts";
import { sessionFailure, statementFailure } from "./pg-failures.ts";
import type { PgQuery } from "./pg-module.ts";
import type { PgQueries, QueryOwner } from "./pg-query.ts";
import { PreparedStatements } from "./prepared-statements.ts";

export interface PgSessionOptions {
  /** Logged in. */
  readonly client: Client;
  readonly queries: PgQueries;
  readonly events: PostgresSessionEvents;
  readonly clock: Pick<Clock, "schedule">;
  readonly answerMs: number;
}

export class PgSession implements PostgresSession, QueryOwner {
  readonly #options: PgSessionOptions;
  readonly #statements = new PreparedStatements();
  readonly #watch: AnswerWatch;
  /** `closing` takes no more statements and waits for those it has. */
  #state: "open" | "closing" | "ended" = "open";
  #failure: PostgresConnectionError | undefined;
  #closed: Promise<void> | undefined;
  #corked = false;

  constructor(options: PgSessionOptions) {
    this.#options = options;
    const { clock, answerMs, client, events } = options;
    this.#watch = new AnswerWatch({
      clock,
      answerMs,
      onSilence: () => {
        this.#fail(new PostgresConnectionError(`the server has not answered for ${answerMs} ms`));
      },
    });
    client.on("error", (error) => {
      this.#fail(sessionFailure(error));
    });
    client.on("end", () => {
      this.#end(undefined);
    });
    client.on("notification", ({ payload }) => events.onNotification?.(payload ?? ""));
    client.on("notice", ({ code, message }) => events.onNotice?.(code ?? "", message ?? ""));
  }

  query(
    statement: PostgresStatement,
    parameters: readonly PostgresParameter[] = [],
  ): Promise<PostgresResult> {
    if (statement.isLong !== true) return this.#query(statement, parameters);
    const goOn = this.#watch.pause();
    return this.#query(statement, parameters).finally(goOn);
  }

  #query(statement: PostgresStatement, parameters: readonly PostgresParameter[]): Promise<PostgresResult> {
    const preparation = this.#statements.of(statement);
    return new Promise((resolve, reject) => {
      if (this.#state !== "open") {
        reject(this.#noSession());
        return;
      }
      const { Statement } = this.#options.queries;
      this.#send(new Statement({ owner: this, preparation, parameters, resolve, reject }));
    });
  }

  script(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#state !== "open") {
        reject(this.#noSession());
        return;
      }
      const { Script } = this.#options.queries;
      this.#send(new Script({ owner: this, text, resolve, reject }));
    });
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  destroy(): void {
    this.#failure ??= new PostgresConnectionError("the session was ended by this process");
    this.#end(undefined);
    this.#options.client.connection.stream.destroy();
  }

  /** For its queries. */
  answered(): void {
    this.#watch.answered();
  }

  /** For its queries. */
  failure(error: Error): Error {
    const failure = statementFailure(error);
    if (failure instanceof PostgresConnectionError) {
      this.#fail(failure);
      return this.#failure ?? failure;
    }
    return failure;
  }

  #send(query: PgQuery): void {
    this.#watch.sent();
    const { connection } = this.#options.client;
    if (!this.#corked) {
      // What one turn of the event loop sends goes out together: one call of the system instead of one per message.
      this.#corked = true;
      connection.stream.cork();
      process.nextTick(() => {
        this.#corked = false;
        connection.stream.uncork();
      });
    }
    this.#options.client.query(query as unknown as Submittable);
  }

  async #close(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "closing";
    // The watch ends a session whose answers do not come; this one also a goodbye that is not heard.
    const cancel = this.#options.clock.schedule(2 * this.#options.answerMs, () => {
      this.destroy();
    });
    await this.#options.client.end();
    cancel();
    this.#end(undefined);
  }

  #noSession(): Error {
    return this.#failure ?? new PostgresConnectionError("the session is closed");
  }

  #fail(failure: PostgresConnectionError): void {
    this.#failure ??= failure;
    this.#end(this.#failure);
    this.#options.client.connection.stream.destroy();
  }

  #end(failure: PostgresConnectionError | undefined): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#watch.stop();
    this.#options.events.onEnd?.(failure);
  }
}
