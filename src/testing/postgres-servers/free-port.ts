/** A port of 127.0.0.1 for a server that comes back to it after a restart. */
import { createServer } from "node:net";
import { systemRandom } from "../../base/index.ts";

/**
 * Below the ports that Linux gives to outgoing connections: there, a client that knocks at a stopped server could be
 * given the very port it knocks at, talk to itself and keep the server from starting.
 */
const lowest = 15_000;
const highest = 32_000;
const triesMax = 50;

/** Free now; another process may still be quicker. */
export async function freePort(): Promise<number> {
  const random = systemRandom();
  for (let attempt = 0; attempt < triesMax; attempt++) {
    const port = lowest + random.below(highest - lowest);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port in ${triesMax} tries`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
