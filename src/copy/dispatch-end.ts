/** An end in this process: a store that was opened here, asked through the dispatcher of its operations. */
import type { Dispatch, Namespace } from "../wire/index.ts";
import { type CallOutcome, type End, isJson, isRetryable, type Json } from "./end.ts";

export interface DispatchEndOptions extends Pick<End, "name" | "identity" | "close" | "elsewhere"> {
  readonly dispatch: Dispatch;
  readonly namespace: Namespace;
}

export function dispatchEnd({ dispatch, namespace, ...rest }: DispatchEndOptions): End {
  return {
    ...rest,
    async call({ service, operation, input }): Promise<CallOutcome> {
      const result = await dispatch({ service, operation, json: input, namespace, requestId: "copy" });
      if (result.kind === "error") {
        const { code, message, httpStatus } = result.error;
        return { kind: "refused", error: code, message, retryable: isRetryable(service, code, httpStatus) };
      }
      const text = typeof result.body === "string" ? result.body : new TextDecoder().decode(result.body);
      return { kind: "answer", body: bodyOf(text), sizeBytes: text.length };
    },
  };
}

/** Some operations answer nothing at all. */
function bodyOf(text: string): Json {
  const body: unknown = text === "" ? {} : JSON.parse(text);
  return isJson(body) ? body : {};
}
