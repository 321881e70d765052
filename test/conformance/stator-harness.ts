/** A Stator of a test's own, for rows that need another dial than the harness has. */
import { open, type OpenOptions, type Stator } from "../../src/index.ts";
import { callResult, type Harness, requestHeaders, requestText } from "./harness.ts";

export interface StatorHarness extends Harness {
  readonly stator: Stator;
}

export async function statorHarness(options: OpenOptions): Promise<StatorHarness> {
  const stator = await open(options);
  const { requestHandler } = stator.clientConfig();
  return {
    stator,
    async call(operation, request) {
      const { response } = await requestHandler.handle({
        method: "POST",
        path: "/",
        headers: { host: "stator.localhost", ...requestHeaders(operation) },
        body: requestText(request),
      });
      return callResult(response.statusCode, Buffer.from(response.body).toString("utf8"));
    },
    close: () => stator.close(),
  };
}
