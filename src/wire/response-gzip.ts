/** Packs large answers for clients that ask for it. Small ones gain nothing and are left alone. */
import { gzip, gzipSync } from "node:zlib";

/** Answers below this size are sent as they are (our choice; DynamoDB's is not known). */
export const gzipThresholdBytes = 4096;

// Fast rather than small: the network is usually a loopback.
const level = 1;
// About a millisecond of work; more is done outside the main thread.
const syncBytesMax = 32_768;

/** True when Accept-Encoding names gzip (or everything) and does not refuse it by `q=0`. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  let anything = false;
  for (const part of header.toLowerCase().split(",")) {
    const [coding = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    if (coding === "gzip") return !isRefused(parameters);
    if (coding === "*") anything = !isRefused(parameters);
  }
  return anything;
}

export function packGzip(body: Uint8Array): Promise<Uint8Array> | Uint8Array {
  if (body.length <= syncBytesMax) return gzipSync(body, { level });
  return new Promise((resolve, reject) => {
    gzip(body, { level }, (error, packed) => {
      if (error === null) resolve(packed);
      else reject(error);
    });
  });
}

function isRefused(parameters: readonly string[]): boolean {
  return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
}
