/**
 * One connection: requests are read, answered and read again, one at a time and in order. Every phase has a
 * deadline that the listener's sweep enforces, and nothing is held without a bound.
 */
import type { Socket } from "node:net";
import { monotonicMs } from "../../base/index.ts";
import type { WireRequest, WireResponse } from "../../wire/index.ts";
import type { ListenerLimits } from "../settings.ts";
import { type BodyProgress, type BodyReader, createBodyReader } from "./body-reader.ts";
import { type HeaderNames, parseHead, type RequestHead } from "./request-head.ts";
import { continueText, faultText, headText, lastChunk } from "./response-text.ts";

/** What all connections of one listener share. */
export interface ConnectionHost {
  readonly limits: ListenerLimits;
  readonly bodyBytesMax: number;
  readonly names: HeaderNames;
  readonly load: ListenerLoad;
  /** Undefined: read the body and handle the request. Otherwise the answer to give without reading it. */
  admit(head: RequestHead): ((request: WireRequest) => Promise<WireResponse>) | undefined;
  /** Never rejects. */
  handle(request: WireRequest): Promise<WireResponse>;
  closed(connection: Connection): void;
}

/** Counted over all connections. */
export interface ListenerLoad {
  requestsInFlight: number;
  /** Of requests being read or worked on. */
  bodyBytes: number;
  stopping: boolean;
}

/**
 * `head`: between requests, or in the middle of a request's headers. `body`: headers read. `answering`: the
 * request is worked on. `flushing`: the client reads its answer too slowly. `discarding`: answered early, the
 * rest of the body is read and forgotten, since a socket closed with unread bytes would take the answer back.
 */
type Phase = "head" | "body" | "answering" | "flushing" | "discarding" | "closed";

const headEnd = "\r\n\r\n";
/** Pipelined requests waiting beyond this make the client wait. */
const waitingBytesMax = 65_536;
/** A client that goes on sending after its answer gets the reset it asked for. */
const discardedBytesMax = 64 * 1024 * 1024;
/** A small body goes out in one piece with its headers: one copy is cheaper than a second buffer. */
const oneWriteBytesMax = 8192;
const noBytes: Uint8Array = new Uint8Array(0);
const never = Number.POSITIVE_INFINITY;

export class Connection {
  /** On the monotonic clock: when the present phase has lasted too long. */
  deadlineMs: number;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  #phase: Phase = "head";
  /** Received and not looked at; between requests the beginning of the next one. */
  #waiting: Uint8Array = noBytes;
  #startedMs = 0;
  #head: RequestHead | undefined;
  #body: BodyReader | undefined;
  /** Of the load: what the present request holds. */
  #heldBytes = 0;
  #inFlight = false;
  /** Of a body that is answered before it has come, where its length is known. */
  #unreadBytes = never;
  #discardedBytes = 0;
  #clientEnded = false;

