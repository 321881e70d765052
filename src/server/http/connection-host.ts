/** What the connections of one listener share: its limits, what they hold together, and where requests go. */
import type { WireRequest, WireResponse } from "../../wire/index.ts";
import type { ListenerLimits } from "../settings.ts";
import type { HeldBytes } from "./held-bytes.ts";
import type { HeaderNames, RequestHead } from "./request-head.ts";
import type { Turns } from "./turns.ts";

export interface ConnectionHost {
  readonly limits: ListenerLimits;
  readonly bodyBytesMax: number;
  readonly names: HeaderNames;
  readonly load: SharedLoad;
  readonly turns: Turns;
  /** Undefined: read the body and handle the request. */
  admit(head: RequestHead): Refusal | undefined;
  /** Never rejects. */
  handle(request: WireRequest): Promise<WireResponse>;
  /** A request that was handled, and not refused, has its answer. */
  answered(): void;
}

/** Counted over all connections. */
export interface SharedLoad {
  /** Requests worked on, and the bytes of their bodies: received as a whole, not answered yet. */
  requestsInFlight: number;
  bodyBytes: number;
  /** Bodies still being received; the oldest is the one that began first. */
  readonly incoming: HeldBytes<SlowClient>;
  /** Answers their clients have not taken; the oldest is the one without progress for longest. */
  readonly unsent: HeldBytes<SlowClient>;
  /** Answers from now on tell their clients to leave. */
  stopping: boolean;
}

/** One that can be asked to give back what it holds, because others need the room. */
export interface SlowClient {
  giveUp(): void;
}

/** An answer given without reading the body. */
export type Refusal =
  /** Never rejects. */
  | { readonly kind: "asked"; readonly answer: (request: WireRequest) => Promise<WireResponse> }
  /** Prepared, as bytes on the wire; one character is one byte. */
  | { readonly kind: "ready"; readonly text: (closes: boolean) => string };
