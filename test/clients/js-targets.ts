/**
 * Where the JavaScript suites run: an engine in this process, and servers over HTTP, on one thread and on several. The
 * tests are the same; only the client's configuration differs. STATOR_ENDPOINT names a running server to be used in
 * place of the built ones.
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

const given = process.env["STATOR_ENDPOINT"];

export const targets: readonly JsTarget[] = [
  {
    name: "in this process",
    open: async () => {
      const stator = await open();
      return { config: { ...stator.clientConfig(), maxAttempts }, close: () => stator.close() };
    },
  },
  ...(given === undefined
    ? [builtServer("on one thread", "0"), builtServer("with two routers", "2")]
    : [{ name: "over HTTP", open: async () => ({ config: httpConfig(given), close: async () => {} }) }]),
];

function builtServer(name: string, routers: string): JsTarget {
  return {
    name: `over HTTP, ${name}`,
    open: async () => {
      const server = await startServerProcess(builtServerCommand(["--memory", "--routers", routers]));
      return { config: httpConfig(server.endpoint), close: () => server.stop() };
    },
  };
}

function httpConfig(endpoint: string): DynamoDBClientConfig {
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts,
  };
}
