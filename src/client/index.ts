/** Door of the in-process client: what users of the library import. */
export type { AdjustableClock } from "../base/index.ts";
export type {
  InProcessHandler,
  SdkAbortSignal,
  SdkHandlerOptions,
  SdkRequest,
  SdkResponse,
} from "./in-process-handler.ts";
export { type ClientConfig, open, type Stator } from "./open.ts";
export type { OpenOptions, TableDefinition } from "./open-options.ts";