  readonly #handle = (request: WireRequest): Promise<WireResponse> => this.#host.handle(request);

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.deadlineMs = monotonicMs() + host.limits.headersTimeoutMs;
    socket.on("data", (piece: Buffer) => this.#receive(piece));
    socket.on("end", () => this.#ended());
    socket.on("drain", () => this.#drained());
    socket.on("close", () => this.#gone());
    // What went wrong with a socket is nobody's business but its client's; `close` follows.
    socket.on("error", () => socket.destroy());
  }

  /** True while no request is being read or answered and everything said is on its way. */
  get idle(): boolean {
    if (this.#phase === "closed") return this.#socket.writableFinished;
    return this.#phase === "head" && this.#waiting.length === 0;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Called by the sweep when the deadline has passed. */
  expire(): void {
    if (this.#phase === "body" || (this.#phase === "head" && this.#waiting.length > 0)) this.#fail(408);
    else this.#socket.destroy();
  }

  #receive(piece: Buffer): void {
    switch (this.#phase) {
      case "head":
        if (this.#waiting.length === 0) this.#begin();
        this.#waiting = this.#waiting.length === 0 ? piece : Buffer.concat([this.#waiting, piece]);
        this.#readHead();
        return;
      case "body":
        this.#readBody(piece);
        return;
      case "answering":
      case "flushing":
        this.#waiting = this.#waiting.length === 0 ? piece : Buffer.concat([this.#waiting, piece]);
        if (this.#waiting.length > waitingBytesMax) this.#socket.pause();
        return;
      case "discarding":
        this.#discard(piece);
        return;
      case "closed":
    }
  }

  #begin(): void {
    this.#startedMs = monotonicMs();
    this.deadlineMs = this.#startedMs + this.#host.limits.headersTimeoutMs;
  }

  #readHead(): void {
    const bytes = Buffer.from(this.#waiting.buffer, this.#waiting.byteOffset, this.#waiting.length);
    const end = bytes.indexOf(headEnd);
    const { headerBytesMax } = this.#host.limits;
    if (end > headerBytesMax || (end < 0 && bytes.length > headerBytesMax)) {
      this.#fail(431);
      return;
    }
    if (end < 0) return;
    // An empty line before a request is forgiven, as HTTP asks of servers.
    const from = bytes[0] === 0x0d && bytes[1] === 0x0a ? 2 : 0;
    const head = end < from ? undefined : parseHead(bytes.toString("latin1", from, end), this.#host.names);
    if (head === undefined) {
      this.#fail(400);
      return;
    }
    this.#waiting = noBytes;
    this.#accept(head, bytes.subarray(end + headEnd.length));
  }

  #accept(head: RequestHead, rest: Uint8Array): void {
    const { load, limits, bodyBytesMax } = this.#host;
    // The end of a body in chunks is not known beforehand.
    const lengthBytes = head.framing.kind === "length" ? head.framing.bytes : never;
    this.#head = head;
    this.#unreadBytes = lengthBytes;
    load.requestsInFlight += 1;
    this.#inFlight = true;
    const refuse = this.#host.admit(head);
    if (refuse === undefined) {
      this.#phase = "body";
      this.#body = createBodyReader(head.framing, bodyBytesMax);
      this.deadlineMs = this.#startedMs + limits.requestTimeoutMs;
      const welcome = head.framing.kind === "chunked" || lengthBytes <= bodyBytesMax;
      if (head.expectsContinue && rest.length === 0 && welcome) this.#socket.write(continueText);
      this.#readBody(rest);
      return;
    }
    const whole = rest.length >= lengthBytes;
    this.#waiting = whole ? rest.subarray(lengthBytes) : rest;
    this.#answerWith(refuse, { body: noBytes, whole, tooLarge: false });
  }

  #readBody(piece: Uint8Array): void {
    const progress: BodyProgress = this.#body?.push(piece) ?? { kind: "malformed" };
    switch (progress.kind) {
      case "more":
        this.#hold(this.#body?.heldBytes ?? 0);
        return;
      case "complete":
        this.#hold(progress.body.length);
        this.#waiting = progress.rest;
        this.#answerWith(this.#handle, { body: progress.body, whole: true, tooLarge: false });
        return;
      case "tooLarge":
        this.#waiting = progress.rest;
        this.#answerWith(this.#handle, { body: noBytes, whole: false, tooLarge: true });
        return;
      case "malformed":
        this.#fail(400);
    }
  }

  #answerWith(
    answer: (request: WireRequest) => Promise<WireResponse>,
    read: { readonly body: Uint8Array; readonly whole: boolean; readonly tooLarge: boolean },
  ): void {
    const head = this.#head;
    if (head === undefined) return;
    this.#phase = "answering";
    this.deadlineMs = never;
    const { method, url, headers } = head;
    void answer({ method, url, headers, body: read.body, bodyTooLarge: read.tooLarge }).then((response) => {
      this.#send(response, head, read.whole);
    });
  }

  #send(response: WireResponse, head: RequestHead, whole: boolean): void {
    if (this.#phase !== "answering") return;
    const closes = !whole || !head.keepAlive || this.#clientEnded || this.#host.load.stopping;
    const body = head.method === "HEAD" ? noBytes : response.body;
    const flushed = this.#write(headText(response, closes), body, response);
    this.#release();
    if (!closes) this.#next(flushed);
    else if (whole) this.#close();
    else this.#startDiscarding();
  }

  /** False when the client has to read before more is written. */
  #write(head: string, body: Uint8Array, { headers }: WireResponse): boolean {
    if (headers["Content-Length"] === undefined) return this.#socket.write(head + lastChunk, "latin1");
    if (body.length <= oneWriteBytesMax) {
      const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
      return this.#socket.write(head + text, "latin1");
    }
    this.#socket.cork();
    this.#socket.write(head, "latin1");
    const flushed = this.#socket.write(body);
    this.#socket.uncork();
    return flushed;
  }

  /** On to the next request, once the client has taken this answer. */
  #next(flushed: boolean): void {
    this.#head = undefined;
    this.#body = undefined;
    if (!flushed) {
      this.#phase = "flushing";
      this.deadlineMs = monotonicMs() + this.#host.limits.requestTimeoutMs;
      return;
    }
    this.#phase = "head";
    if (this.#socket.isPaused()) this.#socket.resume();
    if (this.#waiting.length === 0) {
      this.deadlineMs = monotonicMs() + this.#host.limits.keepAliveTimeoutMs;
      return;
    }
    this.#begin();
    this.#readHead();
  }

  #drained(): void {
    if (this.#phase === "flushing") this.#next(true);
  }

  #startDiscarding(): void {
    this.#phase = "discarding";
    this.deadlineMs = monotonicMs() + this.#host.limits.requestTimeoutMs;
    const waiting = this.#waiting;
    this.#waiting = noBytes;
    if (this.#socket.isPaused()) this.#socket.resume();
    if (this.#clientEnded) this.#close();
    else this.#discard(waiting);
  }

  /** Reads on to the end of the body where that can be told, else until the client stops. */
  #discard(piece: Uint8Array): void {
    this.#discardedBytes += piece.length;
    if (this.#discardedBytes >= this.#unreadBytes || this.#discardedBytes > discardedBytesMax) this.#close();
  }

  #ended(): void {
    this.#clientEnded = true;
    switch (this.#phase) {
      case "answering":
      case "flushing":
        return;
      case "body":
        this.#fail(400);
        return;
      case "closed":
        this.#socket.destroySoon();
        return;
      case "head":
      case "discarding":
        this.#close();
    }
  }

  #fail(status: 400 | 408 | 431): void {
    this.#release();
    this.#socket.write(faultText(status));
    this.#close();
  }

  /** Says goodbye; the socket closes when the client has, or by the sweep. */
  #close(): void {
    this.#phase = "closed";
    this.deadlineMs = monotonicMs() + this.#host.limits.headersTimeoutMs;
    if (this.#clientEnded) {
      this.#socket.destroySoon();
      return;
    }
    this.#socket.end();
    // Reading on lets the client's own end arrive.
    this.#socket.resume();
  }

  #gone(): void {
    this.#phase = "closed";
    this.#release();
    this.#host.closed(this);
  }

  #hold(bytes: number): void {
    this.#host.load.bodyBytes += bytes - this.#heldBytes;
    this.#heldBytes = bytes;
  }

  #release(): void {
    this.#hold(0);
    if (this.#inFlight) this.#host.load.requestsInFlight -= 1;
    this.#inFlight = false;
  }
}
