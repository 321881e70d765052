/**
 * Answers to requests that are turned away because there is too much to do. The wire makes one of them each second, with
 * everything an answer has to have; the others repeat it with an id of their own. Measured: a whole refusal costs 13 µs
 * instead of 25, which would be more than a small request that is served. Of those repeated the wire knows nothing: they
 * are counted by the listener, and a request log shows one each second.
 */
import { monotonicMs } from "../../base/index.ts";
import type { WireRequest, WireResponse } from "../../wire/index.ts";
import type { Refusal } from "./connection-host.ts";
import type { RequestHead } from "./request-head.ts";
import { headText } from "./response-text.ts";

export interface OverloadAnswers {
  refusal(head: RequestHead): Refusal;
}

export interface OverloadAnswersOptions {
  /** The wire's own answer. Never rejects. */
  readonly refuse: (request: WireRequest) => Promise<WireResponse>;
  readonly nowMs?: () => number;
}

/** The answer as text, cut where the part of the request id that counts the copies goes. */
interface Pattern {
  readonly madeMs: number;
  readonly before: string;
  readonly after: string;
  readonly body: string;
}

/** The date of an answer counts seconds. */
const patternMsMax = 1000;
const plainContentType = "application/x-amz-json-1.0";
const idHeader = "x-amzn-RequestId";
/** Characters of the id that count, in base 32; the others stay as the wire drew them. */
const countedCharacters = 7;
const copiesMax = 32 ** countedCharacters;

export function createOverloadAnswers(options: OverloadAnswersOptions): OverloadAnswers {
  return new PatternedAnswers(options);
}

class PatternedAnswers implements OverloadAnswers {
  readonly #refuse: OverloadAnswersOptions["refuse"];
  readonly #nowMs: () => number;
  #pattern: Pattern | undefined;
  #copies = 0;
  readonly #asked: Refusal = { kind: "asked", answer: (request) => this.#ask(request) };
  readonly #ready: Refusal = { kind: "ready", text: (closes) => this.#copy(closes) };

  constructor({ refuse, nowMs = monotonicMs }: OverloadAnswersOptions) {
    this.#refuse = refuse;
    this.#nowMs = nowMs;
  }

  refusal({ headers }: RequestHead): Refusal {
    const fresh = this.#pattern !== undefined && this.#nowMs() - this.#pattern.madeMs < patternMsMax;
    return fresh && isPlain(headers) ? this.#ready : this.#asked;
  }

  async #ask(request: WireRequest): Promise<WireResponse> {
    const response = await this.#refuse(request);
    if (isPlain(request.headers)) this.#pattern = patternOf(response, this.#nowMs());
    return response;
  }

  #copy(closes: boolean): string {
    const { before, after, body } = this.#pattern ?? nothing;
    this.#copies = (this.#copies + 1) % copiesMax;
    const counted = this.#copies.toString(32).toUpperCase().padStart(countedCharacters, "0");
    return `${before}${counted}${after}${closes ? "Connection: close\r\n" : ""}\r\n${body}`;
  }
}

const nothing: Pattern = { madeMs: 0, before: "", after: "", body: "" };

/** Others get a different content type, or headers for their origin. */
function isPlain(headers: WireRequest["headers"]): boolean {
  return headers["content-type"] === plainContentType && headers["origin"] === undefined;
}

function patternOf(response: WireResponse, madeMs: number): Pattern | undefined {
  const id = response.headers[idHeader] ?? "";
  const text = headText(response, false);
  const from = text.indexOf(`\r\n${idHeader}: ${id}\r\n`) + `\r\n${idHeader}: `.length;
  if (id.length < countedCharacters) return undefined;
  return {
    madeMs,
    before: text.slice(0, from),
    // Without the empty line, which follows the last header.
    after: text.slice(from + countedCharacters, -2),
    body: Buffer.from(response.body).toString("latin1"),
  };
}
