/**
 * From an operation's name and its parsed JSON body to the answer: decode and check the shape, run the
 * handler, turn every failure into an ApiError. Knows nothing of HTTP.
 */
import {
  ApiError,
  decodeInput,
  internalServerError,
  operationSpec,
  type OperationSpec,
  type ServiceName,
  unknownOperation,
} from "../api/index.ts";
import type { Namespace } from "../catalog/index.ts";
import type { ResponseBody, Services } from "./context.ts";
import { type AnyHandler, handlers } from "./registry.ts";
import { storageFailure } from "./storage-failures.ts";

export interface OperationCall {
  readonly service: ServiceName;
  readonly operation: string;
  /** The request body after JSON.parse. */
  readonly json: unknown;
  readonly namespace: Namespace;
  readonly requestId: string;
}

export type DispatchResult =
  | { readonly kind: "ok"; readonly body: ResponseBody }
  /** `cause`: what a server fault was made of, for the log only. */
  | { readonly kind: "error"; readonly error: ApiError; readonly cause?: unknown };

/** Never rejects. */
export type Dispatch = (call: OperationCall) => Promise<DispatchResult>;

interface Route {
  readonly spec: OperationSpec;
  readonly handler: AnyHandler;
}

export function createDispatch(services: Services): Dispatch {
  const routes = routeTable();
  const { catalog } = services;
  return async (call) => {
    const route = routes.get(call.service)?.get(call.operation);
    if (route === undefined) return { kind: "error", error: unknownOperation() };
    const decoded = decodeInput(route.spec, call.json);
    if (decoded.kind === "failure") return { kind: "error", error: decoded.error };
    const context = { namespace: call.namespace, requestId: call.requestId, services };
    try {
      // Tables may have been changed through another catalog of the store, and the answer to that be known to this
      // client. One comparison in the ordinary case.
      if (!catalog.isCurrent()) await catalog.catchUp();
      return { kind: "ok", body: await route.handler(context, decoded.input as never) };
    } catch (error) {
      return failure(error);
    }
  };
}

function routeTable(): ReadonlyMap<string, ReadonlyMap<string, Route>> {
  const table = new Map<string, ReadonlyMap<string, Route>>();
  for (const [service, operations] of handlers) {
    const routes = new Map<string, Route>();
    for (const [name, handler] of operations) {
      const spec = operationSpec(service as ServiceName, name);
      if (spec !== undefined) routes.set(name, { spec, handler });
    }
    table.set(service, routes);
  }
  return table;
}

function failure(error: unknown): DispatchResult {
  if (error instanceof ApiError) return { kind: "error", error };
  const fault = storageFailure(error) ?? internalServerError();
  return { kind: "error", error: fault, cause: error };
}
