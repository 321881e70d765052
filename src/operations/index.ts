/** Door of `operations`: the dispatcher over every operation that is built. */
export type { IndexReader, OperationContext, OperationHandler, ResponseBody, Services } from "./context.ts";
export { createDispatch, type Dispatch, type DispatchResult, type OperationCall } from "./dispatch.ts";
export { handlers } from "./registry.ts";
