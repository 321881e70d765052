/** What an operation is given: the request's namespace and the services of this server. */
import type { Clock, Random, TurnPacer } from "../base/index.ts";
import type { Catalog, Namespace } from "../catalog/index.ts";
import type { ExpressionCompiler } from "../expressions/index.ts";
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
  /** Number of this region in record headers; 0 until regions replicate to each other. */
  readonly regionId: number;
  /** Called when a table is missing in its namespace but exists in others; the server logs it. */
  readonly onTableElsewhere?: (name: string, asked: Namespace, found: readonly Namespace[]) => void;
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
