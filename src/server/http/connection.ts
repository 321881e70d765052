/**
 * One connection: requests are read, answered and read again, one at a time and in order. Every phase has a
 * deadline that the listener's sweep enforces, and nothing is held without a bound.
 */
import type { Socket } from "node:net";
import { monotonicMs } from "../../base/index.ts";
import type { WireRequest, WireResponse } from "../../wire/index.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { type BodyProgress, type BodyReader, createBodyReader } from "./body-reader.ts";
import type { ConnectionHost, Refusal, SlowClient } from "./connection-host.ts";
import { Inbox } from "./inbox.ts";
import { bodyBytesOf, type BodyState, bodyStateOf, Remainder } from "./remainder.ts";
import type { RequestHead } from "./request-head.ts";
import { continueText, faultText, headText, lastChunk } from "./response-text.ts";
import { Share } from "./share.ts";
import type { TurnTaker } from "./turns.ts";

/**
 * `head`: between requests, or in the middle of a request's headers. `body`: headers read. `answering`: the
 * request is worked on. `flushing`: the client has not taken its answer. `queued`: the next request is here and waits for
 * its turn. `discarding`: answered early, the rest of the body is read and forgotten, since a socket closed with unread
 * bytes would take the answer back. `closed`: everything is said, and the client's own end is awaited.
 */
type Phase = "head" | "body" | "answering" | "flushing" | "queued" | "discarding" | "closed";

/** Pipelined requests waiting beyond this make the client wait. */
const waitingBytesMax = 65_536;
const noBytes: Uint8Array = new Uint8Array(0);
const never = Number.POSITIVE_INFINITY;

export class Connection implements SlowClient, TurnTaker {
  /** On the monotonic clock: when the present phase has lasted too long. */
  deadlineMs: number;
  /** While idle: since when. */
  quietSinceMs: number;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #writer: AnswerWriter;
  readonly #share: Share;
  readonly #inbox = new Inbox();
  #phase: Phase = "head";
  #startedMs = 0;
  #head: RequestHead | undefined;
  #body: BodyReader | undefined;
  #remainder: Remainder | undefined;
  /** What follows when the client has taken its answer. */
  #after: "next" | "close" | "discard" = "next";
  #staysAfterDiscarding = false;
  #clientEnded = false;

  readonly #handle = (request: WireRequest): Promise<WireResponse> => this.#host.handle(request);

