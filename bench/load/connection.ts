/**
 * One keep-alive connection that sends prepared bytes and recognizes the end of an answer. It reads no more
 * of an answer than it must: status, length, and the body only when a caller wants it.
 */
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly ok: boolean;
  readonly bytes: number;
  /** The whole answer, head included. */
  text(): string;
}

export interface Connection {
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface ConnectionEvents {
  readonly answered: (answer: Answer) => void;
  readonly broken: (reason: string) => void;
}

export async function openConnection(
  host: string,
  port: number,
  events: ConnectionEvents,
): Promise<Connection> {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  readAnswers(socket, events);
  return {
    send: (bytes) => void socket.write(bytes),
    close: () => void socket.destroy(),
  };
}

function readAnswers(socket: Socket, events: ConnectionEvents): void {
  let pending: Buffer | undefined;
  socket.on("error", (error) => events.broken(error.message));
  socket.on("close", () => events.broken("the server closed the connection"));
  socket.on("data", (chunk: Buffer) => {
    const received = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
    const length = answerLength(received);
    if (length === undefined || length > received.length) {
      pending = received;
      return;
    }
    pending = undefined;
    // There is one request under way at a time, so nothing can follow.
    events.answered({ ok: statusIs200(received), bytes: length, text: () => received.toString("utf8") });
  });
}

const headEnd = Buffer.from("\r\n\r\n");
const chunkedEnd = Buffer.from("\r\n0\r\n\r\n");
const contentLength = /\r\ncontent-length: *(\d+)/iu;
const chunked = /\r\ntransfer-encoding: *chunked/iu;

/** Bytes of the whole answer; undefined as long as that cannot be told. */
function answerLength(received: Buffer): number | undefined {
  const headLength = received.indexOf(headEnd);
  if (headLength === -1) return undefined;
  const head = received.toString("latin1", 0, headLength);
  const length = contentLength.exec(head)?.[1];
  if (length !== undefined) return headLength + headEnd.length + Number(length);
  if (!chunked.test(head)) return headLength + headEnd.length;
  const tail = received.subarray(-chunkedEnd.length);
  return tail.equals(chunkedEnd) ? received.length : undefined;
}

/** "HTTP/1.1 200" */
function statusIs200(received: Buffer): boolean {
  return received[9] === 50 && received[10] === 48 && received[11] === 48;
}
