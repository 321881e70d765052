/**
 * For tests of the server in several threads: one in this process with two routers, connections to it one by one, and
 * which router each of them has reached.
 */
import diagnostics from "node:diagnostics_channel";
import { Agent, type IncomingMessage, request } from "node:http";
import type { Worker } from "node:worker_threads";
import { expect } from "vitest";
import {
  type RunningServer,
  type ServerSettings,
  startServer,
  type StartOutcome,
} from "../../src/server/index.ts";
import { keepCompiledModules, testServerSettings } from "../../src/testing/index.ts";
import { storeUnderTest } from "../../src/testing/store-under-test.ts";
import { openAuthorization, testDate } from "../wire/wire-fixture.ts";

keepCompiledModules();

/** Of the store under test: those that no other store needs, and what is said of them holds for it alone. */
export const storeThreads: readonly string[] = storeUnderTest().kind === "sqlite" ? ["writer"] : [];

const defaults: ServerSettings = { ...testServerSettings, routers: 2, limits: { drainQuietMs: 50 } };

export function tryStart(changes: Partial<ServerSettings> = {}): Promise<StartOutcome> {
  return startServer({ ...defaults, ...changes });
}

export async function startThreaded(changes: Partial<ServerSettings> = {}): Promise<RunningServer> {
  const outcome = await tryStart(changes);
  if (outcome.kind === "refused") throw new Error(outcome.message);
  return outcome.server;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The text, parsed; a few answers have none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The server ends the connection after this answer. */
  readonly last: boolean;
}

/** One connection, opened by its first request; one request at a time. Rejects when it breaks. */
export interface Connection {
  call(operation: string, body: object): Promise<Answer>;
  /** Any headers and body. */
  post(headers: Readonly<Record<string, string>>, body: string): Promise<Answer>;
  get(path: string): Promise<Answer>;
  close(): void;
}

export function openConnection({ port }: { readonly port: number }): Connection {
  // When this connection ends, the next request must not open another one unseen.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let opened = 0;
  const send = (
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request({ agent, port, host: "127.0.0.1", method, path, headers }, (response) => {
        readBody(response).then(resolve, reject);
      });
      sent.once("socket", () => {
        if (!sent.reusedSocket) opened += 1;
        if (opened > 1) sent.destroy(new Error("the connection had ended"));
      });
      sent.once("error", reject);
      sent.end(body);
    });
  const post = (headers: Readonly<Record<string, string>>, body: string): Promise<Answer> =>
    send("POST", "/", { ...headers, "content-length": `${Buffer.byteLength(body)}` }, body);
  return {
    post,
    call: (operation, body) => post(headersOf(operation), JSON.stringify(body)),
    get: (path) => send("GET", path, {}, ""),
    close: () => agent.destroy(),
  };
}

export function headersOf(operation: string): Record<string, string> {
  return {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `DynamoDB_20120810.${operation}`,
    "x-amz-date": testDate,
    authorization: openAuthorization,
  };
}

async function readBody(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return {
    status: response.statusCode ?? 0,
    text,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
    last: response.headers.connection === "close",
  };
}

/** Throws unless the answer is 200. */
export async function callOk(
  connection: Connection,
  operation: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await connection.call(operation, body);
  expect(answer.status, `${operation}: ${JSON.stringify(answer.body)}`).toBe(200);
  return answer.body;
}

interface ThreadCount {
  readonly name: string;
  readonly answered: number;
}

/** What each thread has answered. */
export async function threadCounts(connection: Connection): Promise<readonly ThreadCount[]> {
  const { body } = await connection.get("/_stator/threads");
  return body["threads"] as readonly ThreadCount[];
}

/** Name of the router at the other end, while nobody else asks anything. */
export async function routerOf(connection: Connection): Promise<string> {
  const before = await threadCounts(connection);
  const after = await threadCounts(connection);
  const [router, other] = after.filter(({ answered }, index) => answered > (before[index]?.answered ?? 0));
  if (router === undefined || other !== undefined) throw new Error("others were asked meanwhile");
  return router.name;
}

/** So many connections to each router; which of them a connection reaches is the system's choice. */
export async function connectionsToAll(
  server: { readonly port: number },
  each: number,
  routers: readonly string[] = ["router 1", "router 2"],
): Promise<ReadonlyMap<string, readonly Connection[]>> {
  const found = new Map<string, Connection[]>(routers.map((name) => [name, []]));
  for (let tries = 0; tries < 200; tries += 1) {
    const connection = openConnection(server);
    const own = found.get(await routerOf(connection));
    if (own !== undefined && own.length < each) own.push(connection);
    else connection.close();
    if ([...found.values()].every((connections) => connections.length === each)) return found;
  }
  throw new Error("not all routers could be reached");
}

/** One connection to each of two routers. */
export async function oneToEach(server: {
  readonly port: number;
}): Promise<readonly [Connection, Connection]> {
  const found = await connectionsToAll(server, 1);
  const [first, second] = [...found.values()].flat();
  if (first === undefined || second === undefined) throw new Error("two connections are missing");
  return [first, second];
}

export function tableNamed(name: string): object {
  return {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  };
}

/** Threads started from now on that have not ended. */
export function watchThreads(): { running(): number; started(): number; stop(): void } {
  const workers: Worker[] = [];
  const add = (message: unknown): void => {
    workers.push((message as { readonly worker: Worker }).worker);
  };
  diagnostics.subscribe("worker_threads", add);
  return {
    running: () => workers.filter(({ threadId }) => threadId !== -1).length,
    started: () => workers.length,
    stop: () => diagnostics.unsubscribe("worker_threads", add),
  };
}