  constructor(socket: Socket, host: ConnectionHost, closed: (connection: Connection) => void) {
    this.#socket = socket;
    this.#host = host;
    this.#writer = new AnswerWriter(socket, (done) => this.#progressed(done));
    this.#share = new Share(host.load, this);
    this.quietSinceMs = monotonicMs();
    this.deadlineMs = this.quietSinceMs + host.limits.headersTimeoutMs;
    socket.on("data", (piece: Buffer) => this.#receive(piece));
    socket.on("end", () => this.#ended());
    socket.on("close", () => {
      this.#phase = "closed";
      this.#letGo();
      closed(this);
    });
    // What went wrong with a socket is nobody's business but its client's; `close` follows.
    socket.on("error", () => socket.destroy());
  }

  /** Nothing of a request is here, and the client has its last answer. */
  get idle(): boolean {
    return this.#phase === "head" && this.#inbox.length === 0;
  }

  /** Everything is said; only the client's own end has not come. */
  get parting(): boolean {
    return this.#phase === "closed";
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends an idle connection in good order; what its client says from now on is not heard. */
  part(): void {
    if (this.idle) this.#close();
  }

  /** Called by the sweep when the deadline has passed. */
  expire(): void {
    if (this.#phase === "body" || (this.#phase === "head" && this.#inbox.length > 0)) this.#fail(408);
    else if (this.#phase === "flushing") this.#writer.abandon();
    else this.#socket.destroy();
  }

  /** Called when others need the room that a body or an answer takes. */
  giveUp(): void {
    if (this.#phase === "body") this.#fail(408);
    else this.#writer.abandon();
  }

  takeTurn(): void {
    if (this.#phase !== "queued") return;
    this.#phase = "head";
    this.#begin();
    this.#readHead();
  }

  #receive(piece: Buffer): void {
    switch (this.#phase) {
      case "head":
        if (this.#inbox.length === 0) this.#begin();
        this.#inbox.add(piece);
        this.#readHead();
        return;
      case "body":
        this.#readBody(piece);
        return;
      case "answering":
      case "flushing":
      case "queued":
        this.#inbox.add(piece);
        if (this.#phase === "flushing") this.#share.leaveUnsent(this.#unsentBytes());
        if (this.#inbox.length > waitingBytesMax) this.#socket.pause();
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
    const head = this.#inbox.takeHead(this.#host.names, this.#host.limits.headerBytesMax);
    switch (head) {
      case "more":
        if (this.#clientEnded) this.#close();
        else this.#readOn();
        return;
      case "tooLarge":
        this.#fail(431);
        return;
      case "malformed":
        this.#fail(400);
        return;
      default:
        this.#accept(head);
    }
  }

  #accept(head: RequestHead): void {
    const { limits, bodyBytesMax } = this.#host;
    this.#head = head;
    const refusal = this.#host.admit(head);
    if (refusal !== undefined) {
      this.#refuse(head, refusal);
      return;
    }
    this.#phase = "body";
    this.#body = createBodyReader(head.framing, bodyBytesMax);
    this.deadlineMs = this.#startedMs + limits.requestTimeoutMs;
    const welcome = head.framing.kind === "chunked" || head.framing.bytes <= bodyBytesMax;
    if (head.expectsContinue && this.#inbox.length === 0 && welcome) this.#socket.write(continueText);
    this.#readBody(this.#inbox.takeAll());
  }

  #readBody(piece: Uint8Array): void {
    const progress: BodyProgress = this.#body?.push(piece) ?? { kind: "malformed" };
    switch (progress.kind) {
      case "more":
        this.#awaitMore();
        return;
      case "complete":
        if (progress.rest.length > 0) this.#inbox.add(progress.rest);
        this.#share.beginWork(progress.body.length);
        this.#answerWith(this.#handle, { body: progress.body, state: "read" });
        return;
      case "tooLarge":
        if (progress.rest.length > 0) this.#inbox.add(progress.rest);
        this.#share.beginWork(0);
        this.#answerWith(this.#handle, { body: noBytes, state: "unwanted" });
        return;
      case "malformed":
        this.#fail(400);
    }
  }

  /** A body has its time as a whole, and each piece of it must come soon after the last. */
  #awaitMore(): void {
    if (this.#clientEnded) {
      this.#fail(400);
      return;
    }
    const { limits } = this.#host;
    const wholeMs = this.#startedMs + limits.requestTimeoutMs;
    this.deadlineMs = Math.min(wholeMs, monotonicMs() + limits.stallTimeoutMs);
    this.#readOn();
    this.#share.receive(this.#body?.heldBytes ?? 0);
  }

  #answerWith(
    answer: (request: WireRequest) => Promise<WireResponse>,
    { body, state }: { readonly body: Uint8Array; readonly state: BodyState },
  ): void {
    const head = this.#head;
    if (head === undefined) return;
    this.#phase = "answering";
    this.deadlineMs = never;
    const { method, url, headers } = head;
    const bodyTooLarge = this.#share.working && state === "unwanted";
    void answer({ method, url, headers, body, bodyTooLarge }).then((response) => {
      this.#send(response, head, state);
    });
  }

  #refuse(head: RequestHead, refusal: Refusal): void {
    const state = bodyStateOf(head, this.#inbox.length);
    if (state === "read") this.#inbox.drop(bodyBytesOf(head));
    if (refusal.kind === "asked") {
      this.#answerWith(refusal.answer, { body: noBytes, state });
      return;
    }
    const closes = this.#plan(head, state);
    this.#said(this.#writer.writeText(refusal.text(closes)));
  }

  #send(response: WireResponse, head: RequestHead, state: BodyState): void {
    if (this.#phase !== "answering") return;
    if (this.#share.working) this.#host.answered();
    this.#share.endWork();
    const text = headText(response, this.#plan(head, state));
    const body = head.method === "HEAD" ? noBytes : response.body;
    const unsized = response.headers["Content-Length"] === undefined;
    this.#said(unsized ? this.#writer.writeText(text + lastChunk) : this.#writer.write(text, body));
  }

  /** Settles what follows the answer; true when the client is told that it is the last one. */
  #plan(head: RequestHead, state: BodyState): boolean {
    const leaving = this.#clientEnded || this.#host.load.stopping;
    // What is here already will be answered, whoever wants to leave.
    const closes = state === "unwanted" || !head.keepAlive || (leaving && this.#inbox.length === 0);
    this.#staysAfterDiscarding = !closes;
    if (state === "read") {
      this.#after = closes ? "close" : "next";
    } else {
      this.#after = "discard";
      this.#remainder = new Remainder(bodyBytesOf(head));
    }
    return closes;
  }

  #said(taken: boolean): void {
    this.#head = undefined;
    this.#body = undefined;
    if (taken) {
      this.#goOn();
      return;
    }
    this.#phase = "flushing";
    this.deadlineMs = monotonicMs() + this.#host.limits.stallTimeoutMs;
    this.#share.leaveUnsent(this.#unsentBytes());
  }

  #progressed(done: boolean): void {
    if (this.#phase !== "flushing") return;
    if (done) {
      this.#share.allSent();
      this.#goOn();
      return;
    }
    this.deadlineMs = monotonicMs() + this.#host.limits.stallTimeoutMs;
    this.#share.progress(this.#unsentBytes());
  }

  /** Requests that wait behind an answer count too: it is the same client that keeps them here. */
  #unsentBytes(): number {
    return this.#writer.unsentBytes + this.#inbox.length;
  }

  #goOn(): void {
    switch (this.#after) {
      case "next":
        this.#next();
        return;
      case "close":
        this.#close();
        return;
      case "discard":
        this.#startDiscarding();
    }
  }

  #next(): void {
    if (this.#inbox.length > 0) {
      this.#phase = "queued";
      this.deadlineMs = never;
      this.#host.turns.ask(this);
      return;
    }
    if (this.#clientEnded) {
      this.#close();
      return;
    }
    this.#phase = "head";
    this.quietSinceMs = monotonicMs();
    this.deadlineMs = this.quietSinceMs + this.#host.limits.keepAliveTimeoutMs;
    this.#readOn();
  }

  #readOn(): void {
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  #startDiscarding(): void {
    this.#phase = "discarding";
    this.deadlineMs = monotonicMs() + this.#host.limits.requestTimeoutMs;
    this.#readOn();
    if (this.#clientEnded) this.#close();
    else this.#discard(this.#inbox.takeAll());
  }

  /** Reads on to the end of the body where that can be told, else until the client stops. */
  #discard(piece: Uint8Array): void {
    const rest = this.#remainder?.push(piece) ?? "tooMuch";
    if (rest === "more") return;
    if (rest === "tooMuch" || !this.#staysAfterDiscarding) {
      this.#close();
      return;
    }
    if (rest.length > 0) this.#inbox.add(rest);
    this.#next();
  }

  #ended(): void {
    this.#clientEnded = true;
    switch (this.#phase) {
      case "answering":
      case "flushing":
      case "queued":
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
    this.#socket.write(faultText(status));
    this.#close();
  }

  /** Says goodbye; the socket closes when the client has, or by the sweep. */
  #close(): void {
    this.#phase = "closed";
    this.#letGo();
    this.deadlineMs = monotonicMs() + this.#host.limits.headersTimeoutMs;
    if (this.#clientEnded) {
      this.#socket.destroySoon();
      return;
    }
    this.#socket.end();
    // Reading on lets the client's own end arrive.
    this.#socket.resume();
  }

  /** Of everything held for this client. */
  #letGo(): void {
    this.#share.letGo();
    this.#body = undefined;
    this.#inbox.takeAll();
  }
}
