/** One keep-alive connection that sends prepared bytes and says when the answer is in, or why none will come. */
import { connect } from "node:net";
import { type Answer, createAnswerReader } from "./answer-reader.ts";

export interface Connection {
  send(bytes: Uint8Array): void;
  /** Nothing is said of it afterwards. */
  close(): void;
}

export interface ConnectionEvents {
  readonly answered: (answer: Answer) => void;
  /** At most once. */
  readonly broken: (reason: string) => void;
}

/** Memory is only touched as far as an answer reaches. */
const readBytes = 65_536;
const connectMsMax = 5_000;

/** Rejects when there is no connection; what happens to it afterwards goes to `events`. */
export async function openConnection(
  host: string,
  port: number,
  events: ConnectionEvents,
): Promise<Connection> {
  const reader = createAnswerReader(events.answered);
  const socket = connect({
    host,
    port,
    noDelay: true,
    // Reading into one buffer without the stream in between halves what an answer costs the driver.
    onread: {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (count, buffer) => {
        reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, count));
        return true;
      },
    },
  });
  const timer = setTimeout(
    () => socket.destroy(new Error(`not connected in ${connectMsMax} ms`)),
    connectMsMax,
  );
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  }).finally(() => clearTimeout(timer));
  let over = false;
  const broken = (reason: string): void => {
    if (over) return;
    over = true;
    socket.destroy();
    events.broken(reason);
  };
  socket.on("error", (error) => broken(error.message));
  socket.on("end", () => broken("the server closed the connection"));
  socket.on("close", () => broken("the server closed the connection"));
  return {
    send: (bytes) => void socket.write(bytes),
    close: () => {
      over = true;
      socket.destroy();
    },
  };
}
