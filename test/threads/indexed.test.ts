/** Rows about tables with indexes, where each request goes to another router than the one before. */
import { callResult, type Harness, requestHeaders, requestText } from "../conformance/harness.ts";
import { indexedSuite } from "../conformance/indexed-suite.ts";
import { referenceVectors } from "../conformance/reference-vectors.ts";
import { oneToEach, startThreaded } from "./threaded-server.ts";

async function openThreaded(): Promise<Harness> {
  // Reads of indexes wait; what DescribeTable counts does not.
  const server = await startThreaded({ indexLags: { all: "none" } });
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

indexedSuite({ open: openThreaded, sections: referenceVectors, readsMax: 1000 });
