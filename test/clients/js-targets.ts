/**
 * Where the JavaScript suites run: an engine in this process, and a server over HTTP. The tests are the same;
 * only the client's configuration differs. STATOR_ENDPOINT names a running server, otherwise the built one is
 * started.
 */
import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { builtServerCommand, startServerProcess } from "../../bench/server-process.ts";
import { open } from "../../src/index.ts";

export interface OpenTarget {
  readonly config: DynamoDBClientConfig;
  close(): Promise<void>;
}

export interface JsTarget {
  readonly name: string;
  readonly open: () => Promise<OpenTarget>;
}

/** One attempt: a retried fault would look like success. */
const maxAttempts = 1;

export const targets: readonly JsTarget[] = [
  {
    name: "in this process",
    open: async () => {
      const stator = await open();
      return { config: { ...stator.clientConfig(), maxAttempts }, close: () => stator.close() };
    },
  },
  {
    name: "over HTTP",
    open: async () => {
      const given = process.env["STATOR_ENDPOINT"];
      if (given !== undefined) return { config: httpConfig(given), close: async () => {} };
      const server = await startServerProcess(builtServerCommand(["--memory"]));
      return { config: httpConfig(server.endpoint), close: () => server.stop() };
    },
  },
];

function httpConfig(endpoint: string): DynamoDBClientConfig {
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts,
  };
}
