/** What initial files say, before anything is done: tables to create and files of items to load. */
import type { PlainObject } from "./plain-data.ts";

/** One table to create. */
export interface TableInput {
  readonly name: string;
  /** Input of CreateTable; the operation itself checks it. */
  readonly createTable: PlainObject;
  /** Input of UpdateTimeToLive without the table name. */
  readonly timeToLive?: PlainObject;
  /** Remarks for the log: ignored properties, chosen names. */
  readonly notes: readonly string[];
  /** File, and place in it; for messages. */
  readonly source: string;
}

export type InitSource =
  | { readonly kind: "tables"; readonly tables: readonly TableInput[] }
  /** `table`: for lines that name none. */
  | { readonly kind: "items"; readonly path: string; readonly table: string | undefined };

/** What is wrong with a file, in one line for a person. */
export interface InitIssue {
  readonly kind: "issue";
  readonly message: string;
}

export function issue(source: string, message: string): InitIssue {
  return { kind: "issue", message: `${source}: ${message}` };
}
