/**
 * Request line and headers of HTTP/1.1, read strictly: what two readers could understand in two ways is
 * malformed, so that nothing can be smuggled past a proxy in front. Knows no sockets.
 */

/** How the body's end is found. */
export type BodyFraming = { readonly kind: "length"; readonly bytes: number } | { readonly kind: "chunked" };

export interface RequestHead {
  readonly method: string;
  readonly url: string;
  /** Lower-case names; no prototype. Repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly framing: BodyFraming;
  /** The client takes another answer on this connection. */
  readonly keepAlive: boolean;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}

type Headers = Record<string, string | undefined>;

/** Neither control characters but tab, nor a carriage return or line feed of its own. */
const strayCharacter = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const requestLine = /^([A-Z]{1,20}) ([\x21-\x7e]+) HTTP\/1\.([01])$/;
const digits = /^\d{1,15}$/;

/** One value only: a second one is an attack or a fault. */
const single: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding", "authorization"]);

/** Lower-case forms of header names seen before; clients send the same few. */
export interface HeaderNames {
  lowerCase(name: string): string | undefined;
}

const namesMax = 1000;

/** Bounded, and without names that are no tokens: those answer undefined. */
export function createHeaderNames(): HeaderNames {
  const known = new Map<string, string>();
  return {
    lowerCase(name) {
      const found = known.get(name);
      if (found !== undefined) return found;
      if (!token.test(name)) return undefined;
      const lower = name.toLowerCase();
      if (known.size < namesMax) known.set(name, lower);
      return lower;
    },
  };
}

/** `text` is everything before the empty line, one character per byte. Undefined: malformed. */
export function parseHead(text: string, names: HeaderNames): RequestHead | undefined {
  if (strayCharacter.test(text)) return undefined;
  const lineEnd = text.indexOf("\r\n");
  const line = requestLine.exec(lineEnd < 0 ? text : text.slice(0, lineEnd));
  if (line === null) return undefined;
  const headers = lineEnd < 0 ? noHeaders() : parseHeaders(text, lineEnd + 2, names);
  if (headers === undefined) return undefined;
  const [, method = "", url = "", minor] = line;
  if (minor === "1" && headers["host"] === undefined) return undefined;
  const framing = framingOf(headers, minor === "1");
  if (framing === undefined) return undefined;
  return {
    method,
    url,
    headers,
    framing,
    keepAlive: minor === "1" && !hasToken(headers["connection"], "close"),
    expectsContinue: minor === "1" && headers["expect"]?.toLowerCase() === "100-continue",
  };
}

function noHeaders(): Headers {
  return Object.create(null) as Headers;
}

function parseHeaders(text: string, from: number, names: HeaderNames): Headers | undefined {
  const headers = noHeaders();
  let start = from;
  while (start < text.length) {
    const found = text.indexOf("\r\n", start);
    const end = found < 0 ? text.length : found;
    const colon = text.indexOf(":", start);
    if (colon < 0 || colon > end) return undefined;
    // A name ends at its colon and begins the line: neither blanks nor folded lines are names.
    const name = names.lowerCase(text.slice(start, colon));
    if (name === undefined) return undefined;
    const value = text.slice(colon + 1, end).trim();
    const present = headers[name];
    if (present !== undefined && single.has(name)) return undefined;
    headers[name] = present === undefined ? value : `${present}, ${value}`;
    start = end + 2;
  }
  return headers;
}

function framingOf(headers: Headers, chunkedAllowed: boolean): BodyFraming | undefined {
  const length = headers["content-length"];
  const encoding = headers["transfer-encoding"];
  if (encoding !== undefined) {
    const chunked = chunkedAllowed && length === undefined && encoding.toLowerCase() === "chunked";
    return chunked ? { kind: "chunked" } : undefined;
  }
  if (length === undefined) return { kind: "length", bytes: 0 };
  return digits.test(length) ? { kind: "length", bytes: Number(length) } : undefined;
}

function hasToken(value: string | undefined, wanted: string): boolean {
  if (value === undefined) return false;
  return value.split(",").some((part) => part.trim().toLowerCase() === wanted);
}
