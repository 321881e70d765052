/** Rows about tables with indexes, where each request goes to another router than the one before. */
import { describe } from "vitest";
import type { ServerSettings } from "../../src/server/index.ts";
import { callResult, type Harness, requestHeaders, requestText } from "../conformance/harness.ts";
import {
  collectionBytesMax,
  collectionGroups,
  collectionTables,
} from "../conformance/index-collection-cases.ts";
import { indexRows } from "../conformance/index-rows.ts";
import { indexedSuite } from "../conformance/indexed-suite.ts";
import { referenceVectors } from "../conformance/reference-vectors.ts";
import { oneToEach, startThreaded } from "./threaded-server.ts";

async function openThreaded(settings: Partial<ServerSettings> = {}): Promise<Harness> {
  const server = await startThreaded({ indexLags: { all: "none" }, ...settings });
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

/** Reads of indexes wait for what was written; what DescribeTable counts does not. */
const readsMax = 1000;

describe("numbers and rules", () => {
  indexedSuite({ open: () => openThreaded(), sections: [...referenceVectors, ...indexRows], readsMax });
});

describe("small item collections", () => {
  indexedSuite({
    open: () => openThreaded({ collectionBytesMax }),
    sections: [["item collections", collectionGroups]],
    tables: collectionTables,
  });
});
