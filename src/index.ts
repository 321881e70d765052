// The public door of the package: Stator inside the caller's process. src/entry.cts lists the same values.
export {
  type AdjustableClock,
  type ClientConfig,
  type InProcessHandler,
  open,
  type OpenOptions,
  type SdkAbortSignal,
  type SdkHandlerOptions,
  type SdkRequest,
  type SdkResponse,
  type Stator,
  type TableDefinition,
} from "./client/index.ts";
