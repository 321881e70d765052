/**
 * Loads `pg` when it is first needed: it is not installed with this package. Describes the part of it that @types/pg leaves
 * out: what a client calls on a query object, which pg's own cursors and streams rely on, too.
 */
import type { Client, Connection } from "pg";
import { StorageError } from "../contract/index.ts";

/** Asked by a client in this order; `handleError` at any time, and then nothing more. */
export interface PgQuery {
  /** Writes its messages, at once when the client pipelines. */
  submit(connection: PgConnection): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: { readonly fields: (string | null)[] }): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}

/** What @types/pg says of these needs arguments that pg does not. */
export interface PgConnection extends Omit<Connection, "parse" | "bind" | "execute" | "close"> {
  parse(message: { readonly name: string; readonly text: string }): void;
  bind(message: { readonly statement: string; readonly values: readonly (string | Buffer | null)[] }): void;
  execute(): void;
  close(message: { readonly type: "S"; readonly name: string }): void;
}

export interface PgModule {
  readonly Client: typeof Client;
  readonly Query: new (text: string) => PgQuery;
}

/** Rejects with a StorageError that says what to install. */
export async function loadPg(load: () => Promise<unknown> = () => import("pg")): Promise<PgModule> {
  let pg: PgModule;
  try {
    pg = (await load()) as PgModule;
  } catch (error) {
    const text = "a PostgreSQL store needs the package pg, which is not installed: npm install pg";
    throw new StorageError("unsupported", text, { cause: error });
  }
  // An older pg ignores the option and would wait for each answer before it sends what comes next.
  if (!new pg.Client({ pipeline: true }).pipeline) {
    throw new StorageError(
      "unsupported",
      "a PostgreSQL store needs a pg that can pipeline: npm install pg@8",
    );
  }
  return pg;
}
