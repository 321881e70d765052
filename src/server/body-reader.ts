/** Collects request bodies: without a copy when a body comes in one piece, and never more than allowed. */
import type { IncomingMessage } from "node:http";

export type ReadBody =
  | { readonly kind: "body"; readonly body: Uint8Array }
  /** Over the limit. The rest of the body has not been read. */
  | { readonly kind: "tooLarge" }
  /** The client went away. */
  | { readonly kind: "aborted" };

/** Bytes of bodies held by requests in flight, of all connections together. */
export interface BodyBudget {
  bytes: number;
}

const noBytes: Uint8Array = new Uint8Array(0);

/** Calls `done` exactly once. The bytes are added to the budget; giving them back is the caller's part. */
export function readBody(
  message: IncomingMessage,
  { bytesMax, budget }: { readonly bytesMax: number; readonly budget: BodyBudget },
  done: (read: ReadBody) => void,
): void {
  if (Number(message.headers["content-length"] ?? 0) > bytesMax) {
    done({ kind: "tooLarge" });
    return;
  }
  let first: Uint8Array | undefined;
  let more: Uint8Array[] | undefined;
  let sizeBytes = 0;
  let open = true;
  const finish = (read: ReadBody): void => {
    if (!open) return;
    open = false;
    if (read.kind !== "body") budget.bytes -= sizeBytes;
    done(read);
  };
  message.on("data", (chunk: Uint8Array) => {
    if (!open) return;
    sizeBytes += chunk.length;
    budget.bytes += chunk.length;
    if (sizeBytes > bytesMax) {
      message.pause();
      finish({ kind: "tooLarge" });
    } else if (first === undefined) first = chunk;
    else if (more === undefined) more = [first, chunk];
    else more.push(chunk);
  });
  message.on("end", () => {
    const body = more === undefined ? (first ?? noBytes) : Buffer.concat(more, sizeBytes);
    finish({ kind: "body", body });
  });
  message.on("error", () => finish({ kind: "aborted" }));
  message.on("close", () => finish({ kind: "aborted" }));
}
