/** A server with two routers for suites of requests: each request goes to another router than the one before. */
import type { ServerSettings } from "../../src/server/index.ts";
import { callResult, type Harness, requestHeaders, requestText } from "../conformance/harness.ts";
import { oneToEach, startThreaded } from "./threaded-server.ts";

export async function openThreaded(settings: Partial<ServerSettings> = {}): Promise<Harness> {
  const server = await startThreaded(settings);
  const routers = await oneToEach(server);
  let turn = 0;
  return {
    call: async (operation, request) => {
      turn = 1 - turn;
      const [first, second] = routers;
      const connection = turn === 0 ? first : second;
      const { status, text } = await connection.post(requestHeaders(operation), requestText(request));
      return callResult(status, text);
    },
    close: () => server.close(),
  };
}
