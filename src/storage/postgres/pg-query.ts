/**
 * Queries of `pg` that do no more than the engine asks for. Rows stay as they came: pg's own query has the server
 * describe the columns each time, and looks for a parser for each value. That is half of its cost: a read of one row
 * takes 20 µs of processor time so, and 10 µs with these.
 */
import { type CommandTag, parseCommandTag } from "./command-tag.ts";
import type { PostgresParameter, PostgresResult, PostgresRow } from "./driver.ts";
import type { PgConnection, PgModule, PgQuery } from "./pg-module.ts";
import type { Preparation } from "./prepared-statements.ts";

/** The session a query belongs to. */
export interface QueryOwner {
  /** Told once for each query, in the order they were sent. */
  answered(): void;
  /** What a caller gets for pg's error. */
  failure(error: Error): Error;
}

interface Awaited<T> {
  readonly owner: QueryOwner;
  readonly resolve: (answer: T) => void;
  readonly reject: (error: Error) => void;
}

export interface AwaitedStatement extends Awaited<PostgresResult> {
  readonly preparation: Preparation;
  readonly parameters: readonly PostgresParameter[];
}

export interface AwaitedScript extends Awaited<void> {
  readonly text: string;
}

export interface PgQueries {
  readonly Statement: new (awaited: AwaitedStatement) => PgQuery;
  readonly Script: new (awaited: AwaitedScript) => PgQuery;
}

const noTag: CommandTag = { command: "", rowCount: 0 };

export function pgQueries(pg: PgModule): PgQueries {
  return { Statement: statementClass(pg), Script: scriptClass(pg) };
}

function statementClass(pg: PgModule): PgQueries["Statement"] {
  // Private fields, because pg's own query uses names such as `rows` and `name` for other things.
  return class Statement extends pg.Query {
    readonly #awaited: AwaitedStatement;
    readonly #rows: PostgresRow[] = [];
    #tag = noTag;
    #prepares = false;

    constructor(awaited: AwaitedStatement) {
      super("");
      this.#awaited = awaited;
    }

    override submit(connection: PgConnection): null {
      const { preparation, parameters } = this.#awaited;
      this.#prepares = preparation.prepare(connection);
      connection.bind({ statement: preparation.name, values: parameters.map(wireParameter) });
      connection.execute();
      connection.sync();
      return null;
    }

    override handleDataRow(message: { readonly fields: PostgresRow }): void {
      this.#rows.push(message.fields);
    }

    override handleCommandComplete(message: { readonly text: string }): void {
      this.#tag = parseCommandTag(message.text);
    }

    override handleReadyForQuery(): void {
      const { owner, preparation, resolve } = this.#awaited;
      owner.answered();
      preparation.answered(this.#prepares, "done");
      resolve({ command: this.#tag.command, rowCount: this.#tag.rowCount, rows: this.#rows });
    }

    override handleError(error: Error): void {
      const { owner, preparation, reject } = this.#awaited;
      owner.answered();
      preparation.answered(this.#prepares, "failed");
      reject(owner.failure(error));
    }
  };
}

function scriptClass(pg: PgModule): PgQueries["Script"] {
  return class Script extends pg.Query {
    readonly #awaited: AwaitedScript;

    constructor(awaited: AwaitedScript) {
      super(awaited.text);
      this.#awaited = awaited;
    }

    override handleRowDescription(): void {}

    override handleDataRow(): void {}

    override handleCommandComplete(): void {}

    override handleReadyForQuery(): void {
      this.#awaited.owner.answered();
      this.#awaited.resolve();
    }

    override handleError(error: Error): void {
      this.#awaited.owner.answered();
      this.#awaited.reject(this.#awaited.owner.failure(error));
    }
  };
}

/** pg sends a Buffer as it is and all else as text. */
function wireParameter(parameter: PostgresParameter): string | Buffer | null {
  if (parameter === null || typeof parameter === "string" || Buffer.isBuffer(parameter)) {
    return parameter;
  }
  return typeof parameter === "number"
    ? String(parameter)
    : Buffer.from(parameter.buffer, parameter.byteOffset, parameter.byteLength);
}
