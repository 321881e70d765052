/** DynamoDB's answers, row by row, where each request goes to another router than the one before. */
import { conformanceSuite } from "../conformance/conformance-suite.ts";
import { callResult, type Harness, requestHeaders, requestText } from "../conformance/harness.ts";
import { oneToEach, startThreaded } from "./threaded-server.ts";

conformanceSuite(async (): Promise<Harness> => {
  const server = await startThreaded();
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
});
