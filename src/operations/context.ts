/** What an operation is given: the request's namespace and the services of this server. */
import type { Clock, Random, TurnPacer } from "../base/index.ts";
import type { Catalog, Namespace, TableDescription } from "../catalog/index.ts";
import type { ExpressionCompiler } from "../expressions/index.ts";
import type { StatementParser } from "../partiql/index.ts";
import type { Engine } from "../storage/contract/index.ts";

/** Shared by all requests of one server; nothing here belongs to a single request. */
export interface Services {
  readonly engine: Engine;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  /** Of the thread these services run on: long requests take their turns through it. */
  readonly pacer: TurnPacer;
  readonly compiler: ExpressionCompiler;
  readonly statements: StatementParser;
  /** An item collection of a table with local indexes may not grow beyond this. */
  readonly collectionBytesMax: number;
  /** How long after its acceptance a write transaction is decided, its keys held meanwhile; absent: at once. */
  readonly transactionHoldMs?: number;
  /** Number of this region in record headers; 0 until regions replicate to each other. */
  readonly regionId: number;
  readonly indexReader?: IndexReader;
  /** Called when a table is missing in its namespace but exists in others; the server logs it. */
  readonly onTableElsewhere?: (name: string, asked: Namespace, found: readonly Namespace[]) => void;
}

/** Asked before entries of a global or a vector index are read. */
export interface IndexReader {
  /** Resolves when the index shows every write answered before the call; undefined: there is nothing to wait for. */
  readonly caughtUp?: (table: TableDescription, indexName: string) => Promise<void> | undefined;
}

export interface OperationContext {
  readonly namespace: Namespace;
  readonly requestId: string;
  readonly services: Services;
}

/** The JSON text of the answer, as text or as UTF-8 bytes. */
export type ResponseBody = Uint8Array | string;

/** Throws ApiError only. The input has passed the shape checks of the operation table. */
export type OperationHandler<Input> = (context: OperationContext, input: Input) => Promise<ResponseBody>;
