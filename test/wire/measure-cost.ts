/**
 * What one request costs in HTTP and wire alone: the real listener over a dispatcher that answers at once.
 * CPU time of the serving process, everything of Node included. Run: node test/wire/measure-cost.ts
 */
import { fork } from "node:child_process";
import { createConnection, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { monotonicMs, systemClock, systemRandom } from "../../src/base/index.ts";
import { createHostCheck } from "../../src/server/host-check.ts";
import { createListener } from "../../src/server/listener.ts";
import { defaultListenerLimits } from "../../src/server/settings.ts";
import { createWire, type RequestFacts } from "../../src/wire/index.ts";

const warmUpRequests = 30_000;
const measuredRequests = 100_000;
const connections = 8;

const itemJson = `{"Item":{"pk":{"S":"user#12345678"},"sk":{"S":"order#87654321"},"text":{"S":"${"x".repeat(350)}"}}}`;
const requestBody =
  '{"TableName":"Orders","Key":{"pk":{"S":"user#12345678"},"sk":{"S":"order#87654321"}},"ConsistentRead":true}';

interface Usage {
  readonly cpuMicros: number;
  readonly requests: number;
}

async function serve(): Promise<void> {
  const body = Buffer.from(itemJson);
  const result = Promise.resolve({ kind: "ok" as const, body });
  let requests = 0;
  const wire = createWire({
    dispatch: () => {
      requests += 1;
      return result;
    },
    operationExists: () => true,
    auth: { mode: "open" },
    clock: systemClock(),
    random: systemRandom(),
    region: "us-east-1",
    shared: false,
    maxBodyBytes: 16_777_216,
    observe: (_facts: RequestFacts) => undefined,
  });
  const listener = createListener({
    wire,
    hostAllowed: createHostCheck("127.0.0.1", []),
    limits: defaultListenerLimits,
    tls: undefined,
  });
  const outcome = await listener.listen("127.0.0.1", 0);
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system, requests } satisfies Usage);
  });
  process.send?.(outcome);
}

/** Keeps one request on its way on each connection until `count` answers have come. */
function load(port: number, count: number): Promise<void> {
  const date = new Date(systemClock().nowMs()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const request = Buffer.from(
    `POST / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/x-amz-json-1.0\r\n` +
      `x-amz-target: DynamoDB_20120810.GetItem\r\nx-amz-user-agent: aws-sdk-js/3.1\r\nuser-agent: aws-sdk-js/3.1\r\n` +
      `amz-sdk-invocation-id: 7d6f4a1c-0000-4000-8000-000000000000\r\namz-sdk-request: attempt=1; max=3\r\n` +
      `x-amz-date: ${date}\r\nauthorization: AWS4-HMAC-SHA256 Credential=key/${date.slice(0, 8)}/us-east-1/dynamodb/` +
      `aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${"a".repeat(64)}\r\n` +
      `content-length: ${requestBody.length}\r\nconnection: keep-alive\r\n\r\n${requestBody}`,
  );
  let left = count;
  return new Promise((resolve) => {
    const sockets: Socket[] = [];
    for (let index = 0; index < connections; index++) {
      const socket = createConnection(port, "127.0.0.1", () => socket.write(request));
      let received = "";
      socket.setNoDelay(true).on("data", (chunk: Buffer) => {
        received += chunk.toString("latin1");
        if (!received.endsWith("}}}")) return;
        received = "";
        left -= 1;
        if (left > 0) socket.write(request);
        else if (left === 0) {
          for (const each of sockets) each.destroy();
          resolve();
        }
      });
      sockets.push(socket);
    }
  });
}

async function measure(): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ["serve"]);
  const next = <T>(): Promise<T> =>
    new Promise((resolve) => server.once("message", (message) => resolve(message as T)));
  const usage = (): Promise<Usage> => {
    const answer = next<Usage>();
    server.send("usage");
    return answer;
  };
  const { port } = await next<{ readonly port: number }>();
  await load(port, warmUpRequests);
  const before = await usage();
  const startMs = monotonicMs();
  await load(port, measuredRequests);
  const seconds = (monotonicMs() - startMs) / 1000;
  const after = await usage();
  server.kill();
  const requests = after.requests - before.requests;
  const micros = (after.cpuMicros - before.cpuMicros) / requests;
  process.stdout.write(
    `${micros.toFixed(1)} µs of CPU per request, ${Math.round(requests / seconds)} requests/s\n`,
  );
}

await (process.argv[2] === "serve" ? serve() : measure());
