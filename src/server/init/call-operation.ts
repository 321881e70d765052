/** Calls operations from inside, the way a client would: through the dispatcher, with a request as JSON. */
import type { ApiError } from "../../api/index.ts";
import type { Namespace } from "../../catalog/index.ts";
import type { StatorCore } from "../create-stator.ts";

export interface Caller {
  readonly core: Pick<StatorCore, "dispatch" | "services">;
  readonly namespace: Namespace;
}

export type CallOutcome =
  | { readonly kind: "ok"; readonly json: unknown }
  | { readonly kind: "error"; readonly error: ApiError };

export async function callOperation(caller: Caller, operation: string, input: unknown): Promise<CallOutcome> {
  const { core, namespace } = caller;
  const requestId = core.services.random.uuid();
  const result = await core.dispatch({ service: "DynamoDB", operation, json: input, namespace, requestId });
  if (result.kind === "error") return result;
  const text = typeof result.body === "string" ? result.body : Buffer.from(result.body).toString("utf8");
  const json: unknown = text === "" ? {} : JSON.parse(text);
  return { kind: "ok", json };
}
