/**
 * Where the JavaScript suites run: an engine in this process, and servers over HTTP, on one thread and on several. The
 * tests are the same; only the client's configuration differs. STATOR_ENDPOINT names a running server to be used in
 * place of the built ones, STATOR_TEST_STORE the store (src/testing/store-under-test.ts).
 */
import assert from "node:assert/strict";
import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { builtServerCommand, startServerProcess } from "../../bench/server-process.ts";
import { open } from "../../src/index.ts";
import { storeUnderTest, temporaryStoreOptions } from "../../src/testing/store-under-test.ts";

export interface OpenTarget {
  readonly config: DynamoDBClientConfig;
  /** Resolves when every global index holds what was written before the call. */
  indexesCaughtUp(): Promise<void>;
  close(): Promise<void>;
}

export interface JsTarget {
  readonly name: string;
  readonly open: () => Promise<OpenTarget>;
}

/** One attempt: a retried fault would look like success. */
const maxAttempts = 1;

const given = process.env["STATOR_ENDPOINT"];

const inThisProcess: JsTarget = {
  name: "in this process",
  open: async () => {
    const stator = await open();
    return {
      config: { ...stator.clientConfig(), maxAttempts },
      indexesCaughtUp: () => stator.indexes.caughtUp(),
      close: () => stator.close(),
    };
  },
};

const overHttp: readonly JsTarget[] =
  given === undefined
    ? builtServers()
    : [{ name: "over HTTP", open: async () => ({ ...httpTarget(given), close: async () => {} }) }];

export const targets: readonly JsTarget[] = [inThisProcess, ...overHttp];

/** For suites that need not run everywhere: the two that differ most. */
export const oppositeTargets: readonly JsTarget[] = [inThisProcess, ...overHttp.slice(-1)];

function builtServers(): readonly JsTarget[] {
  // PGlite is in this process, where no other one can reach it.
  if (storeUnderTest().kind === "pglite") return [];
  return [builtServer("on one thread", "0"), builtServer("with two routers", "2")];
}

function builtServer(name: string, routers: string): JsTarget {
  return {
    name: `over HTTP, ${name}`,
    open: async () => {
      const server = await startServerProcess(
        builtServerCommand([...temporaryStoreOptions(), "--routers", routers]),
      );
      return { ...httpTarget(server.endpoint), close: () => server.stop() };
    },
  };
}

function httpTarget(endpoint: string): Omit<OpenTarget, "close"> {
  return {
    config: {
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts,
    },
    indexesCaughtUp: async () => {
      const answer = await fetch(`${endpoint}/_stator/indexes?wait=5000`);
      const { caughtUp } = (await answer.json()) as { caughtUp: boolean };
      assert(caughtUp, "the indexes of the server did not catch up within 5 seconds");
    },
  };
}
